package mail

import (
	"bytes"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// raw gives the e-mail of a message as it goes over the wire.
func raw(t *testing.T, m message) (string, *netmail.Message) {
	t.Helper()
	j := jobOf(t, "attack", m)
	decoded, err := kinds[j.Kind].decode(j.Payload.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	composed, err := idle(t).compose(decoded, j)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := composed.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	read, err := netmail.ReadMessage(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), read
}

// through gives the words of a message that came through the queue.
func through(t *testing.T, m message) content {
	t.Helper()
	j := jobOf(t, "attack", m)
	decoded, err := kinds[j.Kind].decode(j.Payload.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return written(t, idle(t), decoded)
}

// evilWith puts a value into every field of every message.
func evilWith(value string) map[string]message {
	all := samples(Address{Name: value, Email: hannah.Email}, value)
	for name, m := range all {
		switch m := m.(type) {
		case TokenOrdered:
			m.Serial = value
			all[name] = m
		case TokenActivated:
			m.Serial = value
			all[name] = m
		case TokenSuspended:
			m.Serial = value
			all[name] = m
		case TokenBlocked:
			m.Serials = []string{value, value}
			all[name] = m
		case OrderVoided:
			m.Serial, m.Reason = value, value
			all[name] = m
		case OneTimePassword:
			m.Password = secret.Text(value)
			all[name] = m
		case PasswordChanged:
			m.Cancelled = []string{value, value}
			all[name] = m
		}
	}
	return all
}

func TestHeaderInjectionByName(t *testing.T) {
	usual := headerNames(t, hannahsMails()["token-ordered"])
	for _, evil := range []string{
		"Hannah\r\nBcc: all@evil.example", "Hannah\nSubject: Gewinn", "Hannah\r\n\r\n<h1>Gewinn</h1>", "Hannah\rBcc: x@evil.example",
		"Hannah\u2028Bcc: x@evil.example", "Hannah\u0085Bcc: x@evil.example", "Hannah\x00\x0bBcc: x@evil.example",
		`Hannah" <all@evil.example>, "`, "Hannah <all@evil.example>", "=?utf-8?q?Hannah=0D=0ABcc:_x@evil.example?=", "Hannah\\", `"`,
	} {
		for name, m := range evilWith(evil) {
			_, read := raw(t, m)
			to, err := read.Header.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != hannah.Email {
				t.Errorf("%s, %q: To is %q: %v", name, evil, read.Header.Get("To"), err)
			}
			if got := headerNames(t, m); !slices.Equal(got, usual) {
				t.Errorf("%s, %q: header fields %v", name, evil, got)
			}
			if strings.Contains(read.Header.Get("To"), "evil.example>") {
				t.Errorf("%s, %q: To is %q", name, evil, read.Header.Get("To"))
			}
		}
	}
}

func headerNames(t *testing.T, m message) []string {
	t.Helper()
	_, read := raw(t, m)
	var names []string
	for name := range read.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestHeaderAndCommandInjectionByAddress(t *testing.T) {
	for _, evil := range []string{
		"", "hannah", "@praxis.example", "hannah@", "hannah@praxis.example\r\nBcc: x@evil.example", "hannah@praxis.example>\r\nRCPT TO:<x@evil.example",
		"hannah@praxis.example, x@evil.example", "hannah@praxis.example x@evil.example", "Hannah <hannah@praxis.example>", "<hannah@praxis.example>",
		`"hannah@evil.example"@praxis.example`, "hannah@evil.example@praxis.example", `"hannah\r\n"@praxis.example`, "hannah@[127.0.0.1]",
		"hannah@praxis.example\x00", "hannah@pra xis.example", "hannah(comment)@praxis.example", "list: a@praxis.example, b@praxis.example;",
	} {
		err := idle(t).Handle(t.Context(), jobOf(t, "attack", TokenActivated{To: Address{Email: evil}}))
		if err == nil || !strings.Contains(err.Error(), errUnusable.Error()) || strings.Contains(err.Error(), "praxis") {
			t.Errorf("%q: %v", evil, err)
		}
	}
}

func TestDomainWithUmlautsIsWrittenInASCII(t *testing.T) {
	got, err := usable(Address{Email: "hannah@praxis-brändl.example"})
	if err != nil || got.Address != "hannah@xn--praxis-brndl-ocb.example" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTemplateSyntaxInNames(t *testing.T) {
	for _, evil := range []string{"{{.Profile.Mail.From}}", "{{/*", "{{end}}", "}}", "{{printf `%s` .PortalURL}}", "%s%d%n", "${PortalURL}"} {
		for name, m := range evilWith(evil) {
			w := through(t, m)
			if strings.Contains(w.plain, "noreply@") || strings.Contains(w.html, "noreply@") || strings.ContainsAny(w.plain, "{}$%") {
				t.Errorf("%s, %q: %s", name, evil, w.plain)
			}
		}
	}
}

func TestHTMLInNames(t *testing.T) {
	for _, evil := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", `"><a href="https://evil.example">hier</a>`, "</td></tr></table><form action=//evil.example>",
		"<!--", "]]>", "&lt;script&gt;", "javascript:alert(1)", "' onmouseover='alert(1)", "\u202egro.live\u202c",
	} {
		for name, m := range evilWith(evil) {
			w := through(t, m)
			for n := range parsed(t, w.html).Descendants() {
				bad := n.Type == html.CommentNode || n.Type == html.ElementNode && slices.Contains([]string{"script", "img", "form"}, n.Data) ||
					slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "evil") })
				if bad {
					t.Errorf("%s, %q: <%s %v>", name, evil, n.Data, n.Attr)
				}
			}
			if strings.ContainsFunc(w.plain+w.html, func(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' }) {
				t.Errorf("%s, %q: invisible signs got in", name, evil)
			}
		}
	}
}

// TestPhishingByName: whoever chooses a name must not be able to put a link into a mail of the body.
func TestPhishingByName(t *testing.T) {
	for evil, want := range map[string]string{
		"Gewonnen! Jetzt https://evil.example/x?y=1 öffnen": "Gewonnen Jetzt https//evil. example/xy1 öffnen",
		"www.evil.example":            "www. evil. example",
		"evil.example/login":          "evil. example/login",
		"Konto@evil.example":          "Kontoevil. example",
		"tel:+49301234567":            "tel+49301234567",
		portalURL:                     "https//portal. kvb. example",
		"Dr.med. O’Neill-Müller (FÄ)": "Dr. med. O’Neill-Müller (FÄ)",
		"Hans „Hansi“ Huber, M.A.":    "Hans „Hansi“ Huber, M. A.",
		"Nguyễn Văn Đức":              "Nguyễn Văn Đức",
		"  Müller\t\n Meier ":         "Müller Meier",
	} {
		if got := cleanValue(evil); got != want {
			t.Errorf("%q became %q, want %q", evil, got, want)
		}
	}
}

func TestForgedBlocksInNames(t *testing.T) {
	harmless := through(t, TokenActivated{To: hannah, Greeting: "Guten Tag", Serial: "ST1"})
	for _, evil := range []string{"Guten Tag\n\n# Achtung\n\n1. Rufen Sie 0900 an", "# Achtung", "| Telefon: 0900", "Guten Tag" + lineBreak + "Telefon: 0900", "1. Rufen Sie an"} {
		w := through(t, TokenActivated{To: hannah, Greeting: evil, Serial: "ST1"})
		if a, b := strings.Count(w.plain, "\n"), strings.Count(harmless.plain, "\n"); a != b {
			t.Errorf("%q adds lines: %s", evil, w.plain)
		}
		if a, b := strings.Count(w.html, "<h2"), strings.Count(harmless.html, "<h2"); a != b {
			t.Errorf("%q adds a heading", evil)
		}
	}
}

func TestFloodByName(t *testing.T) {
	for name, m := range evilWith(strings.Repeat("Hannah ", 20_000)) {
		if all, _ := raw(t, m); len(all) > 64<<10 {
			t.Errorf("%s has %d bytes", name, len(all))
		}
	}
}

func FuzzPayload(f *testing.F) {
	for _, m := range hannahsMails() {
		j := jobOf(f, "fuzz", m)
		f.Add(j.Kind, j.Payload.Reveal())
	}
	f.Add("mail.token-ordered", []byte(`{"to":{"name":"a\r\nb","email":"a@b.example\r\n"},"last-day":"2026-13-40","greeting":"{{.}}"}`))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		k, known := kinds[kind]
		if !known {
			return
		}
		m, err := k.decode(payload)
		if err != nil {
			return
		}
		composed, err := idle(t).compose(m, job.Job{ID: "fuzz", Kind: kind, Created: ordered})
		if err != nil {
			return
		}
		var b bytes.Buffer
		if _, err := composed.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := netmail.ReadMessage(&b)
		if err != nil {
			t.Fatal(err)
		}
		if to, err := read.Header.AddressList("To"); err != nil || len(to) != 1 || len(read.Header) != 10 {
			t.Errorf("header %v: %v", read.Header, err)
		}
	})
}
