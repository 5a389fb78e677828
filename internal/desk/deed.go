package desk

import (
	"slices"
	"strings"
	"unicode"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/token"
)

// DeedKind names something that staff do for a member. Kinds stand in requests and in the audit: they are never renamed.
type DeedKind string

// The kinds of deed.
const (
	SuspendToken  DeedKind = "suspend-token"
	LiftToken     DeedKind = "lift-token"   // out of suspension or block
	RevokeToken   DeedKind = "revoke-token" // for good
	VoidOrder     DeedKind = "void-order"
	NewLetter     DeedKind = "new-letter" // with a new code
	EndSession    DeedKind = "end-session"
	EndSessions   DeedKind = "end-sessions"
	AllowPost     DeedKind = "allow-post" // a token by letter although the password came by post
	ChangeAddress DeedKind = "change-address"
	ChangeEmail   DeedKind = "change-email"
	MarkLeft      DeedKind = "mark-left"
	MarkDeceased  DeedKind = "mark-deceased"
	Restore       DeedKind = "restore-member"
	ReleaseLetter DeedKind = "release-letter" // that waits since the address is new; nobody asks for it, the rule does
)

// Manner is what a deed takes.
type Manner struct {
	Right      login.Right
	Identified bool // the caller has to be identified in the same session
	Second     bool // a second person decides
}

// manners is the table of deeds. What only stops something takes neither identification nor a second person: whoever calls about a
// stolen telephone is helped at once.
var manners = map[DeedKind]Manner{
	SuspendToken:  {Right: login.HelpMember},
	RevokeToken:   {Right: login.HelpMember},
	VoidOrder:     {Right: login.HelpMember},
	EndSession:    {Right: login.HelpMember},
	EndSessions:   {Right: login.HelpMember},
	LiftToken:     {Right: login.RestoreMember, Identified: true, Second: true},
	NewLetter:     {Right: login.RestoreMember, Identified: true},
	AllowPost:     {Right: login.RestoreMember, Identified: true},
	ChangeAddress: {Right: login.RestoreMember, Identified: true, Second: true},
	ChangeEmail:   {Right: login.RestoreMember, Identified: true, Second: true},
	MarkLeft:      {Right: login.MarkMember, Second: true},
	MarkDeceased:  {Right: login.MarkMember, Second: true},
	Restore:       {Right: login.MarkMember, Second: true},
	ReleaseLetter: {Right: login.Decide, Second: true},
}

// MannerOf tells what a deed takes; ok is false for what is none.
func MannerOf(k DeedKind) (m Manner, ok bool) {
	m, ok = manners[k]
	return m, ok
}

// Deed is something that is to be done for a member. It says no more than it needs: what it is done to is looked up when it is done.
type Deed struct {
	Kind    DeedKind        `json:"kind"`
	Token   token.ID        `json:"token,omitempty"`
	Order   token.OrderID   `json:"order,omitempty"`
	Session login.SessionID `json:"session,omitempty"`
	Letter  string          `json:"letter,omitempty"`
	Reason  token.Reason    `json:"reason,omitempty"`
	Address account.Address `json:"address,omitzero"`
	Email   string          `json:"email,omitempty"`
	To      []string        `json:"to,omitempty"`  // address window of the letter that waits
	Way     Way             `json:"way,omitempty"` // how the caller was identified, where that is needed
}

// Subject names the one thing of the member that the deed is about; empty where it is the member.
func (d Deed) Subject() string {
	for _, s := range []string{string(d.Token), string(d.Order), d.Letter} {
		if s != "" {
			return s
		}
	}
	return ""
}

// Fresh is what deeds need from outside the rules: identifiers, and the order of a new letter.
type Fresh struct {
	Request string // id of a request, if one is made
	Letter  string // id of the letter to the former address
	Order   token.NewOrder
}

// errNotIdentified is met by whoever asks for a deed before the caller is identified.
var errNotIdentified = fault.New(fault.NotAllowed, "deed.fault.not-identified")

