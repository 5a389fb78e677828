package demo

import (
	"context"
	"fmt"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/staff"
	"torhaus/internal/token"
)

// kvbStaff are the body's own people in the demo portal kvb: one for each role, and a second supervisor, since some things take two.
func kvbStaff() []*person {
	return []*person{
		employee("Frau", "Ute", "Specht", "uspecht", "Leitung", "benennt Personal, übernimmt Mitglieder, gibt frei", "Ein-Specht-klopft-morgens!", account.Supervisor),
		employee("Herr", "Ingo", "Kranich", "ikranich", "Leitung", "entscheidet als zweite Person", "Kraniche-ziehen-im-Herbst!", account.Supervisor),
		employee("Frau", "Dora", "Lerche", "dlerche", "Servicestelle", "hilft Mitgliedern am Telefon", "Lerchen-singen-sehr-früh!", account.ServiceDesk),
		employee("Herr", "Ben", "Dachs", "bdachs", "Tokenlager", "führt das Tokenlager und betreut die Briefe", "Der-Dachs-gräbt-bei-Nacht!", account.TokenStock),
		employee("Frau", "Rosa", "Falk", "rfalk", "Revision", "liest Protokoll und Zahlen", "Falken-sehen-alles-genau!", account.Auditor),
	}
}

func employee(salutation account.Salutation, first, last, name, role, note string, typed secret.Text, roles ...account.Role) *person {
	return &person{
		account: account.Account{
			UserName: name, Person: account.Person{Salutation: salutation, First: first, Last: last}, Email: name + "@torhaus.example",
		},
		role: role, note: note, password: typed, roles: roles,
	}
}

// hire invites the body's own people of a portal, and lets each accept.
func hire(ctx context.Context, portal *app.Portal, people []*person) error {
	for _, p := range people {
		if err := p.accept(ctx, portal); err != nil {
			return fmt.Errorf("demo person %s: %w", p.account.UserName, err)
		}
	}
	return nil
}

// accept goes the way of an invitation: link, password, token.
func (p *person) accept(ctx context.Context, portal *app.Portal) error {
	made, link, err := portal.Staff.Add(ctx, staff.Newcomer{
		UserName: p.account.UserName, Person: p.account.Person, Email: p.account.Email, Roles: p.roles,
	}, staff.By{})
	if err != nil {
		return err
	}
	p.account = made
	in, err := portal.Staff.Accept(ctx, link, p.password, login.Visitor{})
	if err != nil {
		return err
	}
	_, shown, err := portal.Tokens.ShowSetup(ctx, made.ID, string(in.Session.ID))
	if err != nil {
		return err
	}
	g := shown.Generator()
	first := g.Code(g.Step(time.Now()) - 1) // the code before the current one, so that the visitor's first one is not spent
	_, try, err := portal.Logins.FinishSetup(ctx, in.Session, first.Reveal(), login.Visitor{})
	if err == nil && try.Outcome != token.Right {
		err = fmt.Errorf("the set-up ended %s", try.Outcome)
	}
	p.tokens = []token.Token{shown}
	return err
}
