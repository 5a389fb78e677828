// Package mail writes and sends the portal's e-mails.
//
// Each e-mail is one struct and one text, side by side: token_ordered.go and token_ordered.de.txt. The struct is the job
// that a deed leaves behind; the text is the only source of the words and becomes the plain part and the HTML part. The
// package prints what it is given: it looks nothing up and decides nothing. It owns the SMTP conversation and its outcome:
// accepted, try again, or never.
//
// No e-mail holds a link with a secret, or anything loaded from elsewhere. One holds a secret: a one-time password, for whoever has
// proved a token.
package mail
