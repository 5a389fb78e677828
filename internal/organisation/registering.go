package organisation

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// Forms of what is typed at a registration. A number is written without blanks; five digits make a postcode, none begins with 00.
var (
	numberForm   = regexp.MustCompile(`^[0-9A-Za-z]+([./-][0-9A-Za-z]+)*$`)
	postcodeForm = regexp.MustCompile(`^(0[1-9]|[1-9][0-9])[0-9]{3}$`)
)

const longestNumber = 32

// Check gives a registration in the form in which it is decided, or tells at the fields what is wrong with it. It looks nothing up: what
// it says is the same whoever is known.
func (r Registration) Check(rules Rules) (Registration, error) {
	if r.Role != account.Administrator && r.Role != account.DataCentre {
		return r, fault.New(fault.NotFound, "organisation.fault.role")
	}
	who, err := Colleague{
		Salutation: r.Person.Salutation, Title: r.Person.Title, First: r.Person.First, Last: r.Person.Last, Email: r.Email,
	}.check()
	var fields []fault.Field
	if f := fault.Of(err); f != nil {
		fields = f.Fields
	}
	refuse := func(field, message string) { fields = append(fields, fault.Field{Name: field, Message: message}) }
	r.Person = account.Person{Salutation: who.Salutation, Title: who.Title, First: who.First, Last: who.Last}
	r.Email = who.Email
	if err == nil {
		r.checkPrint(refuse)
	}
	if _, ok := account.CanonicalName(r.Email); !ok && err == nil {
		refuse("email", "account.fault.email-form")
	}
	if r.Role == account.Administrator {
		r.checkNumber(refuse)
	} else {
		r.checkCentre(refuse)
	}
	if r.Terms != rules.People.Terms {
		refuse("terms", "organisation.fault.terms")
	}
	if fields != nil {
		return r, &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
	}
	return r, nil
}

// checkPrint refuses a name that no letter can show, or that is no name but a message to whoever reads it: it is printed and mailed to
// people who do not know its writer.
func (r Registration) checkPrint(refuse func(field, message string)) {
	for _, part := range []struct{ field, value string }{{"title", r.Person.Title}, {"first-name", r.Person.First}, {"last-name", r.Person.Last}} {
		if _, bad := letter.Unprintable(part.value); bad || strings.ContainsAny(part.value, "@/:<>\\") || strings.Contains(part.value, "www.") {
			refuse(part.field, "organisation.fault.signs")
			return
		}
	}
	if !letter.Fits(Organisation{Name: "-", Address: account.Address{Street: "-", Town: "-"}}.LetterToPerson(r.Person)) {
		refuse("last-name", "organisation.fault.long")
	}
}

func (r *Registration) checkNumber(refuse func(field, message string)) {
	r.Centre, r.Address = "", account.Address{} // what the form of an administrator does not ask for is not taken from it
	r.Number = strings.Join(strings.Fields(r.Number), "")
	switch {
	case r.Number == "":
		refuse("number", "organisation.fault.empty")
	case len(r.Number) > longestNumber || !numberForm.MatchString(r.Number):
		refuse("number", "organisation.fault.number")
	}
}

func (r *Registration) checkCentre(refuse func(field, message string)) {
	r.Number = ""
	a := &r.Address
	a.Extra = "" // the name of the data centre stands there
	whole := true
	for _, part := range []struct {
		field string
		value *string
	}{{"centre", &r.Centre}, {"street", &a.Street}, {"postcode", &a.Postcode}, {"town", &a.Town}} {
		*part.value = joined(*part.value)
		_, bad := letter.Unprintable(*part.value)
		switch {
		case *part.value == "":
			refuse(part.field, "organisation.fault.empty")
		case !utf8.ValidString(*part.value) || bad || strings.ContainsFunc(*part.value, isInvisible):
			refuse(part.field, "organisation.fault.signs")
		case len(*part.value) > longestName:
			refuse(part.field, "organisation.fault.long")
		case part.field == "postcode" && !postcodeForm.MatchString(*part.value):
			refuse(part.field, "organisation.fault.postcode")
		default:
			continue
		}
		whole = false
	}
	if whole && !letter.Fits(r.centre(r.account("")).LetterTo()) {
		refuse("centre", "organisation.fault.window")
	}
}

func (r Registration) centre(a account.Account) Centre { return Centre{Account: a, Name: r.Centre} }

// Registering is the job that decides a registration. It is queued for everything that was typed, so that the answer at the door, which
// was given before, cannot depend on what is found: whether the number is an organisation's, or the address somebody's.
type Registering struct{ Registration }

// registeringWire is the wire form of Registering.
type registeringWire struct {
	Role       account.Role       `json:"role"`
	Number     string             `json:"number"`
	Centre     string             `json:"centre"`
	Street     string             `json:"street"`
	Postcode   string             `json:"postcode"`
	Town       string             `json:"town"`
	Salutation account.Salutation `json:"salutation"`
	Title      string             `json:"title"`
	First      string             `json:"first"`
	Last       string             `json:"last"`
	Email      string             `json:"email"`
	Terms      string             `json:"terms"`
	Accepted   time.Time          `json:"accepted"`
}

// JobKind names the job; it is never renamed.
func (Registering) JobKind() string { return "membership.registration" }

// Encode gives the wire form of the job.
func (r Registering) Encode() (secret.Bytes, error) {
	return json.Marshal(registeringWire{
		Role: r.Role, Number: r.Number, Centre: r.Centre, Street: r.Address.Street, Postcode: r.Address.Postcode, Town: r.Address.Town,
		Salutation: r.Person.Salutation, Title: r.Person.Title, First: r.Person.First, Last: r.Person.Last, Email: r.Email,
		Terms: r.Terms, Accepted: r.Accepted,
	})
}

