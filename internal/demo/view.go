package demo

import (
	"slices"
	"strings"
	"time"

	"torhaus/internal/profile"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// portalView is a portal with its people, as the entrance and /demo.json show it. Passwords and secrets of the demo's people
// are no secrets.
type portalView struct {
	Key    string       `json:"key"`
	URL    string       `json:"url"`
	Name   string       `json:"-"`
	Body   string       `json:"-"`
	Mailed bool         `json:"-"` // each login mails a code
	People []personView `json:"people"`
	Staff  []personView `json:"staff"` // the body's own people, who log in at /verwaltung
}

type personView struct {
	Key      string      `json:"key"`
	Name     string      `json:"-"`
	Role     string      `json:"role"`
	Login    string      `json:"login"`
	Password string      `json:"password"`
	Label    string      `json:"-"` // what the password is called
	Tokens   []tokenView `json:"tokens"`
	Note     string      `json:"note"`
	OneTime  bool        `json:"oneTime"` // the password is a one-time password
}

type tokenView struct {
	Serial    string `json:"serial"`
	Kind      string `json:"kind"`
	Secret    string `json:"secret"` // Base32 without padding
	Algorithm string `json:"algorithm"`
	Digits    int    `json:"digits"`
	Period    int    `json:"period"` // seconds
}

func (h *house) portalViews() []portalView {
	var views []portalView
	for _, p := range h.app.Portals {
		v := portalView{Key: p.Profile.Key, URL: h.address(p.Profile.Key), Name: p.Profile.Portal.Name, Body: p.Profile.Body.Name, Mailed: p.Profile.HasPeople()}
		for _, who := range h.people[p.Profile.Key] {
			v.People = append(v.People, viewOf(who, p.Profile))
		}
		for _, who := range h.staff[p.Profile.Key] {
			v.Staff = append(v.Staff, viewOf(who, p.Profile))
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b portalView) int { return strings.Compare(b.Key, a.Key) }) // kvb, bvk: the simpler one first
	return views
}

func viewOf(p *person, rules *profile.Profile) personView {
	v := personView{
		Key: p.account.UserName, Name: p.account.Person.Name(), Role: p.role, Login: p.account.UserName,
		Password: p.password.Reveal(), Label: rules.Login.PasswordLabel, Tokens: []tokenView{}, Note: p.note,
	}
	if p.account.Role != "" {
		v.Key = page.RoleWord(p.account.Role) + " " + v.Key // one address may have an account in each role
	}
	if p.oneTime != "" {
		v.Password, v.Label, v.OneTime = p.oneTime.Reveal(), rules.Password.OneTime.Label, true
	}
	for _, t := range p.tokens {
		v.Tokens = append(v.Tokens, viewOfToken(t))
	}
	return v
}

func viewOfToken(t token.Token) tokenView {
	return tokenView{
		Serial: t.Serial, Kind: string(t.Kind), Secret: t.Generator().Text().Reveal(), Algorithm: string(t.Algorithm),
		Digits: t.Digits, Period: int(t.Period / time.Second),
	}
}
