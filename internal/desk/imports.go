package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/register"
	"torhaus/internal/secret"
	"torhaus/internal/upload"
)

// Import is a file of the register that a supervisor handed in: looked at first, which writes nothing, then carried out.
type Import struct {
	ID     string
	By     account.ID
	Upload upload.ID
	File   string // its name, as its owner calls it
	Apply  bool
	State  ImportState
	Rows   int // read so far
	Asked  time.Time
	Ended  time.Time
	Result ImportResult // where it has ended
}

// ImportState is how far an import is.
type ImportState string

// The states of an import.
const (
	ImportWaiting ImportState = "waiting" // or under way
	ImportDone    ImportState = "done"
	ImportFailed  ImportState = "failed" // nothing was changed
)

// ImportResult is what came of an import.
type ImportResult struct {
	Summary  register.Summary
	Lines    []register.Line // the first of each kind but the unchanged ones
	Conflict bool            // it failed since something else was changed meanwhile: once more
}

// Faults of those who keep imports.
var (
	ErrImporting = fault.New(fault.Conflict, "deed.fault.import-under-way")
	ErrNoImport  = fault.New(fault.NotFound, "deed.fault.import-unknown")
)

// linesOfEach bounds how many rows of a kind a report names.
const linesOfEach = 100

// ImportStore keeps imports.
type ImportStore interface {
	// AskImport writes an import with the job that does it. It gives fault.Conflict if the same is under way.
	AskImport(ctx context.Context, i Import) error
	// Import finds an import. An unknown one is fault.NotFound.
	Import(ctx context.Context, id string) (Import, error)
	// ImportRead notes how many rows were read.
	ImportRead(ctx context.Context, id string, rows int) error
	// EndImportOf notes what came of it.
	EndImportOf(ctx context.Context, i Import) error
	Now(ctx context.Context) (calendar.Moment, error)
}

// ImportService takes files of the register in.
type ImportService struct {
	Store   ImportStore
	Members *register.Service
	Uploads *upload.Service
}

// MaxImport is how long a file may be, in bytes: 100,000 members of some 300 bytes, and as much again.
const MaxImport = 64 << 20

// Look has a file that was handed in looked at.
func (s *ImportService) Look(ctx context.Context, kept upload.Kept) (id string, err error) {
	defer fault.Wrap(&err, "desk.Look(%s)", kept.ID)
	if _, ok := FormatOf(kept.Name); !ok {
		return "", fault.InvalidField("datei", "deed.fault.import-format")
	}
	i := Import{ID: secret.NewID(), By: kept.By, Upload: kept.ID, File: kept.Name, State: ImportWaiting}
	return i.ID, s.Store.AskImport(ctx, i)
}

// FormatOf tells the format of a file by its name.
func FormatOf(name string) (register.Format, bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return register.CSV, true
	case ".json", ".jsonl", ".ndjson":
		return register.JSON, true
	default:
		return "", false
	}
}

// CarryOut has a file carried out that was looked at without a refusal, by whoever handed it in.
func (s *ImportService) CarryOut(ctx context.Context, looked string, by account.ID) (id string, err error) {
	defer fault.Wrap(&err, "desk.CarryOut(%s)", looked)
	old, err := s.Import(ctx, looked, by)
	if err != nil {
		return "", err
	}
	if old.Apply || old.State != ImportDone || old.Result.Summary.Refused > 0 {
		return "", fault.New(fault.Conflict, "deed.fault.import-not-ready")
	}
	if _, err := s.Uploads.Open(ctx, old.Upload, by, upload.Members); err != nil {
		return "", err
	}
	i := Import{ID: secret.NewID(), By: by, Upload: old.Upload, File: old.File, Apply: true, State: ImportWaiting}
	return i.ID, s.Store.AskImport(ctx, i)
}

// Import finds an import for whoever handed the file in.
func (s *ImportService) Import(ctx context.Context, id string, by account.ID) (Import, error) {
	i, err := s.Store.Import(ctx, id)
	if err == nil && i.By != by {
		err = ErrNoImport
	}
	return i, err
}

// TakeIn is the job that does an import.
type TakeIn struct{ Import string }

// JobKind names the job; it is never renamed.
func (TakeIn) JobKind() string { return "members.import" }

// Encode gives the wire form of the job.
func (t TakeIn) Encode() (secret.Bytes, error) { return json.Marshal(t) }

// Handlers gives the handlers of imports. One that was broken off begins anew: what it had staged is deleted, and nothing was changed.
func (s *ImportService) Handlers() map[string]job.Handler {
	policy := job.Policy{Try: 15 * time.Minute, First: 5 * time.Second, Most: time.Minute, GiveUp: time.Hour}
	return map[string]job.Handler{TakeIn{}.JobKind(): {Do: s.takeIn, Policy: policy}}
}

func (s *ImportService) takeIn(ctx context.Context, j job.Job) error {
	var t TakeIn
	if err := json.Unmarshal(j.Payload, &t); err != nil || t.Import == "" {
		return job.Permanent(errors.New("the payload names no import"))
	}
	i, err := s.Store.Import(ctx, t.Import)
	if err != nil || i.State != ImportWaiting {
		return err
	}
	wrong := s.read(ctx, &i)
	if ctx.Err() != nil {
		return wrong // the process ends: another one begins anew
	}
	i.State = ImportDone
	if wrong != nil && !i.Result.Summary.Applied {
		i.State, i.Result.Conflict = ImportFailed, fault.Is(wrong, fault.Conflict)
	}
	if err := s.Store.EndImportOf(ctx, i); err != nil {
		return errors.Join(err, wrong)
	}
	if wrong != nil && !i.Result.Conflict {
		return job.Permanent(wrong)
	}
	return nil
}

// read reads the file and collects what came of it.
func (s *ImportService) read(ctx context.Context, i *Import) error {
	file, err := s.Uploads.Open(ctx, i.Upload, i.By, upload.Members)
	if err != nil {
		return err
	}
	format, _ := FormatOf(i.File)
	seen := map[register.Outcome]int{}
	var broken error
	i.Result.Summary, err = s.Members.Import(ctx, file, register.Options{
		Format: format, Apply: i.Apply, By: string(i.By),
		Report: func(l register.Line) error {
			if seen[l.Outcome]++; l.Outcome != register.Unchanged && seen[l.Outcome] <= linesOfEach {
				i.Result.Lines = append(i.Result.Lines, l)
			}
			return nil
		},
		Progress: func(rows int) { broken = errors.Join(broken, s.Store.ImportRead(ctx, i.ID, rows)) },
	})
	if err == nil && broken != nil {
		err = fmt.Errorf("progress: %w", broken)
	}
	if err == nil && i.Apply {
		err = s.Uploads.Drop(ctx, file)
	}
	return err
}
