package password

import (
	"math"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
)

// noon on Wednesday, 18 November 2026.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, calendar.Berlin())

func at(t time.Time) calendar.Moment { return calendar.Moment{Time: t, Wall: t} }

func TestOneTimeText_HasSixtyBitsOfSignsThatLookLikeNoOther(t *testing.T) {
	rules := kvb(t).OneTime
	if bits := float64(rules.Signs) * math.Log2(float64(len(alphabet))); bits < 60 {
		t.Errorf("%.1f bits", bits)
	}
	seen := map[rune]bool{}
	for _, r := range alphabet {
		if seen[r] || strings.ContainsRune("0O1IL2Z5S6B8UAE", r) && r != 'L' {
			t.Errorf("%c is there twice or looks like another", r)
		}
		seen[r] = true
	}
	counts := map[rune]int{}
	const drawn = 2000
	for range drawn {
		typed := NewOneTimeText(rules.Signs)
		if CleanOneTime(typed) != typed || len(typed) != rules.Signs {
			t.Fatal("a one-time password cannot be typed")
		}
		for _, r := range typed.Reveal() {
			counts[r]++
		}
	}
	expected := float64(drawn*rules.Signs) / float64(len(alphabet))
	chi := 0.0
	for _, r := range alphabet {
		chi += math.Pow(float64(counts[r])-expected, 2) / expected
	}
	if chi > 80 { // 21 degrees of freedom: less than once in a hundred million runs
		t.Errorf("χ² = %.1f: the signs are not equally likely", chi)
	}
}

func TestCleanOneTime_TakesWhatPeopleType(t *testing.T) {
	for typed, want := range map[string]string{
		"CDFGH JKLMN PQRTV":        "CDFGHJKLMNPQRTV",
		"cdfgh-jklmn–pqrtv":        "CDFGHJKLMNPQRTV",
		" CDFGH\u00a0JKLMN\tPQRTV": "CDFGHJKLMNPQRTV",
		"ＣＤＦＧＨ":                    "CDFGH",
		"\u200bCD\u00adFGH\u2060":  "CDFGH",
		"":                         "",
		"CDFGH!":                   "",
		"CDFGO":                    "",
		"Amsel-Garten-27!":         "",
		"\xff":                     "",
		strings.Repeat("C", 257):   "",
	} {
		if got := CleanOneTime(secret.Text(typed)); got.Reveal() != want {
			t.Errorf("%q is taken for %q, want %q", typed, got.Reveal(), want)
		}
	}
}

func FuzzCleanOneTime(f *testing.F) {
	for _, typed := range []string{"", "CDFGH JKLMN PQRTV", "cdfgh-jklmn", "ſK\u212a", "\xff", strings.Repeat("ﬄ", 80)} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := CleanOneTime(secret.Text(typed)).Reveal()
		if strings.Trim(got, alphabet) != "" {
			t.Errorf("%q gives %q", typed, got)
		}
		if again := CleanOneTime(secret.Text(got)).Reveal(); again != got && len(got) <= longestTyped {
			t.Errorf("%q gives %q, and that %q", typed, got, again)
		}
	})
}

