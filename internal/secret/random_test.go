package secret_test

import (
	"strings"
	"testing"

	"torhaus/internal/secret"
)

func TestDigits_HaveTheLengthAskedFor(t *testing.T) {
	for _, n := range []int{0, 1, 6, 8, 12, 100} {
		code := secret.Digits(n).Reveal()
		if len(code) != n || strings.Trim(code, "0123456789") != "" {
			t.Errorf("%d digits asked, got %q", n, code)
		}
	}
}

func TestDigits_ComeWithLeadingZeros(t *testing.T) {
	zeros := 0
	for range 1000 {
		if strings.HasPrefix(secret.Digits(8).Reveal(), "0") {
			zeros++
		}
	}
	// 100 are expected with a standard deviation of 9.5: outside of seven of them something is wrong
	if zeros < 33 || zeros > 167 {
		t.Errorf("%d of 1000 codes begin with 0, want about 100", zeros)
	}
}

// A biased generator (bytes taken modulo 10 favour 0 to 5 by 4 %) lies far above the bound; an honest one exceeds it once in
// ten million runs.
func TestDigits_AreEachEquallyLikelyInEveryPlace(t *testing.T) {
	const draws = 10_000
	var counts [8][10]float64
	for range draws {
		for place, digit := range secret.Digits(8).Reveal() {
			counts[place][digit-'0']++
		}
	}
	for place := range counts {
		if got := chiSquare(counts[place][:], draws); got > 50 { // 9 degrees of freedom: p = 1e-7
			t.Errorf("place %d: chi-square %.1f for %v", place, got, counts[place])
		}
	}
	var all [10]float64
	for _, place := range counts {
		for digit, n := range place {
			all[digit] += n
		}
	}
	if got := chiSquare(all[:], 8*draws); got > 50 {
		t.Errorf("all places: chi-square %.1f for %v", got, all)
	}
}

// chiSquare measures how far counts lie from being equal.
func chiSquare(counts []float64, draws float64) (sum float64) {
	want := draws / float64(len(counts))
	for _, got := range counts {
		sum += (got - want) * (got - want) / want
	}
	return sum
}

func TestFromAlphabet_UsesEverySignOfTheAlphabetAndNoOther(t *testing.T) {
	for _, alphabet := range []string{"a", "01", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", "ACEFGHKLMNPRTWXY34679"} {
		drawn := secret.FromAlphabet(alphabet, 5000).Reveal()
		if len(drawn) != 5000 || strings.Trim(drawn, alphabet) != "" {
			t.Errorf("%d signs of %q", len(drawn), alphabet)
		}
		for _, sign := range alphabet {
			if !strings.ContainsRune(drawn, sign) {
				t.Errorf("%q never comes", sign)
			}
		}
	}
}

func TestNewID_Is26SignsAndNeverTheSameTwice(t *testing.T) {
	const n = 100_000
	seen := make(map[string]bool, n)
	for range n {
		id := secret.NewID()
		if len(id) != 26 || strings.Trim(id, "abcdefghijkmnpqrstuvwxyz23456789") != "" {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	if len(seen) != n {
		t.Errorf("%d different ids of %d", len(seen), n)
	}
}

func TestRandom_HasTheLengthAskedForAndNeverTheSameTwice(t *testing.T) {
	if a, b := secret.Random(32), secret.Random(32); len(a) != 32 || string(a.Reveal()) == string(b.Reveal()) {
		t.Errorf("%d bytes; twice the same", len(a))
	}
	if len(secret.Random(0)) != 0 {
		t.Error("no bytes asked, some given")
	}
}
