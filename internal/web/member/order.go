package member

import (
	"context"
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

	kindField, softToken, hardToken = "art", "softtoken", "hardtoken"
	routeField, byLetter, direct    = "weg", "brief", "direkt"
	requestField                    = "vorgang"
)

// What the forms call the kinds and the routes.
var (
	kinds  = map[string]token.Kind{softToken: token.Soft, hardToken: token.Hard}
	routes = map[string]token.Route{byLetter: token.ByLetter, direct: token.Direct}
)

// orderPage is what all steps of an order have in common.
type orderPage struct {
	page.Base
	Art, Way string // what was chosen so far, as the forms call it
}

// Hard tells whether a hard token is ordered.
func (p *orderPage) Hard() bool { return p.Art == hardToken }

// Direct tells whether a code of the hard token will activate it.
func (p *orderPage) Direct() bool { return p.Way == direct }

// Label is what members call what is ordered.
func (p *orderPage) Label() string {
	if p.Hard() {
		return p.Profile().Token.Hard.Label
	}
	return p.Profile().Token.Soft.Label
}

// Progress shows the steps; current counts from 1.
func (p *orderPage) Progress(current int) []page.Step {
	return p.Steps(current, p.T("member.order.step.token"), p.T("member.order.step.route"), p.T("member.order.step.check"), p.T("member.order.step.done"))
}

type orderTokenPage struct {
	orderPage
	Soft, Hard kindOffer
}

// kindOffer is a kind of token that can be ordered.
type kindOffer struct {
	Chosen  bool
	Refused string // why not now; empty where it can be
	Pending string // serial number of the order that a new one would end; empty if there is none
	Active  string // serial number of the token that works until the new one does; empty if there is none
}

// OrderToken is the first step: what is ordered.
func (d Door) OrderToken(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	soft, hard := d.softRefused(r, h, now), d.deviceRefused(r, h, now)
	if soft != nil && hard != nil {
		return page.Advise(soft, toOverview)
	}
	p := orderTokenPage{Soft: offer(r, h, token.Soft, soft, now), Hard: offer(r, h, token.Hard, hard, now)}
	p.Hard.Chosen = hard == nil && (soft != nil || r.Param(kindField) == hardToken)
	p.Soft.Chosen = !p.Hard.Chosen
	return orderTokenView.Show(w, r, p)
}

// pendingNote warns of an order that a new one would end.
type pendingNote struct{ Title, Text string }

// PendingOf makes the warning.
func (p *orderTokenPage) PendingOf(label, text string) pendingNote {
	return pendingNote{p.T("member.order.token.pending.title", label), text}
}

// softRefused tells why a soft token cannot be ordered now, on no route.
func (d Door) softRefused(r *page.Request, h token.Holding, now calendar.Moment) error {
	letter := h.MayOrder(wish(r, token.Soft, token.ByLetter), d.Tokens.Rules, now)
	direct := h.MayOrder(wish(r, token.Soft, token.Direct), d.Tokens.Rules, now)
	if letter == nil || direct == nil {
		return nil
	}
	return letter
}

// wish is what the visitor wants to order.
func wish(r *page.Request, kind token.Kind, route token.Route) token.Wish {
	return token.Wish{Kind: kind, Route: route, TwoFactor: twoFactor(r)}
}

var errEmptyStock = fault.New(fault.Conflict, "token.order.fault.stock-empty")

// deviceRefused tells why a hard token cannot be ordered now.
func (d Door) deviceRefused(r *page.Request, h token.Holding, now calendar.Moment) error {
	if refused := h.MayOrder(wish(r, token.Hard, token.ByLetter), d.Tokens.Rules, now); refused != nil {
		return refused
	}
	return d.stocked(r.Context())
}

func (d Door) stocked(ctx context.Context) error {
	stocked, err := d.Tokens.InStock(ctx)
	if err == nil && !stocked {
		err = errEmptyStock
	}
	return err
}

func offer(r *page.Request, h token.Holding, kind token.Kind, refused error, now calendar.Moment) kindOffer {
	o := kindOffer{}
	if f := fault.Of(refused); f != nil {
		o.Refused = r.Text.T(f.Message, f.Args...)
	}
	for _, t := range h.Tokens {
		if t.Kind != kind {
			continue
		}
		if cardOf(h, t, now).Waiting() {
			o.Pending = t.Serial
		}
		if t.Usable() {
			o.Active = t.Serial
		}
	}
	return o
}

type orderRoutePage struct {
	orderPage
	Direct, Letter routeOffer
}

// routeOffer is a way to prove the activation of a soft token.
type routeOffer struct {
	Chosen  bool
	Open    bool   // there is such a way at all
	Refused string // why not now
}