func TestMayPost_OneLetterADayThreeAMonth(t *testing.T) {
	rules := kvb(t)
	posted := func(ages ...time.Duration) (s State) {
		for _, age := range ages {
			s.OneTimes = append(s.OneTimes, OneTime{Way: ByLetter, Created: noon.Add(-age)})
		}
		return s
	}
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		state State
		may   bool
	}{
		"none":                           {State{}, true},
		"one a second ago":               {posted(time.Second), false},
		"one almost a day ago":           {posted(day - time.Second), false},
		"one a day ago":                  {posted(day), true},
		"two":                            {posted(day, 2*day), true},
		"three in thirty days":           {posted(day, 2*day, 30*day-time.Second), false},
		"three, the first 30 days ago":   {posted(day, 2*day, 30*day), true},
		"mails do not count as letters":  {State{OneTimes: []OneTime{{Way: ByMail, Created: noon}, {Way: ByMail, Created: noon}}}, true},
		"a used or voided letter counts": {State{OneTimes: []OneTime{{Way: ByLetter, Created: noon, Voided: noon}}}, false},
	} {
		if got := c.state.MayPost(rules, at(noon)); got != c.may {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMayGuess_FiftyWrongCodesInThirtyDays(t *testing.T) {
	rules := kvb(t)
	wrong := func(n int, age time.Duration) (times []time.Time) {
		for range n {
			times = append(times, noon.Add(-age))
		}
		return times
	}
	for name, c := range map[string]struct {
		wrong []time.Time
		may   bool
	}{
		"none": {nil, true}, "49": {wrong(49, time.Hour), true}, "50": {wrong(50, time.Hour), false},
		"50, one of them a month ago": {append(wrong(1, 31*24*time.Hour), wrong(49, time.Hour)...), true},
	} {
		if got := (State{Wrong: c.wrong}).MayGuess(rules, at(noon)); got != c.may {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func newOne() NewOneTime {
	return NewOneTime{ID: "new", Letter: "letter-new", Password: "CDFGHJKLMNPQRTV", Hashed: secret.Hashed{KeyID: "k", Salt: []byte("s"), MAC: []byte("m")}}
}

func member() account.Account {
	a := hannah()
	a.ID, a.Address.Street, a.Address.Postcode, a.Address.Town = "anna", "Sonnenstraße 12", "80331", "München"
	return a
}

func TestIssue_ByLetterWithANoticeAndByMailWithout(t *testing.T) {
	rules := kvb(t)
	c := State{}.Issue(ByLetter, newOne(), member(), rules, at(noon))
	if o := c.New[0]; o.Way != ByLetter || o.Letter.ID != "letter-new" || !o.Until.Equal(time.Date(2026, 12, 3, 0, 0, 0, 0, calendar.Berlin())) {
		t.Errorf("issued %+v", o)
	}
	printed := c.Letters[0].Content.(letter.OneTimePassword)
	if printed.Password != newOne().Password || printed.LastDay != (calendar.Date{Year: 2026, Month: 12, Day: 2}) || printed.Requested != (calendar.Date{Year: 2026, Month: 11, Day: 18}) {
		t.Errorf("letter %+v", printed)
	}
	told := c.Jobs[0].Work.(mail.PasswordRequested)
	if len(c.Jobs) != 2 || told.LastDay != printed.LastDay || told.Arrives != (calendar.Date{Year: 2026, Month: 11, Day: 21}) || told.To.Email != member().Email {
		t.Errorf("mail %+v", told)
	}

	c = State{}.Issue(ByMail, newOne(), member(), rules, at(noon))
	sent := c.Jobs[0].Work.(mail.OneTimePassword)
	if len(c.Jobs) != 1 || c.Letters != nil || sent.Password != newOne().Password || sent.Group != 5 || !sent.Until.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("by mail %+v", sent)
	}
	if o := c.New[0]; o.Way != ByMail || o.Letter.ID != "" || !o.Until.Equal(sent.Until) {
		t.Errorf("issued %+v", o)
	}
	for _, e := range c.Events {
		if e.Actor != audit.Anonymous || e.Account != "anna" {
			t.Errorf("event %+v", e)
		}
	}
}

func TestReplace_RemembersThatThePasswordCameByPostUntilATokenIsProved(t *testing.T) {
	earlier := noon.Add(-48 * time.Hour)
	byLetter := OneTime{ID: "letter", Way: ByLetter, Created: earlier, Until: noon.Add(time.Hour), Letter: LetterStatus{ID: "l", HandedOver: earlier}}
	byMail := OneTime{ID: "mail", Way: ByMail, Created: earlier, Until: noon.Add(time.Hour)}
	for name, c := range map[string]struct {
		state State
		proof Proof
		want  time.Time
		used  bool
	}{
		"one-time password by letter":             {State{OneTimes: []OneTime{byLetter}}, Proof{OneTime: "letter"}, noon, true},
		"once more by letter":                     {State{ByPost: earlier, OneTimes: []OneTime{byLetter}}, Proof{OneTime: "letter"}, noon, true},
		"one-time password by mail":               {State{ByPost: earlier, OneTimes: []OneTime{byMail}}, Proof{OneTime: "mail"}, time.Time{}, true},
		"current password":                        {State{}, Proof{}, time.Time{}, false},
		"current password, which came by post":    {State{ByPost: earlier}, Proof{}, earlier, false},
		"current password and a token's code":     {State{ByPost: earlier}, Proof{Token: true}, time.Time{}, false},
		"current password while a letter is open": {State{OneTimes: []OneTime{byLetter}}, Proof{}, time.Time{}, false},
	} {
		c.state.Hash = "old"
		change, err := c.state.Replace("new", c.proof, member(), at(noon))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if set := change.Set; set.Old != "old" || set.New != "new" || !set.ByPost.Equal(c.want) {
			t.Errorf("%s: %+v", name, set)
		}
		if used := len(change.Use) == 1 && change.Use[0] == c.proof.OneTime; used != c.used {
			t.Errorf("%s: spends %v", name, change.Use)
		}
		if open, ok := c.state.Open(); ok && !c.used && (len(change.Void) != 1 || change.Void[0] != open.ID || change.VoidLetters != nil) {
			t.Errorf("%s: voids %v, letters %v", name, change.Void, change.VoidLetters)
		}
	}
}

func TestReplace_RefusesAOneTimePasswordThatIsOver(t *testing.T) {
	good := OneTime{ID: "o", Way: ByMail, Created: noon, Until: noon.Add(time.Hour)}
	for name, o := range map[string]OneTime{
		"used":     {ID: "o", Until: good.Until, Used: noon},
		"voided":   {ID: "o", Until: good.Until, Voided: noon},
		"run out":  {ID: "o", Until: noon},
		"no such":  {ID: "x", Until: good.Until},
		"negative": {ID: "o"},
	} {
		if _, err := (State{OneTimes: []OneTime{o}}).Replace("new", Proof{OneTime: "o"}, member(), at(noon)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (State{OneTimes: []OneTime{good}}).Replace("new", Proof{OneTime: "o"}, member(), at(noon)); err != nil {
		t.Error(err)
	}
}

func TestMatching_FindsTheOneThatWasTypedWhileItIsValid(t *testing.T) {
	yes := func(secret.Hashed) bool { return true }
	o := OneTime{ID: "o", Until: noon}
	if _, ok := (State{OneTimes: []OneTime{o}}).Matching(yes, at(noon.Add(-1))); !ok {
		t.Error("not found in time")
	}
	if _, ok := (State{OneTimes: []OneTime{o}}).Matching(yes, at(noon)); ok {
		t.Error("found after its end")
	}
	if _, ok := (State{OneTimes: []OneTime{o}}).Matching(func(secret.Hashed) bool { return false }, at(noon.Add(-1))); ok {
		t.Error("found although another was typed")
	}
}
