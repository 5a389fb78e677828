package token

import (
	"encoding/base32"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"torhaus/internal/calendar"
	"torhaus/internal/textfile"
	"torhaus/internal/token/otp"
	"torhaus/internal/token/pskc"
)

// Column names a column of a CSV file of devices.
type Column string

// The columns. Serial, secret and type are needed.
const (
	SerialColumn       Column = "serial"
	SecretColumn       Column = "secret"
	TypeColumn         Column = "type"
	DigitsColumn       Column = "digits"
	IntervalColumn     Column = "interval"
	CounterColumn      Column = "counter"
	AlgorithmColumn    Column = "algorithm"
	ManufacturerColumn Column = "manufacturer"
	ModelColumn        Column = "model"
	BatteryColumn      Column = "battery-end"
)

// columnNames are the names that makers give the columns. Capitals and what stands between words do not matter.
var columnNames = map[Column][]string{
	SerialColumn:       {"serial", "serialno", "serialnumber", "sn", "seriennummer"},
	SecretColumn:       {"secret", "secretkey", "key", "seed", "otpkey"},
	TypeColumn:         {"type", "tokentype", "mode"},
	DigitsColumn:       {"digits", "otplen", "otplength", "length"},
	IntervalColumn:     {"interval", "timeinterval", "timestep", "period", "step"},
	CounterColumn:      {"counter", "movingfactor"},
	AlgorithmColumn:    {"algorithm", "algo", "hash", "hashlib", "suite"},
	ManufacturerColumn: {"manufacturer", "vendor", "hersteller"},
	ModelColumn:        {"model", "modell", "product"},
	BatteryColumn:      {"batteryend", "expiry", "expirydate", "expires"},
}

var neededColumns = []Column{SerialColumn, SecretColumn, TypeColumn}

// SecretForm is how secrets are written in a CSV file: all of a file in the same way.
type SecretForm string

// The forms of secrets.
const (
	Hex    SecretForm = "hexadecimal"
	Base32 SecretForm = "Base32"
)

// csvDevices reads the devices of a CSV file.
type csvDevices struct {
	csv     *textfile.CSV
	columns []Column // of each field
	form    SecretForm
}

// openCSVDevices reads the header, and the whole file once for how its secrets are written: a single one may be both.
func openCSVDevices(f io.ReadSeeker, charset textfile.Charset) (*csvDevices, []StockRefusal, error) {
	r, refused, err := beginCSVDevices(f, charset)
	if err != nil || len(refused) > 0 {
		return nil, refused, err
	}
	form := r.form
	if form == "" {
		if form, refused, err = r.survey(); err != nil || len(refused) > 0 {
			return nil, refused, err
		}
		if r, _, err = beginCSVDevices(f, charset); err != nil {
			return nil, nil, err
		}
	}
	r.form = form
	return r, nil, nil
}

func beginCSVDevices(f io.ReadSeeker, charset textfile.Charset) (*csvDevices, []StockRefusal, error) {
	content, err := textfile.Decoded(f, charset)
	if err != nil {
		return nil, nil, err
	}
	file, problem, err := textfile.OpenCSV(content)
	if err != nil {
		return nil, nil, err
	}
	if problem != nil {
		return nil, problemOf(problem), nil
	}
	r := &csvDevices{csv: file}
	return r, r.readHeader(), nil
}

// readHeader finds the columns by their names.
func (r *csvDevices) readHeader() (refused []StockRefusal) {
	line := r.csv.Header()
	for _, name := range r.csv.Names {
		column, form := columnOf(name)
		switch {
		case column == "":
			refused = append(refused, StockRefusal{Line: line, Reason: UnknownColumn, Args: []any{clip(name)}})
		case slices.Contains(r.columns, column):
			refused = append(refused, StockRefusal{Line: line, Column: column, Reason: DoubledColumn})
		}
		if form != "" {
			r.form = form
		}
		r.columns = append(r.columns, column)
	}
	for _, column := range neededColumns {
		if !slices.Contains(r.columns, column) {
			refused = append(refused, StockRefusal{Line: line, Column: column, Reason: MissingColumn})
		}
	}
	return refused
}

// columnOf reads the name of a column. That of the secret may say how it is written: „Secret (hex)“.
func columnOf(name string) (Column, SecretForm) {
	plain := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, name)
	for column, names := range columnNames {
		if slices.Contains(names, plain) {
			return column, ""
		}
	}
	for end, form := range map[string]SecretForm{"hex": Hex, "base32": Base32} {
		if head, ok := strings.CutSuffix(plain, end); ok && slices.Contains(columnNames[SecretColumn], head) {
			return SecretColumn, form
		}
	}
	return "", ""
}

// survey looks at all secrets. Of a file whose secrets could be both, nobody knows which they are.
func (r *csvDevices) survey() (SecretForm, []StockRefusal, error) {
	at := slices.Index(r.columns, SecretColumn)
	secrets, notHex, notBase32 := 0, 0, 0
	for {
		row, problem, err := r.csv.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, err
		}
		if problem != nil || strings.TrimSpace(row.Fields[at]) == "" {
			continue
		}
		secrets++
		if _, ok := Hex.decode(row.Fields[at]); !ok {
			notHex++
		}
		if _, ok := Base32.decode(row.Fields[at]); !ok {
			notBase32++
		}
	}
	switch {
	case notHex < notBase32, secrets == 0:
		return Hex, nil, nil
	case notBase32 < notHex:
		return Base32, nil, nil
	case notHex == secrets:
		return Hex, nil, nil // neither; each row is told
	default:
		return "", []StockRefusal{{Line: 1, Column: SecretColumn, Reason: TwoEncodings}}, nil
	}
}

