package token

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/textfile"
)

// readCSV gives what each row of a file comes to.
func readCSV(t *testing.T, file string) (list []string) {
	t.Helper()
	charset, problem, err := textfile.Recognise(strings.NewReader(file))
	if err != nil || problem != nil {
		t.Fatal(problem, err)
	}
	r, refused, err := openCSVDevices(strings.NewReader(file), charset)
	if err != nil {
		t.Fatal(err)
	}
	for _, refusal := range refused {
		list = append(list, fmt.Sprintf("%d %s %s", refusal.Line, refusal.Column, refusal.Reason))
	}
	for len(refused) == 0 {
		c, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		d := c.device
		line := fmt.Sprintf("%d %s %s %s %d %s %d %s", c.line, d.Serial, d.Mode, d.Algorithm, d.Digits, d.Period, d.Counter, d.BatteryEnd)
		for _, refusal := range c.refused {
			line = fmt.Sprintf("%d %s %s", refusal.Line, refusal.Column, refusal.Reason)
		}
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

func TestStockCSV_ColumnsHaveManyNamesAndAnyOrder(t *testing.T) {
	const hex, base = "3132333435363738393031323334353637383930", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for name, c := range map[string]struct{ file, want string }{
		"as the help says":        {"serial;secret;type\nA;" + hex + ";totp\n", "2 A totp SHA1 6 30s 0"},
		"another order":           {"type,secret,serial\nHOTP," + base + ",A\n", "2 A hotp SHA1 6 30s 0"},
		"names of makers":         {"Serial Number,Secret Key,Token Type,OTP-Length,Time Step,Hash\nA," + hex + ",OATH-TOTP,8,60,SHA-256\n", "2 A totp SHA256 8 1m0s 0"},
		"a counter and a battery": {"sn;seed;mode;counter;expiry\nA;" + base + ";hotp;17;31.12.2031\n", "2 A hotp SHA1 6 30s 17 2031-12-31"},
		"secret that may be both": {"serial;secret;type\nA;" + strings.Repeat("22", 32) + ";totp\n", "1 secret two-encodings"},
		"the header tells":        {"serial;secret (hex);type\nA;" + strings.Repeat("22", 32) + ";totp\n", "2 A totp SHA1 6 30s 0"},
		"no column of its own":    {"serial;secret;type;colour\nA;" + hex + ";totp;red\n", "1  unknown-column"},
		"twice the same":          {"serial;secret;key;type\nA;1;1;totp\n", "1 secret doubled-column"},
		"a column is missing":     {"serial;secret\nA;" + hex + "\n", "1 type missing-column"},
		"a counter with a clock":  {"serial;secret;type;counter\nA;" + hex + ";totp;5\n", "2 counter bad-counter"},
		"a formula":               {"serial;secret;type;model\nA;" + hex + ";totp;\"@SUM(1)\"\n", "2 model formula"},
		"Base32 that is cut":      {"serial;secret-base32;type\nA;GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQG;totp\n", "2 secret not-base32"},
		"too short":               {"serial;secret;type\nA;abcd;totp\n", "2 secret short-secret"},
		"a day that is none":      {"serial;secret;type;battery-end\nA;" + hex + ";totp;2031-02-30\n", "2 battery-end bad-day"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{c.want}, readCSV(t, c.file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSerialKey_IsTheSameHoweverItIsTyped(t *testing.T) {
	for _, typed := range []string{"AB-12 34", "ab1234", " Ab 12-34 ", "AB\u00a01234"} {
		if got := SerialKey(typed); got != "AB1234" {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

func TestDeviceMove_NothingThatWasWithAMemberGoesOutAgain(t *testing.T) {
	for _, from := range []DeviceState{Shipped, InUse, Awaited, Returned, Scrapped} {
		for _, to := range []DeviceState{InStock, Assigned} {
			if (DeviceMove{From: from, To: to, Token: "t", Secret: []byte("s")}).Possible() {
				t.Errorf("from %s to %s", from, to)
			}
		}
	}
	if (DeviceMove{From: Assigned, To: InStock}).Possible() || (DeviceMove{From: InStock, To: Assigned}).Possible() {
		t.Error("a device goes into the stock without its secret, or out of it without a token")
	}
}
