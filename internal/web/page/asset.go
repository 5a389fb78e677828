package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"torhaus/internal/password"
	"torhaus/internal/profile"
)

//go:embed static
var static embed.FS

// assetPath is where browsers load files from.
const assetPath = "/assets/"

// needed are the files of others without which no page looks as it should.
var needed = []string{
	"kern.min.css",
	"fira-sans-latin-400-normal.woff2", "fira-sans-latin-500-normal.woff2", "fira-sans-latin-600-normal.woff2", "fira-sans-latin-700-normal.woff2",
	"fira-sans-latin-ext-400-normal.woff2", "fira-sans-latin-ext-500-normal.woff2", "fira-sans-latin-ext-600-normal.woff2",
	"fira-sans-latin-ext-700-normal.woff2",
}

// scripts add comfort to pages that do without them.
var scripts = []string{"session.js", "password.js"}

// CheckAssets tells whether the program was built with the files that browsers need, and how to mend it if not.
func CheckAssets() error {
	_, err := shared()
	return err
}

// asset is one file, ready to be sent.
type asset struct {
	kind    string // media type
	etag    string
	plain   []byte
	gzipped []byte // nil where it would not be shorter
}

// assets are the files of one portal, by the name that browsers ask for, which has a hash of the content in it.
type assets struct {
	files map[string]asset
	names map[string]string // "torhaus.css" → "torhaus.0123456789ab.css"
}

// shared are the files that all portals have in common: read and pressed once.
var shared = sync.OnceValues(func() (*assets, error) {
	a := &assets{files: map[string]asset{}, names: map[string]string{}}
	for _, name := range needed {
		content, err := fs.ReadFile(static, "static/vendor/"+name)
		if err != nil {
			return nil, fmt.Errorf("this program was built without the design system (%s is missing): run `make build`, which fetches it, or `make assets` and build again", name)
		}
		a.add(name, content)
	}
	own, err := fs.ReadFile(static, "static/torhaus.css")
	if err != nil {
		return nil, err
	}
	a.add("torhaus.css", a.linked(own))
	for _, name := range scripts {
		content, err := fs.ReadFile(static, "static/"+name)
		if err != nil {
			return nil, err
		}
		a.add(name, content)
	}
	a.add("words.bin", password.WordHashes()) // for password.js
	return a, nil
})

// assetsOf adds to the shared files those that bear the body's colour.
func assetsOf(p *profile.Profile) (*assets, error) {
	common, err := shared()
	if err != nil {
		return nil, err
	}
	colour := string(p.Portal.Colour)
	if !regexp.MustCompile(`^#[0-9a-fA-F]{6}$`).MatchString(colour) {
		return nil, fmt.Errorf("profile %s: portal.colour %q is not of the form #rrggbb", p.Key, colour)
	}
	a := &assets{files: map[string]asset{}, names: map[string]string{}}
	for name, hashed := range common.names {
		a.names[name], a.files[hashed] = hashed, common.files[hashed]
	}
	a.add("portal.css", []byte(":root{--portal-colour:"+colour+"}\n"))
	a.add("portal.svg", []byte(strings.ReplaceAll(mark, "COLOUR", colour)))
	return a, nil
}

// mark is the icon of a portal: a gatehouse.
const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="COLOUR"/>` +
	`<path fill="#fff" d="M6 8h4v3h4V8h4v3h4V8h4v18h-6v-6a4 4 0 0 0-8 0v6H6z"/></svg>`

var addresses = regexp.MustCompile(`url\("([^"/:]+)"\)`)

// linked writes the addresses of files into a style sheet.
func (a *assets) linked(css []byte) []byte {
	return addresses.ReplaceAllFunc(css, func(found []byte) []byte {
		name := string(addresses.FindSubmatch(found)[1])
		return []byte(`url("` + a.address(name) + `")`)
	})
}

func (a *assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
	a.names[name] = hashed
	a.files[hashed] = asset{kind: kinds[ext], etag: `"` + hash + `"`, plain: content, gzipped: pressed(content)}
}

// kinds are the media types of the files, by ending.
var kinds = map[string]string{".bin": "application/octet-stream", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

// pressed gives the gzip form where it saves something.
func pressed(content []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	_, err = z.Write(content)
	if err != nil || z.Close() != nil || b.Len() > len(content)*9/10 {
		return nil
	}
	return b.Bytes()
}

// address gives where browsers load a file from. A name that does not exist gives an address that does not, either.
func (a *assets) address(name string) string { return assetPath + a.names[name] }

// serve answers if a file was asked for that exists.
func (a *assets) serve(w http.ResponseWriter, r *http.Request) bool {
	name, ok := strings.CutPrefix(r.URL.Path, assetPath)
	file, found := a.files[name]
	if !ok || !found || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	header := w.Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Type", file.kind)
	header.Set("ETag", file.etag)
	header.Set("Vary", "Accept-Encoding")
	if slices.Contains(strings.Split(r.Header.Get("If-None-Match"), ", "), file.etag) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	content := file.plain
	if file.gzipped != nil && takesGzip(r) {
		content = file.gzipped
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(content) // fails where the browser has gone
	}
	return true
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
