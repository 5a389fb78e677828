package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var (
	requestsView = page.NewView[requestsPage](files, "requests.html")
	requestView  = page.NewView[requestPage](files, "request.html")
)

const (
	requestsPath = page.Console + "/freigaben"
	seenField    = "gesehen"
	afterParam   = "ab"
)

var toRequests = page.Link{Path: requestsPath, Text: "deed.to-requests"}

// requestsPage lists what waits for a second person, and what became of one's own requests.
type requestsPage struct {
	page.Base
	rows, own []desk.RequestRow
	now       calendar.Moment
	Next      string // address of the next page; empty on the last
	Inside    bool   // the page is not the first one
	Done      string // what was decided just now
}

// mostOwn bounds how many of one's own requests are told of.
const mostOwn = 10

// Requests lists what waits.
func (d Door) Requests(w http.ResponseWriter, r *page.Request) error {
	after := cursorOf(r.Param(afterParam))
	list, err := d.Deeds.Store.Requests(r.Context(), after, requestsAtOnce+1)
	if err != nil {
		return err
	}
	p := requestsPage{rows: list, Inside: after != (desk.Cursor{}), now: r.Visit.Now, Done: decided(r, r.Param(doneParam))}
	if len(list) > requestsAtOnce {
		p.rows = list[:requestsAtOnce]
		p.Next = requestsPath + "?" + url.Values{afterParam: {cursorText(p.rows[requestsAtOnce-1].Next)}}.Encode()
	}
	if p.own, err = d.Deeds.Store.Decided(r.Context(), r.Visit.Account.ID, mostOwn); err != nil {
		return err
	}
	return requestsView.Show(w, r, p)
}

// requestsAtOnce is how many requests a page has at most.
const requestsAtOnce = 25

func cursorText(c desk.Cursor) string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // cannot be: a cursor is a time and a word; an empty one begins at the start
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// cursorOf reads where a list goes on. What is none begins at the start.
func cursorOf(text string) (c desk.Cursor) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, &c) != nil {
		return desk.Cursor{}
	}
	return c
}

// lastMinute gives the last moment before one: a day ends when the next begins.
func lastMinute(t time.Time) time.Time { return t.Add(-time.Minute) }

// RequestLine is a request in its table.
type RequestLine struct {
	Path, What, Member, Number, By, At, Until, State string
	Own                                              bool
}

// Lines are what waits.
func (p *requestsPage) Lines() []RequestLine { return p.lines(p.rows) }

// Closed are the reader's own requests that are closed.
func (p *requestsPage) Closed() []RequestLine { return p.lines(p.own) }

// stateNames name the states of a request, refusals the reasons of a rejection.
var (
	stateNames = map[desk.RequestState]string{
		desk.RequestOpen: "deed.state.open", desk.Approved: "deed.state.approved", desk.Rejected: "deed.state.rejected",
		desk.Withdrawn: "deed.state.withdrawn", desk.Lapsed: "deed.state.lapsed",
	}
	refusals = map[desk.RefusalReason]string{
		desk.NotConvinced: "deed.refusal.not-convinced", desk.WrongDetails: "deed.refusal.wrong-details", desk.Needless: "deed.refusal.needless",
	}
)

func (p *requestsPage) lines(rows []desk.RequestRow) (lines []RequestLine) {
	for _, row := range rows {
		l := RequestLine{
			Path: requestsPath + "/" + row.ID, What: p.T(faceOf(row.Deed.Kind).name), Member: row.MemberName, Number: row.Number,
			By: row.AskerName, At: p.Time(row.AskedAt), Until: p.Date(lastMinute(row.Until)), State: p.T(stateNames[row.StateAt(p.now)]),
			Own: row.AskedBy == p.Visit().Account.ID,
		}
		if row.ByRule() {
			l.By = p.T("deed.by-rule")
		}
		if row.Reason != "" {
			l.State = p.T("deed.state.because", l.State, p.T(refusals[row.Reason]))
		}
		lines = append(lines, l)
	}
	return lines
}

// requestPage shows a request with what is now and what will be.
type requestPage struct {
	page.Base
	Picture desk.Picture
	Case    desk.Case
	now     calendar.Moment
	barred  error // why the reader cannot decide
}

func (d Door) requestPage(r *page.Request) (p requestPage, err error) {
	p.Picture, p.Case, p.now, err = d.Deeds.Request(r.Context(), r.Visit.Session, r.PathValue("id"))
	if err != nil {
		return p, page.Advise(err, toRequests)
	}
	if err := d.Desk.Look(r.Context(), r.Visit.Session, p.Case.Member().ID); err != nil {
		return p, err
	}
	p.barred = p.Case.MayDecide(p.Picture.Request, d.Deeds.Rules, p.now)
	return p, nil
}

// Request shows one.
func (d Door) Request(w http.ResponseWriter, r *page.Request) error {
	p, err := d.requestPage(r)
	if err != nil {
		return err
	}
	return requestView.Show(w, r, p)
}

// decide closes a request.
func (d Door) decide(state desk.RequestState) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.requestPage(r)
		if err != nil {
			return err
		}
		err = d.Deeds.Decide(r.Context(), r.Visit.Session, desk.Decision{
			Request: r.PathValue("id"), State: state, Reason: desk.RefusalReason(r.Form.Value(reasonField)), Seen: r.Form.Value(seenField),
		})
		if errors.Is(err, login.ErrNoSession) {
			return err
		}
		if err != nil {
			return requestView.Refuse(w, r, p, page.Advise(err, toRequests))
		}
		r.Redirect(w, requestsPath+"?"+url.Values{doneParam: {string(state)}}.Encode())
		return nil
	}
}

