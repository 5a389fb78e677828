package otp

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"torhaus/internal/secret"
)

// RFC 4226, appendix D.
func TestRFC4226_Vectors(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	want := strings.Fields("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489")
	for counter, code := range want {
		if got := g.Code(int64(counter)).Reveal(); got != code {
			t.Errorf("counter %d: code %s, want %s", counter, got, code)
		}
	}
}

// RFC 6238, appendix B; the keys are as long as the hash, as its reference code has them.
func TestRFC6238_Vectors(t *testing.T) {
	seed := strings.Repeat("1234567890", 7)
	generators := []Generator{
		{Secret: secret.Bytes(seed[:20]), Algorithm: SHA1, Digits: 8, Period: 30 * time.Second},
		{Secret: secret.Bytes(seed[:32]), Algorithm: SHA256, Digits: 8, Period: 30 * time.Second},
		{Secret: secret.Bytes(seed[:64]), Algorithm: SHA512, Digits: 8, Period: 30 * time.Second},
	}
	for _, row := range []struct {
		unix int64
		want [3]string
	}{
		{59, [3]string{"94287082", "46119246", "90693936"}},
		{1111111109, [3]string{"07081804", "68084774", "25091201"}},
		{1111111111, [3]string{"14050471", "67062674", "99943326"}},
		{1234567890, [3]string{"89005924", "91819424", "93441116"}},
		{2000000000, [3]string{"69279037", "90698825", "38618901"}},
		{20000000000, [3]string{"65353130", "77737706", "47863826"}},
	} {
		for i, g := range generators {
			if got := g.Code(g.Step(time.Unix(row.unix, 0))).Reveal(); got != row.want[i] {
				t.Errorf("%s at %d: code %s, want %s", g.Algorithm, row.unix, got, row.want[i])
			}
		}
	}
}

func TestFind_AcceptsTheWindowAndNothingBeyond(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	now := time.Unix(1_800_000_000, 0)
	for offset := int64(-3); offset <= 3; offset++ {
		step, found := g.Find(g.Code(g.Step(now)+offset), g.Step(now)-1, g.Step(now)+1)
		if want := offset >= -1 && offset <= 1; found != want {
			t.Errorf("code of step %+d: found %v, want %v", offset, found, want)
		}
		if found && step != g.Step(now)+offset {
			t.Errorf("code of step %+d: step %d, want %d", offset, step, g.Step(now)+offset)
		}
	}
}

func TestKVB13_URINamesIssuerAndSerialNumber(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	raw := g.URI("KV Bayerns", "ST00001234").Reveal()
	if want := "otpauth://totp/KV%20Bayerns:ST00001234?"; !strings.HasPrefix(raw, want) {
		t.Errorf("URI %s does not start with %s", raw, want)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("issuer") != "KV Bayerns" || q.Get("algorithm") != "SHA1" || q.Get("digits") != "6" || q.Get("period") != "30" {
		t.Errorf("parameters %v", q)
	}
	decoded, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(q.Get("secret"))
	if err != nil || string(decoded) != "12345678901234567890" {
		t.Errorf("secret %q, %v", q.Get("secret"), err)
	}
}

func TestCode_HasItsDigitsWithLeadingZeros(t *testing.T) {
	for digits := 6; digits <= 8; digits++ {
		g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: digits, Period: 30 * time.Second}
		long := g
		long.Digits = 8
		zeros := 0
		for step := range int64(2000) {
			code := g.Code(step).Reveal()
			if len(code) != digits || strings.Trim(code, "0123456789") != "" {
				t.Fatalf("step %d: %q, want %d digits", step, code, digits)
			}
			if !strings.HasSuffix(long.Code(step).Reveal(), code) { // RFC 4226, 5.3: the number modulo a power of ten
				t.Errorf("step %d: %d digits are not the end of eight", step, digits)
			}
			if code[0] == '0' {
				zeros++
			}
		}
		if zeros < 100 || zeros > 300 { // 200 expected, standard deviation 13.4
			t.Errorf("%d of 2000 codes of %d digits begin with 0", zeros, digits)
		}
	}
}

func TestStep_ChangesAtTheBorderOfThePeriod(t *testing.T) {
	for _, c := range []struct {
		period, unix, nanos int64
		want                int64
	}{
		{30, 0, 0, 0},
		{30, 29, 999_999_999, 0},
		{30, 30, 0, 1},
		{30, 59, 999_999_999, 1},
		{30, 1_800_000_000, 0, 60_000_000},
		{60, 1_800_000_059, 0, 30_000_000},
		{60, 1_800_000_060, 0, 30_000_001},
		{30, 20_000_000_000, 0, 666_666_666},
	} {
		g := Generator{Period: time.Duration(c.period) * time.Second}
		if got := g.Step(time.Unix(c.unix, c.nanos)); got != c.want {
			t.Errorf("%d.%09d s in steps of %d s: step %d, want %d", c.unix, c.nanos, c.period, got, c.want)
		}
	}
}

