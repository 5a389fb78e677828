package public

import (
	"net/http"

	"torhaus/internal/profile"
	"torhaus/internal/web/page"
)

// The pages that the law wants on every portal. Their facts are the profile's; what the program keeps stands in the texts.
var (
	imprintView       = page.NewView[legalPage](files, "imprint.html")
	privacyView       = page.NewView[legalPage](files, "privacy.html")
	accessibilityView = page.NewView[legalPage](files, "accessibility.html")
)

type legalPage struct{ page.Base }

// Legal gives the facts.
func (p *legalPage) Legal() profile.Legal { return p.Profile().Legal }

// People tells whether members are organisations, for which people act.
func (p *legalPage) People() bool { return p.Profile().HasPeople() }

// Body is the body as somebody to turn to.
func (p *legalPage) Body() profile.Office {
	return profile.Office{Name: p.Profile().Body.Name, Address: p.Legal().Address, Email: p.Legal().Email}
}

// Conformance says how far the pages obey the law on accessibility.
func (p *legalPage) Conformance() string {
	a := p.Legal().Accessibility
	switch a.Conformance {
	case profile.Fully:
		return p.T("public.accessibility.conformance.fully", a.Law)
	case profile.Partly:
		return p.T("public.accessibility.conformance.partly", a.Law)
	default:
		return p.T("public.accessibility.conformance.not", a.Law)
	}
}

// Imprint says who runs the portal (§ 5 DDG).
func Imprint(w http.ResponseWriter, r *page.Request) error {
	return imprintView.Show(w, r, legalPage{})
}

// Privacy says what the portal keeps about whom, what for and how long (Art. 13 GDPR).
func Privacy(w http.ResponseWriter, r *page.Request) error {
	return privacyView.Show(w, r, legalPage{})
}

// Accessibility is the statement of Directive (EU) 2016/2102, Art. 7.
func Accessibility(w http.ResponseWriter, r *page.Request) error {
	return accessibilityView.Show(w, r, legalPage{})
}
