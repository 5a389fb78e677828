package token

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/textfile"
	"torhaus/internal/token/otp"
	"torhaus/internal/token/pskc"
)

// StockFormat is the form of a file of devices.
type StockFormat string

// The formats.
const (
	PSKC StockFormat = "pskc" // RFC 6030
	CSV  StockFormat = "csv"  // a header and one row a device
)

// StockOptions say what an import does and who hears of it.
type StockOptions struct {
	File     string                // name of the file, which the batch keeps
	Unlock   pskc.Unlock           // for a PSKC file that is encrypted; it has to be, then
	Apply    bool                  // carry it out; otherwise nothing is written
	By       By                    // who imports; the system if empty
	Report   func(StockLine) error // hears of every device, in order; an error ends the import
	Progress func(devices int)     // hears of the devices read so far, every now and then; may be nil
}

// StockLine is what is reported of a device in a file.
type StockLine struct {
	Line    int
	Device  Device         // without its secret; of a refused one only what could be read
	Refused []StockRefusal // why, of a refused one
}

// StockSummary is what an import comes to.
type StockSummary struct {
	Format    StockFormat
	Charset   textfile.Charset // of a CSV file
	Separator string           // likewise
	Form      SecretForm       // likewise
	Encrypted bool             // the secrets were, in a PSKC file

	Devices, New, Refused int
	Kinds                 []StockKind // of the new ones, in the order in which they were met
	Batch                 BatchID     // where it was carried out
	Applied               bool
}

// StockKind is how many new devices of one kind a file has.
type StockKind struct {
	Manufacturer, Model string
	Mode                otp.Mode
	Algorithm           otp.Algorithm
	Digits              int
	Period              time.Duration
	Devices             int
	First, Last         calendar.Date // ends of batteries; zero where the file names none
}

// Bounds of a file of devices.
const (
	MaxDevices        = 100_000
	maxStockRefused   = 1000 // devices; after as many the rest is not looked at
	stockAtOnce       = 500  // devices that are compared, and staged, at a time: logins do not wait for them
	stockProgress     = 10_000
	maxStockKinds     = 100 // that a summary tells apart
	formatLookedAhead = 512 // bytes
)

// StockService looks after the devices in stock.
type StockService struct {
	Store StockStore
	Rules Rules
}

// candidate is a device on its way: read, and held against the rules.
type candidate struct {
	line    int
	device  Device
	refused []StockRefusal
}

// deviceReader reads a file device by device. After the last one it gives io.EOF. A file whose rest cannot be read gives its refusals
// as the last candidate.
type deviceReader interface {
	next() (candidate, error)
}

// Import reads a file of devices, tells of every device whether it is welcome, and takes them into the stock if that is asked for and
// none is refused. It gives fault.Conflict if something else changed the stock meanwhile; nothing is written then.
func (s *StockService) Import(ctx context.Context, f io.ReadSeeker, o StockOptions) (sum StockSummary, err error) {
	defer fault.Wrap(&err, "token.Import")
	r := &stockRun{StockService: s, StockOptions: o, serials: map[string]int{}}
	now, err := s.Store.Now(ctx)
	if err != nil {
		return sum, err
	}
	r.today = calendar.DateOf(now.Time)
	defer func() { err = errors.Join(err, r.end(ctx)) }()
	if err := r.readAll(ctx, f); err != nil {
		return r.sum, err
	}
	err = r.finish(ctx)
	return r.sum, err
}

// stockRun is one import.
type stockRun struct {
	*StockService
	StockOptions
	sum     StockSummary
	today   calendar.Date
	broken  int            // devices that break a rule
	serials map[string]int // line of each serial number in the file, by its key
	staged  BatchID        // empty as long as nothing is
}

func (r *stockRun) readAll(ctx context.Context, f io.ReadSeeker) error {
	devices, refused, err := r.open(f)
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		return r.tell(candidate{line: refused[0].Line, refused: refused})
	}
	for {
		list, last, err := r.read(devices)
		if err != nil {
			return err
		}
		if err := r.take(ctx, list); err != nil || last {
			return err
		}
	}
}

