package desk

import (
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var deedView = page.NewView[deedPage](files, "deed.html")

// face is how a deed looks: the word in its address, and its texts.
type face struct {
	kind                                desk.DeedKind
	word, name, text, submit, done, ask string
	field                               string // that names what the deed is about; empty where it is the member
	danger                              bool
}

// Fields that say what a deed is about, and those that are typed.
const (
	tokenField   = "token"
	orderField   = "bestellung"
	sessionField = "anmeldung"
	formField    = "vorgang"
	reasonField  = "reason"
	doneParam    = "getan"
	askedAnd     = "angefragt-"
)

// faces are all deeds that staff do on pages of their own.
var faces = []face{
	{desk.SuspendToken, "token-sperren", "deed.suspend.name", "deed.suspend.text", "deed.suspend.submit", "deed.suspend.done", "", tokenField, true},
	{desk.LiftToken, "token-entsperren", "deed.lift.name", "deed.lift.text", "deed.lift.submit", "", "deed.asked", tokenField, false},
	{desk.RevokeToken, "token-beenden", "deed.revoke.name", "deed.revoke.text", "deed.revoke.submit", "deed.revoke.done", "", tokenField, true},
	{desk.NewLetter, "neuer-brief", "deed.letter.name", "deed.letter.text", "deed.letter.submit", "deed.letter.done", "", orderField, false},
	{desk.VoidOrder, "bestellung-beenden", "deed.void.name", "deed.void.text", "deed.void.submit", "deed.void.done", "", orderField, true},
	{desk.EndSession, "anmeldung-beenden", "deed.session.name", "deed.session.text", "deed.session.submit", "deed.session.done", "", sessionField, true},
	{desk.EndSessions, "abmelden", "deed.sessions.name", "deed.sessions.text", "deed.sessions.submit", "deed.sessions.done", "", "", true},
	{desk.AllowPost, "token-per-brief", "deed.post.name", "deed.post.text", "deed.post.submit", "deed.post.done", "", "", false},
	{desk.ChangeAddress, "anschrift", "deed.address.name", "deed.address.text", "deed.address.submit", "", "deed.asked", "", false},
	{desk.ChangeEmail, "e-mail", "deed.email.name", "deed.email.text", "deed.email.submit", "", "deed.asked", "", false},
	{desk.MarkLeft, "ausgeschieden", "deed.left.name", "deed.left.text", "deed.left.submit", "", "deed.asked", "", true},
	{desk.MarkDeceased, "verstorben", "deed.deceased.name", "deed.deceased.text", "deed.deceased.submit", "", "deed.asked", "", true},
	{desk.Restore, "wiederaufnehmen", "deed.restore.name", "deed.restore.text", "deed.restore.submit", "", "deed.asked", "", false},
}

// releaseFace is how a letter that waits looks; nobody asks for it.
var releaseFace = face{kind: desk.ReleaseLetter, name: "deed.release.name", text: "deed.release.text"}

func faceOf(k desk.DeedKind) face {
	for _, f := range faces {
		if f.kind == k {
			return f
		}
	}
	return releaseFace
}

// deedRoutes are the pages of deeds, of identifying a caller, and of requests.
func (d Door) deedRoutes() []page.Route {
	routes := []page.Route{
		page.Get(memberPath+"/identifizieren", login.IdentifyMember, d.AskIdentify),
		page.Post(memberPath+"/identifizieren", login.IdentifyMember, d.Identify),
		page.Post(memberPath+"/verbuergen", login.IdentifyMember, d.Vouch),
	}
	for _, f := range faces {
		manner, _ := desk.MannerOf(f.kind)
		routes = append(routes,
			page.Get(memberPath+"/"+f.word, manner.Right, d.askDeed(f)),
			page.Post(memberPath+"/"+f.word, manner.Right, d.doDeed(f)),
		)
	}
	return append(routes,
		page.Get(requestsPath, login.Decide, d.Requests),
		page.Get(requestsPath+"/{id}", login.Decide, d.Request),
		page.Post(requestsPath+"/{id}/freigeben", login.Decide, d.decide(desk.Approved)),
		page.Post(requestsPath+"/{id}/ablehnen", login.Decide, d.decide(desk.Rejected)),
		page.Post(requestsPath+"/{id}/zurueckziehen", login.Decide, d.decide(desk.Withdrawn)),
	)
}

func memberAt(id account.ID) string { return members + "/" + string(id) }

// deedPage asks before a deed is done, and says what follows.
type deedPage struct {
	page.Base
	face   face
	Case   desk.Case
	Deed   desk.Deed
	Form   string // names this form, so that sending it twice does it once
	Second bool   // a second person decides
	Needs  bool   // the caller has to be identified first
	Typed  account.Address
	Email  string
}

// askDeed shows what a deed does, or why it cannot be done.
func (d Door) askDeed(f face) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, f, r.Param(f.field))
		if err != nil {
			return err
		}
		p.Typed, p.Email = p.Case.Member().Address, ""
		return deedView.Show(w, r, p)
	}
}