// decode reads a secret.
func (f SecretForm) decode(text string) ([]byte, bool) {
	plain := strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(text))
	if f == Hex {
		value, err := hex.DecodeString(plain)
		return value, err == nil
	}
	plain = strings.TrimRight(strings.ToUpper(plain), "=")
	value, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(plain)
	return value, err == nil && base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(value) == plain
}

func (r *csvDevices) next() (candidate, error) {
	row, problem, err := r.csv.Next()
	if err != nil {
		return candidate{}, err
	}
	if problem != nil {
		return candidate{line: row.Line, refused: problemOf(problem)}, nil
	}
	p := csvRow{line: row.Line, columns: r.columns, fields: row.Fields}
	p.read(r.form)
	if len(p.refused) > 0 {
		p.device.Secret.Wipe()
		p.device.Secret = nil
	}
	return candidate{line: row.Line, device: p.device, refused: p.refused}, nil
}

// csvRow is a row on its way to a device.
type csvRow struct {
	line    int
	columns []Column
	fields  []string
	device  Device
	refused []StockRefusal
}

func (p *csvRow) refuse(c Column, reason StockReason, args ...any) {
	p.refused = append(p.refused, StockRefusal{Line: p.line, Column: c, Reason: reason, Args: args})
}

// value gives the field of a column, without blanks around it.
func (p *csvRow) value(c Column) string {
	i := slices.Index(p.columns, c)
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(p.fields[i])
}

// read reads all columns. A field that a spreadsheet would carry out is refused wherever it stands.
func (p *csvRow) read(form SecretForm) {
	for i, field := range p.fields {
		if field = strings.TrimSpace(field); field != "" && strings.ContainsRune("=+@\t\r", rune(field[0])) {
			p.refuse(p.columns[i], Formula, clip(field))
		}
	}
	if len(p.refused) > 0 {
		return
	}
	p.readSerial()
	p.readSecret(form)
	p.readKind()
	p.device.Manufacturer, p.device.Model = p.text(ManufacturerColumn), p.text(ModelColumn)
	p.readBattery()
}

func (p *csvRow) readSerial() {
	serial := p.value(SerialColumn)
	switch {
	case serial == "":
		p.refuse(SerialColumn, Missing)
	case !pskc.SerialForm.MatchString(serial):
		p.refuse(SerialColumn, StockReason(pskc.BadSerial), clip(serial))
	}
	p.device.Serial = clip(serial)
}

func (p *csvRow) readSecret(form SecretForm) {
	text := p.value(SecretColumn)
	value, ok := form.decode(text)
	p.device.Secret = value
	switch {
	case text == "":
		p.refuse(SecretColumn, Missing)
	case !ok && form == Hex:
		p.refuse(SecretColumn, NotHex)
	case !ok:
		p.refuse(SecretColumn, NotBase32)
	case len(value) < pskc.LeastSecret:
		p.refuse(SecretColumn, StockReason(pskc.ShortSecret), len(value), pskc.LeastSecret)
	case len(value) > pskc.MostSecret:
		p.refuse(SecretColumn, StockReason(pskc.LongSecret), len(value), pskc.MostSecret)
	}
}

// readKind reads how the codes are made. What is not said is as in the RFCs: six digits, thirty seconds, SHA-1, counted from 0.
func (p *csvRow) readKind() {
	switch kind := strings.TrimPrefix(strings.ToLower(p.value(TypeColumn)), "oath-"); kind {
	case "totp", "hotp":
		p.device.Mode = otp.Mode(kind)
	case "":
		p.refuse(TypeColumn, Missing)
	default:
		p.refuse(TypeColumn, BadType, clip(kind))
	}
	hash := otp.Algorithm(strings.TrimPrefix(strings.NewReplacer("-", "", "_", "").Replace(strings.ToUpper(p.value(AlgorithmColumn))), "HMAC"))
	switch hash {
	case "":
		hash = otp.SHA1
	case otp.SHA1, otp.SHA256, otp.SHA512:
	default:
		p.refuse(AlgorithmColumn, BadHash, clip(p.value(AlgorithmColumn)))
	}
	p.device.Algorithm = hash
	p.device.Digits = int(p.number(DigitsColumn, 6, BadDigits, func(n int64) bool { return n == 6 || n == 8 }))
	p.device.Period = time.Duration(p.number(IntervalColumn, 30, BadPeriod, func(n int64) bool { return n == 30 || n == 60 })) * time.Second
	p.device.Counter = p.number(CounterColumn, 0, BadCounter, func(n int64) bool { return n >= 0 && n <= 1<<31 })
	if p.device.Mode == otp.HOTP {
		p.device.Period = 30 * time.Second // means nothing there
	} else if p.device.Counter > 0 {
		p.refuse(CounterColumn, BadCounter, clip(p.value(CounterColumn)))
	}
}

func (p *csvRow) number(c Column, otherwise int64, reason StockReason, fits func(int64) bool) int64 {
	text := p.value(c)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !fits(n) {
		p.refuse(c, reason, clip(text))
		return otherwise
	}
	return n
}

// text gives a name that is shown to people.
func (p *csvRow) text(c Column) string {
	const most = 60
	value := strings.Join(strings.Fields(p.value(c)), " ")
	if utf8.RuneCountInString(value) > most || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		p.refuse(c, BadText, most)
		return ""
	}
	return value
}

func (p *csvRow) readBattery() {
	text := p.value(BatteryColumn)
	if text == "" {
		return
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		if t, wrong := time.Parse("2.1.2006", text); wrong == nil {
			day, err = calendar.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
		}
	}
	if err != nil {
		p.refuse(BatteryColumn, BadDay, clip(text))
		return
	}
	p.device.BatteryEnd = day
}

// clip shortens what is shown of a file.
func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
