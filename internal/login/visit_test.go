package login_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/secret"
)

func TestSession_EndsByThePortalsClock(t *testing.T) {
	for _, c := range []struct {
		name      string
		twoFactor bool
		pauses    []time.Duration // between visits; all but the last find the session alive
	}{
		{"password, idle", false, []time.Duration{14 * time.Minute, 15 * time.Minute}},
		{"password, total", false, []time.Duration{14 * time.Minute, 14 * time.Minute, 2 * time.Minute}},
		{"two factors, idle", true, []time.Duration{29 * time.Minute, 30 * time.Minute}},
		{"two factors, total", true, append(many(24, 29*time.Minute), 24*time.Minute)},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			in := h.mustEnter("abeispiel", annasPassword, practice)
			if c.twoFactor {
				code, _ := codes(h.token("anna"))
				in = h.mustCode(in, code, practice)
			}
			for i, pause := range c.pauses {
				h.Clock.Advance(pause)
				_, err := h.visit(in.Key)
				if last := i == len(c.pauses)-1; (err != nil) != last || last && fault.Of(err) != login.ErrNoSession {
					t.Fatalf("visit %d of %d: %v", i+1, len(c.pauses), err)
				}
			}
			if _, err := h.logins.EnterCode(t.Context(), in.Session, "123456", practice); fault.Of(err) != login.ErrNoSession {
				t.Errorf("a code in the session that is over: %v", err)
			}
		})
	}
}

func many(n int, d time.Duration) (all []time.Duration) {
	for range n {
		all = append(all, d)
	}
	return all
}

func TestVisit_TellsHowLongTheSessionLasts(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	v, err := h.visit(in.Key)
	if err != nil || !v.Until.Equal(in.Session.Created.Add(15*time.Minute)) {
		t.Errorf("until %s, %v; want 15 minutes after %s", v.Until, err, in.Session.Created)
	}
	h.Clock.Advance(10 * time.Minute)
	if v, err = h.visit(in.Key); err != nil || !v.Until.Equal(v.Now.Add(15*time.Minute)) {
		t.Errorf("used after ten minutes: until %s, %v; want 15 minutes after %s", v.Until, err, v.Now)
	}
	h.Clock.Advance(10 * time.Minute)
	if v, err = h.visit(in.Key); err != nil || !v.Until.Equal(in.Session.Created.Add(30*time.Minute)) {
		t.Errorf("used after twenty: until %s, %v; want 30 minutes after %s", v.Until, err, in.Session.Created)
	}
}

func TestVisit_NotesAUseOnceAMinute(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	seen := func() int { return h.count(`SELECT seen_at FROM session WHERE id = ?`, in.Session.ID) }
	before := seen()
	h.Clock.Advance(30 * time.Second)
	if _, err := h.visit(in.Key); err != nil || seen() != before {
		t.Errorf("after half a minute: noted %v, %v", seen() != before, err)
	}
	h.Clock.Advance(30 * time.Second)
	if _, err := h.visit(in.Key); err != nil || seen() < before+60_000_000 {
		t.Errorf("after a minute: noted %d µs later, %v", seen()-before, err)
	}
}

