package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"torhaus/internal/store"
)

// TestPrivacyPageTellsHowLongRowsAreKept: the page on data protection promises spans in words, and what is deleted once a day is
// gone by then.
func TestPrivacyPageTellsHowLongRowsAreKept(t *testing.T) {
	const day = 24 * time.Hour
	weeks := (store.KeepWrongCodes + day + 7*day - 1) / (7 * day)
	for file, promises := range map[string][]string{
		"de": {fmt.Sprintf("%d Tage nach ihrem Abschluss", store.KeepRows/day), fmt.Sprintf("%d Tage nach dem Ende", store.KeepRows/day), fmt.Sprintf("nach %d Wochen", weeks)},
		"en": {fmt.Sprintf("%d days after it was completed", store.KeepRows/day), fmt.Sprintf("%d days after the session", store.KeepRows/day), fmt.Sprintf("after %d weeks", weeks)},
	} {
		words, err := os.ReadFile("../web/public/texts." + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.Join(strings.Fields(string(words)), " ")
		for _, promise := range promises {
			if !strings.Contains(plain, promise) {
				t.Errorf("%s: the page does not say %q", file, promise)
			}
		}
	}
}
