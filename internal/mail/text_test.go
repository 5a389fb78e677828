package mail

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"torhaus/internal/profile"
)

// written gives the e-mail of a message.
func written(t *testing.T, c *Courier, m message) content {
	t.Helper()
	w, err := c.write(m)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// wants checks that each part stands in the e-mail, in its plain and in its HTML part.
func wants(t *testing.T, w content, parts ...string) {
	t.Helper()
	plain, page := oneLine(w.plain), visible(t, w.html)
	for _, part := range parts {
		if !strings.Contains(plain, part) {
			t.Errorf("the plain part lacks %q:\n%s", part, w.plain)
		}
		if !strings.Contains(page, part) {
			t.Errorf("the HTML part lacks %q:\n%s", part, page)
		}
	}
}

// visible gives the words that a reader of the HTML sees, on one line.
func visible(t *testing.T, page string) string {
	t.Helper()
	var words []string
	inBody := false
	for n := range parsed(t, page).Descendants() {
		inBody = inBody || n.Type == html.ElementNode && n.Data == "body"
		if inBody && n.Type == html.TextNode {
			words = append(words, n.Data)
		}
	}
	return strings.NewReplacer(" .", ".", " ,", ",").Replace(oneLine(strings.ReplaceAll(strings.Join(words, " "), noBreak, " ")))
}

func parsed(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestKVB08_MailConfirmsTheOrder(t *testing.T) {
	w := written(t, idle(t), hannahsMails()["token-ordered"])
	if w.subject != "Bestellung eines KV-Ident Plus Softtokens" {
		t.Errorf("the subject is %q", w.subject)
	}
	wants(t, w, greeting+",", "KV-Ident Plus Softtoken bestellt", "ST00001234", portalURL, "„Token aktivieren“")
}

func TestKVB10_MailOfTheOrderSaysWhenTheLetterArrives(t *testing.T) {
	wants(t, written(t, idle(t), hannahsMails()["token-ordered"]), "voraussichtlich bis Mittwoch, 25. November 2026")
}

func TestKVB11_MailOfTheOrderNamesTheLastDayOfTheCode(t *testing.T) {
	wants(t, written(t, idle(t), hannahsMails()["token-ordered"]), "gültig bis Sonntag, 6. Dezember 2026, 23:59 Uhr")
}

func TestKVB11_KVB14_MailSaysWhichTriesVoidedTheOrder(t *testing.T) {
	mails := hannahsMails()
	wants(t, written(t, idle(t), mails["order-voided/tries"]), "zu oft ein falscher Aktivierungscode eingegeben", "ST00001234", "22. November 2026, 14:05 Uhr")
	setup := written(t, idle(t), mails["order-voided/setup-tries"])
	wants(t, setup, "zu oft ein falscher Einmalcode eingegeben", "Eintrag „KV Bayerns“ mit der Seriennummer ST00001234")
	if strings.Contains(setup.plain, "falscher Aktivierungscode") {
		t.Error("the e-mail names both reasons")
	}
}

func TestKVB16_MailTellsOfTheActivation(t *testing.T) {
	w := written(t, idle(t), hannahsMails()["token-activated"])
	if w.subject != "Aktivierung eines KV-Ident Plus Softtokens" {
		t.Errorf("the subject is %q", w.subject)
	}
	wants(t, w, "ist aktiviert", "„Meine KVB“", "ST00001234", "22. November 2026, 14:05 Uhr", "gilt er jetzt nicht mehr")
}

func TestKVB18_EveryMailNamesWhoHelpsAndWhen(t *testing.T) {
	for name, m := range hannahsMails() {
		t.Run(name, func(t *testing.T) {
			wants(t, written(t, idle(t), m), "eTec Support", "0 89 / 5 70 93 – 4 00 40", "Technik@kvb.de",
				"Montag bis Donnerstag von 7.30 bis 17.30 Uhr", "Freitag von 7.30 bis 16.00 Uhr")
		})
	}
}

func TestEveryMailSaysWhatToDoWhenItWasNotYou(t *testing.T) {
	for name, m := range hannahsMails() {
		if name == "email-code" || name == "battery-ending" || strings.HasPrefix(name, "decision-waiting") || strings.HasPrefix(name, "letter-returned") {
			continue // goes to somebody who may be no member; tells of nothing that anybody did; goes to staff
		}
		t.Run(name, func(t *testing.T) {
			wants(t, written(t, idle(t), m), "Rufen Sie bitte sofort an: 0 89 / 5 70 93 – 4 00 40.")
		})
	}
}

// Whoever gets a code for a new address may be a stranger: nobody has proved whose address it is.
func TestMailToAnAddressThatNobodyHasProvedNamesNoMember(t *testing.T) {
	m := EmailCode{To: Address{Name: "Dr. med. Hannah Brändl", Email: "stranger@praxis.example"}, Code: "12345678", Group: 4, Until: ordered}
	w := written(t, idle(t), m)
	wants(t, w, "Bestätigungscode", "1234 5678", "22. November 2026, 14:05 Uhr", "Löschen Sie diese E-Mail bitte")
	if strings.Contains(w.plain+w.html+w.subject, "Brändl") || strings.Contains(w.subject, "1234") {
		t.Error("the e-mail names the member, or shows the code on a locked screen")
	}
}

func TestBlockedTokensAreAllNamed(t *testing.T) {
	wants(t, written(t, idle(t), hannahsMails()["token-blocked"]), "ST00001234 und HT00000017")
}

func TestPlainAndHTMLSayTheSame(t *testing.T) {
	signs := regexp.MustCompile(`[^\p{L}\p{N}]+`)
	for name, m := range hannahsMails() {
		w := written(t, idle(t), m)
		body := strings.TrimPrefix(visible(t, w.html), "Kassenärztliche Vereinigung Bayerns "+w.subject)
		plain := regexp.MustCompile(`(?m)^(\d\.|-) `).ReplaceAllString(w.plain, "") // numbers of steps are not text in HTML
		if a, b := signs.ReplaceAllString(plain, " "), signs.ReplaceAllString(body, " "); strings.TrimSpace(a) != strings.TrimSpace(b) {
			t.Errorf("%s:\nplain %s\nHTML  %s", name, a, b)
		}
	}
}

func TestPlainLinesAreShort(t *testing.T) {
	for name, m := range samples(hannah, "Sehr geehrte Frau Prof. Dr. "+strings.Repeat("Schönburg-Glauchau ", 8)) {
		for line := range strings.SplitSeq(written(t, idle(t), m).plain, "\n") {
			if utf8.RuneCountInString(line) > width || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
}

func TestNothingOfTheTemplatesIsLeftOver(t *testing.T) {
	for name, m := range hannahsMails() {
		w := written(t, idle(t), m)
		for _, rest := range []string{"{{", "}}", "<no value>", "%!", "ZgotmplZ", lineBreak, " ,", "„“", "\\"} {
			if strings.Contains(w.plain, rest) || strings.Contains(w.html, rest) {
				t.Errorf("%s holds %q", name, rest)
			}
		}
	}
}

// TestHTMLLoadsNothingAndLeadsNowhereElse: no tracking, no pictures, and the only links are the portal and the support.
func TestHTMLLoadsNothingAndLeadsNowhereElse(t *testing.T) {
	harmless := strings.Fields("html head meta title body table tbody tr td th h1 h2 p br ol ul li a")
	links := []string{portalURL, "mailto:Technik@kvb.de"}
	for name, m := range hannahsMails() {
		for n := range parsed(t, written(t, idle(t), m).html).Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if !slices.Contains(harmless, n.Data) {
				t.Errorf("%s holds <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "href" && !slices.Contains(links, a.Val) || a.Key == "src" || a.Key == "background" || strings.Contains(a.Val, "url(") {
					t.Errorf("%s holds %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}

func TestEveryKindHasItsSubjectInTheProfile(t *testing.T) {
	p, err := profile.Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	for kind := range kinds {
		subjects := p.Mail.Subjects
		if ofPeople[wordOf(kind)] {
			subjects = p.People.Subjects
		}
		if subjects[wordOf(kind)] == "" {
			t.Errorf("%s has no subject", kind)
		}
	}
	if n := len(p.Mail.Subjects) + len(p.People.Subjects); n != len(kinds) {
		t.Errorf("%d subjects for %d kinds of e-mail", n, len(kinds))
	}
}

func TestCourierRefusesToStartWhen(t *testing.T) {
	good := Settings{Host: "mail.kvb.example", Port: 587, TLS: STARTTLS, User: "u", Password: "p", Timeout: 1}
	cases := map[string]struct {
		change func(p *profile.Profile, url *string, s *Settings)
		want   string
	}{
		"a subject is missing":           {func(p *profile.Profile, _ *string, _ *Settings) { p.Mail.Subjects["token-blocked"] = " " }, "e-mail token-blocked has no subject"},
		"the sender is no address":       {func(p *profile.Profile, _ *string, _ *Settings) { p.Mail.From = "noreply" }, "mail.from"},
		"the sender is two":              {func(p *profile.Profile, _ *string, _ *Settings) { p.Mail.From = "a@kvb.example, b@kvb.example" }, "mail.from"},
		"the portal has no address":      {func(_ *profile.Profile, u *string, _ *Settings) { *u = "portal.kvb.example" }, "plain address"},
		"the portal is a script":         {func(_ *profile.Profile, u *string, _ *Settings) { *u = "javascript:alert(1)" }, "plain address"},
		"the portal's address has a key": {func(_ *profile.Profile, u *string, _ *Settings) { *u = portalURL + "/?key=1" }, "plain address"},
		"there is no host":               {func(_ *profile.Profile, _ *string, s *Settings) { s.Host = "" }, "host"},
		"the port is impossible":         {func(_ *profile.Profile, _ *string, s *Settings) { s.Port = 70000 }, "port"},
		"the protection is unknown":      {func(_ *profile.Profile, _ *string, s *Settings) { s.TLS = "ssl" }, "accepted: starttls, tls, none"},
		"a password would go unsealed":   {func(_ *profile.Profile, _ *string, s *Settings) { s.TLS = NoTLS }, "not encrypted"},
		"the user has no password":       {func(_ *profile.Profile, _ *string, s *Settings) { s.Password = "" }, "no password"},
		"there is no time-out":           {func(_ *profile.Profile, _ *string, s *Settings) { s.Timeout = 0 }, "time-out"},
	}
	for name, c := range cases {
		p, address, settings := kvb(t), portalURL, good
		c.change(p, &address, &settings)
		_, err := NewCourier(p, address, settings)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := NewCourier(kvb(t), portalURL, good); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
}

func TestMailWithoutATextIsRefused(t *testing.T) {
	if _, err := loadText("token-forgotten"); err == nil || !strings.Contains(err.Error(), "token-forgotten has no text") {
		t.Errorf("got %v", err)
	}
}

func TestFactWithoutALabelIsRefused(t *testing.T) {
	if _, err := parseBlock("| Seriennummer ST1"); err == nil {
		t.Error("accepted")
	}
}

func TestTextWithAMisspeltValueIsRefused(t *testing.T) {
	for name, source := range map[string]string{"value": "{{.Mail.Seriall}}", "label": "| {{.Mail.Seriall}}: x", "syntax": "{{.Mail", "label's syntax": "| {{.Mail: x"} {
		b, err := parseBlock(source)
		if err == nil {
			_, err = text{b}.print(sheet{Mail: TokenActivated{}})
		}
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
