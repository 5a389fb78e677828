package mailsink

import (
	"crypto/subtle"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one SMTP conversation.
type session struct {
	sink     *Sink
	loggedIn bool
	from     string
	to       []string
}

// AuthMechanisms lists how a sender can log in.
func (c *session) AuthMechanisms() []string {
	if c.sink.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks a login.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.sink.user || subtle.ConstantTimeCompare([]byte(password), []byte(c.sink.pass)) != 1 {
			return smtp.ErrAuthFailed
		}
		c.loggedIn = true
		return nil
	}), nil
}

// Mail begins a mail.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.sink.user != "" && !c.loggedIn {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

// Rcpt adds a recipient.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return nil
}

// Data takes the mail itself.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := parse(raw)
	if err != nil {
		return refusal(err)
	}
	m.From, m.To = c.from, c.to
	c.sink.take(m)
	return nil
}

// Reset forgets a mail that was begun.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout ends the conversation.
func (c *session) Logout() error { return nil }
