package staff

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Service carries out what is done about staff.
type Service struct {
	Store  Store
	Keys   *secret.Keyset
	Logins *login.Service
	Tokens *token.Service
	Rules  Rules
}

// People lists everybody of staff, with the moment at which it was so.
func (s *Service) People(ctx context.Context) ([]Person, calendar.Moment, error) {
	return s.Store.Staff(ctx)
}

// Find gives one of staff.
func (s *Service) Find(ctx context.Context, id account.ID) (p Person, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "staff.Find(%s)", id)
	people, now, err := s.Store.Staff(ctx)
	if err != nil {
		return Person{}, now, err
	}
	p, ok := State{People: people}.Person(id)
	if !ok {
		return Person{}, now, errUnknown
	}
	return p, now, nil
}

// ByName finds one of staff by user name as typed.
func (s *Service) ByName(ctx context.Context, typed string) (id account.ID, err error) {
	defer fault.Wrap(&err, "staff.ByName")
	name, _ := account.CanonicalName(typed)
	id, err = s.Store.AccountOf(ctx, account.NameKey(account.Staff, name))
	if err == nil && id == "" {
		err = errUnknown
	}
	return id, err
}

// Waiting counts the people about whom something waits for a supervisor as the second person.
func (s *Service) Waiting(ctx context.Context, by account.ID) (n int, err error) {
	people, now, err := s.Store.Staff(ctx)
	for _, p := range people {
		given := slices.ContainsFunc(p.Waiting(s.Rules, now), func(g Grant) bool { return g.By != string(by) })
		wished := slices.ContainsFunc(p.Wishes(now), func(r Request) bool { return r.By != string(by) })
		if p.ID != by && (given || wished) {
			n++
		}
	}
	return n, err
}

// Others tells whether anybody else than these could decide as a second supervisor.
func (s *Service) Others(ctx context.Context, ids ...account.ID) (bool, error) {
	people, _, err := s.Store.Staff(ctx)
	return State{People: people}.Others(ids...), err
}

// Newcomer is what is typed about somebody new.
type Newcomer struct {
	UserName string
	Person   account.Person
	Email    string
	Roles    []account.Role
}

// Link is the secret part of an invitation's address. It is told once, to whoever hands it over.
type Link = secret.Text

// linkSeparator parts the invitation's id from its code; neither has it.
const linkSeparator = "-"

func (s *Service) newInvitation() (NewInvitation, Link) {
	id, code := secret.NewID(), secret.Text(secret.NewID())
	return NewInvitation{ID: id, Hashed: s.Keys.Hash(Purpose, code)}, secret.Text(id+linkSeparator) + code
}

// Add makes somebody new one of staff and gives the link of the invitation.
func (s *Service) Add(ctx context.Context, n Newcomer, by By) (p account.Account, link Link, err error) {
	defer fault.Wrap(&err, "staff.Add")
	if p, err = n.account(); err != nil {
		return p, "", err
	}
	invitation, link := s.newInvitation()
	err = s.Store.ChangeStaff(ctx, "", func(st State, now calendar.Moment) (Change, error) {
		return st.Add(NewPerson{Account: p, Roles: n.Roles, Invitation: invitation}, by, s.Rules, now)
	})
	return p, link, err
}

// Check tells what is missing or cannot be, at the field.
func (n Newcomer) Check() error {
	_, err := n.account()
	return err
}

// account refuses what is missing or cannot be, at the field.
func (n Newcomer) account() (account.Account, error) {
	clean := func(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
	var wrong []fault.Field
	a := account.Account{
		ID: account.ID(secret.NewID()), Realm: account.Staff, UserName: strings.TrimSpace(n.UserName), State: account.Active,
		Person: account.Person{Salutation: n.Person.Salutation, Title: clean(n.Person.Title), First: clean(n.Person.First), Last: clean(n.Person.Last)},
	}
	if a.Person.Last == "" || len(a.Person.Name()) > longestName {
		wrong = append(wrong, fault.Field{Name: "last", Message: "staff.fault.last-name"})
	}
	var ok bool
	if a.Email, ok = account.CheckEmail(n.Email); !ok {
		wrong = append(wrong, fault.Field{Name: "email", Message: "staff.fault.email"})
	}
	if name, ok := account.CanonicalName(a.UserName); !ok || len(name) > longestName {
		wrong = append(wrong, fault.Field{Name: "user", Message: "staff.fault.user-name"})
	}
	if len(n.Roles) == 0 {
		wrong = append(wrong, errNoRole.Fields...)
	}
	if wrong != nil {
		return a, &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: wrong}
	}
	return a, nil
}

// longestName bounds names, in bytes.
const longestName = 200

// Invite gives somebody a new invitation. Where a second supervisor decides first, there is no link yet.
func (s *Service) Invite(ctx context.Context, id account.ID, by By) (link Link, asked bool, err error) {
	defer fault.Wrap(&err, "staff.Invite(%s)", id)
	invitation, link := s.newInvitation()
	err = s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (c Change, err error) {
		c, asked, err = st.Invite(id, invitation, by, s.Rules, now)
		return c, err
	})
	if err != nil || asked {
		return "", asked, err
	}
	return link, false, nil
}

// Decide decides on what another supervisor asked for, and gives the link where that was a new invitation and the answer is yes.
func (s *Service) Decide(ctx context.Context, id account.ID, w Wish, yes bool, by By) (link Link, err error) {
	defer fault.Wrap(&err, "staff.Decide(%s, %s)", id, w)
	invitation, link := s.newInvitation()
	err = s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (Change, error) {
		return st.Decide(id, w, yes, invitation, by, s.Rules, now)
	})
	if err != nil || !yes || w != InviteAnew {
		return "", err
	}
	return link, nil
}

