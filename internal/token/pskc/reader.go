package pskc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// Reader reads the keys of a file, one after the other.
type Reader struct {
	scan   *scanner
	unlock Unlock
	lock   lock
	opened bool // the container has begun
	keys   int
	over   bool
}

// NewReader begins to read a file.
func NewReader(file io.Reader, unlock Unlock) *Reader {
	return &Reader{scan: newScanner(file), unlock: unlock}
}

// Next gives the next key of the file. After the last one it gives io.EOF; where the rest of the file cannot be read, the Refusal that
// says why; any other error is the disk's.
func (r *Reader) Next() (Entry, error) {
	if r.over {
		return Entry{}, io.EOF
	}
	e, err := r.next()
	r.over = err != nil
	return e, err
}

func (r *Reader) next() (Entry, error) {
	if !r.opened {
		if err := r.open(); err != nil {
			return Entry{}, err
		}
	}
	for {
		r.scan.bytes.renew()
		start, err := r.scan.start()
		if err != nil {
			return Entry{}, inside(err, r.scan)
		}
		if start == nil {
			return Entry{}, r.end()
		}
		found, e, err := r.child(*start)
		if err != nil || found {
			return e, err
		}
	}
}

// open reads up to the container.
func (r *Reader) open() error {
	r.opened = true
	head, err := r.scan.bytes.from.Peek(512)
	switch {
	case len(bytes.TrimSpace(head)) == 0 && errors.Is(err, io.EOF):
		return Refusal{Line: 1, Reason: EmptyFile}
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return Refusal{Line: 1, Reason: Encoding, Args: []any{"UTF-16"}}
	}
	start, err := r.scan.start()
	if errors.Is(err, io.EOF) {
		return Refusal{Line: 1, Reason: NotXML}
	}
	if err != nil {
		return err
	}
	if start.Name != (xml.Name{Space: nsPSKC, Local: "KeyContainer"}) {
		return r.scan.refuse(NotPSKC, clipped(start.Name.Local), clipped(start.Name.Space))
	}
	container := &node{attrs: start.Attr}
	if version := container.attr("Version"); version != "1.0" {
		return r.scan.refuse(Version, clipped(version))
	}
	return nil
}

// end reads what is behind the container: nothing.
func (r *Reader) end() error {
	if r.keys == 0 {
		return r.scan.refuse(NoKeys)
	}
	start, err := r.scan.start()
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return err
	case start != nil:
		return r.scan.refuse(NotXML)
	}
	return io.EOF
}

// child reads one child of the container.
func (r *Reader) child(start xml.StartElement) (found bool, e Entry, err error) {
	if start.Name.Space != nsPSKC {
		return false, e, r.scan.skip() // a signature, or an extension
	}
	switch start.Name.Local {
	case "EncryptionKey", "MACMethod":
		n, err := r.scan.tree(start)
		if err != nil {
			return false, e, err
		}
		return false, e, r.unlockBy(n)
	case "KeyPackage":
		if r.keys++; r.keys == 1 && r.unlock.Given() && r.lock.key == nil {
			return false, e, r.scan.refuse(Unencrypted)
		}
		n, err := r.scan.tree(start)
		if err != nil {
			return false, e, err
		}
		return true, r.lock.entry(n), nil
	default:
		return false, e, r.scan.skip()
	}
}

// unlockBy reads how the file is encrypted. That stands before the first key, and once.
func (r *Reader) unlockBy(n *node) error {
	if n.name.Local == "EncryptionKey" {
		if r.keys > 0 || r.lock.key != nil {
			return Refusal{Line: n.line, Reason: Doubled, Args: []any{n.name.Local}}
		}
		return r.lock.openKey(n, r.unlock)
	}
	if r.keys > 0 || r.lock.mac != nil {
		return Refusal{Line: n.line, Reason: Doubled, Args: []any{n.name.Local}}
	}
	return r.lock.openMAC(n)
}
