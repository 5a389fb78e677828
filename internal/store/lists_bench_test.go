package store_test

import (
	"strings"
	"testing"
	"time"
)

// listLimit is what a page of a list or a search may take at the database.
const listLimit = 50 * time.Millisecond

// crowdSize is for how many members lists are measured; tokens are twice as many.
const crowdSize = 1_000_000

// BenchmarkLists takes the time of each list and each search on SQLite, in shares of what it may take. With -v it tells how SQLite
// answers, unless an index alone does.
func BenchmarkLists(b *testing.B) {
	begun := time.Now()
	c := newCrowd(b, crowdSize)
	b.Logf("%d members, %d tokens made in %s", crowdSize, 2*crowdSize, time.Since(begun).Round(time.Second))
	for _, l := range lists() {
		b.Run(strings.ReplaceAll(l.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if err := l.ask(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each)/float64(time.Millisecond), "ms/page")
			b.ReportMetric(float64(each)/float64(listLimit), "of-50-ms")
			if each > listLimit {
				b.Errorf("%s takes %s", l.name, each)
			}
			if !testing.Verbose() {
				return
			}
			plans, err := c.Plans(b.Context(), func() error { return l.ask(b.Context(), c) })
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range plans {
				if steps := strings.Join(p.Steps, "; "); strings.Contains(strings.ReplaceAll(steps, "USING COVERING INDEX", ""), "USING") {
					b.Logf("%s\n    %s", p.Query, steps)
				}
			}
		})
	}
}
