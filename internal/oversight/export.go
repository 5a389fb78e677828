package oversight

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// Form is a form of export.
type Form string

// The forms. CSV is for people and tables: words and names. JSON lines are the records as they stand in the chain, hashes included.
const (
	CSV       Form = "csv"
	JSONLines Form = "jsonl"
)

// portion is the number of records that an export holds in memory.
const portion = 1000

// Words give the deeds their names in an export for people, and its columns their heads.
type Words interface {
	Deed(k Kind) string
	Columns() []string // as many as a row has cells
}

// Export writes the records of a filter, newest first. It holds a portion of them in memory; flush is called after each. The export is
// recorded before its first row goes out.
func (s *Service) Export(ctx context.Context, f Filter, form Form, by Reader, words Words, to io.Writer, flush func() error) (err error) {
	defer fault.Wrap(&err, "oversight.Export(%s)", form)
	events, err := s.events(ctx, f, audit.AuditExported, string(form)+" "+f.String(), by)
	if err != nil {
		return err
	}
	if err := s.Store.Note(ctx, events...); err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 64<<10)
	write := writeLines
	if form == CSV {
		write = tableWriter(words)
		writeCSV(out, true, words.Columns())
	}
	records := make([]audit.Record, 0, portion)
	send := func() error {
		entries, err := s.entries(ctx, records)
		if err != nil {
			return err
		}
		if err := write(out, entries); err != nil {
			return err
		}
		records = records[:0]
		if err := out.Flush(); err != nil {
			return err
		}
		return flush()
	}
	for r, err := range s.Store.Trail(ctx, f.query(), portion) {
		if err != nil {
			return err
		}
		if records = append(records, r); len(records) == portion {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// line is a record as JSON lines have it: the fields of the chain by their names.
type line struct {
	Seq     int64  `json:"seq"`
	Time    string `json:"time"` // RFC 3339 with microseconds, UTC
	Kind    Kind   `json:"kind"`
	Actor   string `json:"actor"`
	Account string `json:"account"`
	Token   string `json:"token"`
	Order   string `json:"order"`
	Letter  string `json:"letter"`
	Session string `json:"session"`
	Reason  string `json:"reason"`
	Hash    string `json:"hash"` // SHA-256, hexadecimal
}

func writeLines(to *bufio.Writer, entries []Entry) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	for _, e := range entries {
		r := e.Record
		err := encoder.Encode(line{
			r.Seq, r.Time.UTC().Format("2006-01-02T15:04:05.000000Z"), r.Kind, r.Actor, r.Account, r.Token, r.Order, r.Letter, r.Session, r.Reason,
			hex.EncodeToString(r.Hash[:]),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tableWriter writes entries as rows for people. Its columns are those that words have heads for.
func tableWriter(words Words) func(*bufio.Writer, []Entry) error {
	return func(to *bufio.Writer, entries []Entry) error {
		for _, e := range entries {
			writeCSV(to, false, []string{
				strconv.FormatInt(e.Seq, 10), e.Time.In(calendar.Berlin()).Format(time.RFC3339), words.Deed(e.Kind), string(e.Kind),
				e.Record.Actor, label(e.Actor), e.Account, label(e.Owner), e.Serial, e.Order, e.Letter, e.Session, e.Reason,
			})
		}
		return nil
	}
}

// label names a person for a table: number or user name, and name.
func label(a account.Account) string {
	number := a.Number
	if number == "" {
		number = a.UserName
	}
	return strings.TrimSpace(number + " " + a.Person.Name())
}