func TestStep_IsTheSameInEveryZone(t *testing.T) {
	g := Generator{Period: 30 * time.Second}
	now := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // the hour that comes twice in Berlin
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if g.Step(now) != g.Step(now.In(berlin)) || g.Step(now.Add(time.Hour).In(berlin))-g.Step(now.In(berlin)) != 120 {
		t.Error("the clock on the wall moves the steps")
	}
}

func TestFind_WindowIsCountedInWholeSteps(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	const made = int64(60_000_000)
	code := g.Code(made)
	for _, c := range []struct {
		name   string
		unix   int64
		window int64
		want   bool
	}{
		{"in its own step, no window", made * 30, 0, true},
		{"a second after it, no window", made*30 + 30, 0, false},
		{"a second before it, no window", made*30 - 1, 0, false},
		{"at the end of the step after it", made*30 + 59, 1, true},
		{"in the second step after it", made*30 + 60, 1, false},
		{"at the start of the step before it", made*30 - 30, 1, true},
		{"before that", made*30 - 31, 1, false},
		{"two steps later with a window of two", made*30 + 89, 2, true},
	} {
		now := g.Step(time.Unix(c.unix, 0))
		if step, found := g.Find(code, now-c.window, now+c.window); found != c.want || found && step != made {
			t.Errorf("%s: step %d, found %v; want %v", c.name, step, found, c.want)
		}
	}
}

func TestFind_OnlyTheWholeCode(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	now := time.Unix(1_800_000_000, 0)
	code := g.Code(g.Step(now))
	other := g
	other.Secret = secret.Bytes("12345678901234567891")
	for name, wrong := range map[string]secret.Text{
		"nothing": "", "its start": code[:5], "its end": code[1:], "a digit more": code + "0", "a zero in front": "0" + code,
		"a blank behind": code + " ", "full-width digits": "７５５２２４", "another token's": other.Code(g.Step(now)),
	} {
		if _, found := g.Find(wrong, g.Step(now)-1, g.Step(now)+1); found {
			t.Errorf("%s is found", name)
		}
	}
}

func TestText_IsBase32AsTypedByHand(t *testing.T) {
	for n := 20; n <= 32; n++ {
		g := Generator{Secret: secret.Random(n)}
		text := g.Text().Reveal()
		decoded, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
		if err != nil || string(decoded) != string(g.Secret.Reveal()) || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Errorf("%d bytes: %d signs, %v", n, len(text), err)
		}
	}
	if got := (Generator{Secret: secret.Bytes("12345678901234567890")}).Text().Reveal(); got != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" {
		t.Errorf("the secret of RFC 4226 reads %s", got)
	}
}

// A name full of the signs that mean something in a URI adds no parameter, ends nothing and comes back as it was.
func TestAttack_NameThatLooksLikeParameters(t *testing.T) {
	g := Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	for _, name := range []string{
		"KV Bayerns", "KV Bayerns&secret=AAAA", "KV?digits=8", "KV#x", "KV/../x", "KV%41", "KV+Süd", "Ärztekammer „Süd“", "a=b;c", "\"><script>",
	} {
		u, err := url.Parse(g.URI(name, name).Reveal())
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/"+name+":"+name || u.Fragment != "" || q.Get("issuer") != name {
			t.Errorf("%q: read back as path %q, issuer %q", name, u.Path, q.Get("issuer"))
		}
		if len(q) != 5 || len(q["secret"]) != 1 || q.Get("secret") != g.Text().Reveal() || q.Get("digits") != "6" {
			t.Errorf("%q: parameters %v", name, q)
		}
		if strings.Contains(u.RawQuery, "+") || strings.Contains(u.EscapedPath(), "+") {
			t.Errorf("%q: a plus sign, which some apps show as it is: %s", name, u)
		}
	}
}

func TestKVB19_TwoCodesThatFollowOneAnotherAreFoundInAWideWindow(t *testing.T) {
	for _, g := range []Generator{
		{Secret: secret.Bytes("12345678901234567890"), Algorithm: SHA1, Digits: 6},
		{Secret: secret.Bytes("12345678901234567890123456789012"), Algorithm: SHA256, Digits: 8},
		{Secret: secret.Bytes("1234567890123456789012345678901234567890123456789012345678901234"), Algorithm: SHA512, Digits: 7},
	} {
		for _, c := range []struct {
			name          string
			first, second int64
			want          bool
		}{
			{"the first two", 10, 11, true},
			{"in the middle", 60, 61, true},
			{"the first one last of the window", 110, 111, true},
			{"the first one behind the window", 111, 112, false},
			{"the first one before the window", 9, 10, false},
			{"one left out", 60, 62, false},
			{"the wrong way round", 61, 60, false},
			{"twice the same", 60, 60, false},
		} {
			step, found := g.FindPair(g.Code(c.first), g.Code(c.second), 10, 110)
			if found != c.want || found && step != c.second {
				t.Errorf("%s, %s: step %d, found %v", g.Algorithm, c.name, step, found)
			}
		}
	}
}

func TestIsCode_SixToEightDigits(t *testing.T) {
	for code, want := range map[secret.Text]bool{"": false, "12345": false, "123456": true, "1234567": true, "12345678": true, "123456789": false} {
		if IsCode(code) != want {
			t.Errorf("%q", code.Reveal())
		}
	}
}
