package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"torhaus/internal/letter"
	"torhaus/internal/mail/mailsink"
)

// letterView is a letter as the post room shows it.
type letterView struct {
	ID      string    `json:"id"`
	Portal  string    `json:"portal"`
	Kind    string    `json:"kind"`
	To      string    `json:"to"`
	Created time.Time `json:"created"`
	PDF     string    `json:"pdf"` // path on the entrance's host
}

// mailView is an e-mail as the post room shows it.
type mailView struct {
	ID       string    `json:"id"`
	Portal   string    `json:"portal"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	Received time.Time `json:"received"`
}

// post is all that arrived, newest first.
type post struct {
	Letters []letterView `json:"letters"`
	Mails   []mailView   `json:"mails"`
}

// postRoom reads what the portals sent: letters from their spool folders, which it checks and opens as the print centre that they
// are sealed to, and e-mails from their SMTP servers.
type postRoom struct {
	boxes []box
}

// box is the post of one portal.
type box struct {
	portal  string
	letters letter.Collector // the portal's print centre
	sink    *mailsink.Sink
}

// idOf names an e-mail in the whole post room.
func (b box) idOf(m mailsink.Mail) string { return fmt.Sprintf("%s-%d", b.portal, m.ID) }

func (r postRoom) read() (post, error) {
	p := post{Letters: []letterView{}, Mails: []mailView{}} // empty lists, not null, for those who read the JSON
	for _, b := range r.boxes {
		manifests, err := b.letters.List()
		if err != nil {
			return post{}, fmt.Errorf("post room: %w", err)
		}
		for _, m := range manifests {
			p.Letters = append(p.Letters, letterView{
				ID: m.ID, Portal: b.portal, Kind: m.Kind, To: strings.Join(m.Recipient, ", "), Created: m.Created,
				PDF: "/demo/letters/" + b.portal + "/" + m.ID + ".pdf",
			})
		}
		for _, m := range b.sink.Mails() {
			p.Mails = append(p.Mails, mailView{
				ID: b.idOf(m), Portal: b.portal, To: strings.Join(m.To, ", "), Subject: m.Subject, Text: m.Text, Received: m.Received,
			})
		}
	}
	slices.SortStableFunc(p.Letters, func(a, b letterView) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(p.Mails, func(a, b mailView) int { return b.Received.Compare(a.Received) })
	return p, nil
}

// pdf reads one letter.
func (r postRoom) pdf(portal, id string) ([]byte, error) {
	for _, b := range r.boxes {
		if b.portal != portal {
			continue
		}
		return b.letters.PDF(id)
	}
	return nil, fmt.Errorf("there is no portal %q", portal)
}

// mail finds one e-mail.
func (r postRoom) mail(portal, id string) (mailsink.Mail, bool) {
	for _, b := range r.boxes {
		if b.portal != portal {
			continue
		}
		for _, m := range b.sink.Mails() {
			if b.idOf(m) == id {
				return m, true
			}
		}
	}
	return mailsink.Mail{}, false
}
