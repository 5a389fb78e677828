package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// ID identifies a file.
type ID string

// Purpose is what a file is for, such as an import of tokens.
type Purpose string

// The purposes.
const (
	Members Purpose = "members"
	Tokens  Purpose = "tokens"
	Letters Purpose = "letters" // the print centre's confirmation
)

// Kept is what is known of a file that is kept.
type Kept struct {
	ID      ID
	By      account.ID // who handed it in
	Purpose Purpose
	Name    string       // as its owner calls it, for people to read
	Note    secret.Bytes // what its purpose needs beside it, such as the key it is encrypted with
	Created time.Time

	Size int64  // bytes
	Sum  string // SHA-256, in hex: the same file has the same
}

// Lasts is how long a file can be opened.
const Lasts = time.Hour

// partSize is the length of each part but the last, in bytes.
const partSize = 256 << 10

// Store keeps files in parts.
type Store interface {
	// BeginUpload begins a file, and drops what the same account kept for the same purpose.
	BeginUpload(ctx context.Context, k Kept) error
	// AddPart adds the next part, counted from 0. It gives fault.Conflict if the file was dropped meanwhile.
	AddPart(ctx context.Context, id ID, part int, data secret.Bytes) error
	// EndUpload notes size and sum. Only then can the file be opened.
	EndUpload(ctx context.Context, k Kept) error
	// Upload finds a file that is complete, with the moment of asking.
	Upload(ctx context.Context, id ID) (Kept, calendar.Moment, bool, error)
	// Part reads a part.
	Part(ctx context.Context, id ID, part int) (secret.Bytes, error)
	// DropUpload deletes a file.
	DropUpload(ctx context.Context, id ID) error
}

// Service keeps files and gives them back.
type Service struct {
	Store Store
}

// Keep reads a file to its end and keeps it. Of k it takes By, Purpose, Name and Note. Where reading fails nothing is kept, and the
// error comes back as it is.
func (s *Service) Keep(ctx context.Context, k Kept, from io.Reader) (kept Kept, err error) {
	k.ID = ID(secret.NewID())
	if err := s.Store.BeginUpload(ctx, k); err != nil {
		return Kept{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Store.DropUpload(context.WithoutCancel(ctx), k.ID))
		}
	}()
	sum := sha256.New()
	part := make(secret.Bytes, partSize)
	defer part.Wipe()
	for n := 0; ; n++ {
		length, err := io.ReadFull(from, part)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return Kept{}, err
		}
		_, _ = sum.Write(part[:length])
		k.Size += int64(length)
		if length > 0 {
			if err := s.Store.AddPart(ctx, k.ID, n, part[:length]); err != nil {
				return Kept{}, err
			}
		}
		if last {
			break
		}
	}
	k.Sum = hex.EncodeToString(sum.Sum(nil))
	return k, s.Store.EndUpload(ctx, k)
}

// errGone is met by whoever opens a file that is not there for them.
var errGone = fault.New(fault.NotFound, "upload.fault.gone")

// Open gives a file to whoever handed it in.
func (s *Service) Open(ctx context.Context, id ID, by account.ID, purpose Purpose) (_ *File, err error) {
	defer fault.Wrap(&err, "upload.Open(%s)", id)
	k, now, found, err := s.Store.Upload(ctx, id)
	if err != nil {
		return nil, err
	}
	if !found || k.By != by || k.Purpose != purpose || !now.Before(k.Created.Add(Lasts)) {
		return nil, errGone
	}
	return &File{Kept: k, ctx: ctx, store: s.Store, loaded: -1}, nil
}

// Drop deletes a file that its owner is done with.
func (s *Service) Drop(ctx context.Context, f *File) error { return s.Store.DropUpload(ctx, f.ID) }

// File is a file that is kept, opened. It is read in the context in which it was opened.
type File struct {
	Kept
	ctx    context.Context
	store  Store
	at     int64
	loaded int // index of the part in memory, or -1
	part   secret.Bytes
}

// Read gives the next bytes.
func (f *File) Read(p []byte) (int, error) {
	if f.at >= f.Size {
		return 0, io.EOF
	}
	if part := int(f.at / partSize); part != f.loaded {
		f.part.Wipe()
		data, err := f.store.Part(f.ctx, f.ID, part)
		if err != nil {
			return 0, err
		}
		f.part, f.loaded = data, part
	}
	offset := f.at % partSize
	if offset >= int64(len(f.part)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, f.part[offset:])
	f.at += int64(n)
	return n, nil
}

// Seek moves to a place in the file.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.Size
	}
	if offset < 0 {
		return 0, errors.New("upload: a place before the beginning of the file")
	}
	f.at = offset
	return offset, nil
}