// open finds out what a file is by its first sign, and begins to read it.
func (r *stockRun) open(f io.ReadSeeker) (deviceReader, []StockRefusal, error) {
	start, err := bufio.NewReaderSize(f, formatLookedAhead).Peek(formatLookedAhead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	if isXML(start) {
		r.sum.Format, r.sum.Encrypted = PSKC, r.Unlock.Given()
		return &pskcDevices{reader: pskc.NewReader(f, r.Unlock)}, nil, nil
	}
	r.sum.Format = CSV
	charset, problem, err := textfile.Recognise(f)
	if err != nil {
		return nil, nil, err
	}
	if problem != nil {
		return nil, problemOf(problem), nil
	}
	if r.Unlock.Given() {
		return nil, []StockRefusal{{Line: 1, Reason: StockReason(pskc.Unencrypted)}}, nil
	}
	r.sum.Charset = charset
	rows, refused, err := openCSVDevices(f, charset)
	if rows == nil {
		return nil, refused, err
	}
	r.sum.Separator, r.sum.Form = rows.csv.Separator(), rows.form
	return rows, refused, err
}

func isXML(start []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff"))), []byte("<"))
}

// pskcDevices reads the devices of a PSKC file.
type pskcDevices struct {
	reader *pskc.Reader
}

func (p *pskcDevices) next() (candidate, error) {
	e, err := p.reader.Next()
	if refusal, ok := errors.AsType[pskc.Refusal](err); ok {
		return candidate{line: refusal.Line, refused: refusalsOf([]pskc.Refusal{refusal})}, nil // and io.EOF after it
	}
	if err != nil {
		return candidate{}, err
	}
	k := e.Key
	c := candidate{line: e.Line, refused: refusalsOf(e.Refused), device: Device{
		Serial: k.Serial, Manufacturer: k.Manufacturer, Model: k.Model, Mode: k.Mode, Algorithm: k.Algorithm, Digits: k.Digits, Period: k.Period,
		Counter: k.Counter, BatteryEnd: k.Expiry, Secret: k.Secret,
	}}
	if !k.Start.IsZero() {
		c.device.Since = k.Start.Start() // until it is in stock: from when the key counts
	}
	return c, nil
}

// read reads the next devices and holds them against the rules and against one another.
func (r *stockRun) read(devices deviceReader) (list []candidate, last bool, err error) {
	for len(list) < stockAtOnce {
		c, err := devices.next()
		if errors.Is(err, io.EOF) {
			return list, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		if len(c.refused) == 0 {
			c.refused = r.check(c)
		}
		stop := r.count(&c)
		if list = append(list, c); stop {
			return list, true, nil
		}
	}
	return list, false, nil
}

// check holds a device against the calendar and the rest of the file.
func (r *stockRun) check(c candidate) (refused []StockRefusal) {
	refuse := func(reason StockReason, args ...any) {
		refused = append(refused, StockRefusal{Line: c.line, Reason: reason, Args: args})
	}
	key := SerialKey(c.device.Serial)
	if first, ok := r.serials[key]; ok {
		refuse(SerialTwice, c.device.Serial, first)
	} else {
		r.serials[key] = c.line
	}
	if isSoftSerial(key, r.Rules.Token.Soft) {
		refuse(SoftSerial, c.device.Serial)
	}
	if !c.device.BatteryEnd.IsZero() && c.device.BatteryEnd.Before(r.today) {
		refuse(BatteryOver, c.device.BatteryEnd)
	}
	if from := calendar.DateOf(c.device.Since); !c.device.Since.IsZero() && from.After(r.today) {
		refuse(NotYet, from)
	}
	return refused
}

// isSoftSerial tells the serial numbers that the portal gives to soft tokens: a device with one would bar a member's order.
func isSoftSerial(key string, soft profile.SoftToken) bool {
	prefix := SerialKey(soft.SerialPrefix)
	if len(key) != len(prefix)+soft.SerialDigits || key[:len(prefix)] != prefix {
		return false
	}
	return !slices.ContainsFunc([]byte(key[len(prefix):]), func(b byte) bool { return b < '0' || b > '9' })
}

// count counts a device that was read, and tells whether it is the last that is looked at: it is then refused for that.
func (r *stockRun) count(c *candidate) (stop bool) {
	if r.sum.Devices++; r.Progress != nil && r.sum.Devices%stockProgress == 0 {
		r.Progress(r.sum.Devices)
	}
	if len(c.refused) > 0 {
		r.broken++
	}
	switch {
	case r.sum.Devices > MaxDevices:
		c.refused = []StockRefusal{{Line: c.line, Reason: TooManyDevices, Args: []any{MaxDevices}}}
	case r.broken > maxStockRefused:
		c.refused = []StockRefusal{{Line: c.line, Reason: TooManyRefused, Args: []any{maxStockRefused}}}
	default:
		return false
	}
	return true
}

// take compares devices with the stock, tells what they come to, and stages them. Their secrets are wiped afterwards.
func (r *stockRun) take(ctx context.Context, list []candidate) error {
	defer func() {
		for _, c := range list {
			c.device.Secret.Wipe()
		}
	}()
	taken, err := r.taken(ctx, list)
	if err != nil {
		return err
	}
	var fresh []Device
	for _, c := range list {
		if t, ok := taken[SerialKey(c.device.Serial)]; ok && len(c.refused) == 0 {
			c.refused = []StockRefusal{takenBy(c, t)}
		}
		if err := r.tell(c); err != nil {
			return err
		}
		fresh = append(fresh, c.device)
	}
	if !r.Apply || r.sum.Refused > 0 || len(fresh) == 0 {
		return nil
	}
	return r.stage(ctx, fresh)
}

func (r *stockRun) taken(ctx context.Context, list []candidate) (map[string]Taken, error) {
	var keys []string
	for _, c := range list {
		if len(c.refused) == 0 {
			keys = append(keys, SerialKey(c.device.Serial))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return r.Store.KnownSerials(ctx, keys)
}

func takenBy(c candidate, t Taken) StockRefusal {
	if t.File == "" {
		return StockRefusal{Line: c.line, Reason: SoftSerial, Args: []any{c.device.Serial}}
	}
	return StockRefusal{Line: c.line, Reason: SerialTaken, Args: []any{c.device.Serial, t.File, calendar.DateOf(t.Imported)}}
}

// tell counts a device and reports it.
func (r *stockRun) tell(c candidate) error {
	shown := c.device
	shown.Secret, shown.Since = nil, time.Time{}
	if len(c.refused) > 0 {
		r.sum.Refused++
	} else {
		r.sum.New++
		r.sum.add(shown)
	}
	return r.Report(StockLine{Line: c.line, Device: shown, Refused: c.refused})
}

// add counts a new device among its kind.
func (s *StockSummary) add(d Device) {
	i := slices.IndexFunc(s.Kinds, func(k StockKind) bool {
		return k.Manufacturer == d.Manufacturer && k.Model == d.Model && k.Mode == d.Mode && k.Algorithm == d.Algorithm && k.Digits == d.Digits &&
			k.Period == d.Period
	})
	if i < 0 {
		if len(s.Kinds) == maxStockKinds {
			return
		}
		i = len(s.Kinds)
		s.Kinds = append(s.Kinds, StockKind{
			Manufacturer: d.Manufacturer, Model: d.Model, Mode: d.Mode, Algorithm: d.Algorithm, Digits: d.Digits, Period: d.Period,
			First: d.BatteryEnd, Last: d.BatteryEnd,
		})
	}
	k := &s.Kinds[i]
	k.Devices++
	if !d.BatteryEnd.IsZero() && (k.First.IsZero() || d.BatteryEnd.Before(k.First)) {
		k.First = d.BatteryEnd
	}
	if d.BatteryEnd.After(k.Last) {
		k.Last = d.BatteryEnd
	}
}

func (r *stockRun) stage(ctx context.Context, devices []Device) (err error) {
	if r.staged == "" {
		if r.staged, err = r.Store.BeginStock(ctx); err != nil {
			return err
		}
	}
	return r.Store.StageStock(ctx, r.staged, devices)
}

// finish carries out what is staged, if all devices may be.
func (r *stockRun) finish(ctx context.Context) error {
	if !r.Apply || r.sum.Refused > 0 || r.staged == "" {
		return nil
	}
	b := Batch{ID: r.staged, File: r.File, Format: r.sum.Format, By: cmp.Or(string(r.By.Actor), audit.System), Devices: r.sum.New}
	if err := r.Store.CarryOutStock(ctx, b, r.By); err != nil {
		return err
	}
	r.sum.Batch, r.sum.Applied = r.staged, true
	return nil
}

// stockEndWithin is how long the deletion of what was staged may take when the import was interrupted; the next import deletes what
// is left.
const stockEndWithin = 10 * time.Second

func (r *stockRun) end(ctx context.Context) error {
	if r.staged == "" {
		return nil
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), stockEndWithin)
		defer cancel()
	}
	if err := r.Store.EndStock(ctx, r.staged); err != nil {
		return fmt.Errorf("what was staged is not deleted (the next import does it): %w", err)
	}
	return nil
}

// A key that is agreed upon with a maker is typed as it was handed over.
var errBadKey = fault.InvalidField("schluessel", "token.stock.fault.key")

// UnlockWith reads what opens an encrypted file, as typed: a key, a password, or neither.
func UnlockWith(key, word secret.Text) (pskc.Unlock, error) {
	if key == "" {
		return pskc.Unlock{Password: word}, nil
	}
	parsed, ok := pskc.ParseKey(key)
	if !ok {
		return pskc.Unlock{}, errBadKey
	}
	return pskc.Unlock{Key: parsed}, nil
}
