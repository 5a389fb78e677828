package letter

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"torhaus/internal/fault"
)

// Spool is the folder in which the print centre finds letters: <id>.pdf.age and <id>.json, the manifest, which comes last. The
// print centre takes what has a manifest away. No file of the folder ever holds an open letter that is to be sealed.
//
// A letter appears exactly once, whenever the program dies: the folder .torhaus inside keeps a note of each letter given, until
// the database knows (Forget), and the manifest waits there to be moved into sight:
//
//	neither note nor manifest waiting   nothing happened that anybody saw: start over
//	note and manifest waiting           given in part: move the manifest
//	note, no manifest waiting           given; the print centre may have taken it
//
// Sealing gives other bytes each time. A letter that is put again before it was noted replaces the file under the same name,
// which nobody has taken without its manifest; one that was noted is not sealed again.
type Spool struct {
	Dir      string
	Envelope Envelope

	files files // the file system; the real one if nil
}

// backstage is the folder for what the print centre must not see.
const backstage = ".torhaus"

// Put lays a letter into the folder, in its envelope. The caller gives Portal, Kind, Created, Pages and Recipient of the manifest.
// A letter that was put before, taken away or not, is left as it is. On an error nothing is in sight, or at most a file without
// manifest, and Put can be called again.
func (s Spool) Put(ctx context.Context, id string, pdf []byte, m Manifest) (err error) {
	defer fault.Wrap(&err, "letter.Spool.Put(%q)", id)
	if err := ctx.Err(); err != nil {
		return err
	}
	if !validID(id) {
		return errors.New("not the id of a letter")
	}
	m.Version, m.ID = manifestVersion, id
	if err := m.checkOpen(); err != nil {
		return err
	}
	f := s.fs()
	if err := f.mkdir(s.behind("")); err != nil {
		return err
	}
	given, err := f.exists(s.note(id))
	if err != nil {
		return err
	}
	if !given {
		if err := s.prepare(f, id, pdf, m); err != nil {
			return err
		}
	}
	return s.reveal(f, id)
}

// prepare brings the letter into place, lets the manifest wait, and notes the letter as given. The form that it does not have
// now may be there from before the configuration was changed.
func (s Spool) prepare(f files, id string, pdf []byte, m Manifest) error {
	file, manifest, err := s.Envelope.close(pdf, m)
	if err != nil {
		return err
	}
	form, other := Sealed, Open
	if s.Envelope.To.IsZero() {
		form, other = Open, Sealed
	}
	return firstError(
		func() error { return f.write(s.behind(nameOf(id, form)), file) },
		func() error { return f.write(s.behind(id+".json"), manifest) },
		func() error { return s.removeAll(id, s.behind(nameOf(id, other)), s.sight(nameOf(id, other))) },
		func() error { return f.rename(s.behind(nameOf(id, form)), s.sight(nameOf(id, form))) },
		func() error { return s.sync(f) },
		func() error { return f.write(s.note(id), nil) },
		func() error { return s.sync(f) },
	)
}

func nameOf(id string, form Form) string { return id + "." + string(form) }

// reveal moves the manifest into sight, unless that was done before.
func (s Spool) reveal(f files, id string) error {
	err := f.rename(s.behind(id+".json"), s.sight(id+".json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.sync(f)
}

// Forget drops the note of a letter, once the database knows that it was handed over.
func (s Spool) Forget(id string) (err error) {
	defer fault.Wrap(&err, "letter.Spool.Forget(%q)", id)
	return s.removeAll(id, s.note(id), s.behind(id+".lock"))
}

// Withdraw takes a letter back that the print centre has not collected.
func (s Spool) Withdraw(_ context.Context, id string) (err error) {
	defer fault.Wrap(&err, "letter.Spool.Withdraw(%q)", id)
	return s.removeAll(id, s.sight(id+".json"), s.sight(nameOf(id, Sealed)), s.sight(nameOf(id, Open)),
		s.behind(id+".json"), s.behind(nameOf(id, Sealed)), s.behind(nameOf(id, Open)), s.note(id), s.behind(id+".lock"))
}

// removeAll removes files in this order; one that does not exist is fine.
func (s Spool) removeAll(id string, paths ...string) error {
	if !validID(id) {
		return errors.New("not the id of a letter")
	}
	for _, p := range paths {
		if err := s.fs().remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// lock keeps other runners away from a letter, in this process and in others on the same file system; it ends with the process
// at the latest. A letter that somebody else is at is fault.Busy.
func (s Spool) lock(id string) (unlock func(), err error) {
	defer fault.Wrap(&err, "letter.Spool.lock(%q)", id)
	if !validID(id) {
		return nil, errors.New("not the id of a letter")
	}
	if err := s.fs().mkdir(s.behind("")); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(s.behind(id+".lock"), os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fault.BusyFor(time.Minute, "fault.busy").Because(errors.Join(err, f.Close()))
	}
	return func() { _ = f.Close() }, nil // closing releases; there is nothing written that could be lost
}

func (s Spool) sight(name string) string  { return filepath.Join(s.Dir, name) }
func (s Spool) behind(name string) string { return filepath.Join(s.Dir, backstage, name) }
func (s Spool) note(id string) string     { return s.behind(id + ".given") }

func (s Spool) sync(f files) error { return errors.Join(f.sync(s.Dir), f.sync(s.behind(""))) }

func (s Spool) fs() files {
	if s.files != nil {
		return s.files
	}
	return disk{}
}

// firstError does steps in order up to the first that fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
