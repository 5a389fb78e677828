package organisation

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// Service carries out what administrators do for their colleagues.
type Service struct {
	Store Store
	Keys  *secret.Keyset
	Rules Rules
}

// Team reads an organisation with its people, with the moment at which they were so.
func (s *Service) Team(ctx context.Context, id ID) (Team, calendar.Moment, error) {
	return s.Store.Team(ctx, id)
}

// Colleague is a clerk as an administrator types one in.
type Colleague struct {
	Salutation account.Salutation
	Title      string
	First      string
	Last       string
	Email      string // becomes the user name (BVK05)
}

// longestName bounds a part of a name, in bytes.
const longestName = 200

// check gives the clerk in the form that is stored, or tells at the fields what is wrong with it.
func (c Colleague) check() (Colleague, error) {
	var fields []fault.Field
	refuse := func(field, message string) { fields = append(fields, fault.Field{Name: field, Message: message}) }
	for _, part := range []struct {
		field  string
		value  *string
		needed string // what to say where it is empty
	}{{"title", &c.Title, ""}, {"first-name", &c.First, "organisation.fault.no-first-name"}, {"last-name", &c.Last, "organisation.fault.no-last-name"}} {
		*part.value = strings.Join(strings.Fields(*part.value), " ")
		switch {
		case !utf8.ValidString(*part.value) || strings.ContainsFunc(*part.value, isInvisible):
			refuse(part.field, "organisation.fault.signs")
		case part.needed != "" && *part.value == "":
			refuse(part.field, part.needed)
		case len(*part.value) > longestName:
			refuse(part.field, "organisation.fault.long")
		}
	}
	if !slices.Contains([]account.Salutation{"", account.Frau, account.Herr}, c.Salutation) {
		refuse("salutation", "organisation.fault.salutation")
	}
	email, ok := account.CheckEmail(c.Email)
	if !ok {
		refuse("email", "account.fault.email-form")
	}
	c.Email = email
	if fields != nil {
		return c, &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
	}
	return c, nil
}

// isInvisible tells control and format signs, which names do not have.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// IsGeneral tells whether an address looks like one that several people read, such as info@ (BVK06).
func (r Rules) IsGeneral(email string) bool {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	return slices.Contains(r.People.General, name)
}

// HandedOut is a one-time password that its administrator sees once.
type HandedOut struct {
	Account  account.Account
	Password secret.Text
	LastDay  calendar.Date
}

// fresh draws a one-time password.
func (s *Service) fresh() (Fresh, secret.Text) {
	text := password.NewOneTimeText(s.Rules.Password.Signs)
	return Fresh{ID: password.OneTimeID(secret.NewID()), Hashed: s.Keys.Hash(password.Purpose, text)}, text
}

// CreateClerk makes a clerk of an organisation and gives the one-time password, which nobody sees again.
func (s *Service) CreateClerk(ctx context.Context, id ID, by By, typed Colleague) (out HandedOut, err error) {
	defer fault.Wrap(&err, "organisation.CreateClerk(%s)", id)
	c, err := typed.check()
	if err != nil {
		return HandedOut{}, err
	}
	name, ok := account.CanonicalName(c.Email)
	if !ok {
		return HandedOut{}, fault.InvalidField("email", "account.fault.email-form")
	}
	who := account.Account{
		ID: account.ID(secret.NewID()), Realm: account.Member, Role: account.Clerk, UserName: c.Email, State: account.Active, Email: c.Email,
		Person: account.Person{Salutation: c.Salutation, Title: c.Title, First: c.First, Last: c.Last},
	}
	there, err := s.Store.AccountOf(ctx, who.Door().NameKey(name))
	if err != nil {
		return HandedOut{}, err
	}
	if there != "" {
		who.ID = there
	}
	fresh, text := s.fresh()
	err = s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) {
		out = HandedOut{Account: who, Password: text, LastDay: calendar.LastDay(now.Time, s.Rules.Password.LetterDays)}
		return t.CreateClerk(by, who, fresh, s.Rules, now)
	})
	if err != nil {
		return HandedOut{}, err
	}
	return out, nil
}

// HandOut gives a clerk a new one-time password, which nobody but the administrator sees, and that once.
func (s *Service) HandOut(ctx context.Context, id ID, by By, clerk account.ID) (out HandedOut, err error) {
	defer fault.Wrap(&err, "organisation.HandOut(%s)", id)
	fresh, text := s.fresh()
	err = s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) {
		m, _ := t.Find(clerk)
		out = HandedOut{Account: m.Account, Password: text, LastDay: calendar.LastDay(now.Time, s.Rules.Password.LetterDays)}
		return t.HandOut(by, clerk, fresh, s.Rules, now)
	})
	if err != nil {
		return HandedOut{}, err
	}
	return out, nil
}

// Deactivate takes a clerk's access away.
func (s *Service) Deactivate(ctx context.Context, id ID, by By, clerk account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.Deactivate(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Deactivate(by, clerk, now) })
}

// Reactivate gives it back.
func (s *Service) Reactivate(ctx context.Context, id ID, by By, clerk account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.Reactivate(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Reactivate(by, clerk, now) })
}

// Close ends an administrator's membership for good.
func (s *Service) Close(ctx context.Context, id ID, by By, administrator account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.Close(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Close(by, administrator, now) })
}
