package records

import (
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/oversight"
	"torhaus/internal/web/page"
)

var checkView = page.NewView[checkPage](files, "check.html")

// checkPage shows what verifications found.
type checkPage struct {
	page.Base
	Open   *oversight.Check // the one under way; nil if there is none
	Past   []oversight.Check
	People map[account.ID]account.Account // who asked
}

// Checks shows the newest verifications, and how far one is.
func (d Door) Checks(w http.ResponseWriter, r *page.Request) error {
	checks, _, err := d.Oversight.Checks(r.Context())
	if err != nil {
		return err
	}
	p := checkPage{People: map[account.ID]account.Account{}}
	var ids []account.ID
	for i, c := range checks {
		ids = append(ids, account.ID(c.By))
		if c.Open() {
			p.Open = &checks[i]
		} else {
			p.Past = append(p.Past, c)
		}
	}
	people, err := d.Oversight.People(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, a := range people {
		p.People[a.ID] = a
	}
	return checkView.Show(w, r, p)
}

// AskCheck begins a verification. Where one is under way, that is shown.
func (d Door) AskCheck(w http.ResponseWriter, r *page.Request) error {
	if err := d.Oversight.AskCheck(r.Context(), reader(r)); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	r.Redirect(w, checkPath)
	return nil
}

// By names who asked for a verification.
func (p *checkPage) By(c oversight.Check) string {
	if a, ok := p.People[account.ID(c.By)]; ok {
		return a.Person.Name()
	}
	return p.T("records.who.unknown", short(c.By))
}

// damageKeys are the keys of what can be wrong at a place.
var damageKeys = map[string]string{
	"missing": "records.check.damage.missing", "altered": "records.check.damage.altered", "rewritten": "records.check.damage.rewritten",
	"surplus": "records.check.damage.surplus", "head": "records.check.damage.head",
}

// Damage says what is wrong at the place that a verification found.
func (p *checkPage) Damage(c oversight.Check) string {
	return p.T(damageKeys[string(c.Damage)], c.Place)
}

// Vouched says how far signed heads vouch for the chain.
func (p *checkPage) Vouched(c oversight.Check) string {
	if c.Vouched == 0 {
		return p.T("records.check.no-head")
	}
	return p.T("records.check.vouched", c.Vouched)
}