// SetRoles gives somebody exactly these roles. Asked tells that a second supervisor decides whether a supervisor's role is taken.
func (s *Service) SetRoles(ctx context.Context, id account.ID, roles []account.Role, by By) (asked bool, err error) {
	defer fault.Wrap(&err, "staff.SetRoles(%s)", id)
	request := secret.NewID()
	err = s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (c Change, err error) {
		c, asked, err = st.SetRoles(id, roles, request, by, s.Rules, now)
		return c, err
	})
	return asked, err
}

// DecideRoles decides, as the second supervisor, whether roles count that somebody was given.
func (s *Service) DecideRoles(ctx context.Context, id account.ID, roles []account.Role, yes bool, by By) (err error) {
	defer fault.Wrap(&err, "staff.DecideRoles(%s)", id)
	return s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (Change, error) {
		return st.DecideRoles(id, roles, yes, by, s.Rules, now)
	})
}

// Deactivate keeps somebody out, at once. Asked tells that a second supervisor decides about it.
func (s *Service) Deactivate(ctx context.Context, id account.ID, by By) (asked bool, err error) {
	defer fault.Wrap(&err, "staff.Deactivate(%s)", id)
	request := secret.NewID()
	err = s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (c Change, err error) {
		c, asked, err = st.Deactivate(id, request, by, s.Rules, now)
		return c, err
	})
	return asked, err
}

// Reactivate lets somebody in again.
func (s *Service) Reactivate(ctx context.Context, id account.ID, by By) (err error) {
	defer fault.Wrap(&err, "staff.Reactivate(%s)", id)
	return s.Store.ChangeStaff(ctx, id, func(st State, now calendar.Moment) (Change, error) { return st.Reactivate(id, by, now) })
}

// Guest tells who is invited by a link. It changes nothing, so whatever looks at links beforehand spends none.
func (s *Service) Guest(ctx context.Context, link Link) (owner account.Account, err error) {
	defer fault.Wrap(&err, "staff.Guest")
	_, owner, err = s.invitation(ctx, link)
	return owner, err
}

// invitation finds the invitation of a link that works. One that does not, for whatever reason, is gone.
func (s *Service) invitation(ctx context.Context, link Link) (Invitation, account.Account, error) {
	id, code, _ := strings.Cut(link.Reveal(), linkSeparator)
	i, owner, now, found, err := s.Store.Invitation(ctx, id)
	if err != nil {
		return Invitation{}, account.Account{}, err
	}
	if !found || !s.Keys.Matches(i.Code, Purpose, secret.Text(code)) || !i.ValidAt(now) || owner.State != account.Active {
		return Invitation{}, account.Account{}, errGone
	}
	return i, owner, nil
}

// Judge compares a password with the rules for staff.
func (s *Service) Judge(owner account.Account, typed secret.Text) []password.Verdict {
	return s.Logins.Judge(owner, typed)
}

// Accept spends a link: whoever has it chooses a password, and goes on to set up a token. Of two who come at once, one wins.
func (s *Service) Accept(ctx context.Context, link Link, chosen secret.Text, from login.Visitor) (in login.Entered, err error) {
	defer fault.Wrap(&err, "staff.Accept")
	i, owner, err := s.invitation(ctx, link)
	if err != nil {
		return in, err
	}
	if err := s.Rules.Login.Password.For(owner.Realm).Refusal("new", s.Judge(owner, chosen)); err != nil {
		return in, err
	}
	a := acceptance{invitation: i.ID, key: login.NewKey(), from: from, secret: s.freshSecret()}
	if a.order, err = s.Tokens.Draw(ctx, secret.NewID()); err != nil {
		return in, err
	}
	if a.hash, err = s.Logins.Hasher.Hash(ctx, chosen); err != nil {
		return in, err
	}
	err = s.Store.ChangeEntry(ctx, owner.ID, nil, func(e Entry, now calendar.Moment) (c EntryChange, err error) {
		in, c, err = e.accept(a, s.Rules, now)
		return c, err
	})
	if err != nil {
		return login.Entered{}, err
	}
	return in, s.Logins.EndForeign(ctx, owner.ID, from.Key)
}

func (s *Service) freshSecret() secret.Bytes {
	return secret.Random(s.Rules.Token.Token.Soft.SecretBytes)
}

// MaySetUp tells whether a session may set up a token.
func (s *Service) MaySetUp(ctx context.Context, session login.Session) (may bool, err error) {
	defer fault.Wrap(&err, "staff.MaySetUp(%s)", session.Account)
	err = s.Store.ChangeEntry(ctx, session.Account, nil, func(e Entry, now calendar.Moment) (EntryChange, error) {
		may = e.MaySetUp(session, now)
		return EntryChange{}, nil
	})
	return may, err
}

// SetUpAgain begins the set-up of a token anew, with a new QR code.
func (s *Service) SetUpAgain(ctx context.Context, session login.Session) (err error) {
	defer fault.Wrap(&err, "staff.SetUpAgain(%s)", session.Account)
	n, err := s.Tokens.Draw(ctx, secret.NewID())
	if err != nil {
		return err
	}
	fresh := s.freshSecret()
	return s.Store.ChangeEntry(ctx, session.Account, nil, func(e Entry, now calendar.Moment) (EntryChange, error) {
		return e.again(session, n, fresh, s.Rules, now)
	})
}
