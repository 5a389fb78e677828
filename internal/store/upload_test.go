package store_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
	"torhaus/internal/upload"
)

func TestUpload_AFileComesBackAsItWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		files := &upload.Service{Store: w.DB}
		content := secret.Random(600_000).Reveal() // three parts
		kept, err := files.Keep(t.Context(), upload.Kept{By: "anna", Purpose: upload.Tokens, Name: "a.xml", Note: secret.Bytes("Schlüssel")}, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		f, err := files.Open(t.Context(), kept.ID, "anna", upload.Tokens)
		if err != nil {
			t.Fatal(err)
		}
		if string(f.Note) != "Schlüssel" || f.Name != "a.xml" || f.Size != int64(len(content)) || f.Sum != kept.Sum {
			t.Errorf("kept as %+v", f.Kept)
		}
		for range 2 { // an import reads it twice
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
		}
		if _, err := f.Seek(-10, io.SeekEnd); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content[len(content)-10:]) {
			t.Errorf("the end: %d bytes, %v", len(got), err)
		}
		if err := files.Drop(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Open(t.Context(), kept.ID, "anna", upload.Tokens); !fault.Is(err, fault.NotFound) {
			t.Errorf("after it was dropped: %v", err)
		}
	})
}

func TestUpload_IsOpenedByItsOwnerForItsPurposeWithinAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		files := &upload.Service{Store: w.DB}
		keep := func() upload.Kept {
			kept, err := files.Keep(t.Context(), upload.Kept{By: "anna", Purpose: upload.Tokens, Name: "a.xml"}, strings.NewReader("<x/>"))
			if err != nil {
				t.Fatal(err)
			}
			return kept
		}
		first := keep()
		kept := keep()
		if _, err := files.Open(t.Context(), first.ID, "anna", upload.Tokens); !fault.Is(err, fault.NotFound) {
			t.Errorf("the file before: %v", err)
		}
		if _, err := files.Open(t.Context(), kept.ID, "someone else", upload.Tokens); !fault.Is(err, fault.NotFound) {
			t.Errorf("by somebody else: %v", err)
		}
		if _, err := files.Open(t.Context(), kept.ID, "anna", upload.Members); !fault.Is(err, fault.NotFound) {
			t.Errorf("for another purpose: %v", err)
		}
		w.Clock.Advance(59 * time.Minute)
		if _, err := files.Open(t.Context(), kept.ID, "anna", upload.Tokens); err != nil {
			t.Errorf("after 59 minutes: %v", err)
		}
		w.Clock.Advance(2 * time.Minute)
		if _, err := files.Open(t.Context(), kept.ID, "anna", upload.Tokens); !fault.Is(err, fault.NotFound) {
			t.Errorf("after 61 minutes: %v", err)
		}
	})
}

func TestUpload_OfAFileThatBreaksOffNothingStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		files := &upload.Service{Store: w.DB}
		broken := errors.New("the browser has gone")
		from := io.MultiReader(bytes.NewReader(make([]byte, 300_000)), errReader{broken})
		if _, err := files.Keep(t.Context(), upload.Kept{By: "anna", Purpose: upload.Members, Name: "a.csv"}, from); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
		n, err := w.DB.Count(t.Context(), "SELECT (SELECT count(*) FROM upload) + (SELECT count(*) FROM upload_part)")
		if err != nil || n != 0 {
			t.Errorf("%d rows stay, %v", n, err)
		}
	})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestUpload_StandsInTheDatabaseSealed(t *testing.T) {
	w := storetest.SQLite(t)
	newHouse(t, w)
	files := &upload.Service{Store: w.DB}
	kept, err := files.Keep(t.Context(), upload.Kept{By: "anna", Purpose: upload.Tokens, Note: secret.Bytes("Kennwort-der-Datei")},
		strings.NewReader("<Secret>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</Secret>"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := w.DB.Blobs(t.Context(), "SELECT sealed FROM upload_part UNION ALL SELECT note FROM upload")
	if err != nil || len(raw) != 2 || bytes.Contains(bytes.Join(raw, nil), []byte("Secret")) || bytes.Contains(bytes.Join(raw, nil), []byte("Kennwort")) {
		t.Errorf("%d blobs of %s, or clear text in them, %v", len(raw), kept.ID, err)
	}
}

func TestForget_UploadsOfYesterday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		files := &upload.Service{Store: w.DB}
		for _, purpose := range []upload.Purpose{upload.Members, upload.Tokens} {
			if _, err := files.Keep(t.Context(), upload.Kept{By: "anna", Purpose: purpose}, strings.NewReader("x")); err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(23 * time.Hour)
		}
		n, err := w.DB.Forget(t.Context(), 24*time.Hour) // 46 and 23 hours after they were handed in
		if err != nil || n != 2 {
			t.Errorf("%d rows forgotten, want the older file with its part, %v", n, err)
		}
		w.Clock.Advance(2 * time.Hour)
		if n, err := w.DB.Forget(t.Context(), 24*time.Hour); err != nil || n != 2 {
			t.Errorf("%d rows forgotten, want the newer file with its part, %v", n, err)
		}
	})
}
