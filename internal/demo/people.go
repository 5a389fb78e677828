package demo

import (
	"context"
	"fmt"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/letter"
	"torhaus/internal/organisation"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// person is one of the demo's people. Password and tokens are shown on the entrance page.
type person struct {
	account  account.Account
	password secret.Text // empty where there is a one-time password only
	oneTime  secret.Text
	role     string
	note     string
	life     func(*seeding, context.Context) error // what happened before the visitor came
	roles    []account.Role                        // of the body's own people
	places   []organisation.ID                     // of people who act for organisations
	tokens   []token.Token                         // usable ones, with their secrets
}

// seeding plays one person's past in a portal.
type seeding struct {
	portal *app.Portal
	person *person
	drawer drawer
}

// past is how long before the visitor came the seeded orders were placed: longer than the pause between two orders, so that
// each person can order anew at once.
const past = 3 * 24 * time.Hour

// kvbPeople are the members of the demo portal kvb.
func kvbPeople() []*person {
	return []*person{
		{
			account: member("Frau", "Dr. med.", "Hannah", "Brandl", "hbrandl", "Praxis am Sendlinger Tor", "Sonnenstraße 12", "80331", "München"),
			role:    "Mitglied", note: "hat noch keinen Token", password: "Amsel-Garten-27!",
		},
		{
			account: member("Herr", "Dr. med.", "Jakob", "Sommer", "jsommer", "", "Ludwigstraße 5", "90402", "Nürnberg"),
			role:    "Mitglied", note: "meldet sich mit einem Softtoken an", password: "Kiesel-Brücke-84!",
			life: (*seeding).activate,
		},
		{
			account: member("", "Dipl.-Psych.", "Kim", "Weber", "kweber", "Psychotherapeutische Praxis Weber", "Maximilianstraße 40", "86150", "Augsburg"),
			role:    "Mitglied", note: "hat einen Softtoken bestellt, der Brief ist da", password: "Laterne-Moos-39!",
			life: (*seeding).order,
		},
		{
			account: member("Frau", "Prof. Dr. med.", "Ayşe", "Öztürk", "aoeztuerk", "MVZ Donauufer", "Donaulände 8", "93047", "Regensburg"),
			role:    "Mitglied", note: "hat ihren Softtoken nach Verlust des Telefons gesperrt", password: "Walnuss-Segel-61!",
			life: (*seeding).lose,
		},
		{
			account: member("Herr", "Dr. med.", "Lorenz", "Huber", "lhuber", "Praxis Dr. Huber", "Marktplatz 3", "97070", "Würzburg"),
			role:    "Mitglied", note: "meldet sich mit dem Hardtoken " + oldDevice + " an, dessen Batterie zu Ende geht (siehe Geräte)", password: "Kompass-Heide-52!",
			life: (*seeding).own,
		},
	}
}

func member(salutation account.Salutation, title, first, last, name, extra, street, postcode, town string) account.Account {
	return account.Account{
		ID: account.ID(secret.NewID()), UserName: name, State: account.Active,
		Person:  account.Person{Salutation: salutation, Title: title, First: first, Last: last},
		Address: account.Address{Extra: extra, Street: street, Postcode: postcode, Town: town},
		Email:   name + "@praxis.example",
	}
}

// seed creates the people of a portal and plays their past.
func seed(ctx context.Context, portal *app.Portal, d drawer, people []*person) error {
	for _, p := range people {
		if err := p.create(ctx, portal); err != nil {
			return fmt.Errorf("demo person %s: %w", p.account.UserName, err)
		}
		if p.life == nil {
			continue
		}
		if err := p.life(&seeding{portal: portal, person: p, drawer: d}, ctx); err != nil {
			return fmt.Errorf("past of demo person %s: %w", p.account.UserName, err)
		}
	}
	return nil
}

// create adds a person with the personal password; one who has none yet comes into being in their past.
func (p *person) create(ctx context.Context, portal *app.Portal) error {
	switch {
	case p.password == "":
		return nil
	case p.account.Role != "":
		return portal.CreatePerson(ctx, p.account, p.password, p.places...)
	default:
		return portal.CreateMember(ctx, p.account, p.password)
	}
}

// session names the browser in which the past took place.
const session = "demo"

func (s *seeding) order(ctx context.Context) error {
	_, err := s.portal.Tokens.Order(ctx, s.person.account.ID, secret.NewID(), false)
	return err
}

func (s *seeding) activate(ctx context.Context) error {
	id := s.person.account.ID
	o, err := s.portal.Tokens.Order(ctx, id, secret.NewID(), false)
	if err != nil {
		return err
	}
	l, err := s.portal.Letters.Letter(ctx, o.Letter.ID)
	if err != nil {
		return err
	}
	code, ok := l.Content.(letter.ActivationCode)
	if !ok {
		return fmt.Errorf("the letter %s holds no activation code", l.ID)
	}
	try, err := s.portal.Tokens.EnterCode(ctx, id, session, code.Code.Reveal())
	if err != nil {
		return err
	}
	g := try.Token.Generator()
	first := g.Code(g.Step(time.Now()) - 1) // the code before the current one, so that the visitor's first one is not spent
	done, err := s.portal.Tokens.Activate(ctx, id, session, first.Reveal())
	if err != nil {
		return err
	}
	if done.Outcome != token.Right {
		return fmt.Errorf("activation ended %s", done.Outcome)
	}
	s.person.tokens = []token.Token{try.Token}
	return nil
}

func (s *seeding) lose(ctx context.Context) error {
	if err := s.activate(ctx); err != nil {
		return err
	}
	serial := s.person.tokens[0].Serial
	s.person.tokens = nil
	_, err := s.portal.Tokens.Suspend(ctx, s.person.account.ID, session, serial)
	return err
}