// deedPage fills the page of a deed.
func (d Door) deedPage(r *page.Request, f face, subject string) (p deedPage, err error) {
	id := account.ID(r.PathValue("id"))
	c, now, err := d.Deeds.Case(r.Context(), id, r.Visit.Session)
	if err != nil {
		return p, page.Advise(err, toMembers)
	}
	if err := d.Desk.Look(r.Context(), r.Visit.Session, id); err != nil {
		return p, err
	}
	manner, _ := desk.MannerOf(f.kind)
	p = deedPage{face: f, Case: c, Deed: deedOf(f, subject), Form: secret.NewID(), Second: manner.Second}
	p.Needs = manner.Identified && !c.Identified.Holds(now)
	if !c.Offered(p.Deed, d.Deeds.Rules, now) {
		return p, page.Advise(fault.New(fault.Conflict, "deed.fault.not-now"), toMember(id))
	}
	return p, nil
}

func toMember(id account.ID) page.Link { return page.Link{Path: memberAt(id), Text: "deed.to-member"} }

// deedOf names what a deed is about.
func deedOf(f face, subject string) desk.Deed {
	deed := desk.Deed{Kind: f.kind}
	switch f.field {
	case tokenField:
		deed.Token = token.ID(subject)
	case orderField:
		deed.Order = token.OrderID(subject)
	case sessionField:
		deed.Session = login.SessionID(subject)
	}
	return deed
}

// doDeed does a deed, or asks a second person for it.
func (d Door) doDeed(f face) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, f, r.Form.Value(f.field))
		if err != nil {
			return err
		}
		deed := p.Deed
		deed.Reason = token.Reason(r.Form.Value(reasonField))
		if f.kind == desk.ChangeAddress {
			deed.Address = account.Address{
				Extra: r.Form.Value("extra"), Street: r.Form.Value("street"), Postcode: r.Form.Value("postcode"), Town: r.Form.Value("town"),
			}
		}
		if f.kind == desk.ChangeEmail {
			deed.Email = r.Form.Value("email")
		}
		p.Typed, p.Email, p.Deed = deed.Address, deed.Email, deed
		asked, err := d.Deeds.Do(r.Context(), p.Case.Member().ID, r.Visit.Session, deed, r.Form.Value(formField))
		if err != nil {
			return deedView.Refuse(w, r, p, page.Advise(err, toMember(p.Case.Member().ID)))
		}
		word := f.word
		if asked {
			word = askedAnd + word
		}
		r.Redirect(w, memberAt(p.Case.Member().ID)+"?"+url.Values{doneParam: {word}}.Encode())
		return nil
	}
}

// done says what was done just now, as the member's page is told by its address; nothing where it is told nothing.
func done(words text.Printer, word string) string {
	if word == identifiedWord {
		return words.T("deed.identify.done")
	}
	for _, f := range faces {
		switch {
		case word == f.word && f.done != "":
			return words.T(f.done)
		case word == askedAnd+f.word && f.ask != "":
			return words.T(f.ask)
		}
	}
	return ""
}

// Name names the deed.
func (p *deedPage) Name() string { return p.T(p.face.name) }

// Text says what follows.
func (p *deedPage) Text() string { return p.T(p.face.text) }

// Submit is the word of the button.
func (p *deedPage) Submit() string {
	if p.Second {
		return p.T("deed.ask.submit")
	}
	return p.T(p.face.submit)
}

// Danger tells whether the deed is hard to undo.
func (p *deedPage) Danger() bool { return p.face.danger }

