package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"torhaus/internal/app"
	"torhaus/internal/config"
)

// ask asks the listener for those who watch.
func (i *installation) ask(path string) (status int, text string) {
	i.t.Helper()
	w := httptest.NewRecorder()
	i.app.WatchHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// figure gives one figure of /metrics.
func (i *installation) figure(name string) float64 {
	i.t.Helper()
	_, text := i.ask("/metrics")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				i.t.Fatal(err)
			}
			return n
		}
	}
	i.t.Fatalf("there is no %s in\n%s", name, text)
	return 0
}

// until waits until something is so; a test asks again and again, since the program does it by itself.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if so() {
			return
		}
	}
	t.Fatalf("it is not so that %s", what)
}

func TestMetrics_TellHowThePortalFares(t *testing.T) {
	i := startWith(t, func(c *config.Config, o *app.Options) {
		o.Version = "1.2.3"
		o.Hasten(0, 0, 20*time.Millisecond)
		c.Portals[0].Spool += "/not/there"
	})
	i.browse.submit("/anmelden", map[string]string{"user": "abeispiel", "password": "wrong"})
	i.browse.submit("/anmelden", map[string]string{"user": "nobody", "password": "wrong"})
	i.order()
	i.browse.submit("/anmelden/code", map[string]string{"code": "000000"})

	for name, want := range map[string]float64{
		`torhaus_logins_total{portal="kvb",factor="password",outcome="right"}`: 1,
		`torhaus_logins_total{portal="kvb",factor="password",outcome="wrong"}`: 2,
		`torhaus_letters_waiting{portal="kvb"}`:                                1,
		`torhaus_letters_late{portal="kvb"}`:                                   0,
		`torhaus_letters_overdue{portal="kvb"}`:                                0,
		`torhaus_jobs_dead{portal="kvb"}`:                                      0,
		`torhaus_sessions_live{portal="kvb",level="password"}`:                 1,
		`torhaus_sessions_live{portal="kvb",level="two-factor"}`:               0,
		`torhaus_database_up{portal="kvb"}`:                                    1,
		`torhaus_audit_fault{portal="kvb"}`:                                    0,
		`torhaus_hash_slots_busy`:                                              0,
		`torhaus_hash_queue`:                                                   0,
	} {
		if got := i.figure(name); got != want {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
	records := i.figure(`torhaus_audit_head_records{portal="kvb"}`)
	if records < 4 || i.figure(`torhaus_jobs_waiting{portal="kvb"}`) < 2 || i.figure("torhaus_hash_slots") < 1 || i.figure("process_resident_memory_bytes") < 1<<20 {
		t.Errorf("%v records", records)
	}
	until(t, "the head is signed", func() bool { return i.figure(`torhaus_audit_signed_records{portal="kvb"}`) == records })
	if age := i.figure(`torhaus_audit_signed_age_seconds{portal="kvb"}`); age < 0 || age > 60 {
		t.Errorf("signed %v seconds ago", age)
	}
	until(t, "a failed e-mail is counted", func() bool {
		return i.figure(`torhaus_job_tries_total{portal="kvb",kind="mail.token-ordered",outcome="failed"}`) > 0
	})
	until(t, "a failed letter is counted", func() bool {
		return i.figure(`torhaus_job_tries_total{portal="kvb",kind="letter.deliver",outcome="failed"}`) > 0
	})
	if _, text := i.ask("/metrics"); !strings.Contains(text, `torhaus_build_info{version="1.2.3",go="go`) {
		t.Error("the version is not told")
	}
}

var line = regexp.MustCompile(`^(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (gauge|counter))|[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+)\n$`)

func TestMetrics_AreWellFormedAndTellNoPersonAndNoSecret(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	i.browse.submit("/anmelden", map[string]string{"user": `evil"}name`, "password": "wrong"})
	i.order()
	_, text := i.ask("/metrics")
	for l := range strings.Lines(text) {
		if !line.MatchString(l) {
			t.Errorf("not well-formed: %q", l)
		}
	}
	var serial string
	if err := i.sql().QueryRowContext(t.Context(), `SELECT serial FROM token`).Scan(&serial); err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"abeispiel", "anna", "Beispiel", "evil", "127.0.0.1", "praxis.example", "Marienplatz", serial, i.config.Keys} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(private)) {
			t.Errorf("%q stands in the figures", private)
		}
	}
}

