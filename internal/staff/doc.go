// Package staff owns who the body's own people are: inviting them, the roles they have, and whether they may enter.
//
// Nobody of staff comes in without an invitation. It is a link that works once and not for long: whoever has it chooses a password
// and sets up a soft token of their own, and stands in the console with two factors. A lost phone is answered with a new
// invitation, which takes password and token away.
//
//	invitation: open → used | voided | its time is over
//	role:       granted → confirmed, by a second supervisor; it counts from then
//	wish:       asked → closed: confirmed or rejected by a second supervisor, or lapsed
//
// Whoever sits at the server's console is trusted: what it does counts at once. In the pages nobody changes their own roles or
// state. What could make one supervisor into two people takes two of them: every role that is given, and a new invitation of anybody
// who has one; and so does what could leave one alone: deactivating a supervisor, or taking the role. All supervisors are told of every
// change by e-mail.
//
// Deeds are pure functions of State, which is all of staff at once, locked: there are few of them, and two supervisors who
// deactivate each other at the same moment come one after the other. It obeys the profile's key staff. It leaves sessions to
// package login, tokens to package token, and what roles may do to the table in package login.
package staff