// decided says what was decided just now.
func decided(r *page.Request, word string) string {
	switch desk.RequestState(word) {
	case desk.Approved:
		return r.Text.T("deed.decided.approved")
	case desk.Rejected:
		return r.Text.T("deed.decided.rejected")
	case desk.Withdrawn:
		return r.Text.T("deed.decided.withdrawn")
	}
	return ""
}

// Name names the deed.
func (p *requestPage) Name() string { return p.T(faceOf(p.Picture.Request.Deed.Kind).name) }

// Text says what follows.
func (p *requestPage) Text() string { return p.T(faceOf(p.Picture.Request.Deed.Kind).text) }

// Seal goes with the decision: it is refused if anything has changed since.
func (p *requestPage) Seal() string { return p.Picture.Seal() }

// Waiting tells whether the request can still be decided.
func (p *requestPage) Waiting() bool { return p.Picture.Request.Waiting(p.now) }

// State names the state.
func (p *requestPage) State() string { return p.T(stateNames[p.Picture.Request.StateAt(p.now)]) }

// Own tells whether the reader asked.
func (p *requestPage) Own() bool { return p.Picture.Request.AskedBy == p.Visit().Account.ID }

// Withdrawable tells whether the reader can withdraw it.
func (p *requestPage) Withdrawable() bool {
	return p.Own() && p.Waiting() && p.Picture.Request.Deed.Kind != desk.ReleaseLetter
}

// Barred says why the reader cannot decide; empty if they can.
func (p *requestPage) Barred() string {
	if f := fault.Of(p.barred); f != nil {
		return p.T(f.Message, f.Args...)
	}
	return ""
}

// Path is the address of the request.
func (p *requestPage) Path() string { return requestsPath + "/" + p.Picture.Request.ID }

// Member leads to the member.
func (p *requestPage) Member() string { return memberAt(p.Picture.Request.Member) }

// Facts say who asked for whom, and when.
func (p *requestPage) Facts() []page.Fact {
	req, owner := p.Picture.Request, p.Case.Member()
	by := req.Asker.Person.Name()
	if req.ByRule() {
		by = p.T("deed.by-rule")
	}
	facts := []page.Fact{p.Fact("deed.fact.member", owner.Person.Name())}
	if owner.Number != "" {
		facts = append(facts, p.Fact("deed.fact.number", owner.Number))
	}
	if name := wayNames[req.Deed.Way]; name != "" {
		facts = append(facts, p.Fact("deed.fact.identified", p.T(name)))
	}
	facts = append(facts, p.Fact("deed.fact.asked-by", by, p.Time(req.AskedAt)), p.Fact("deed.fact.until", p.Date(lastMinute(req.Until))), p.Fact("deed.fact.state", p.State()))
	if req.Deed.Kind == desk.ReleaseLetter && !owner.AddressChanged.IsZero() {
		facts = append(facts, p.Fact("deed.fact.moved", p.Time(owner.AddressChanged)))
	}
	return facts
}

// Difference is a line of the table of what is now and what will be.
type Difference struct {
	Name          string
	Before, After []string
}

// lineNames name what a request changes, stateWords the states that stand in it.
var (
	lineNames = map[string]string{
		desk.LineToken: "deed.line.token", desk.LineAddress: "deed.line.address", desk.LineEmail: "deed.line.email",
		desk.LineAccount: "deed.line.account", desk.LineLetter: "deed.line.letter",
	}
	stateWords = map[string]string{
		"active": "deed.word.active", "suspended": "deed.word.suspended", "blocked": "deed.word.blocked", "revoked": "deed.word.revoked",
		"deactivated": "deed.word.deactivated", string(account.Left): "deed.word.left", string(account.Deceased): "deed.word.deceased",
	}
)

// Differences are what is decided about.
func (p *requestPage) Differences() (list []Difference) {
	for _, l := range p.Picture.Lines {
		d := Difference{Name: p.T(lineNames[l.Name]), Before: l.Before, After: l.After}
		if l.Name == desk.LineToken || l.Name == desk.LineAccount {
			d.Before, d.After = p.words(l.Before), p.words(l.After)
		}
		list = append(list, d)
	}
	return list
}

// words writes states for people; serial numbers stay.
func (p *requestPage) words(lines []string) (out []string) {
	for _, l := range lines {
		if key := stateWords[l]; key != "" {
			l = p.T(key)
		}
		out = append(out, l)
	}
	return out
}

// Refusals are the reasons for a rejection.
func (p *requestPage) Refusals() (list []Choice) {
	for _, reason := range desk.RefusalReasons {
		list = append(list, Choice{Value: string(reason), Name: p.T(refusals[reason])})
	}
	return list
}

// ReasonError says what is wrong with the choice.
func (p *requestPage) ReasonError() string { return wrongAt(&p.Base, reasonField) }

// RequestNotices tells how many requests wait for the reader.
func (d Door) RequestNotices(ctx context.Context, r *page.Request) ([]page.Notice, error) {
	if !r.May(login.Decide) {
		return nil, nil
	}
	n, err := d.Deeds.Store.CountRequests(ctx, r.Visit.Account.ID)
	if err != nil {
		return nil, err
	}
	return []page.Notice{{Title: r.Text.T("deed.notice.title"), Count: n, Text: r.Text.T("deed.notice.text"), Path: requestsPath}}, nil
}