func TestKVB10_LateLettersAreOnMetricsAndToldByTheDoctor(t *testing.T) {
	var log lines
	i := startWith(t, func(c *config.Config, o *app.Options) {
		c.Portals[0].Spool += "/not/there"
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	i.order()
	doctor := func() string {
		for _, f := range i.app.Portals[0].Examine(t.Context()) {
			if f.Part == "letters" {
				return fmt.Sprint(f.Fault)
			}
		}
		return "nothing of letters"
	}
	late := func(wantLate, wantOverdue float64) {
		t.Helper()
		if l, o := i.figure(`torhaus_letters_late{portal="kvb"}`), i.figure(`torhaus_letters_overdue{portal="kvb"}`); l != wantLate || o != wantOverdue {
			t.Errorf("%v late, %v overdue; want %v, %v", l, o, wantLate, wantOverdue)
		}
	}
	late(0, 0)
	if got := doctor(); got != "<nil>" {
		t.Errorf("the doctor says %s", got)
	}
	i.clock.Advance(30 * 24 * time.Hour) // whatever day it is
	late(0, 1)
	if got := doctor(); !strings.Contains(got, "0 letters should have been handed over to print by now, and 1 more") {
		t.Errorf("the doctor says %s", got)
	}
	i.stop()
	a, err := app.Open(t.Context(), &config.Config{Portals: []config.Portal{i.config}}, app.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Offset: i.clock.Offset})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l, a.Handler()) }()
	until(t, "the log tells of it", func() bool {
		return strings.Contains(log.String(), "level=ERROR msg=\"letters should have arrived and are not handed over to print\" portal=kvb waiting=1 late=0 overdue=1")
	})
	cancel()
	if err := errors.Join(<-ended, a.Close()); err != nil {
		t.Error(err)
	}
}

// lines is a log that is written and read at the same time.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestReadiness_FailsForDatabaseKeysAndAuditOnlyAndHealsWithoutRestart(t *testing.T) {
	i := startWith(t, func(c *config.Config, o *app.Options) { o.Hasten(0, 0, 20*time.Millisecond) })
	i.order()
	until(t, "the letter is handed over, after which the program does nothing by itself", func() bool {
		return i.figure(`torhaus_letters_waiting{portal="kvb"}`) == 0
	})
	db := i.sql()
	exec := func(statement string) func() {
		return func() {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	moveAway := func(path string) (away, back func()) {
		return func() { rename(t, path, path+".away") }, func() { rename(t, path+".away", path) }
	}
	spoolAway, spoolBack := moveAway(i.config.Spool)
	for _, c := range []struct {
		name         string
		breaks, heal func()
		fault        string // empty: still ready
	}{
		{
			"database refuses to be written", exec(`CREATE TRIGGER closed BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'closed'); END`),
			exec(`DROP TRIGGER closed`), "FAULT kvb database: ",
		},
		{"keys do not fit", exec(`INSERT INTO token_secret SELECT id, x'6161616161616161616161' FROM token`), exec(`DELETE FROM token_secret`), "FAULT kvb keys: "},
		{"audit chain is broken", exec(`UPDATE audit_head SET seq = seq + 1`), exec(`UPDATE audit_head SET seq = seq - 1`), "FAULT kvb audit: "},
		{"spool is away", spoolAway, spoolBack, ""},
	} {
		until(t, "all is well before: "+c.name, func() bool { status, _ := i.ask("/readyz"); return status == http.StatusOK })
		c.breaks()
		if c.fault == "" {
			if status, text := i.ask("/readyz"); status != http.StatusOK {
				t.Errorf("%s: %d\n%s", c.name, status, text)
			}
		} else {
			until(t, c.name+" is told", func() bool {
				status, text := i.ask("/readyz")
				return status == http.StatusServiceUnavailable && strings.Contains(text, c.fault)
			})
		}
		if status, text := i.ask("/healthz"); status != http.StatusOK || text != "ok\n" {
			t.Errorf("%s: the process lives, and says %d %s", c.name, status, text)
		}
		c.heal()
	}
	until(t, "all is well again", func() bool { status, _ := i.ask("/readyz"); return status == http.StatusOK })
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestPortalAnswersNothingOfWhatIsForThoseWhoWatch(t *testing.T) {
	i := startWith(t, func(c *config.Config, _ *app.Options) { c.Metrics = "127.0.0.1:" + strconv.Itoa(freePort(t)) })
	for _, path := range []string{"/metrics", "/healthz", "/readyz", "/debug/pprof/", "/debug/vars"} {
		r, page := i.browse.get(path)
		if r.StatusCode != http.StatusNotFound || strings.Contains(page.Text(), "torhaus_") {
			t.Errorf("GET %s: %d", path, r.StatusCode)
		}
	}
}

func TestMetricsListener_IsItsOwnAndKnowsNoPortal(t *testing.T) {
	address := "127.0.0.1:" + strconv.Itoa(freePort(t))
	i := startWith(t, func(c *config.Config, _ *app.Options) { c.Metrics = address })
	var statuses []int
	until(t, "it answers", func() bool {
		statuses = nil
		for _, path := range []string{"/metrics", "/healthz", "/readyz", "/", "/anmelden", "/token"} {
			r, err := http.Get("http://" + address + path)
			if err != nil {
				return false
			}
			_ = r.Body.Close()
			statuses = append(statuses, r.StatusCode)
		}
		return true
	})
	if want := []int{200, 200, 200, 404, 404, 404}; !slices.Equal(statuses, want) {
		t.Errorf("answers %v, want %v", statuses, want)
	}
	i.stop()
	if _, err := http.Get("http://" + address + "/healthz"); err == nil {
		t.Error("it answers after the program ended")
	}
}
