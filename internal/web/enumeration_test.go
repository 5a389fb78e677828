package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/store/storetest"
	"torhaus/internal/text"
	"torhaus/internal/web"
)

// seen is what a stranger sees of an answer: status, headers, body; without what differs from one to the next anyway.
type seen struct {
	Status int
	Header http.Header
	Body   string
}

// look sends a login as a stranger would and gives what comes, with the name taken out.
func (b *browser) look(name, typed string) seen {
	b.t.Helper()
	b.open("/anmelden?ziel=/token")
	form := b.hidden()
	form.Set("user", name)
	form.Set("password", typed)
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+"/anmelden", strings.NewReader(form.Encode()))
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
	header := maps.Clone(answer.Header)
	header.Del("Date")
	header.Del("Retry-After") // and the seconds below: they go by, from one answer to the next
	body = regexp.MustCompile(`\d+ Sekunden?`).ReplaceAll(body, nil)
	for _, part := range []string{form.Get("formular"), name} {
		body = bytes.ReplaceAll(body, []byte(part), nil)
	}
	return seen{Status: answer.StatusCode, Header: header, Body: string(body)}
}

func TestAttack_EnumerationByWhatIsAnswered(t *testing.T) {
	p := newPortal(t)
	hash, err := password.NewHasher().Hash(t.Context(), passtext)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"closed", "barred"} {
		deactivated := member(name)
		deactivated.State = account.Deactivated
		if err := p.DB.CreateAccount(t.Context(), deactivated, hash); err != nil {
			t.Fatal(err)
		}
	}
	stranger := p.browser()
	for try := 1; try <= 5; try++ { // the fifth meets the pause
		unknown := stranger.look("nobody", "Ganz-Falsch-99")
		for what, got := range map[string]seen{
			"wrong password":              stranger.look("hannah", "Ganz-Falsch-99"),
			"deactivated, wrong password": stranger.look("closed", "Ganz-Falsch-99"),
			"deactivated, right password": stranger.look("barred", passtext),
		} {
			if diff := cmp.Diff(unknown, got); diff != "" {
				t.Errorf("try %d: %s differs from unknown:\n%s", try, what, diff)
			}
		}
		want := http.StatusUnprocessableEntity
		if try == 5 {
			want = http.StatusTooManyRequests
		}
		if unknown.Status != want {
			t.Errorf("try %d: status %d, want %d", try, unknown.Status, want)
		}
	}
}

func TestDelay_SaysHowLongAndKeepsTheName(t *testing.T) {
	b := newPortal(t).browser()
	for range 5 {
		b.look("hannah", "Ganz-Falsch-99")
	}
	b.open("/anmelden")
	b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	wait, err := strconv.Atoi(b.page.header.Get("Retry-After"))
	if b.page.status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 30 {
		t.Errorf("status %d, Retry-After %d, %v", b.page.status, wait, err)
	}
	if !b.page.says("Sekunde") || b.page.Find("#user").AttrOr("value", "") != "hannah" || b.page.Find("#password").AttrOr("value", "") != "" {
		t.Errorf("the page does not say how long, or does not keep the name:\n%s", b.page.Find("main").Text())
	}
}

func TestStart_TellsTheLoginsThatWereRefused(t *testing.T) {
	p := newPortal(t)
	owner, thief := p.browser(), p.browser()
	owner.enterPortal("hannah")
	owner.expect("/start", "Meine KVB", "Letzte Anmeldung: noch keine", "keine Fehlversuche")
	for range 2 {
		thief.look("hannah", "Ganz-Falsch-99")
	}
	a := p.app("hannah")
	thief.open("/start")
	thief.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	thief.press("Anmelden", fields{"Einmalcode": a.wrong()})
	again := p.browser()
	again.enterPortal("hannah")
	again.expect("/start", "Meine KVB", "Seit Ihrer letzten Anmeldung: 3 Fehlversuche", "Waren Sie das nicht selbst?")
	if n := len(p.post("mail.code-refused")); n != 1 {
		t.Errorf("ASVS 6.3.5: %d e-mails", n)
	}
	last := p.browser()
	last.enterPortal("hannah")
	last.expect("/start", "Meine KVB", "keine Fehlversuche")
}

