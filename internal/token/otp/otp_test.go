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
		step, found := g.Find(g.Code(g.Step(now)+offset), now, 1)
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
