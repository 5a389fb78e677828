package web_test

import (
	"net/http"
	"strings"
	"testing"

	"torhaus/internal/register"
)

// importMembers brings in an export of the body's register, as `torhaus member import --apply` does.
func (p *portal) importMembers(rows ...string) {
	p.t.Helper()
	file := "number,user-name,salutation,title,first-name,last-name,extra,street,postcode,town,email\n" + strings.Join(rows, "\n")
	s := register.Service{Store: p.DB}
	sum, err := s.Import(p.t.Context(), strings.NewReader(file), register.Options{
		Format: register.CSV, Apply: true, Report: func(register.Line) error { return nil },
	})
	if err != nil || !sum.Applied {
		p.t.Fatalf("%+v, %v", sum, err)
	}
}

func TestRegister_AMemberWhoWasImportedGetsInByALetter(t *testing.T) {
	p := newPortal(t)
	p.importMembers("100042,SBergmann,Frau,Dr. med.,Sophie,Bergmann,,Hauptstraße 1,80331,München,sophie@bergmann.example")
	found, err := p.DB.Registered(t.Context(), []string{"100042"}, nil)
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}

	b := p.browser()
	for _, typed := range []string{" ", passtext} { // whoever has no password is refused like whoever has another
		b.open("/token")
		b.press("Anmelden", fields{"Benutzername": "sbergmann", "Kennwort": typed})
		if b.page.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", typed, b.page.status)
		}
	}
	b.forget("sbergmann", "brief", "")
	b.expect("/kennwort-vergessen/angefordert", "Ihre Anforderung ist eingegangen")
	b.enterOneTime("sbergmann", p.posted(string(found[0].Account.ID)), "/token")
	b.press("Kennwort speichern", fields{"Neues Kennwort": newPasstext})
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert", "sophie@bergmann.example")

	again := p.browser()
	again.open("/token")
	again.press("Anmelden", fields{"Benutzername": "SBergmann", "Kennwort": newPasstext})
	again.expect("/token", "Token-Verwaltung")
}