// BenchmarkEnumeration measures whether the time of an answer tells names that exist from names that do not: 500 refused logins of
// each, the password hash included. The distance is that of Kolmogorov and Smirnov: 0 if the times are distributed alike, 1 if
// they never overlap; two samples of one kind lie 0.086 apart or more in one of twenty runs.
func BenchmarkEnumeration(b *testing.B) {
	const each = 500
	door := newDoor(b, each)
	for b.Loop() {
		times := map[string][]time.Duration{}
		var order []string
		for n := range each {
			order = append(order, fmt.Sprintf("member%04d", n), fmt.Sprintf("nobody%04d", n), fmt.Sprintf("no-one%04d", n))
		}
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, name := range order {
			kind := name[:6]
			times[kind] = append(times[kind], door.refused(name))
		}
		for _, sample := range times {
			slices.Sort(sample)
		}
		known, unknown := times["member"], times["nobody"]
		b.ReportMetric(ms(middle(known)), "known-ms")
		b.ReportMetric(ms(middle(unknown)), "unknown-ms")
		b.ReportMetric(ms(middle(known)-middle(unknown)), "gap-ms")
		b.ReportMetric(distance(known, unknown), "KS")
		b.ReportMetric(distance(times["no-one"], unknown), "KS-of-equals")
	}
	b.ReportMetric(0, "ns/op")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func middle(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }

// distance gives how far two sorted samples lie apart: the largest difference of their distribution functions.
func distance(one, other []time.Duration) float64 {
	most, i, j := 0.0, 0, 0
	for i < len(one) && j < len(other) {
		next := min(one[i], other[j])
		for i < len(one) && one[i] == next {
			i++
		}
		for j < len(other) && other[j] == next {
			j++
		}
		apart := float64(i)/float64(len(one)) - float64(j)/float64(len(other))
		most = max(most, apart, -apart)
	}
	return most
}

// door is a portal with so many members, asked without a network between.
type door struct {
	b       *testing.B
	handler http.Handler
	form    url.Values
	cookies []*http.Cookie
}

func newDoor(b *testing.B, members int) *door {
	b.Helper()
	w := storetest.SQLite(b)
	rules, err := profile.Embedded("kvb")
	if err != nil {
		b.Fatal(err)
	}
	hasher := password.NewHasher()
	hash, err := hasher.Hash(b.Context(), passtext)
	if err != nil {
		b.Fatal(err)
	}
	for n := range members {
		if err := w.DB.CreateAccount(b.Context(), member(fmt.Sprintf("member%04d", n)), hash); err != nil {
			b.Fatal(err)
		}
	}
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		b.Fatal(err)
	}
	base, err := url.Parse(home)
	if err != nil {
		b.Fatal(err)
	}
	var visitors atomic.Uint32
	d := &door{b: b}
	d.handler, err = web.Handler(web.Deps{
		Profile: rules, Texts: texts, Keys: w.Keys, Log: slog.New(slog.DiscardHandler), Base: base,
		Address: func(*http.Request) string { // each try from another network, so that none meets a pause
			n := visitors.Add(1)
			return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
		},
		Login: &login.Service{Store: w.DB, Keys: w.Keys, Hasher: hasher, Rules: login.RulesOf(rules)},
	})
	if err != nil {
		b.Fatal(err)
	}
	answer := d.ask(httptest.NewRequestWithContext(b.Context(), http.MethodGet, home+"/anmelden", nil))
	d.cookies = answer.Cookies()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), `name="formular" value="`)
	token, _, _ := strings.Cut(after, `"`)
	d.form = url.Values{"formular": {token}, "ziel": {"/start"}, "password": {"Ganz-Falsch-99"}}
	return d
}

func (d *door) ask(r *http.Request) *http.Response {
	for _, c := range d.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result()
}

// refused times one refused login.
func (d *door) refused(name string) time.Duration {
	d.form.Set("user", name)
	r := httptest.NewRequestWithContext(d.b.Context(), http.MethodPost, home+"/anmelden", strings.NewReader(d.form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	begun := time.Now()
	answer := d.ask(r)
	took := time.Since(begun)
	if answer.StatusCode != http.StatusUnprocessableEntity {
		d.b.Fatalf("%s: status %d", name, answer.StatusCode)
	}
	return took
}
