package pskc

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// modes are the algorithms of keys that are read (RFC 6030, section 10; RFC 6238 by its registration).
var modes = map[string]otp.Mode{
	nsPSKC + ":hotp": otp.HOTP,
	nsPSKC + ":totp": otp.TOTP,
}

// SerialForm is how serial numbers are written: signs that can be typed, scanned and stand in an address.
var SerialForm = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z ._-]{0,38}[0-9A-Za-z])?$`)

// draft is a key on its way: each step reads a part of it and notes what is wrong.
type draft struct {
	key     Key
	device  *node
	node    *node
	refused []Refusal
}

func (d *draft) refuse(n *node, reason Reason, args ...any) {
	d.refused = append(d.refused, Refusal{Line: n.line, Reason: reason, Args: args})
}

// find is node.one that notes what is wrong, and goes on with the first.
func (d *draft) find(n *node, way ...string) *node {
	for _, local := range way {
		found := n.all(nsPSKC, local)
		if len(found) == 0 {
			return nil
		}
		if len(found) > 1 {
			d.refuse(found[1], Doubled, local)
		}
		n = found[0]
	}
	return n
}

// text gives what stands in an element, or nothing.
func (d *draft) text(n *node, way ...string) string {
	if found := d.find(n, way...); found != nil {
		return found.text
	}
	return ""
}

// entry reads a key package.
func (l *lock) entry(n *node) Entry {
	d := &draft{}
	keys := n.all(nsPSKC, "Key")
	switch {
	case len(keys) == 0:
		d.refuse(n, NoKey)
		return Entry{Line: n.line, Refused: d.refused}
	case len(keys) > 1:
		d.refuse(keys[1], SeveralKeys)
	}
	d.node, d.key.ID = keys[0], clipped(keys[0].attr("Id"))
	d.readDevice(n)
	d.readAlgorithm()
	d.readFormat()
	d.readPolicy()
	d.readCounting()
	d.readSecret(l)
	if len(d.refused) > 0 {
		d.key.Secret.Wipe()
		d.key.Secret = nil
	}
	return Entry{Line: n.line, Key: d.key, Refused: d.refused}
}

func (d *draft) readDevice(n *node) {
	d.device = d.find(n, "DeviceInfo")
	serial := d.find(d.device, "SerialNo")
	if serial == nil || serial.text == "" {
		d.refuse(n, NoSerial)
		return
	}
	d.key.Serial = clipped(serial.text)
	if !SerialForm.MatchString(serial.text) {
		d.refuse(serial, BadSerial, d.key.Serial)
	}
	d.key.Manufacturer, d.key.Model = clipped(d.text(d.device, "Manufacturer")), clipped(d.text(d.device, "Model"))
}

func (d *draft) readAlgorithm() {
	name := d.node.attr("Algorithm")
	mode, known := modes[name]
	if !known {
		d.refuse(d.node, BadAlgorithm, clipped(name))
	}
	d.key.Mode, d.key.Algorithm = mode, otp.SHA1
	suite := d.find(d.node, "AlgorithmParameters", "Suite")
	if suite == nil || suite.text == "" {
		return
	}
	// the registration of TOTP writes HMAC-SHA256; makers write it in every way
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToUpper(suite.text))
	for _, prefix := range []string{"TOTP", "HOTP", "HMAC"} {
		plain = strings.TrimPrefix(plain, prefix)
	}
	algorithm := otp.Algorithm(plain)
	if !slices.Contains([]otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512}, algorithm) {
		d.refuse(suite, BadSuite, clipped(suite.text))
		return
	}
	d.key.Algorithm = algorithm
}

func (d *draft) readFormat() {
	format := d.find(d.node, "AlgorithmParameters", "ResponseFormat")
	if format == nil {
		if d.key.Mode != "" {
			d.refuse(d.node, NoFormat)
		}
		return
	}
	if encoding := format.attr("Encoding"); encoding != "DECIMAL" {
		d.refuse(format, BadFormat, clipped(encoding))
	}
	switch check := format.attr("CheckDigits"); check {
	case "", "false", "0":
	default:
		d.refuse(format, CheckDigits)
	}
	digits, err := strconv.Atoi(format.attr("Length"))
	if err != nil || digits != 6 && digits != 8 {
		d.refuse(format, BadLength, clipped(format.attr("Length")))
		return
	}
	d.key.Digits = digits
}

// policies are the elements of a policy that are understood (section 5). Others forbid the use of the key.
var policies = []string{"StartDate", "ExpiryDate", "PINPolicy", "KeyUsage", "NumberOfTransactions"}

func (d *draft) readPolicy() {
	policy := d.find(d.node, "Policy")
	d.key.Start = later(d.day(d.device, "StartDate"), d.day(policy, "StartDate"))
	d.key.Expiry = earlier(d.day(d.device, "ExpiryDate"), d.day(policy, "ExpiryDate"))
	if policy == nil {
		return
	}
	var uses []string
	for _, child := range policy.children {
		switch local := child.name.Local; {
		case child.name.Space != nsPSKC || !slices.Contains(policies, local):
			d.refuse(child, OtherPolicy, clipped(local))
		case local == "PINPolicy":
			d.refuse(child, HasPIN)
		case local == "NumberOfTransactions":
			d.refuse(child, OtherPolicy, local)
		case local == "KeyUsage":
			uses = append(uses, child.text)
		}
	}
	if len(uses) > 0 && !slices.Contains(uses, "OTP") {
		d.refuse(policy, OtherUse, clipped(strings.Join(uses, ", ")))
	}
}

// day reads a point in time as the day in Berlin on which it is.
func (d *draft) day(n *node, name string) calendar.Date {
	found := d.find(n, name)
	if found == nil {
		return calendar.Date{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} { // XML Schema: the zone may be left out
		if t, err := time.ParseInLocation(layout, found.text, calendar.Berlin()); err == nil && t.Year() >= 1970 && t.Year() < 9999 {
			return calendar.DateOf(t)
		}
	}
	d.refuse(found, Malformed, name, clipped(found.text))
	return calendar.Date{}
}

func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// earlier gives the earlier of two days, of which either may be missing.
func earlier(a, b calendar.Date) calendar.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// defaultInterval is the time step of RFC 6238, section 5.2.
const defaultInterval = 30

// maxCounter is a bound of counters: nobody presses a button as often.
const maxCounter = 1 << 31

// readCounting reads what the codes count by.
func (d *draft) readCounting() {
	switch d.key.Mode {
	case otp.HOTP:
		counter, found := d.number("Counter", maxCounter)
		if !found {
			d.refuse(d.node, NoCounter) // section 10.1.1
		}
		d.key.Counter, d.key.Period = counter, defaultInterval*time.Second
	case otp.TOTP:
		if start, _ := d.number("Time", maxCounter); start > 0 {
			d.refuse(d.node, OtherStart, start)
		}
		interval, found := d.number("TimeInterval", 3600)
		if !found {
			interval = defaultInterval
		}
		if interval >= 0 && interval != 30 && interval != 60 {
			d.refuse(d.node, BadInterval, interval)
		}
		d.key.Period = time.Duration(interval) * time.Second
	}
}

// number reads a number of the key's data. It gives not found where it is not there; where it is wrong, that is noted, and it is -1.
func (d *draft) number(name string, most int64) (n int64, found bool) {
	data := d.find(d.node, "Data", name)
	if data == nil {
		return 0, false
	}
	if len(data.all(nsPSKC, "EncryptedValue")) > 0 {
		d.refuse(data, EncryptedField, name)
		return -1, true
	}
	text := d.text(data, "PlainValue")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > most {
		d.refuse(data, Malformed, name, clipped(text))
		return -1, true
	}
	return n, true
}

// readSecret reads the secret, decrypted where it is encrypted.
func (d *draft) readSecret(l *lock) {
	field := d.find(d.node, "Data", "Secret")
	plain, sealed := d.find(field, "PlainValue"), d.find(field, "EncryptedValue")
	switch {
	case plain == nil && sealed == nil:
		d.refuse(d.node, NoSecret)
		return
	case plain != nil && sealed != nil:
		d.refuse(field, Doubled, "Secret")
		return
	case plain != nil && l.key != nil:
		d.refuse(field, Plain)
		return
	case plain != nil:
		value, err := decode(plain.text)
		if err != nil {
			d.refuse(plain, Malformed, "Secret", "…")
			return
		}
		d.key.Secret = value
	default:
		var refused *Refusal
		if d.key.Secret, refused = l.open(field, sealed, d.find(field, "ValueMAC")); refused != nil {
			d.refused = append(d.refused, *refused)
			return
		}
	}
	switch size := len(d.key.Secret); {
	case size < LeastSecret:
		d.refuse(field, ShortSecret, size, LeastSecret)
	case size > MostSecret:
		d.refuse(field, LongSecret, size, MostSecret)
	}
}

// open decrypts a secret. A cipher that does not notice changes by itself needs a MAC, which is checked first.
func (l *lock) open(field, sealed, mac *node) (secret.Bytes, *Refusal) {
	refuse := func(reason Reason, args ...any) (secret.Bytes, *Refusal) {
		return nil, &Refusal{Line: field.line, Reason: reason, Args: args}
	}
	if l.key == nil {
		return refuse(KeyNeeded, l.name)
	}
	v, err := valueOf(sealed)
	if refusal, ok := errors.AsType[Refusal](err); ok {
		return nil, &refusal
	}
	if v.encryption.bytes != len(l.key) {
		return refuse(KeyLength, len(l.key), v.encryption.bytes)
	}
	if mac != nil || !v.encryption.wraps {
		if mac == nil || l.mac == nil {
			return refuse(NoMAC)
		}
		sum, err := decode(mac.text)
		if err != nil || !l.fits(sum, v.cipher) {
			return refuse(WrongMAC)
		}
	}
	plain, err := v.decrypt(l.key)
	if err != nil {
		return refuse(WrongKey)
	}
	return plain, nil
}
