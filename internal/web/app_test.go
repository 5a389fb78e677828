package web_test

import (
	"encoding/base32"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// newApp sets up an authenticator app from the address behind the QR code.
func newApp(t *testing.T, link string) *app {
	t.Helper()
	address, err := url.Parse(link)
	if err != nil || address.Scheme != "otpauth" || address.Host != "totp" {
		t.Fatalf("not an address for an app: %q, %v", link, err)
	}
	q := address.Query()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(q.Get("secret"))
	if err != nil {
		t.Fatal(err)
	}
	digits, err := strconv.Atoi(q.Get("digits"))
	if err != nil {
		t.Fatal(err)
	}
	period, err := strconv.Atoi(q.Get("period"))
	if err != nil {
		t.Fatal(err)
	}
	issuer, serial, _ := strings.Cut(strings.TrimPrefix(address.Path, "/"), ":")
	if issuer != q.Get("issuer") || issuer != "KV Bayerns" {
		t.Errorf("KVB13: the app shows %q and %q", issuer, q.Get("issuer"))
	}
	return &app{token: token.Token{
		Serial: serial, Secret: key, Digits: digits, Algorithm: otp.Algorithm(q.Get("algorithm")), Period: time.Duration(period) * time.Second,
	}}
}