// MayAsk tells why the clerk cannot do or ask for a deed now, or gives nil. What was typed for it is not looked at.
func (c Case) MayAsk(k DeedKind, rules Rules, now calendar.Moment) error {
	m, ok := manners[k]
	if !ok || k == ReleaseLetter {
		return fault.New(fault.NotFound, "deed.fault.no-deed")
	}
	if err := c.may(m.Right, rules, now); err != nil {
		return err
	}
	if m.Identified && !c.Identified.Holds(now) {
		return errNotIdentified
	}
	return nil
}

// Do does a deed, or asks a second person for it where it takes one. A deed that is not possible now is not asked for.
func (c Case) Do(d Deed, fresh Fresh, rules Rules, now calendar.Moment) (Change, error) {
	if err := c.MayAsk(d.Kind, rules, now); err != nil {
		return Change{}, err
	}
	change, err := c.perform(d, fresh, rules, now)
	if err != nil || !manners[d.Kind].Second {
		return change, err
	}
	return c.ask(d, fresh.Request, rules, now)
}

// perform gives what a deed changes, on the state as it is now.
func (c Case) perform(d Deed, fresh Fresh, rules Rules, now calendar.Moment) (Change, error) {
	switch d.Kind {
	case SuspendToken, LiftToken, RevokeToken:
		return c.performToken(d, now)
	case VoidOrder:
		return c.voidOrder(d, now)
	case NewLetter:
		_, changed, err := c.Holding.Reissue(d.Order, fresh.Order, c.by(), rules.Login.Token, now)
		return Change{Token: changed}, err
	case EndSession, EndSessions:
		return c.endSessions(d, now)
	case AllowPost:
		return c.allowPost(rules, now)
	case ChangeAddress:
		return c.changeAddress(d.Address, fresh.Letter, now)
	case ChangeEmail:
		return c.changeEmail(d.Email, now)
	case MarkLeft:
		return c.mark(account.Left, now)
	case MarkDeceased:
		return c.mark(account.Deceased, now)
	case Restore:
		return c.restore(now)
	case ReleaseLetter:
		return c.releaseLetter(d)
	}
	return Change{}, fault.New(fault.NotFound, "deed.fault.no-deed")
}

// performToken does what concerns one token.
func (c Case) performToken(d Deed, now calendar.Moment) (change Change, err error) {
	var t token.Token
	switch d.Kind {
	case SuspendToken:
		_, change.Token, err = c.Holding.SuspendFor(d.Token, c.by(), now) // tells the member itself
		return change, err
	case LiftToken:
		if t, change.Token, err = c.Holding.Lift(d.Token, c.by(), now); err != nil {
			return Change{}, err
		}
		change.Forgive = []token.ID{t.ID}
		c.tell(&change, mail.DeskLifted, t.Serial, now)
	default:
		if !slices.Contains(token.RevokeReasons, d.Reason) {
			return Change{}, fault.InvalidField("reason", "deed.fault.reason")
		}
		if t, change.Token, err = c.Holding.Revoke(d.Token, d.Reason, c.by(), now); err != nil {
			return Change{}, err
		}
		c.tell(&change, mail.DeskRevoked, t.Serial, now)
	}
	return change, nil
}

func (c Case) voidOrder(d Deed, now calendar.Moment) (change Change, err error) {
	o, changed, err := c.Holding.VoidOrder(d.Order, token.ByDesk, c.by(), now)
	if err != nil {
		return Change{}, err
	}
	change.Token = changed
	t, _ := c.Holding.Token(o.Token)
	c.tell(&change, mail.DeskVoided, t.Serial, now)
	return change, nil
}

func (c Case) endSessions(d Deed, now calendar.Moment) (change Change, err error) {
	if d.Kind == EndSessions {
		change.EndAll = true
		c.tell(&change, mail.DeskLoggedOut, "", now)
		return change, nil
	}
	if !slices.ContainsFunc(c.Sessions, func(s login.Session) bool { return s.ID == d.Session }) {
		return Change{}, fault.New(fault.Conflict, "deed.fault.session-over")
	}
	change.End = []login.SessionID{d.Session}
	c.tell(&change, mail.DeskLoggedOut, "", now)
	return change, nil
}

