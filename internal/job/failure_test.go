package job

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestCauseShowsNoSecretAndNoAddress(t *testing.T) {
	cases := map[string]struct{ err, want string }{
		"what helps stays":       {"dial tcp 192.168.10.25:2525: connect: connection refused", "dial tcp 192.168.10.25:2525: connect: connection refused"},
		"SMTP codes stay":        {"SMTP 550 5.1.1 at RCPT TO", "SMTP 550 5.1.1 at RCPT TO"},
		"paths stay":             {"open /var/spool/torhaus/kvb: permission denied", "open /var/spool/torhaus/kvb: permission denied"},
		"e-mail address":         {"550 <hannah.brandl@praxis.example>: unknown", "550 … unknown"},
		"address with umlauts":   {"to müller@praxis.example failed", "to … failed"},
		"connection string":      {"postgres://torhaus:geheim@db/kvb: timeout", "… timeout"},
		"key and value":          {"host=db password=geheim dbname=kvb", "host=db … dbname=kvb"},
		"activation code":        {"code 12345678 refused", "code … refused"},
		"activation code, group": {"code 1234 5678 refused", "code … refused"},
		"one-time code":          {"code 123456 refused", "code … refused"},
		"Base32 seed":            {"seed JBSWY3DPEHPK3PXP refused", "seed … refused"},
		"long key":               {"key dGhpcyBpcyBhIHZlcnkgc2VjcmV0IGtleQ== refused", "key … refused"},
		"header injection":       {"line one\r\nBcc: all\x00\x1b[31m\u2028two", "line one Bcc: all [31m two"},
		"broken UTF-8":           {"bad \xff\xfe bytes", "bad bytes"},
	}
	for name, c := range cases {
		if got := causeOf(errors.New(c.err)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCauseHasAtMost200Bytes(t *testing.T) {
	for _, letter := range []string{"a ", "ä ", "€ ", "😀 "} {
		got := causeOf(errors.New(strings.Repeat(letter, 500)))
		if len(got) > 200 || len(got) < 190 || !utf8.ValidString(got) {
			t.Errorf("%q repeated: %d bytes, valid %t", letter, len(got), utf8.ValidString(got))
		}
	}
}

func FuzzCause(f *testing.F) {
	f.Add("550 <hannah@praxis.example> code 1234 5678")
	f.Fuzz(func(t *testing.T, s string) {
		got := causeOf(errors.New(s))
		if len(got) > 200 || !utf8.ValidString(got) || strings.ContainsAny(got, "@\r\n\x00") {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func TestPermanentIsFoundThroughWrapping(t *testing.T) {
	base := errors.New("no such mailbox")
	wrapped := fmt.Errorf("mail: %w", Permanent(base))
	if !isPermanent(wrapped) || !errors.Is(wrapped, base) || isPermanent(base) || Permanent(nil) != nil {
		t.Error("Permanent does not mark, hides its cause, or marks nothing")
	}
}

func TestPausesGrowToACapUntilPatienceIsUsedUp(t *testing.T) {
	policy := Policy{First: time.Second, Most: 5 * time.Second, GiveUp: 16 * time.Second}
	want := []time.Duration{1, 2, 4, 5, 5} // 17 seconds in all
	for i, pause := range want {
		if got, left := policy.Pause(i + 1); !left || got != pause*time.Second {
			t.Errorf("after try %d: %s, %t; want %ds", i+1, got, left, pause)
		}
	}
	for _, attempt := range []int{len(want) + 1, 1000, 1 << 40} {
		if _, left := policy.Pause(attempt); left {
			t.Errorf("there is patience left after %d tries", attempt)
		}
	}
	if _, left := (Policy{}).Pause(1); left {
		t.Error("no policy gives another try")
	}
}
