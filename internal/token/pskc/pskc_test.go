package pskc

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

const rfcSecret = "12345678901234567890"

func figure(t testing.TB, n int) string {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("testdata/rfc6030/figure%d.xml", n))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// read gives all entries of a file, and why the rest of it is refused.
func read(t testing.TB, file string, unlock Unlock) (list []Entry, refused *Refusal) {
	t.Helper()
	r := NewReader(strings.NewReader(file), unlock)
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if refusal, ok := errors.AsType[Refusal](err); ok {
			return list, &refusal
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
}

func presharedKey(t testing.TB) Unlock {
	key, err := hex.DecodeString("12345678901234567890123456789012")
	if err != nil {
		t.Fatal(err)
	}
	return Unlock{Key: key}
}

func TestRFC6030_FiguresWithOneKey(t *testing.T) {
	for _, c := range []struct {
		figure       int
		unlock       Unlock
		manufacturer string
		id           string
	}{
		{figure: 3, manufacturer: "Manufacturer", id: "12345678"},
		{figure: 6, unlock: presharedKey(t), manufacturer: "Manufacturer", id: "12345678"},
		{figure: 7, unlock: Unlock{Password: "qwerty"}, manufacturer: "TokenVendorAcme", id: "123456"},
	} {
		t.Run(fmt.Sprint("figure ", c.figure), func(t *testing.T) {
			list, refused := read(t, figure(t, c.figure), c.unlock)
			if refused != nil || len(list) != 1 {
				t.Fatalf("%d keys, refused %v", len(list), refused)
			}
			got := list[0].Key
			if len(list[0].Refused) > 0 || string(got.Secret) != rfcSecret {
				t.Errorf("a secret of %d bytes, refused %v", len(got.Secret), list[0].Refused)
			}
			got.Secret = nil
			want := Key{
				ID: c.id, Serial: "987654321", Manufacturer: c.manufacturer, Mode: otp.HOTP, Algorithm: otp.SHA1, Digits: 8, Period: 30 * time.Second,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRFC6030_FiguresThatAreNoOneTimePasswordTokens(t *testing.T) {
	for _, c := range []struct {
		figure int
		want   [][]Reason // of each key
		file   Reason
	}{
		{figure: 2, want: [][]Reason{{NoSerial, NoFormat, NoCounter, ShortSecret}}},
		{figure: 4, want: [][]Reason{{NoSecret}}}, // derived from a master key
		{figure: 5, want: [][]Reason{{HasPIN}, {BadAlgorithm, BadLength, ShortSecret}}},
		{figure: 8, file: Certificate},
	} {
		t.Run(fmt.Sprint("figure ", c.figure), func(t *testing.T) {
			list, refused := read(t, figure(t, c.figure), Unlock{})
			var got [][]Reason
			for _, e := range list {
				got = append(got, reasons(e))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if (refused == nil) != (c.file == "") || refused != nil && refused.Reason != c.file {
				t.Errorf("the file: %v", refused)
			}
		})
	}
}

func reasons(e Entry) (list []Reason) {
	for _, r := range e.Refused {
		list = append(list, r.Reason)
	}
	return list
}

func TestRFC6030_Figure10HoldsFourKeysOfPastYears(t *testing.T) {
	list, refused := read(t, figure(t, 10), Unlock{})
	if refused != nil {
		t.Fatal(refused)
	}
	var got []string
	for _, e := range list {
		if len(e.Refused) > 0 || string(e.Key.Secret) != rfcSecret {
			t.Errorf("line %d: %v", e.Line, e.Refused)
		}
		got = append(got, fmt.Sprintf("%d %s %s–%s", e.Line, e.Key.Serial, e.Key.Start, e.Key.Expiry))
	}
	want := []string{
		"3 654321 2006-05-01–2006-05-31", "29 123456 2006-05-01–2006-05-31", "55 9999999 2006-03-01–2006-03-31", "81 9999999 2006-04-01–2006-04-30",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// totp is a package with one device that has a clock; change replaces one text by another.
func totp(change ...string) string {
	return strings.NewReplacer(change...).Replace(`<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
<KeyPackage>
<DeviceInfo><Manufacturer>Acme</Manufacturer><SerialNo>TT-0042</SerialNo><Model>C 200</Model><ExpiryDate>2031-06-30T23:30:00Z</ExpiryDate></DeviceInfo>
<Key Id="k" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
<AlgorithmParameters><Suite>HMAC-SHA256</Suite><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret><Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval></Data>
<Policy><KeyUsage>OTP</KeyUsage></Policy>
</Key></KeyPackage></KeyContainer>`)
}

func TestTOTP_ADeviceWithAClock(t *testing.T) {
	list, refused := read(t, totp(), Unlock{})
	if refused != nil || len(list) != 1 {
		t.Fatalf("%d keys, %v", len(list), refused)
	}
	want := Key{
		ID: "k", Serial: "TT-0042", Manufacturer: "Acme", Model: "C 200", Mode: otp.TOTP, Algorithm: otp.SHA256, Digits: 6, Period: time.Minute,
		Expiry: calendar.Date{Year: 2031, Month: 7, Day: 1}, // which 23:30 in UTC is in Berlin
		Secret: secret.Bytes(rfcSecret),
	}
	if diff := cmp.Diff(want, list[0].Key); diff != "" || len(list[0].Refused) > 0 {
		t.Error(diff, list[0].Refused)
	}
}

func TestTOTP_SuitesAreReadHoweverTheyAreWritten(t *testing.T) {
	for suite, want := range map[string]otp.Algorithm{
		"": otp.SHA1, "HMAC-SHA1": otp.SHA1, "HmacSHA256": otp.SHA256, "SHA-512": otp.SHA512, "TOTP-HMAC-SHA512": otp.SHA512, "hmac_sha256": otp.SHA256,
		"OCRA-1:HOTP-SHA512-8:C-QN08": "", "MD5": "", "SHA": "", "SHA3": "",
	} {
		list, _ := read(t, totp("HMAC-SHA256", suite), Unlock{})
		if want == "" {
			if got := reasons(list[0]); len(got) != 1 || got[0] != BadSuite {
				t.Errorf("%q: refused for %v", suite, got)
			}
			continue
		}
		if got := list[0].Key.Algorithm; got != want || len(list[0].Refused) > 0 {
			t.Errorf("%q: %s, %v", suite, got, list[0].Refused)
		}
	}
}

func TestAKeyIsRefusedWithItsLineAndReason(t *testing.T) {
	const plain = "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>"
	for name, c := range map[string]struct {
		change []string
		line   int
		reason Reason
		args   []any
	}{
		"no serial number":      {[]string{"<SerialNo>TT-0042</SerialNo>", ""}, 3, NoSerial, nil},
		"an empty one":          {[]string{"TT-0042", " "}, 3, NoSerial, nil},
		"a formula":             {[]string{"TT-0042", "=1+1"}, 4, BadSerial, []any{"=1+1"}},
		"a path":                {[]string{"TT-0042", "../42"}, 4, BadSerial, []any{"../42"}},
		"a very long one":       {[]string{"TT-0042", strings.Repeat("7", 41)}, 4, BadSerial, []any{strings.Repeat("7", 41)}},
		"two of them":           {[]string{"</SerialNo>", "</SerialNo><SerialNo>TT-0043</SerialNo>"}, 4, Doubled, []any{"SerialNo"}},
		"zero-length secret":    {[]string{plain, "<PlainValue></PlainValue>"}, 7, ShortSecret, []any{0, 16}},
		"15 bytes":              {[]string{plain, "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1</PlainValue>"}, 7, ShortSecret, []any{15, 16}},
		"129 bytes":             {[]string{plain, "<PlainValue>" + base64.StdEncoding.EncodeToString(make([]byte, 129)) + "</PlainValue>"}, 7, LongSecret, []any{129, 128}},
		"no Base64":             {[]string{plain, "<PlainValue>MTIz NDU2-Nzg5</PlainValue>"}, 7, Malformed, []any{"Secret", "…"}},
		"two secrets":           {[]string{plain, plain + plain}, 7, Doubled, []any{"PlainValue"}},
		"no secret":             {[]string{"<Secret>" + plain + "</Secret>", ""}, 5, NoSecret, nil},
		"encrypted without key": {[]string{plain, "<EncryptedValue/>"}, 7, KeyNeeded, []any{""}},
		"a PIN":                 {[]string{"<KeyUsage>OTP</KeyUsage>", `<PINPolicy PINUsageMode="Prepend"/>`}, 8, HasPIN, nil},
		"for signing":           {[]string{">OTP<", ">Integrity<"}, 8, OtherUse, []any{"Integrity"}},
		"a limit of uses":       {[]string{"<KeyUsage>OTP</KeyUsage>", "<NumberOfTransactions>3</NumberOfTransactions>"}, 8, OtherPolicy, []any{"NumberOfTransactions"}},
		"an unknown policy":     {[]string{"<KeyUsage>OTP</KeyUsage>", "<Moon>full</Moon>"}, 8, OtherPolicy, []any{"Moon"}},
		"OCRA":                  {[]string{"pskc:totp", "pskc:ocra"}, 5, BadAlgorithm, []any{"urn:ietf:params:xml:ns:keyprov:pskc:ocra"}},
		"7 digits":              {[]string{`Length="6"`, `Length="7"`}, 6, BadLength, []any{"7"}},
		"no digits":             {[]string{`Length="6" `, ``}, 6, BadLength, []any{""}},
		"hexadecimal":           {[]string{"DECIMAL", "HEXADECIMAL"}, 6, BadFormat, []any{"HEXADECIMAL"}},
		"check digits":          {[]string{`Length="6"`, `Length="6" CheckDigits="true"`}, 6, CheckDigits, nil},
		"no format":             {[]string{`<ResponseFormat Length="6" Encoding="DECIMAL"/>`, ``}, 5, NoFormat, nil},
		"45 seconds":            {[]string{">60<", ">45<"}, 5, BadInterval, []any{int64(45)}},
		"0 seconds":             {[]string{">60<", ">0<"}, 5, BadInterval, []any{int64(0)}},
		"another beginning":     {[]string{"<Time><PlainValue>0", "<Time><PlainValue>12"}, 5, OtherStart, []any{int64(12)}},
		"a negative interval":   {[]string{">60<", ">-60<"}, 7, Malformed, []any{"TimeInterval", "-60"}},
		"an encrypted interval": {[]string{"<PlainValue>60</PlainValue>", "<EncryptedValue/>"}, 7, EncryptedField, []any{"TimeInterval"}},
		"a day that is none":    {[]string{"2031-06-30T23:30:00Z", "2031-06-31T00:00:00Z"}, 4, Malformed, []any{"ExpiryDate", "2031-06-31T00:00:00Z"}},
		"HOTP without counter":  {[]string{"pskc:totp", "pskc:hotp"}, 5, NoCounter, nil},
	} {
		t.Run(name, func(t *testing.T) {
			list, refused := read(t, totp(c.change...), Unlock{})
			if refused != nil || len(list) != 1 {
				t.Fatalf("%d keys, the file is refused: %v", len(list), refused)
			}
			want := []Refusal{{Line: c.line, Reason: c.reason, Args: c.args}}
			if diff := cmp.Diff(want, list[0].Refused); diff != "" {
				t.Error(diff)
			}
			if list[0].Key.Secret != nil {
				t.Error("a refused key keeps its secret")
			}
		})
	}
}

func TestAFileIsRefusedWithItsLineAndReason(t *testing.T) {
	container := func(inner string) string {
		return `<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">` + inner + `</KeyContainer>`
	}
	for name, c := range map[string]struct {
		file   string
		unlock Unlock
		line   int
		reason Reason
	}{
		"empty":                         {"", Unlock{}, 1, EmptyFile},
		"blanks only":                   {" \n ", Unlock{}, 1, EmptyFile},
		"DTD":                           {"<?xml version=\"1.0\"?>\n<!DOCTYPE KeyContainer SYSTEM \"http://evil.test/x.dtd\">\n" + container(""), Unlock{}, 2, HasDTD},
		"billion laughs":                {"<!DOCTYPE a [<!ENTITY b \"cccc\"><!ENTITY d \"&b;&b;\">]>" + container("&d;"), Unlock{}, 1, HasDTD},
		"external entity":               {container("<KeyPackage>&xxe;</KeyPackage>"), Unlock{}, 1, NotXML},
		"stylesheet":                    {"<?xml version=\"1.0\"?>\n<?xml-stylesheet href=\"http://evil.test\"?>" + container(""), Unlock{}, 2, Instruction},
		"another XML":                   {"<html><body/></html>", Unlock{}, 1, NotPSKC},
		"a draft of PSKC":               {`<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc:1.0"/>`, Unlock{}, 1, NotPSKC},
		"another version":               {`<KeyContainer Version="2.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>`, Unlock{}, 1, Version},
		"CSV":                           {"serial;secret\n1;2\n", Unlock{}, 1, NotXML},
		"no keys":                       {container(""), Unlock{}, 1, NoKeys},
		"Latin-1":                       {`<?xml version="1.0" encoding="ISO-8859-1"?>` + container(""), Unlock{}, 1, Encoding},
		"UTF-16":                        {"\xff\xfe<\x00?\x00", Unlock{}, 1, Encoding},
		"bytes that are no text":        {container("\xff"), Unlock{}, 1, NotXML},
		"cut off":                       {totp()[:500], Unlock{}, 7, Cut},
		"something behind":              {totp() + "<x/>", Unlock{}, 9, NotXML},
		"wrong nesting":                 {container("<KeyPackage></Key>"), Unlock{}, 1, NotXML},
		"very deep":                     {container(strings.Repeat("<KeyPackage>", 5000)), Unlock{}, 1, TooDeep},
		"a long text":                   {container("<KeyPackage>" + strings.Repeat("x", 1<<20) + "</KeyPackage>"), Unlock{}, 1, TooLong},
		"a long attribute":              {container(`<KeyPackage a="` + strings.Repeat("x", 1<<20) + `"/>`), Unlock{}, 1, TooLong},
		"a long comment":                {"<!--" + strings.Repeat("x", 1<<20) + "-->" + container(""), Unlock{}, 1, TooLong},
		"in clear, with a key":          {totp(), presharedKey(t), 3, Unencrypted},
		"in clear, with a password":     {totp(), Unlock{Password: "qwerty"}, 3, Unencrypted},
		"no key":                        {figure(t, 6), Unlock{}, 4, KeyNeeded},
		"password for a key":            {figure(t, 6), Unlock{Password: "qwerty"}, 4, KeyNeeded},
		"no password":                   {figure(t, 7), Unlock{}, 5, WordNeeded},
		"wrong key":                     {figure(t, 6), Unlock{Key: make(secret.Bytes, 16)}, 8, WrongKey},
		"wrong password":                {figure(t, 7), Unlock{Password: "qwertz"}, 23, WrongKey},
		"a key of 5 bytes":              {figure(t, 6), Unlock{Key: secret.Bytes("abcde")}, 4, KeyLength},
		"a key of 32 bytes":             {figure(t, 6), Unlock{Key: make(secret.Bytes, 32)}, 8, KeyLength},
		"a MAC by MD5":                  {strings.ReplaceAll(figure(t, 6), "#hmac-sha1", "#hmac-md5"), presharedKey(t), 7, BadMAC},
		"Triple DES":                    {strings.ReplaceAll(figure(t, 6), "aes128-cbc", "tripledes-cbc"), presharedKey(t), 8, BadEncryption},
		"a million iterations too many": {strings.ReplaceAll(figure(t, 7), ">1000<", ">3000000<"), Unlock{Password: "qwerty"}, 5, BadDerivation},
		"no iterations":                 {strings.ReplaceAll(figure(t, 7), ">1000<", ">0<"), Unlock{Password: "qwerty"}, 5, BadDerivation},
		"a derived key of 1 byte":       {strings.ReplaceAll(figure(t, 7), ">16<", ">1<"), Unlock{Password: "qwerty"}, 5, BadDerivation},
		"no salt":                       {strings.ReplaceAll(figure(t, 7), "Ej7/PEpyEpw=", ""), Unlock{Password: "qwerty"}, 5, BadDerivation},
	} {
		t.Run(name, func(t *testing.T) {
			_, refused := read(t, c.file, c.unlock)
			if refused == nil || refused.Reason != c.reason {
				t.Fatalf("refused: %v, want %s", refused, c.reason)
			}
			if refused.Line != c.line {
				t.Errorf("line %d, want %d", refused.Line, c.line)
			}
		})
	}
}

func TestAttack_ChangedSecretIsNoticedByItsMAC(t *testing.T) {
	good := figure(t, 6)
	for name, file := range map[string]string{
		"cipher text":           strings.ReplaceAll(good, "AAECAwQF", "AAECAwQG"),
		"MAC":                   strings.ReplaceAll(good, "Su+Nvt", "Su+Nvu"),
		"MAC cut to nothing":    strings.ReplaceAll(good, "Su+NvtQfmvfJzF6bmQiJqoLRExc=", ""),
		"MAC cut to four bytes": strings.ReplaceAll(good, "Su+NvtQfmvfJzF6bmQiJqoLRExc=", "Su+NvQ=="),
	} {
		list, refused := read(t, file, presharedKey(t))
		if refused != nil || len(list) != 1 || len(list[0].Refused) != 1 || list[0].Refused[0].Reason != WrongMAC {
			t.Errorf("%s: %v, %v", name, list, refused)
		}
	}
}

func TestAttack_SecretWithoutMACIsRefused(t *testing.T) {
	good := figure(t, 6)
	cut := func(s, from, to string) string {
		i, j := strings.Index(s, from), strings.Index(s, to)
		return s[:i] + s[j+len(to):]
	}
	for name, file := range map[string]string{
		"no ValueMAC":  cut(good, "<ValueMAC>", "</ValueMAC>"),
		"no MACMethod": cut(good, "<MACMethod", "</MACMethod>"),
	} {
		list, refused := read(t, file, presharedKey(t))
		if refused != nil || len(list) != 1 || len(list[0].Refused) != 1 || list[0].Refused[0].Reason != NoMAC {
			t.Errorf("%s: %v, %v", name, list, refused)
		}
	}
}

func TestAttack_PlainSecretInAnEncryptedFileIsRefused(t *testing.T) {
	good := figure(t, 6)
	from, to := strings.Index(good, "<EncryptedValue>"), strings.Index(good, "</ValueMAC>")+len("</ValueMAC>")
	list, refused := read(t, good[:from]+"<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>"+good[to:], presharedKey(t))
	if refused != nil || len(list) != 1 || len(list[0].Refused) != 1 || list[0].Refused[0].Reason != Plain {
		t.Errorf("%v, %v", list, refused)
	}
}

func TestAttack_ASecondEncryptionKeyOrMACMethodIsRefused(t *testing.T) {
	good := figure(t, 6)
	for name, file := range map[string]string{
		"a second key": strings.Replace(good, "</EncryptionKey>", "</EncryptionKey><EncryptionKey/>", 1),
		"a second MAC": strings.Replace(good, "</MACMethod>", `</MACMethod><MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/>`, 1),
		"a later MAC":  strings.Replace(good, "</KeyPackage>", `</KeyPackage><MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/>`, 1),
	} {
		if _, refused := read(t, file, presharedKey(t)); refused == nil || refused.Reason != Doubled {
			t.Errorf("%s: %v", name, refused)
		}
	}
}

// encrypted is a file with a key of so many bytes, a MAC by SHA-256, and no key of its own for the MAC.
func encrypted(t *testing.T, key secret.Bytes, plain string) string {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	text := append([]byte(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	sealed := append(secret.Random(aes.BlockSize).Reveal(), text...)
	cipher.NewCBCEncrypter(block, sealed[:aes.BlockSize]).CryptBlocks(sealed[aes.BlockSize:], text)
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write(sealed)
	return totp("<KeyPackage>", `<EncryptionKey/><MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/><KeyPackage>`,
		"<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>", fmt.Sprintf(
			`<EncryptedValue xmlns:x="http://www.w3.org/2001/04/xmlenc#"><x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes%d-cbc"/>`+
				`<x:CipherData><x:CipherValue>%s</x:CipherValue></x:CipherData></EncryptedValue><ValueMAC>%s</ValueMAC>`, 8*len(key),
			base64.StdEncoding.EncodeToString(sealed), base64.StdEncoding.EncodeToString(mac.Sum(nil))))
}

func TestEncryption_KeysOfEveryLengthAndTheFilesKeyForTheMAC(t *testing.T) {
	for _, size := range []int{16, 24, 32} {
		key := secret.Random(size)
		list, refused := read(t, encrypted(t, key, rfcSecret), Unlock{Key: key})
		if refused != nil || len(list) != 1 || len(list[0].Refused) > 0 || string(list[0].Key.Secret) != rfcSecret {
			t.Errorf("%d bytes: %v, %v", size, list, refused)
		}
		list, refused = read(t, encrypted(t, key, rfcSecret), Unlock{Key: secret.Random(size)})
		if refused != nil || len(list) != 1 || len(list[0].Refused) != 1 || list[0].Refused[0].Reason != WrongMAC {
			t.Errorf("%d bytes of another key: %v, %v", size, list, refused)
		}
	}
}

// RFC 3394, section 4: the vectors of each length.
func TestRFC3394_WrappedKeys(t *testing.T) {
	for _, c := range []struct{ key, plain, wrapped string }{
		{"000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
		{"000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF", "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"},
		{
			"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF",
			"64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7",
		},
		{
			"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
			"28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
		},
	} {
		key, wrapped := unhex(t, c.key), unhex(t, c.wrapped)
		v := value{encryption: encryption{bytes: len(key), wraps: true}, cipher: wrapped}
		got, err := v.decrypt(key)
		if err != nil || !bytes.Equal(got, unhex(t, c.plain)) {
			t.Errorf("%d bits: %x, %v", 8*len(key), got.Reveal(), err)
		}
		wrapped[3] ^= 1
		if _, err := v.decrypt(key); err == nil {
			t.Errorf("%d bits: a changed text is not noticed", 8*len(key))
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// long is a file of so many packages that is never in memory as a whole.
func long(packages int) io.Reader {
	one := totp()
	from, to := strings.Index(one, "<KeyPackage>"), strings.Index(one, "</KeyContainer>")
	readers := []io.Reader{strings.NewReader(one[:from])}
	for range packages {
		readers = append(readers, strings.NewReader(one[from:to]))
	}
	return io.MultiReader(append(readers, strings.NewReader(one[to:]))...)
}

func TestALongFileTakesNoMemory(t *testing.T) {
	r := NewReader(long(20_000), Unlock{}) // 13 MB
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, most := 0, uint64(0)
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(e.Refused) > 0 {
			t.Fatal(err, e.Refused)
		}
		if n++; n%5000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
	}
	if n != 20_000 {
		t.Errorf("%d keys", n)
	}
	if most > before.HeapAlloc+2<<20 {
		t.Errorf("the heap grew by %d kB", (most-before.HeapAlloc)>>10)
	}
}

// FuzzReader looks for files that bring the reader down, or that give a key which breaks its own rules.
func FuzzReader(f *testing.F) {
	for _, n := range []int{2, 3, 4, 5, 6, 7, 8, 10} {
		f.Add([]byte(figure(f, n)), byte(n))
	}
	f.Add([]byte(totp()), byte(0))
	f.Fuzz(func(t *testing.T, file []byte, unlock byte) {
		if bytes.Contains(file, []byte("IterationCount")) {
			unlock = 0 // how slow a derivation may be is bounded elsewhere
		}
		r := NewReader(bytes.NewReader(file), map[byte]Unlock{6: presharedKey(t), 7: {Password: "qwerty"}}[unlock])
		for {
			e, err := r.Next()
			if err != nil {
				if _, refused := errors.AsType[Refusal](err); !refused && !errors.Is(err, io.EOF) {
					t.Fatalf("an error that is no refusal: %v", err)
				}
				return
			}
			if len(e.Refused) == 0 && (len(e.Key.Secret) < LeastSecret || !SerialForm.MatchString(e.Key.Serial) || e.Key.Mode == "" || e.Key.Digits == 0 || e.Key.Period == 0) {
				t.Fatalf("a key that breaks the rules: %+v", e.Key)
			}
		}
	})
}
