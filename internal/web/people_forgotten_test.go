package web_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
)

const (
	addressLabel = "Benutzername (= E-Mail-Adresse)"
	againLabel   = "Benutzername (= E-Mail-Adresse) wiederholen"
	askOneTime   = "Einmalpasswort anfordern"
)

// forgets asks for a one-time password in a role, from the login page on, and does what that left behind.
func (b *browser) forgets(role account.Role, name string) {
	b.t.Helper()
	b.asRole(role)
	b.follow("Passwort vergessen?")
	b.expect("/kennwort-vergessen", "Passwort vergessen", "Bis dahin gilt Ihr bisheriges weiter.")
	b.press(askOneTime, fields{addressLabel: addressOf(name), againLabel: addressOf(name)})
	b.expect("/kennwort-vergessen/angefordert", "Ihre Anforderung ist eingegangen")
	b.p.work()
}

// passwordsOf reads what an account has of passwords.
func (p *portal) passwordsOf(id string) password.State {
	p.t.Helper()
	st, _, err := p.DB.Passwords(p.t.Context(), account.ID(id))
	if err != nil {
		p.t.Fatal(err)
	}
	return st
}

// member finds somebody of an organisation.
func (p *portal) member(of organisation.ID, id string) organisation.Membership {
	p.t.Helper()
	team, _, err := p.DB.Team(p.t.Context(), of)
	if err != nil {
		p.t.Fatal(err)
	}
	m, _ := team.Find(account.ID(id))
	return m
}

