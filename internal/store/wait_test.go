package store_test

import (
	"testing"
	"time"

	"torhaus/internal/store/storetest"
)

// TestSQLite_LoginsOutwaitTheLongestImport: the longest import that is taken holds the file for about four seconds.
func TestSQLite_LoginsOutwaitTheLongestImport(t *testing.T) {
	const held = 4 * time.Second
	ms, err := storetest.SQLite(t).DB.Count(t.Context(), `PRAGMA busy_timeout`)
	if err != nil {
		t.Fatal(err)
	}
	if wait := time.Duration(ms) * time.Millisecond; wait < 3*held {
		t.Errorf("a transaction waits for %s, which is too short on a busy machine", wait)
	}
}
