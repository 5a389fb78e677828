package member

import (
	"net/http"
	"net/url"
	"regexp"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// The steps of an order (KVB08). Each hands what was chosen on to the next as a parameter, so that nothing is stored before
// the order stands, and „Zurück“ of the browser works.
var (
	orderTokenView = page.NewView[orderTokenPage](files, "order_token.html")
	orderRouteView = page.NewView[orderRoutePage](files, "order_route.html")
	orderCheckView = page.NewView[orderCheckPage](files, "order_check.html")
	orderDoneView  = page.NewView[orderDonePage](files, "order_done.html")
)

const (
	orderRoute = page.Order + "/versandweg"
	orderCheck = page.Order + "/pruefen"
	orderDone  = page.Order + "/bestaetigung"

	kindField, softToken = "art", "softtoken"
	routeField, byLetter = "weg", "brief"
	requestField         = "vorgang"
)

// orderPage is what all steps of an order have in common.
type orderPage struct{ page.Base }

// Progress shows the steps; current counts from 1.
func (p *orderPage) Progress(current int) []page.Step {
	return p.Steps(current, p.T("member.order.step.token"), p.T("member.order.step.route"), p.T("member.order.step.check"), p.T("member.order.step.done"))
}

type orderTokenPage struct {
	orderPage
	Pending string // serial number of the order that a new one would end; empty if there is none
	Active  string // serial number of the soft token that works until the new one does; empty if there is none
}

// OrderToken is the first step: what is ordered.
func (d Door) OrderToken(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.orderable(r)
	if err != nil {
		return err
	}
	p := orderTokenPage{}
	for _, t := range h.Tokens {
		c := cardOf(h, t, now)
		if c.Waiting() {
			p.Pending = t.Serial
		}
		if t.Kind == token.Soft && t.Usable() {
			p.Active = t.Serial
		}
	}
	return orderTokenView.Show(w, r, p)
}

type orderRoutePage struct {
	orderPage
	HardToken bool // the member has an active hard token
}

// OrderRoute is the second step: how the activation code comes. Without a hard token there is one way (KVB05).
func (d Door) OrderRoute(w http.ResponseWriter, r *page.Request) error {
	h, _, err := d.orderable(r)
	if err != nil {
		return err
	}
	if r.Param(kindField) != softToken {
		r.Redirect(w, page.Order)
		return nil
	}
	p := orderRoutePage{}
	for _, t := range h.Usable() {
		p.HardToken = p.HardToken || t.Kind == token.Hard
	}
	return orderRouteView.Show(w, r, p)
}

type orderCheckPage struct {
	orderPage
	Request string        // names this form, so that sending it twice orders once
	LastDay calendar.Date // of the activation code, if the order is placed today
}

// OrderCheck is the third step: everything once more before the order.
func (d Door) OrderCheck(w http.ResponseWriter, r *page.Request) error {
	_, now, err := d.orderable(r)
	if err != nil {
		return err
	}
	switch {
	case r.Param(kindField) != softToken:
		r.Redirect(w, page.Order)
	case r.Param(routeField) != byLetter:
		r.Redirect(w, orderRoute+"?"+url.Values{kindField: {softToken}}.Encode())
	default:
		return orderCheckView.Show(w, r, orderCheckPage{
			Request: secret.NewID(), LastDay: calendar.LastDay(now.Time, d.Tokens.Rules.Token.Code.Days),
		})
	}
	return nil
}

// orderable reads what the visitor holds, if a soft token can be ordered now.
func (d Door) orderable(r *page.Request) (token.Holding, calendar.Moment, error) {
	h, now, err := d.holding(r)
	if err != nil {
		return h, now, err
	}
	if refused := d.mayOrder(r, h, now); refused != nil {
		return h, now, page.Advise(refused, toOverview)
	}
	return h, now, nil
}

var requestForm = regexp.MustCompile(`^[a-z2-9]{26}$`)

var errIncomplete = fault.New(fault.Invalid, "member.order.fault.incomplete")

// PlaceOrder places the order.
func (d Door) PlaceOrder(w http.ResponseWriter, r *page.Request) error {
	request := r.Form.Value(requestField)
	if r.Form.Value(kindField) != softToken || r.Form.Value(routeField) != byLetter || !requestForm.MatchString(request) {
		return page.Advise(errIncomplete, toOrder)
	}
	if _, err := d.Tokens.Order(r.Context(), r.Visit.Account.ID, request, twoFactor(r)); err != nil {
		return page.Advise(err, toOverview)
	}
	r.Redirect(w, orderDone)
	return nil
}

type orderDonePage struct {
	orderPage
	Order   token.Order
	Serial  string
	Arrives calendar.Date // day by which the letter is there (KVB10)
}

// OrderDone confirms the order and says what happens next.
func (d Door) OrderDone(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	o, ok := h.Open(token.Soft)
	if !ok || o.ExpiredAt(now) {
		r.Redirect(w, page.Tokens)
		return nil
	}
	t, _ := h.Token(o.Token)
	rules := d.Tokens.Rules
	return orderDoneView.Show(w, r, orderDonePage{
		Order: o, Serial: t.Serial, Arrives: rules.Calendar.AddWerktage(calendar.DateOf(o.Placed), rules.Letter.Arrival),
	})
}

// Facts lists what is ordered, how it comes and where to.
func (p *orderCheckPage) Facts() []page.Fact {
	profile, owner := p.Profile(), p.Visit().Account
	return []page.Fact{
		p.Fact("member.fact.token", profile.Token.Soft.LongLabel),
		p.Fact("member.fact.route", p.T("member.order.route.letter", profile.Token.Code.Purpose)),
		p.Fact("member.fact.address", owner.LetterTo().Lines...),
		p.Fact("member.fact.email", owner.Email),
		p.Fact("member.fact.valid", p.Day(p.LastDay)),
	}
}
