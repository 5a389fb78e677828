package ipp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/letter/ipp"
	"torhaus/internal/letter/ipp/ipptest"
)

const document = "%PDF-1.7\nnot much of a letter\n%%EOF\n"

func client(t *testing.T, address string) *ipp.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ipp.New(u, ipp.Options{User: "torhaus", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ended asks for a job until it has ended.
func ended(t *testing.T, c *ipp.Client, id int) ipp.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		j, known, err := c.Job(ctx, id)
		if err != nil || !known {
			t.Fatalf("job %d: known %v, %v", id, known, err)
		}
		if j.State == ipp.Completed || j.State.Lost() {
			return j
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestRealPrinterPrintsTheDocumentAndKnowsTheJobByItsName(t *testing.T) {
	p := ipptest.New(t, "/bin/true")
	c := client(t, p.URL.String())
	s, err := c.Status(t.Context())
	if err != nil || s.State != "idle" || !s.Accepting || !s.PDF || !s.Complete {
		t.Fatalf("status %+v, %v", s, err)
	}
	if found, err := c.Named(t.Context(), "letter-1"); err != nil || len(found) != 0 {
		t.Fatalf("before: %+v, %v", found, err)
	}
	j, err := c.Print(t.Context(), "letter-1", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if got := ended(t, c, j.ID); got.State != ipp.Completed || got.Name != "letter-1" {
		t.Errorf("ended as %+v", got)
	}
	if printed := p.Printed(); len(printed) != 1 || string(printed[0]) != document {
		t.Errorf("printed %q", printed)
	}
	if found, err := c.Named(t.Context(), "letter-1"); err != nil || len(found) != 1 || found[0].ID != j.ID {
		t.Errorf("afterwards: %+v, %v", found, err)
	}
	if found, err := c.Named(t.Context(), "letter"); err != nil || len(found) != 0 {
		t.Errorf("another name: %+v, %v", found, err)
	}
	if _, known, err := c.Job(t.Context(), j.ID+1000); known || err != nil {
		t.Errorf("a job that was never there: known %v, %v", known, err)
	}
}

func TestRealPrinterTakesBackWhatItHasNotPrinted(t *testing.T) {
	p := ipptest.New(t, slowly(t))
	c := client(t, p.URL.String())
	j, err := c.Print(t.Context(), "letter-2", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if got := ended(t, c, j.ID); got.State != ipp.Canceled {
		t.Errorf("ended as %+v", got)
	}
	if err := c.Cancel(t.Context(), j.ID); err == nil {
		t.Error("it is taken back twice")
	}
}

// slowly gives a command that takes a second for a job.
func slowly(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "slowly")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec sleep 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBadPrinters meets printers that answer something else than IPP, or nothing.
func TestBadPrinters(t *testing.T) {
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		says  string
	}{
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "500 Internal Server Error"},
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html>Welcome to your printer</html>")
		}, "not IPP"},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, "not IPP"},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte{1, 1, 0, 0, 0, 0, 0, 1, 2, 0x21, 0, 6})
		}, "not IPP"},
		{"a value before any group", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte{1, 1, 0, 0, 0, 0, 0, 1, 0x21, 0, 1, 'a', 0, 0, 3})
		}, "not IPP"},
		{"the answer to another request", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{1, 1, 0, 0, 0, 0, 0, 9, 3}) }, "not IPP"},
		{"success without a job", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{1, 1, 0, 0, 0, 0, 0, 1, 3}) }, "not IPP"},
		{"a refusal", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{1, 1, 0x05, 0x06, 0, 0, 0, 1, 3}) }, "takes no jobs at present"},
		{"an unknown status", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{1, 1, 0x07, 0x77, 0, 0, 0, 1, 3}) }, "status 0x0777"},
		{"a redirection", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusTemporaryRedirect)
		}, "307"},
		{"an answer without end", func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = w.Write(make([]byte, 64<<10))
			}
		}, "not IPP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.serve)
			defer server.Close()
			_, err := client(t, strings.Replace(server.URL, "http", "ipp", 1)).Print(t.Context(), "letter", []byte(document))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %v", err)
			}
		})
	}
}

func TestSlowPrinterIsNotWaitedForForever(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	u, err := url.Parse(strings.Replace(server.URL, "http", "ipp", 1))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ipp.New(u, ipp.Options{User: "torhaus", Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("says %v", err)
	}
}

func TestPrinterWithAForeignCertificateGetsNothing(t *testing.T) {
	got := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got = true }))
	defer server.Close()
	_, err := client(t, strings.Replace(server.URL, "https", "ipps", 1)).Print(t.Context(), "letter", []byte(document))
	if err == nil || !strings.Contains(err.Error(), "certificate is not trusted") || got {
		t.Errorf("got the letter: %v; says %v", got, err)
	}
}

func TestAddressOfAPrinter(t *testing.T) {
	for address, fine := range map[string]bool{
		"ipps://printer.example/ipp/print": true, "ipp://localhost:8631/printers/Post": true, "ipps://[::1]/": true,
		"https://printer.example/": false, "ipps:///ipp/print": false, "ipps://user:password@printer.example/": false, "printer": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ipp.New(u, ipp.Options{}); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// FuzzAnswer reads what no printer says.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte{1, 1, 0, 0, 0, 0, 0, 1, 2, 0x21, 0, 6, 'j', 'o', 'b', '-', 'i', 'd', 0, 4, 0, 0, 0, 7, 3})
	f.Fuzz(func(t *testing.T, answer []byte) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.Copy(w, bytes.NewReader(answer))
		}))
		defer server.Close()
		u, err := url.Parse(strings.Replace(server.URL, "http", "ipp", 1))
		if err != nil {
			t.Fatal(err)
		}
		c, err := ipp.New(u, ipp.Options{Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Print(t.Context(), "letter", nil)
		if errors.Is(err, context.DeadlineExceeded) {
			t.Error("it hangs")
		}
	})
}