// Field is the name of the hidden field that says what the deed is about.
func (p *deedPage) Field() string { return p.face.field }

// Subject is what it is about.
func (p *deedPage) Subject() string {
	if p.Deed.Session != "" {
		return string(p.Deed.Session)
	}
	return p.Deed.Subject()
}

// Path is where the form goes.
func (p *deedPage) Path() string { return memberAt(p.Case.Member().ID) + "/" + p.face.word }

// Member gives whom it is about.
func (p *deedPage) Member() account.Account { return p.Case.Member() }

// Back leads to the member.
func (p *deedPage) Back() string { return memberAt(p.Case.Member().ID) }

// Identify leads to the identification, and from there back to this deed.
func (p *deedPage) Identify() string { return p.Back() + "/identifizieren" }

// Is tells whether the page asks for what one kind of deed needs.
func (p *deedPage) Is(kind string) bool { return string(p.Deed.Kind) == kind }

// Facts say whom and what it is about.
func (p *deedPage) Facts() []page.Fact {
	owner := p.Member()
	facts := []page.Fact{p.Fact("deed.fact.member", owner.Person.Name())}
	if owner.Number != "" {
		facts = append(facts, p.Fact("deed.fact.number", owner.Number))
	}
	if t, ok := p.Case.Holding.Token(p.Deed.Token); ok {
		facts = append(facts, p.Fact("deed.fact.token", t.Serial))
	}
	for _, o := range p.Case.Holding.Orders {
		if o.ID == p.Deed.Order {
			t, _ := p.Case.Holding.Token(o.Token)
			facts = append(facts, p.Fact("deed.fact.order", t.Serial, p.Time(o.Placed)))
		}
	}
	for _, s := range p.Case.Sessions {
		if s.ID == p.Deed.Session {
			device := login.DeviceOf(s.Agent)
			facts = append(facts, p.Fact("deed.fact.session", device.Browser+" "+device.System, p.Time(s.Created)))
		}
	}
	switch p.Deed.Kind {
	case desk.ChangeAddress:
		facts = append(facts, p.Fact("deed.fact.address-now", owner.Address.Lines()...))
	case desk.ChangeEmail:
		facts = append(facts, p.Fact("deed.fact.email-now", owner.Email))
	case desk.NewLetter:
		facts = append(facts, p.Fact("deed.fact.address-now", owner.LetterTo().Lines...))
	}
	return facts
}

// revokeReasons are the reasons for which a token is revoked, as people read them.
var revokeReasons = map[token.Reason]string{
	token.Lost: "deed.reason.lost", token.Stolen: "deed.reason.stolen", token.Defective: "deed.reason.defective",
	token.NotNeeded: "deed.reason.not-needed",
}

// Choice is something to choose.
type Choice struct {
	Value, Name string
	Chosen      bool
}

// Reasons are those to choose from.
func (p *deedPage) Reasons() (list []Choice) {
	for _, reason := range token.RevokeReasons {
		list = append(list, Choice{string(reason), p.T(revokeReasons[reason]), reason == p.Deed.Reason})
	}
	return list
}

// ReasonError says what is wrong with the choice.
func (p *deedPage) ReasonError() string { return wrongAt(&p.Base, reasonField) }

func wrongAt(b *page.Base, field string) string {
	for _, w := range b.Wrongs() {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}

// AddressInputs are the fields of a new address.
func (p *deedPage) AddressInputs() []page.Input {
	return []page.Input{
		textInput(&p.Base, "extra", "deed.field.extra", p.Typed.Extra, 100),
		textInput(&p.Base, "street", "deed.field.street", p.Typed.Street, 100),
		textInput(&p.Base, "postcode", "deed.field.postcode", p.Typed.Postcode, 5),
		textInput(&p.Base, "town", "deed.field.town", p.Typed.Town, 80),
	}
}

// textInput makes a field for what concerns somebody else, which browsers neither know nor keep.
func textInput(b *page.Base, name, label, value string, longest int) page.Input {
	return b.TextInput(name, b.T(label), "", value, longest)
}

// EmailField is the field of a new e-mail address.
func (p *deedPage) EmailField() page.Input {
	i := textInput(&p.Base, "email", "deed.field.email", p.Email, 254)
	i.Type = "email"
	return i
}