// allowPost lets a token come by letter again: who the member is was proved otherwise.
func (c Case) allowPost(rules Rules, now calendar.Moment) (change Change, err error) {
	if from, ok := c.Holding.ByPostFrom(rules.Login.Token); !ok || !calendar.DateOf(now.Time).Before(from) {
		return Change{}, fault.New(fault.Conflict, "deed.fault.post-allowed")
	}
	change.AllowPost = true
	c.note(&change, audit.Event{Kind: audit.ByPostReleased})
	c.tell(&change, mail.DeskAllowed, "", now)
	return change, nil
}

// changeAddress puts another postal address into the place of the one before, which is told by letter, and the member by e-mail. What
// a letter brings that is still here is void: it would go to the address before.
func (c Case) changeAddress(to account.Address, tell string, now calendar.Moment) (change Change, err error) {
	owner := c.Member()
	to, err = CheckAddress(owner.Person, to)
	if err != nil {
		return Change{}, err
	}
	if to == owner.Address {
		return Change{}, fault.InvalidField("street", "deed.fault.address-same")
	}
	change.Address = &to
	c.stopLetters(&change, now)
	c.note(&change, audit.Event{Kind: audit.AddressChanged, Letter: tell})
	if owner.Address != (account.Address{}) {
		change.Letters = []letter.Draft{{
			ID: tell, Account: string(owner.ID), By: string(c.Clerk.Account.ID),
			Content: letter.AddressChanged{To: owner.LetterTo(), Changed: calendar.DateOf(now.Time)},
		}}
		c.note(&change, audit.Event{Kind: audit.LetterQueued, Letter: tell})
	}
	change.send(mail.AddressChanged{To: owner.MailTo(), Greeting: owner.Person.Greeting(), At: now.Time})
	return change, nil
}

// CheckAddress gives an address in the form that is stored, or tells at the fields what is wrong with it: it must be one that a letter
// to this person can show in its window.
func CheckAddress(who account.Person, a account.Address) (account.Address, error) {
	clean := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	a = account.Address{Extra: clean(a.Extra), Street: clean(a.Street), Postcode: clean(a.Postcode), Town: clean(a.Town)}
	var fields []fault.Field
	for _, f := range []struct {
		name, value string
		broken      string
	}{
		{"extra", a.Extra, signsOf(a.Extra, 100, false)},
		{"street", a.Street, signsOf(a.Street, 100, true)},
		{"postcode", a.Postcode, postcodeOf(a.Postcode)},
		{"town", a.Town, signsOf(a.Town, 80, true)},
	} {
		if f.broken != "" {
			fields = append(fields, fault.Field{Name: f.name, Message: f.broken})
		}
	}
	if len(fields) == 0 && !letter.Fits(account.Account{Person: who, Address: a}.LetterTo()) {
		fields = []fault.Field{{Name: "street", Message: "deed.fault.address-window"}}
	}
	if len(fields) > 0 {
		return a, &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
	}
	return a, nil
}

// signsOf names what is wrong with a line of an address, or nothing.
func signsOf(s string, most int, needed bool) string {
	switch _, odd := letter.Unprintable(s); {
	case s == "" && needed:
		return "deed.fault.missing"
	case len([]rune(s)) > most:
		return "deed.fault.too-long"
	case odd || strings.ContainsFunc(s, unseen):
		return "deed.fault.unprintable"
	}
	return ""
}

// unseen tells signs that nobody sees, some of which turn the reading of a line around.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

func postcodeOf(s string) string {
	if len(s) != 5 || strings.Trim(s, "0123456789") != "" || strings.HasPrefix(s, "00") {
		return "deed.fault.postcode"
	}
	return ""
}

