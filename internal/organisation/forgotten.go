package organisation

import (
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/mail"
)

// Ask notes that a clerk has forgotten the password (BVK18). The administrators find it in their list, where it stands until they hand a
// one-time password out, and are told by e-mail, once a day at most: anybody can ask who knows the clerk's address.
func (t Team) Ask(clerk account.ID, now calendar.Moment) (c Change) {
	m, ok := t.Find(clerk)
	if !ok || m.Account.Role != account.Clerk || m.State != Invited && m.State != Active || m.Asked.After(now.Add(-24*time.Hour)) {
		return Change{}
	}
	m.Asked = now.Time
	c.States = []Membership{m}
	c.Events = []audit.Event{{Kind: audit.ClerkAsked, Actor: audit.Anonymous, Account: string(clerk)}}
	for _, a := range t.People {
		if !t.IsAdministrator(a.Account.ID) {
			continue
		}
		told := mail.PasswordAsked{
			To: a.Account.MailTo(), Greeting: a.Account.Person.Greeting(), Clerk: m.Account.Person.Name(), Email: m.Account.Email,
			Organisation: t.Organisation.Name, At: now.Time,
		}
		key := []string{told.JobKind(), string(t.Organisation.ID), string(clerk), string(a.Account.ID), calendar.DateOf(now.Time).String()}
		c.Jobs = append(c.Jobs, job.Request{Work: told, Key: strings.Join(key, "/")})
	}
	return c
}
