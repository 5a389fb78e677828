package page_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"torhaus/internal/web/page"
)

func TestTheProgramHasTheFilesThatBrowsersNeed(t *testing.T) {
	if err := page.CheckAssets(); err != nil {
		t.Fatal(err)
	}
}

// styles gives the addresses of the style sheets of a page.
func styles(t *testing.T, g *gate) []string {
	t.Helper()
	var found []string
	for _, link := range document(t, g.ask("GET", "/", nil, nil)).Find("link[rel=stylesheet], link[rel=icon], link[rel=preload]").EachIter() {
		address, _ := link.Attr("href")
		found = append(found, address)
	}
	return found
}

func TestFilesHaveHashedNamesAndLiveForAYear(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	addresses := styles(t, g)
	if len(addresses) != 5 {
		t.Fatalf("files %v", addresses)
	}
	for _, address := range addresses {
		if !regexp.MustCompile(`^/assets/[a-z0-9.-]+\.[0-9a-f]{12}\.(css|svg|woff2)$`).MatchString(address) {
			t.Errorf("address %q", address)
		}
		r := g.ask("GET", address, nil, nil)
		if r.StatusCode != 200 || r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || r.Header.Get("Content-Type") == "" {
			t.Errorf("%s: status %d, %v", address, r.StatusCode, r.Header)
		}
		again := g.ask("GET", address, nil, func(again *http.Request) { again.Header.Set("If-None-Match", r.Header.Get("ETag")) })
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: status %d", address, again.StatusCode)
		}
	}
}

func TestStyleSheetsComePressed(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	for _, address := range styles(t, g) {
		if !strings.Contains(address, "kern.min") {
			continue
		}
		plain, err := io.ReadAll(g.ask("GET", address, nil, nil).Body)
		if err != nil {
			t.Fatal(err)
		}
		r := g.ask("GET", address, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip;q=0.8") })
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(unpacked)
		if err != nil || string(got) != string(plain) || r.ContentLength > int64(len(plain)/5) {
			t.Errorf("%d bytes, pressed %d: %v", len(plain), r.ContentLength, err)
		}
		if r := g.ask("GET", address, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip;q=0") }); r.Header.Get("Content-Encoding") != "" {
			t.Error("pressed for a browser that refuses it")
		}
	}
}

func TestEveryFileThatAStyleSheetNamesExists(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	for _, sheet := range styles(t, g) {
		if !strings.Contains(sheet, "torhaus") {
			continue
		}
		css, err := io.ReadAll(g.ask("GET", sheet, nil, nil).Body)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(string(css), -1)
		if len(named) != 8 {
			t.Errorf("%d files named", len(named))
		}
		for _, n := range named {
			if r := g.ask("GET", n[1], nil, nil); r.StatusCode != 200 {
				t.Errorf("%s: status %d", n[1], r.StatusCode)
			}
		}
	}
}
