package token

import (
	"torhaus/internal/textfile"
	"torhaus/internal/token/pskc"
)

// StockRefusal says why a device, or the file, is refused: where, and for what reason. Whoever shows it has a sentence for each reason.
type StockRefusal struct {
	Line   int
	Column Column // of a CSV file; empty where no single column is to blame
	Reason StockReason
	Args   []any // what the sentence names; values from the file are clipped
}

// StockReason is why a device or a file is refused. Those of package pskc and the kinds of package textfile are among them.
type StockReason string

// Why a device is refused that can be read. The comment tells the arguments.
const (
	SerialTwice    StockReason = "serial-twice"     // value, line of the first
	SerialTaken    StockReason = "serial-taken"     // value, file and day of the batch
	SoftSerial     StockReason = "serial-soft"      // value
	BatteryOver    StockReason = "battery-over"     // last day
	NotYet         StockReason = "not-yet"          // first day
	TooManyDevices StockReason = "too-many"         // most
	TooManyRefused StockReason = "too-many-refused" // most; the rest of the file was not looked at
)

// Why a row of a CSV file is refused, or the file. The comment tells the arguments.
const (
	UnknownColumn StockReason = "unknown-column" // name
	DoubledColumn StockReason = "doubled-column"
	MissingColumn StockReason = "missing-column"
	TwoEncodings  StockReason = "two-encodings" // every secret is both hexadecimal and Base32
	Missing       StockReason = "missing"
	Formula       StockReason = "formula"     // value
	BadType       StockReason = "bad-type"    // value
	BadHash       StockReason = "bad-hash"    // value
	BadDigits     StockReason = "bad-digits"  // value
	BadPeriod     StockReason = "bad-period"  // value
	BadCounter    StockReason = "bad-counter" // value
	BadDay        StockReason = "bad-day"     // value
	BadText       StockReason = "bad-text"    // most signs
	NotHex        StockReason = "not-hex"     // the secret is no hexadecimal number
	NotBase32     StockReason = "not-base32"
)

// StockReasons lists all reasons.
var StockReasons = allReasons()

func allReasons() (list []StockReason) {
	for _, r := range pskc.Reasons {
		list = append(list, StockReason(r))
	}
	for _, k := range []textfile.Kind{
		textfile.Workbook, textfile.UTF16, textfile.NotText, textfile.MixedEncodings, textfile.NoEncoding, textfile.RowTooLong, textfile.FieldCount,
		textfile.BadQuotes, textfile.OpenQuotes,
	} {
		list = append(list, StockReason(k))
	}
	return append(list, SerialTwice, SerialTaken, SoftSerial, BatteryOver, NotYet, TooManyDevices, TooManyRefused, UnknownColumn, DoubledColumn,
		MissingColumn, TwoEncodings, Missing, Formula, BadType, BadHash, BadDigits, BadPeriod, BadCounter, BadDay, BadText, NotHex, NotBase32)
}

func refusalsOf(refused []pskc.Refusal) (list []StockRefusal) {
	for _, r := range refused {
		list = append(list, StockRefusal{Line: r.Line, Reason: StockReason(r.Reason), Args: r.Args})
	}
	return list
}

func problemOf(p *textfile.Problem) []StockRefusal {
	return []StockRefusal{{Line: p.Line, Reason: StockReason(p.Kind), Args: p.Args}}
}