func decodeRegistering(b secret.Bytes) (Registering, error) {
	var w registeringWire
	if err := json.Unmarshal(b, &w); err != nil || w.Email == "" || w.Role != account.Administrator && w.Role != account.DataCentre {
		return Registering{}, errors.New("the payload is no registration") // without the cause, which may repeat the payload
	}
	return Registering{Registration{
		Role: w.Role, Number: w.Number, Centre: w.Centre, Address: account.Address{Street: w.Street, Postcode: w.Postcode, Town: w.Town},
		Person: account.Person{Salutation: w.Salutation, Title: w.Title, First: w.First, Last: w.Last}, Email: w.Email,
		Terms: w.Terms, Accepted: w.Accepted,
	}}, nil
}

// Handlers gives the handlers of this package's jobs.
func (s *Service) Handlers() map[string]job.Handler {
	return map[string]job.Handler{
		Registering{}.JobKind(): {Do: s.decide, Policy: job.Policy{Try: 30 * time.Second, First: time.Second, Most: 5 * time.Minute, GiveUp: 24 * time.Hour}},
		Lapsing{}.JobKind():     {Do: s.lapse, Policy: job.Policy{Try: 10 * time.Minute, First: time.Minute, Most: time.Hour, GiveUp: 20 * time.Hour}},
	}
}

// draw makes what a registration needs from outside the rules.
func (s *Service) draw(registration string) Draw {
	text := password.NewOneTimeText(s.Rules.Password.Signs)
	return Draw{
		Registration: registration, Account: account.ID(secret.NewID()), OneTime: password.OneTimeID(secret.NewID()), Letter: secret.NewID(),
		Password: text, Hashed: s.Keys.Hash(password.Purpose, text),
	}
}

// decide does the job of a registration. Done again after a crash, it finds that the registration was made.
func (s *Service) decide(ctx context.Context, j job.Job) error {
	r, err := decodeRegistering(j.Payload)
	if err != nil {
		return job.Permanent(err)
	}
	name, ok := account.CanonicalName(r.Email)
	if !ok {
		return job.Permanent(errors.New("the address is no user name"))
	}
	d := s.draw(j.ID)
	key := account.Door{Realm: account.Member, Role: r.Role}.NameKey(name)
	return s.Store.ChangeRegistration(ctx, j.ID, r.Number, key, func(e Entry, now calendar.Moment) (Change, error) {
		return e.Register(r.Registration, d, s.Rules, now), nil
	})
}

// Release lets the registration of an administrator go on.
func (s *Service) Release(ctx context.Context, id ID, by By, who account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.Release(%s)", id)
	d := s.draw("")
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Release(by, who, d, s.Rules, now) })
}

// Reject ends it.
func (s *Service) Reject(ctx context.Context, id ID, by By, who account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.Reject(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Reject(by, who, now) })
}

// Centres lists the people of data centres, those that wait for their release first.
func (s *Service) Centres(ctx context.Context) ([]Centre, calendar.Moment, error) {
	return s.Store.Centres(ctx)
}

// Centre reads somebody of a data centre.
func (s *Service) Centre(ctx context.Context, id account.ID) (Centre, calendar.Moment, error) {
	return s.Store.Centre(ctx, id)
}

// ReleaseCentre approves a data centre. The approval number is the next one: „RZ-0001“.
func (s *Service) ReleaseCentre(ctx context.Context, by By, id account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.ReleaseCentre(%s)", id)
	d := s.draw("")
	return s.Store.ChangeCentre(ctx, id, func(ce Centre, approved int, now calendar.Moment) (Change, error) {
		return ce.Release(by, approval(approved+1), d, s.Rules, now)
	})
}

// approval gives an approval number as people read it.
func approval(n int) string {
	digits := strconv.Itoa(n)
	return "RZ-" + strings.Repeat("0", max(4-len(digits), 0)) + digits
}

// RejectCentre refuses a data centre.
func (s *Service) RejectCentre(ctx context.Context, by By, id account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.RejectCentre(%s)", id)
	return s.Store.ChangeCentre(ctx, id, func(ce Centre, _ int, now calendar.Moment) (Change, error) { return ce.Reject(by, now) })
}

// DeactivateCentre takes the access of a data centre's person away, on a notice (BVK16).
func (s *Service) DeactivateCentre(ctx context.Context, by By, id account.ID, n Notice) (err error) {
	defer fault.Wrap(&err, "organisation.DeactivateCentre(%s)", id)
	return s.Store.ChangeCentre(ctx, id, func(ce Centre, _ int, now calendar.Moment) (Change, error) { return ce.Deactivate(by, n, now) })
}

// Lapsing is the daily job that ends registrations which nobody finished.
type Lapsing struct{}

// JobKind names the job; it is never renamed.
func (Lapsing) JobKind() string { return "membership.lapse" }

// Encode gives the wire form of the job, which has no content.
func (Lapsing) Encode() (secret.Bytes, error) { return secret.Bytes("{}"), nil }

// lapse does the job. Each organisation is a transaction of its own; whichever fails is done with the next try.
func (s *Service) lapse(ctx context.Context, _ job.Job) error {
	teams, centres, err := s.Store.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, id := range teams {
		err := s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.Lapse(s.Rules, now), nil })
		if err != nil {
			return err
		}
	}
	for _, id := range centres {
		err := s.Store.ChangeCentre(ctx, id, func(ce Centre, _ int, now calendar.Moment) (Change, error) { return ce.Lapse(s.Rules, now), nil })
		if err != nil {
			return err
		}
	}
	return nil
}
