package demo

import (
	"context"
	"fmt"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/organisation"
	"torhaus/internal/secret"
)

// The members of the demo portal bvk.
const (
	townID   organisation.ID = "stadt-lindenau"
	worksID  organisation.ID = "stadtwerke-lindenau"
	clinicID organisation.ID = "klinikum-isartal"
)

// bvkMembers are the organisations: a town, its utility, and a hospital whose administrator has left.
func bvkMembers() []organisation.Organisation {
	at := func(street, postcode, town string) account.Address {
		return account.Address{Street: street, Postcode: postcode, Town: town}
	}
	return []organisation.Organisation{
		{ID: townID, Number: "2000145", Name: "Stadt Lindenau", Address: at("Rathausplatz 1", "86699", "Lindenau"), Email: "hauptamt@lindenau.example"},
		{ID: worksID, Number: "2000146", Name: "Stadtwerke Lindenau GmbH", Address: at("Am Wasserwerk 4", "86699", "Lindenau"), Email: "leitung@sw-lindenau.example"},
		{ID: clinicID, Number: "2000388", Name: "Klinikum Isartal gGmbH", Address: at("Klinikweg 20", "82099", "Isartal"), Email: "verwaltung@klinikum-isartal.example"},
	}
}

// bvkPeople act for them, in each role and each standing.
func bvkPeople() []*person {
	return []*person{
		{
			account: acting("Frau", "Anna", "Berger", account.Administrator, "anna.berger@lindenau.example"), places: []organisation.ID{townID},
			role: "Administratorin der Stadt Lindenau", note: "verwaltet die Zugänge", password: "Rathaus-Uhr-12!",
		},
		{
			account: acting("Herr", "Peter", "Kraus", account.Administrator, "peter.kraus@sw-lindenau.example"), places: []organisation.ID{townID, worksID},
			role: "Administrator der Stadt und der Stadtwerke Lindenau", note: "wählt nach der Anmeldung, für wen er handelt", password: "Wasser-Turm-88!",
		},
		{
			account: acting("Frau", "Clara", "Vogt", account.Clerk, "clara.vogt@lindenau.example"), places: []organisation.ID{townID},
			role: "Sachbearbeiterin der Stadt Lindenau", note: "meldet sich an", password: "Akten-Schrank-31!",
		},
		{
			account: acting("Herr", "Cem", "Yılmaz", account.Clerk, "cem.yilmaz@lindenau.example"), places: []organisation.ID{townID},
			role: "Sachbearbeiter der Stadt Lindenau", note: "hat gerade sein Einmalpasswort bekommen", life: (*seeding).invite,
		},
		{
			account: acting("Frau", "Doris", "Klein", account.Clerk, "doris.klein@lindenau.example"), places: []organisation.ID{townID},
			role: "Sachbearbeiterin der Stadt Lindenau", note: "ist in Elternzeit, ihr Zugang ist deaktiviert", password: "Locher-Blau-47!", life: (*seeding).rest,
		},
		{
			account: acting("Herr", "Karl", "Sommer", account.Clerk, "karl.sommer@klinikum-isartal.example"), places: []organisation.ID{clinicID},
			role: "Sachbearbeiter des Klinikums Isartal", note: "ist gesperrt, weil das Klinikum keinen Administrator mehr hat", password: "Linden-Blatt-59!",
		},
		{
			account: settled(acting("Frau", "Rita", "Zander", account.DataCentre, "rita.zander@rz-sued.example"),
				account.Address{Extra: "Rechenzentrum Süd GmbH", Street: "Serverweg 12", Postcode: "80992", Town: "München"}),
			role: "Rechenzentrum Süd", note: "arbeitet im Auftrag mehrerer Mitglieder", password: "Server-Raum-64!",
		},
	}
}

// bvkStaff are the body's own people there.
func bvkStaff() []*person {
	return []*person{
		employee("Frau", "Lena", "Reiher", "lreiher", "Leitung", "benennt Personal, gibt frei", "Ein-Reiher-steht-am-See-1!", account.Supervisor),
		employee("Herr", "Otto", "Storch", "ostorch", "Leitung", "entscheidet als zweite Person", "Störche-kommen-im-Frühling-2!", account.Supervisor),
		employee("Frau", "Mia", "Amsel", "mamsel", "Servicestelle", "hilft Mitgliedern am Telefon", "Amseln-singen-abends-gern-3!", account.ServiceDesk),
		employee("Herr", "Jan", "Biber", "jbiber", "Tokenlager", "betreut die Briefe", "Der-Biber-baut-einen-Damm-4!", account.TokenStock),
		employee("Frau", "Ida", "Eule", "ieule", "Revision", "liest Protokoll und Zahlen", "Eulen-sehen-auch-bei-Nacht-5!", account.Auditor),
	}
}

func acting(salutation account.Salutation, first, last string, role account.Role, email string) account.Account {
	return account.Account{
		ID: account.ID(secret.NewID()), Role: role, UserName: email, Email: email, State: account.Active,
		Person: account.Person{Salutation: salutation, First: first, Last: last},
	}
}

// settled gives an account with its address.
func settled(a account.Account, at account.Address) account.Account {
	a.Address = at
	return a
}

// found makes the organisations of the demo.
func found(ctx context.Context, portal *app.Portal) error {
	for _, o := range bvkMembers() {
		if err := portal.CreateOrganisation(ctx, o); err != nil {
			return fmt.Errorf("demo member %s: %w", o.Name, err)
		}
	}
	return nil
}

// byAdministrator gives an administrator of the place that a person acts for, as one who acts.
func (s *seeding) byAdministrator(ctx context.Context) (organisation.By, error) {
	team, _, err := s.portal.Organisations.Team(ctx, s.person.places[0])
	if err != nil {
		return organisation.By{}, err
	}
	for _, m := range team.People {
		if team.IsAdministrator(m.Account.ID) {
			return organisation.By{Account: m.Account.ID, Session: session}, nil
		}
	}
	return organisation.By{}, fmt.Errorf("%s has no administrator", team.Organisation.Name)
}

// invite has a clerk made by an administrator, with a one-time password.
func (s *seeding) invite(ctx context.Context) error {
	by, err := s.byAdministrator(ctx)
	if err != nil {
		return err
	}
	who := s.person.account
	out, err := s.portal.Organisations.CreateClerk(ctx, s.person.places[0], by, organisation.Colleague{
		Salutation: who.Person.Salutation, First: who.Person.First, Last: who.Person.Last, Email: who.Email,
	})
	s.person.account, s.person.oneTime = out.Account, out.Password
	return err
}

// rest has a clerk deactivated by an administrator.
func (s *seeding) rest(ctx context.Context) error {
	by, err := s.byAdministrator(ctx)
	if err != nil {
		return err
	}
	return s.portal.Organisations.Deactivate(ctx, s.person.places[0], by, s.person.account.ID)
}
