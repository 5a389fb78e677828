package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"torhaus/internal/secret"
)

// A book is the file that one replica writes its signed heads into, outside the database: <portal>.<replica>.heads. It only
// grows. Each head is a signed note (five lines, an empty line, the signature) followed by an empty line:
//
//	torhaus audit head v1
//	portal kvb
//	records 1234
//	hash 5f1c…, SHA-256 of the last record, hexadecimal
//	time 2026-11-22T09:31:00Z
//
//	— kvb/audit GxTg…, four bytes that name the key and the Ed25519 signature of the five lines, base64
//
// What the program had not finished when it died stays as it is; the next head begins after an empty line.
type book struct {
	file *os.File
	torn bool // the last thing written may be unfinished
}

const (
	bookSuffix = ".heads"
	bookMode   = 0o644 // nothing in it is secret, and whoever carries it elsewhere must read it
	maxBooks   = 9     // processes of one machine that keep heads of one portal
	tailBytes  = 16 << 10
	maxLine    = 4 << 10

	signature      = "— "
	wholeSignature = 92 // signs of the base64 of 4 + 64 bytes
)

// openBook opens this replica's book, or begins it. A second process on the same machine gets a book of its own.
func openBook(dir, portal, replica string) (*book, error) {
	for n := range maxBooks {
		name := portal + "." + fileName(replica)
		if n > 0 {
			name += fmt.Sprint("-", n+1)
		}
		b, err := tryBook(filepath.Join(dir, name+bookSuffix))
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return b, err
		}
	}
	return nil, fmt.Errorf("%d processes on this machine write heads of portal %s into %s", maxBooks, portal, dir)
}

// fileName makes a name of a machine fit for a file.
func fileName(replica string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(replica))
	if name == "" {
		return "torhaus"
	}
	return name[:min(len(name), 100)]
}

func tryBook(path string) (_ *book, err error) {
	_, err = os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, bookMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	b := &book{file: f}
	if fresh {
		err = syncFolder(filepath.Dir(path))
	} else {
		b.torn, err = endsTorn(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// endsTorn tells whether a book ends otherwise than with an empty line.
func endsTorn(f *os.File) (bool, error) {
	tail, err := readTail(f, 2)
	return len(tail) > 0 && string(tail) != "\n\n", err
}

func readTail(f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(0, info.Size()-most)
	tail := make([]byte, info.Size()-from)
	_, err = f.ReadAt(tail, from)
	if err == io.EOF {
		err = nil
	}
	return tail, err
}

// append writes a signed note; when it returns without an error, the note is on stable storage.
func (b *book) append(note []byte) error {
	block := append(slices.Clone(note), '\n')
	if b.torn {
		block = append([]byte("\n\n"), block...)
	}
	b.torn = true
	if _, err := b.file.Write(block); err != nil {
		return err
	}
	b.torn = false
	return b.file.Sync()
}

// last gives the newest head in the book, or the zero head.
func (b *book) last(portal string, keys []string) (SignedHead, error) {
	tail, err := readTail(b.file, tailBytes)
	if err != nil {
		return SignedHead{}, err
	}
	whole := string(tail)
	if len(tail) == tailBytes { // begins somewhere in a head
		_, whole, _ = strings.Cut(whole, "\n\n"+headTitle)
		whole = headTitle + whole
	}
	r := reader{name: b.file.Name(), portal: portal, keys: keys}
	if err := r.read(strings.NewReader(whole)); err != nil {
		return SignedHead{}, err
	}
	if len(r.heads) == 0 {
		return SignedHead{}, nil
	}
	return r.heads[len(r.heads)-1], nil
}

func (b *book) close() error { return b.file.Close() }

// Books are the signed heads of a portal, in the order of their numbers.
type Books struct {
	Heads      []SignedHead
	Unfinished []string // where the program ended in the middle of writing; nothing to worry about
}

// ReadBooks reads the signed heads of a portal: all of its books in the given folders, and the given files. Keys are the public
// keys that may have signed them. A head that none of them vouches for is an error that names file and line, beside the others.
func ReadBooks(portal string, keys []string, paths ...string) (b Books, err error) {
	var bad []error
	for _, path := range paths {
		files, err := booksAt(path, portal)
		if err != nil {
			bad = append(bad, err)
		}
		for _, file := range files {
			r := reader{name: file, portal: portal, keys: keys}
			bad = append(bad, r.readFile())
			b.Heads = append(b.Heads, r.heads...)
			b.Unfinished = append(b.Unfinished, r.unfinished...)
		}
	}
	b.Heads = inOrder(b.Heads)
	return b, errors.Join(bad...)
}

func booksAt(path, portal string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("signed heads: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("signed heads: %w", err)
	}
	var files []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), portal+".") && strings.HasSuffix(e.Name(), bookSuffix) {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, nil
}

// reader reads one book.
type reader struct {
	name, portal string
	keys         []string

	heads      []SignedHead
	unfinished []string

	line  int      // of the file, from 1
	begun int      // line at which the paragraph begins
	para  []string // the paragraph so far
	text  string   // of a head whose signature is awaited
	place int      // where that begins
}

func (r *reader) readFile() (err error) {
	f, err := os.Open(r.name)
	if err != nil {
		return fmt.Errorf("signed heads: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return r.read(f)
}

func (r *reader) read(from io.Reader) error {
	var bad []error
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		r.line++
		if lines.Text() == "" {
			bad = append(bad, r.paragraph())
			continue
		}
		if len(r.para) == 0 {
			r.begun = r.line
		}
		r.para = append(r.para, lines.Text())
	}
	bad = append(bad, r.paragraph(), lines.Err())
	r.abandon()
	return errors.Join(bad...)
}

// paragraph takes what stands between two empty lines: the text of a head, or the signature that follows it.
func (r *reader) paragraph() error {
	if len(r.para) == 0 {
		return nil
	}
	para := strings.Join(r.para, "\n")
	r.para = nil
	line, isSignature := strings.CutPrefix(para, signature)
	switch {
	case isSignature && r.text != "":
		return r.signed(line)
	case begins(para, headTitle):
		r.abandon()
		r.text, r.place = para+"\n", r.begun
	case r.text != "" && begins(para, signature):
		r.abandon()
	default:
		return r.errAt(r.begun, errHeadText.Error())
	}
	return nil
}

// begins tells whether a paragraph begins so, as far as it goes: it may have been cut off in its first word.
func begins(para, with string) bool {
	return strings.HasPrefix(para, with) || strings.HasPrefix(with, para)
}

// abandon notes a head that has no signature.
func (r *reader) abandon() {
	if r.text != "" {
		r.unfinished = append(r.unfinished, fmt.Sprintf("%s:%d", r.name, r.place))
	}
	r.text = ""
}

// signed takes the signature of the text before it.
func (r *reader) signed(line string) error {
	_, sum, _ := strings.Cut(line, " ")
	if len(sum) < wholeSignature {
		r.abandon()
		return nil
	}
	text, err := secret.OpenSigned([]byte(r.text+"\n"+signature+line+"\n"), r.keys)
	r.text = ""
	if err != nil {
		return r.errAt(r.place, err.Error())
	}
	head, err := parseHead(r.portal, text)
	if err != nil {
		return r.errAt(r.place, err.Error())
	}
	head.Where = fmt.Sprintf("%s:%d", r.name, r.place)
	r.heads = append(r.heads, head)
	return nil
}

func (r *reader) errAt(line int, what string) error {
	return fmt.Errorf("%s:%d: the signed head %s", r.name, line, what)
}