// OrderRoute is the second step: how the activation code comes. Without a hard token there is one way (KVB05); with one, the direct
// way is preset (KVB06).
func (d Door) OrderRoute(w http.ResponseWriter, r *page.Request) error {
	p := orderRoutePage{orderPage: orderPage{Art: r.Param(kindField)}}
	kind, ok := kinds[p.Art]
	if !ok {
		r.Redirect(w, page.Order)
		return nil
	}
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	if kind == token.Hard {
		if err := d.deviceRefused(r, h, now); err != nil {
			return page.Advise(err, toOverview)
		}
		p.Letter = routeOffer{Chosen: true, Open: true}
		return orderRouteView.Show(w, r, p)
	}
	letterRefused := h.MayOrder(wish(r, kind, token.ByLetter), d.Tokens.Rules, now)
	directRefused := h.MayOrder(wish(r, kind, token.Direct), d.Tokens.Rules, now)
	if letterRefused != nil && directRefused != nil {
		return page.Advise(letterRefused, toOverview)
	}
	p.Direct = routeOffer{Open: h.MayGoDirect(), Chosen: directRefused == nil && r.Param(routeField) != byLetter}
	p.Letter = routeOffer{Open: true, Chosen: !p.Direct.Chosen}
	if letterRefused != nil {
		p.Letter.Refused, p.Letter.Chosen, p.Direct.Chosen = r.Text.T(letterRefused.Message, letterRefused.Args...), false, true
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
	p := orderCheckPage{orderPage: orderPage{Art: r.Param(kindField), Way: r.Param(routeField)}}
	kind, kindOK := kinds[p.Art]
	route, routeOK := routes[p.Way]
	if !kindOK {
		r.Redirect(w, page.Order)
		return nil
	}
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	if !routeOK || route == token.Direct && (kind == token.Hard || !h.MayGoDirect()) {
		r.Redirect(w, orderRoute+"?"+url.Values{kindField: {p.Art}}.Encode())
		return nil
	}
	if err := d.mayOrder(r, h, kind, route, now); err != nil {
		return page.Advise(err, toOverview)
	}
	p.Request, p.LastDay = secret.NewID(), calendar.LastDay(now.Time, d.Tokens.Rules.Token.Code.Days)
	return orderCheckView.Show(w, r, p)
}

var requestForm = regexp.MustCompile(`^[a-z2-9]{26}$`)

var errIncomplete = fault.New(fault.Invalid, "member.order.fault.incomplete")

// PlaceOrder places the order.
func (d Door) PlaceOrder(w http.ResponseWriter, r *page.Request) error {
	art, request := r.Form.Value(kindField), r.Form.Value(requestField)
	kind, kindOK := kinds[art]
	route, routeOK := routes[r.Form.Value(routeField)]
	if !kindOK || !routeOK || kind == token.Hard && route == token.Direct || !requestForm.MatchString(request) {
		return page.Advise(errIncomplete, toOrder)
	}
	if err := d.place(r, kind, route, request); err != nil {
		return page.Advise(err, toOverview)
	}
	done := orderDone
	if kind == token.Hard {
		done += "?" + url.Values{kindField: {art}}.Encode()
	}
	r.Redirect(w, done)
	return nil
}

func (d Door) place(r *page.Request, kind token.Kind, route token.Route, request string) (err error) {
	id := r.Visit.Account.ID
	switch {
	case kind == token.Hard:
		_, err = d.Tokens.OrderHard(r.Context(), id, token.HardWish{Request: request, TwoFactor: twoFactor(r), Session: string(r.Visit.Session.ID)})
	case route == token.Direct:
		_, err = d.Tokens.OrderDirect(r.Context(), id, request, twoFactor(r))
	default:
		_, err = d.Tokens.Order(r.Context(), id, request, twoFactor(r))
	}
	return err
}

type orderDonePage struct {
	orderPage
	Order   token.Order
	Serial  string
	Old     string        // serial number of the defective token that is exchanged; empty if there is none
	Arrives calendar.Date // day by which the letter is there (KVB10)
}

// OrderDone confirms the order and says what happens next.
func (d Door) OrderDone(w http.ResponseWriter, r *page.Request) error {
	p := orderDonePage{orderPage: orderPage{Art: r.Param(kindField)}}
	kind, ok := kinds[p.Art]
	if !ok {
		kind, p.Art = token.Soft, softToken
	}
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	o, ok := h.Open(kind)
	if !ok || o.ExpiredAt(now) {
		r.Redirect(w, page.Tokens)
		return nil
	}
	if o.Route == token.Direct {
		p.Way = direct
	}
	t, _ := h.Token(o.Token)
	old, _ := h.Token(o.Instead)
	rules := d.Tokens.Rules
	p.Order, p.Serial, p.Old = o, t.Serial, old.Serial
	p.Arrives = rules.Calendar.AddWerktage(calendar.DateOf(o.Placed), rules.Letter.Arrival)
	return orderDoneView.Show(w, r, p)
}

// Facts lists what is ordered, how it comes and where to.
func (p *orderCheckPage) Facts() []page.Fact {
	profile, owner := p.Profile(), p.Visit().Account
	long, route := profile.Token.Soft.LongLabel, p.T("member.order.route.letter", profile.Token.Code.Purpose)
	switch {
	case p.Hard():
		long, route = profile.Token.Hard.LongLabel, p.T("member.order.route.device")
	case p.Direct():
		route = p.T("member.order.route.direct", profile.Token.Soft.Label)
	}
	facts := []page.Fact{p.Fact("member.fact.token", long), p.Fact("member.fact.route", route)}
	if !p.Direct() {
		facts = append(facts, p.Fact("member.fact.address", owner.LetterTo().Lines...))
	}
	facts = append(facts, p.Fact("member.fact.email", owner.Email))
	switch {
	case p.Hard():
		return facts
	case p.Direct():
		return append(facts, p.Fact("member.fact.until", p.Day(p.LastDay)))
	default:
		return append(facts, p.Fact("member.fact.valid", p.Day(p.LastDay)))
	}
}