func TestBVK18_AnAdministratorGetsALetterToTheOrganisation(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.forgets(account.Administrator, "anna")
	for _, words := range []string{"Wenn es zu Ihrer Adresse einen Zugang als Administrator gibt", "per Brief", "Es gilt 28 Tage ab heute", "höchstens 3"} {
		if !b.page.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	open, ok := p.passwordsOf("administrator-anna").Open()
	if !ok || open.Way != password.ByLetter || open.For != "stadt" {
		t.Fatalf("%v, %+v", ok, open)
	}
	l, err := p.DB.Letter(t.Context(), open.Letter.ID)
	if err != nil {
		t.Fatal(err)
	}
	content := l.Content.(letter.OneTimePassword)
	if lines := content.To.Lines; lines[0] != "Stadt Lindenau" || !slices.Contains(lines, "z. Hd. anna Beispiel") || content.Role != "administrator" {
		t.Errorf("the letter goes to %q as %q", lines, content.Role)
	}
	if mails := p.post("mail.password-requested"); len(mails) != 1 || mails[0]["organisation"] != "Stadt Lindenau" {
		t.Errorf("told: %v", mails)
	}

	again := p.browser()
	again.givePassword(account.Administrator, "anna")
	again.expect("/anmelden/code", "Authentifizierungstoken eingeben") // the old password is valid
	_ = p.mailed()
	b.asRole(account.Administrator)
	b.press("Anmelden", fields{addressLabel: addressOf("anna"), "Passwort": content.Password.Reveal()})
	b.expect("/konto/kennwort", "Neues Passwort wählen")
	b.press("Passwort speichern", fields{"Neues Passwort": "Ahorn-Blatt-73!"})
	b.press("Anmelden", fields{"Authentifizierungstoken": p.mailed()})
	b.expect("/start", "Mitgliederportal")
	late := p.browser()
	late.givePassword(account.Administrator, "anna")
	late.expect("/anmelden", "Anmelden", "Diese Zugangsdaten stimmen nicht")
}

func TestBVK18_LettersAreLimited(t *testing.T) {
	p := newTownHall(t)
	letters := func() (n int) {
		for _, o := range p.passwordsOf("administrator-anna").OneTimes {
			if o.Way == password.ByLetter {
				n++
			}
		}
		return n
	}
	for day, want := range []int{1, 2, 3, 3} {
		for range 2 {
			p.browser().forgets(account.Administrator, "anna")
		}
		if got := letters(); got != want {
			t.Errorf("day %d: %d letters, want %d", day, got, want)
		}
		p.Clock.Advance(25 * time.Hour)
	}
	if n := len(p.events(audit.OneTimeRefused)); n != 5 {
		t.Errorf("%d refusals are recorded", n)
	}
}

func TestBVK18_ADataCentreGetsALetterToItsOwnAddress(t *testing.T) {
	p := newTownHall(t)
	centre := account.Account{
		ID: "centre", Role: account.DataCentre, UserName: addressOf("rz"), Email: addressOf("rz"), State: account.Active,
		Person:  account.Person{Salutation: account.Frau, First: "Rita", Last: "Zander"},
		Address: account.Address{Extra: "Rechenzentrum Süd", Street: "Serverweg 1", Postcode: "86150", Town: "Augsburg"},
	}
	if err := p.DB.CreateAccount(t.Context(), centre, p.hash); err != nil {
		t.Fatal(err)
	}
	p.centre(centre, organisation.Active)
	p.browser().forgets(account.DataCentre, "rz")
	open, ok := p.passwordsOf("centre").Open()
	if !ok || open.For != "" {
		t.Fatalf("%v, %+v", ok, open)
	}
	l, err := p.DB.Letter(t.Context(), open.Letter.ID)
	if err != nil {
		t.Fatal(err)
	}
	content := l.Content.(letter.OneTimePassword)
	if got := strings.Join(content.To.Lines, "|"); got != "Frau|Rita Zander|Rechenzentrum Süd|Serverweg 1|86150 Augsburg" || content.Role != "data-centre" {
		t.Errorf("the letter goes to %q as %q", got, content.Role)
	}
}

func TestBVK18_AClerksRequestStandsInTheListOfTheAdministrators(t *testing.T) {
	p := newTownHall(t)
	p.changeTeam("werke", joining(p, "clara", account.Clerk))
	b := p.browser()
	b.forgets(account.Clerk, "clara")
	for _, words := range []string{"Ihr Administrator jetzt, dass Sie ein Einmalpasswort brauchen", "Wenden Sie sich an Ihren Administrator", "wir verschicken es nicht"} {
		if !b.page.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if len(p.passwordsOf("clerk-clara").OneTimes) != 0 {
		t.Error("there is a one-time password already")
	}
	var told []string
	for _, m := range p.post("mail.password-asked") {
		told = append(told, m["to"].(map[string]any)["email"].(string)+" of "+m["organisation"].(string))
	}
	slices.Sort(told)
	if want := []string{"anna@lindenau.example of Stadt Lindenau", "peter@lindenau.example of Stadt Lindenau", "peter@lindenau.example of Stadtwerke Lindenau"}; !slices.Equal(told, want) {
		t.Errorf("told: %q", told)
	}
	b.forgets(account.Clerk, "clara")
	if again := p.post("mail.password-asked"); len(again) != 0 {
		t.Errorf("a second time on the same day they are told of %v", again)
	}

	anna := p.browser()
	anna.enterAs(account.Administrator, "anna")
	anna.open("/benutzer")
	anna.expect("/benutzer", "Benutzerverwaltung", "Passwort vergessen")
	anna.follow("clara Beispiel")
	anna.expect("/benutzer/clerk-clara/einmalpasswort", "Neues Einmalpasswort für clara Beispiel")
	anna.press("Einmalpasswort ausstellen", nil)
	anna.open("/benutzer")
	if anna.page.says("Passwort vergessen") {
		t.Error("the request stands there although it was answered")
	}
	if p.member("werke", "clerk-clara").Asked.IsZero() {
		t.Error("and the other organisation's is gone with it")
	}
}

// joining adds an account to an organisation, which it acts for beside others.
func joining(p *portal, name string, role account.Role) func(organisation.Team, calendar.Moment) (organisation.Change, error) {
	return func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
		who := p.member("stadt", string(role)+"-"+name).Account
		return organisation.Change{New: []organisation.Membership{{Account: who, State: organisation.Active, Created: now.Time, Changed: now.Time}}}, nil
	}
}

func TestBVK18_WhoIsOutGetsNothing(t *testing.T) {
	p := newTownHall(t)
	p.joins("zoe", account.Administrator, organisation.Closed, "stadt")
	p.joins("walter", account.Administrator, organisation.Requested, "stadt")
	p.joins("ines", account.Administrator, organisation.Invited, "stadt")
	for name, role := range map[string]account.Role{"zoe": account.Administrator, "walter": account.Administrator, "ines": account.Administrator, "doris": account.Clerk} {
		p.browser().forgets(role, name)
		if len(p.passwordsOf(string(role)+"-"+name).OneTimes) != 0 || !p.member("stadt", string(role)+"-"+name).Asked.IsZero() {
			t.Errorf("%s gets something", name)
		}
	}
	for _, kind := range []string{"mail.password-asked", "mail.password-requested"} {
		if mails := p.post(kind); len(mails) != 0 {
			t.Errorf("%s: %v", kind, mails)
		}
	}
}

func TestBVK18_ARequestWaitsForTheNextAdministrator(t *testing.T) {
	p := newTownHall(t)
	p.browser().forgets(account.Clerk, "karl")
	if p.member("klinik", "clerk-karl").Asked.IsZero() || len(p.post("mail.password-asked")) != 0 {
		t.Error("it is lost, or somebody is told who is not there")
	}
}

func TestBVK18_TheAddressIsGivenTwiceAndErrorsStandAtTheField(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	for _, tt := range []struct{ first, again, wrong string }{
		{"", "", "user"},
		{"clara", "clara", "user"},
		{"clara@@lindenau.example", "clara@@lindenau.example", "user"},
		{"Clara <clara@lindenau.example>", "Clara <clara@lindenau.example>", "user"},
		{"clara@lindenau.example", "", "again"},
		{"clara@lindenau.example", "carla@lindenau.example", "again"},
	} {
		b.open("/kennwort-vergessen?rolle=sachbearbeiter")
		b.press(askOneTime, fields{addressLabel: tt.first, againLabel: tt.again})
		if b.page.status != http.StatusUnprocessableEntity || b.page.Find("#"+tt.wrong+"[aria-invalid=true]").Length() != 1 || b.page.Find("[aria-invalid=true]").Length() != 1 {
			t.Errorf("%q, %q: status %d:\n%s", tt.first, tt.again, b.page.status, b.page.Find("form").Text())
		}
		if b.page.Find("#user").AttrOr("value", "") != tt.first || b.page.Find("input[name=rolle]").AttrOr("value", "") != "sachbearbeiter" {
			t.Errorf("%q: what was typed is lost", tt.first)
		}
	}
	b.press(askOneTime, fields{addressLabel: " Clara@Lindenau.example", againLabel: "clara@lindenau.example "})
	b.expect("/kennwort-vergessen/angefordert", "Ihre Anforderung ist eingegangen")
}

func TestBVK18_WithoutARoleItIsAskedFor(t *testing.T) {
	b := newTownHall(t).browser()
	for _, path := range []string{"/kennwort-vergessen", "/kennwort-vergessen?rolle=clerk", "/kennwort-vergessen/angefordert", "/kennwort-vergessen/angefordert?weg=brief"} {
		b.open(path)
		if !strings.HasPrefix(b.page.path, "/anmelden") {
			t.Errorf("%s shows %s", path, b.page.path)
		}
	}
	b.open("/kennwort-vergessen?rolle=sachbearbeiter")
	form := b.hidden()
	form.Set("user", addressOf("clara"))
	form.Set("again", addressOf("clara"))
	form.Add("rolle", "administrator")
	if b.post("/kennwort-vergessen", form).status != http.StatusUnprocessableEntity {
		t.Errorf("a doubled role: status %d", b.page.status)
	}
}

// answered gives what a stranger sees who asks for somebody's one-time password.
func (b *browser) answered(role, email string) string {
	b.t.Helper()
	b.open("/kennwort-vergessen?rolle=" + role)
	form := b.hidden()
	form.Set("user", email)
	form.Set("again", email)
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+"/kennwort-vergessen", strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.Request.URL.String() + "\n" + strings.ReplaceAll(string(body), form.Get("formular"), "")
}

func TestAttack_EnumerationOfPeopleByTheirForgottenPasswords(t *testing.T) {
	p := newTownHall(t)
	for role, names := range map[string][]string{
		"administrator": {"anna", "peter", "clara", "rita"}, "sachbearbeiter": {"clara", "doris", "karl", "anna"}, "rechenzentrum": {"rita", "anna"},
	} {
		unknown := p.browser().answered(role, addressOf("nobody"))
		for _, name := range names {
			if got := p.browser().answered(role, addressOf(name)); got != unknown {
				t.Errorf("%s as %s:\n%s\nnobody:\n%s", name, role, got, unknown)
			}
		}
	}
}
