package signin

import (
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var (
	codeView  = page.NewView[codePage](files, "code.html")
	offerView = page.NewView[offerPage](files, "offer.html")
)

type codePage struct {
	page.Base
	Target string
}

// offerPage is for members whose tokens would not log them in.
type offerPage struct {
	page.Base
	Ordered string // serial number of an ordered token that waits for its code; empty if there is none
}

// AskCode shows the second step of a login, or what is to be done without a token.
func (d Door) AskCode(w http.ResponseWriter, r *page.Request) error {
	target, goal := r.Target(r.Param(page.GoalField))
	step, holding, err := d.step(r, sessionOf(r), goal)
	switch {
	case err != nil:
		return err
	case step == login.AskMailed:
		return d.showMailed(w, r, target)
	case step == login.AskCode:
		return codeView.Show(w, r, codePage{Target: target})
	case step == login.OfferToken && r.Realm() == account.Staff:
		r.Redirect(w, page.SetUp) // nobody of staff orders one
		return nil
	case step == login.OfferToken:
		return offerView.Show(w, r, offerPage{Ordered: ordered(r, holding)})
	default:
		return d.next(w, r, sessionOf(r), target, goal)
	}
}

// ordered gives the serial number of the token that only waits for its activation code.
func ordered(r *page.Request, h token.Holding) string {
	open, ok := h.Open(token.Soft)
	if !ok || open.ExpiredAt(r.Visit.Now) {
		return ""
	}
	t, _ := h.Token(open.Token)
	return t.Serial
}

// EnterCode checks a one-time code (KVB01, KVB17).
func (d Door) EnterCode(w http.ResponseWriter, r *page.Request) error {
	if !r.OwnRealm() {
		return login.ErrNoSession
	}
	target, goal := r.Target(r.Form.Value(page.GoalField))
	if r.Visit.Session.Role != "" {
		step, _, err := d.step(r, sessionOf(r), goal)
		switch {
		case err != nil:
			return err
		case step == login.AskMailed:
			return d.enterMailed(w, r, target, goal)
		case step != login.AskCode:
			return d.next(w, r, sessionOf(r), target, goal) // done already, in another window or by a second click
		}
	}
	in, err := d.Login.EnterCode(r.Context(), r.Visit.Session, r.Form.Value("code"), r.Visitor())
	if fault.Is(err, fault.Conflict) {
		return d.next(w, r, sessionOf(r), target, goal) // no token would log in any more: that page says what to do
	}
	if standing, ok := login.RefusedStanding(err); ok {
		return d.turnAway(w, r, standing)
	}
	if err != nil {
		return codeView.Refuse(w, r, codePage{Target: target}, err)
	}
	r.Enter(w, in)
	return d.next(w, r, &in.Session, target, goal)
}