// changeEmail puts another e-mail address into the place of the one before, which is told. One that the member has asked for and not
// confirmed yet is dropped.
func (c Case) changeEmail(to string, now calendar.Moment) (change Change, err error) {
	owner := c.Member()
	email, ok := account.CheckEmail(to)
	switch {
	case !ok:
		return Change{}, fault.InvalidField("email", "account.fault.email-form")
	case strings.EqualFold(email, owner.Email):
		return Change{}, fault.InvalidField("email", "account.fault.email-same")
	}
	if c.Contact.Pending != nil {
		change.Contact = c.Contact.Cancel(account.Proof{}, now)
		for i := range change.Contact.Events {
			change.Contact.Events[i].Actor, change.Contact.Events[i].Session = string(c.Clerk.Account.ID), string(c.Clerk.Session.ID)
		}
	}
	change.Contact.Email = email
	c.note(&change, audit.Event{Kind: audit.EmailChanged})
	if owner.Email != "" {
		change.send(mail.EmailChanged{To: owner.MailTo(), Greeting: owner.Person.Greeting(), At: now.Time})
	}
	return change, nil
}

// mark closes the account of a member who has left or died: nobody logs in any more, what is on its way is void. Tokens stay, so
// that it can be undone.
func (c Case) mark(e account.Ending, now calendar.Moment) (change Change, err error) {
	owner := c.Member()
	if owner.State == account.Deactivated {
		return Change{}, fault.New(fault.Conflict, "deed.fault.deactivated")
	}
	change.State = &AccountState{State: account.Deactivated, Ending: e}
	change.Token = c.Holding.VoidOrders(token.HolderGone, c.by(), now)
	change.Password = c.Password.VoidOpen(string(c.Clerk.Account.ID), owner)
	change.EndAll = true
	c.note(&change, audit.Event{Kind: audit.MemberEnded, Reason: string(e)})
	if e == account.Left { // nobody writes to the dead
		c.tell(&change, mail.DeskLeft, "", now)
	}
	return change, nil
}

// restore undoes mark.
func (c Case) restore(now calendar.Moment) (change Change, err error) {
	if c.Member().State == account.Active {
		return Change{}, fault.New(fault.Conflict, "deed.fault.active")
	}
	change.State = &AccountState{State: account.Active}
	c.note(&change, audit.Event{Kind: audit.MemberRestored})
	c.tell(&change, mail.DeskRestored, "", now)
	return change, nil
}

// stopLetters ends what letters bring that were not handed over.
func (c Case) stopLetters(change *Change, now calendar.Moment) {
	for _, o := range c.Holding.Orders {
		if o.State == token.Placed && o.Letter.ID != "" && o.Letter.HandedOver.IsZero() {
			// of one order there is one change: it is open, and voided once
			_, voided, _ := c.Holding.VoidOrder(o.ID, token.NotMoved, c.by(), now)
			change.Token.Join(voided)
		}
	}
	if open, ok := c.Password.Open(); ok && open.Letter.HandedOver.IsZero() {
		change.Password, _ = c.Password.VoidLetter(open.Letter.ID, string(c.Clerk.Account.ID), c.Member())
	}
}

// releaseLetter lets a letter go that waits, if its address is still the member's.
func (c Case) releaseLetter(d Deed) (change Change, err error) {
	if !slices.Equal(d.To, c.Member().LetterTo().Lines) {
		return Change{}, fault.New(fault.Conflict, "deed.fault.moved-again")
	}
	change.Release = []string{d.Letter}
	c.note(&change, audit.Event{Kind: audit.LetterReleased, Letter: d.Letter})
	return change, nil
}

// stopLetter ends what a letter brings that waits: nobody vouched for the address.
func (c Case) stopLetter(id string, now calendar.Moment) (change Change, err error) {
	for _, o := range c.Holding.Orders {
		if o.Letter.ID == id && o.State == token.Placed {
			_, change.Token, err = c.Holding.VoidOrder(o.ID, token.NotMoved, c.by(), now)
			t, _ := c.Holding.Token(o.Token)
			c.tell(&change, mail.DeskVoided, t.Serial, now)
			return change, err
		}
	}
	if voided, found := c.Password.VoidLetter(id, string(c.Clerk.Account.ID), c.Member()); found {
		change.Password = voided
	}
	return change, nil
}