func TestAttack_KeysThatOpenNothing(t *testing.T) {
	h := newHouse(t)
	in := h.loggedIn()
	for name, key := range map[string]secret.Text{
		"none":             "",
		"the session's id": secret.Text(in.Session.ID),
		"large letters":    secret.Text(strings.ToUpper(in.Key.Reveal())),
		"cut":              in.Key[:63],
		"lengthened":       in.Key + "0",
		"blank behind":     in.Key + " ",
		"the device mark":  in.Device,
		"a pattern":        "%",
		"zeros":            secret.Text(strings.Repeat("0", 64)),
		"a megabyte":       secret.Text(strings.Repeat("0", 1<<20)),
	} {
		if v, err := h.visit(key); fault.Of(err) != login.ErrNoSession || v.Account.ID != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.visit(in.Key); err != nil {
		t.Errorf("the key itself: %v", err)
	}
}

func TestAttack_ThiefOfTheDatabaseFindsNothingThatOpensAnything(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	from := practice
	from.Device = h.markFor("bert", "bberger", bertsPassword)
	first := h.mustEnter("abeispiel", annasPassword, from)
	code, _ := codes(held)
	in := h.mustCode(first, code, from)
	const typed = "Geheimes-Kennwort-im-Namensfeld"
	for range 2 { // people type passwords where the name belongs
		if _, err := h.enter(typed, "Vertippt-Kennwort", from); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	stolen := h.files()
	for name, s := range map[string]string{
		"the password":        annasPassword.Reveal(),
		"a wrong password":    "Vertippt-Kennwort",
		"a name that is none": strings.ToLower(typed),
		"the same as typed":   typed,
		"a session key":       in.Key.Reveal(),
		"an ended key":        first.Key.Reveal(),
		"a device mark":       in.Device.Reveal(),
		"its random signs":    in.Device.Reveal()[:26],
		"the token's secret":  string(held.Secret.Reveal()),
		"the same in Base32":  held.Generator().Text().Reveal(),
	} {
		if strings.Contains(stolen, s) {
			t.Errorf("the database holds %s", name)
		}
	}
	if !strings.Contains(stolen, string(in.Session.ID)) {
		t.Error("the database does not hold what it must: the search is broken")
	}
}

// files reads the database as it lies on the disk, its log included.
func (h house) files() string {
	h.t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(h.t.TempDir()), "*", "portal.db*"))
	if err != nil || len(names) == 0 {
		h.t.Fatalf("files %q, %v", names, err)
	}
	var all strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			h.t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

func TestDeactivation_EndsEverySessionAtOnce(t *testing.T) {
	h := newHouse(t)
	two := h.loggedIn()
	held := h.token("anna")
	one := h.mustEnter("abeispiel", annasPassword, practice)
	bert := h.mustEnter("bberger", bertsPassword, practice)
	h.deactivate("anna")
	for name, key := range map[string]secret.Text{"two factors": two.Key, "password": one.Key} {
		if _, err := h.visit(key); fault.Of(err) != login.ErrNoSession {
			t.Errorf("the session of %s: %v", name, err)
		}
	}
	code, _ := codes(held)
	if _, err := h.logins.EnterCode(t.Context(), one.Session, code, practice); fault.Of(err) != login.ErrNoSession {
		t.Errorf("a code for it: %v", err)
	}
	if n := h.count(`SELECT last_step FROM token WHERE id = ?`, held.ID); n != 0 {
		t.Error("the code was looked at")
	}
	if _, err := h.visit(bert.Key); err != nil {
		t.Errorf("another's session: %v", err)
	}
}

func TestLeave_EndsTheSessionOnceAndNoOther(t *testing.T) {
	h := newHouse(t)
	here, there := h.loggedIn(), h.mustEnter("abeispiel", annasPassword, stranger)
	for range 2 { // who presses „Abmelden“ twice meets no error
		if err := h.logins.Leave(t.Context(), here.Session); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.visit(here.Key); fault.Of(err) != login.ErrNoSession {
		t.Errorf("the key after leaving: %v", err)
	}
	if _, err := h.visit(there.Key); err != nil {
		t.Errorf("the other browser: %v", err)
	}
	if reason := h.endReason(here.Session.ID); reason != login.ByLogout {
		t.Errorf("ended by %q", reason)
	}
	if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = ?`, audit.LoggedOut); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestAttack_EndingTheSessionOfAnother(t *testing.T) {
	h := newHouse(t)
	anna := h.mustEnter("abeispiel", annasPassword, practice)
	forged := anna.Session
	forged.Account = "bert"
	if err := h.logins.Leave(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	if _, err := h.visit(anna.Key); err != nil {
		t.Errorf("her session is over: %v", err)
	}
}

func TestNewLogin_OfAnotherPersonInTheSameBrowserEndsTheSessionThatItHeld(t *testing.T) {
	h := newHouse(t)
	anna := h.mustEnter("abeispiel", annasPassword, practice)
	from := practice
	from.Key = anna.Key
	h.mustEnter("bberger", bertsPassword, from)
	if _, err := h.visit(anna.Key); fault.Of(err) != login.ErrNoSession {
		t.Errorf("her key opens doors still: %v", err)
	}
	if reason := h.endReason(anna.Session.ID); reason != login.Replaced {
		t.Errorf("ended by %q", reason)
	}
}

func TestNewLogin_InTheSameBrowserReplacesTheSession(t *testing.T) {
	h := newHouse(t)
	first := h.mustEnter("abeispiel", annasPassword, practice)
	elsewhere := h.mustEnter("abeispiel", annasPassword, stranger)
	from := practice
	from.Key = first.Key
	if _, err := h.enter("abeispiel", "falsch", from); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if _, err := h.visit(first.Key); err != nil {
		t.Errorf("a wrong password ended the session: %v", err)
	}
	second := h.mustEnter("abeispiel", annasPassword, from)
	if _, err := h.visit(first.Key); fault.Of(err) != login.ErrNoSession || h.endReason(first.Session.ID) != login.Replaced {
		t.Errorf("the session before: %v, ended by %q", err, h.endReason(first.Session.ID))
	}
	for name, key := range map[string]secret.Text{"new": second.Key, "other browser's": elsewhere.Key} {
		if _, err := h.visit(key); err != nil {
			t.Errorf("the %s session: %v", name, err)
		}
	}
}

func TestAudit_RecordsTriesWithoutNames(t *testing.T) {
	h := newHouse(t)
	in := h.loggedIn()
	for _, user := range []string{"abeispiel", "niemand", "abeispiel"} {
		if _, err := h.enter(user, "falsch", stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	if err := h.logins.Leave(t.Context(), in.Session); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind    audit.Kind
		actor   string
		session login.SessionID
		want    int
	}{
		{audit.PasswordRight, "anna", "", 1},
		{audit.PasswordWrong, audit.Anonymous, "", 2}, // a name that does not exist is not recorded
		{audit.CodeRight, "anna", in.Session.ID, 1},
		{audit.LoggedOut, "anna", in.Session.ID, 1},
	} {
		n := h.count(`SELECT count(*) FROM audit_event WHERE kind = ? AND actor = ? AND account_id = 'anna' AND (session_id = ? OR ? = '')`,
			c.kind, c.actor, c.session, c.session)
		if n != c.want {
			t.Errorf("%s by %s: %d events, want %d", c.kind, c.actor, n, c.want)
		}
	}
	if len(h.Audit(t)) == 0 {
		t.Error("nothing was recorded")
	}
}
