package app_test

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/app"
	"torhaus/internal/audit"
	"torhaus/internal/config"
	"torhaus/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// denyAudit lets every insert into the audit fail, as a full disk would, and gives the way back.
func denyAudit(t *testing.T, db *sql.DB, engine string) (allow func()) {
	t.Helper()
	deny, drop := `CREATE TRIGGER no_audit BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no audit'); END`, `DROP TRIGGER no_audit`
	if engine == "postgres" {
		deny = `CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit'; END $$;
			CREATE TRIGGER no_audit BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION no_audit()`
		drop += ` ON audit_event`
	}
	if _, err := db.ExecContext(t.Context(), deny); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), drop); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttack_DeedThatCannotBeAuditedIsRefusedWithACalmPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		i := startWith(t, func(c *config.Config, _ *app.Options) { c.Portals[0].Database = w.Address })
		db := i.sql()
		i.browse.submit("/anmelden", map[string]string{"user": "abeispiel", "password": typedPassword.Reveal()})
		count := func(table string) (n int) {
			if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		sessions := count("session")
		allow := denyAudit(t, db, w.DB.Engine())

		r, page := i.browse.submit(orderForm, nil)
		text := page.Find("main").Text()
		if r.StatusCode != http.StatusInternalServerError || text == "" || strings.Contains(text, "audit") || strings.Contains(text, "trigger") {
			t.Errorf("order: %d %s", r.StatusCode, text)
		}
		other := newBrowser(t, "127.0.0.1:"+i.browse.base.Port(), i.browse.base)
		for _, password := range []string{typedPassword.Reveal(), "wrong"} {
			r, page := other.submit("/anmelden", map[string]string{"user": "abeispiel", "password": password})
			if r.StatusCode != http.StatusInternalServerError || strings.Contains(page.Text(), "no audit") {
				t.Errorf("login: %d %s", r.StatusCode, page.Find("main").Text())
			}
		}
		if r, _ := i.browse.get("/token"); r.StatusCode != http.StatusOK {
			t.Errorf("reading: %d", r.StatusCode)
		}
		if n := count("token_order") + count("letter") + count("token"); n != 0 || count("session") != sessions {
			t.Errorf("%d rows of an order, %d sessions, want 0 and %d", n, count("session"), sessions)
		}

		allow()
		i.order()
		if _, err := i.app.Portals[0].VerifyAudit(t.Context(), nil, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestAuditHeads_AreSignedWhileTheProgramRunsAndWhenItStops(t *testing.T) {
	i := startWith(t, func(_ *config.Config, o *app.Options) { o.Hasten(0, 0, 20*time.Millisecond) })
	signed := func() int {
		v, err := i.app.Portals[0].VerifyAudit(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Signed)
	}
	until(t, "a head is signed", func() bool { return signed() > 0 })
	before := signed()
	i.order()
	until(t, "the next is signed", func() bool { return signed() > before })
}

func TestAuditHeads_LastOneIsSignedWhenTheProgramStops(t *testing.T) {
	i := start(t, func(*config.Portal) {}) // a minute between two
	i.order()
	i.stop()
	a, err := app.Open(t.Context(), &config.Config{Portals: []config.Portal{i.config}}, app.Options{Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	v, err := a.Portals[0].VerifyAudit(t.Context(), nil, nil)
	if err != nil || len(v.Signed) == 0 || v.Signed[len(v.Signed)-1].Head != v.Head {
		t.Errorf("%d records, %d signed heads, %v", v.Records, len(v.Signed), err)
	}
}

// TestAttack_WhoOwnsTheDatabaseCannotHideIt cuts the end off, head included, and looks with heads carried elsewhere.
func TestAttack_WhoOwnsTheDatabaseCannotHideIt(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	i.order()
	i.stop()
	elsewhere := t.TempDir()
	books, err := filepath.Glob(filepath.Join(i.config.AuditHeads, "kvb.*.heads"))
	if err != nil || len(books) != 1 {
		t.Fatal(books, err)
	}
	rename(t, books[0], filepath.Join(elsewhere, "copy.heads"))

	a, err := app.Open(t.Context(), &config.Config{Portals: []config.Portal{i.config}}, app.Options{Log: discard(), Offset: i.clock.Offset})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	p, db := a.Portals[0], i.sql()
	for _, s := range []string{
		`DELETE FROM audit_event WHERE seq > 2`,
		`UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_event WHERE seq = 2)`,
	} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.VerifyAudit(t.Context(), nil, nil); err != nil {
		t.Errorf("the chain fits by itself, and yet: %v", err)
	}
	_, err = p.VerifyAudit(t.Context(), []string{filepath.Join(elsewhere, "copy.heads")}, nil)
	if broken, ok := errors.AsType[*audit.BrokenError](err); !ok || broken.Seq != 3 {
		t.Errorf("verify: %v, want record 3 named", err)
	}
	i.clock.Advance(2 * time.Hour)
	if _, err := p.VerifyAudit(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "there is no signed head") {
		t.Errorf("without any head: %v", err)
	}
	if err := os.RemoveAll(i.config.AuditHeads); err != nil {
		t.Fatal(err)
	}
	if _, err := p.VerifyAudit(t.Context(), nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the folder: %v", err)
	}
}
