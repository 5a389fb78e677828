package records

import (
	"math"
	"strconv"
)

// A chart is bars, in groups side by side: one group a slot, one bar a series. The picture is stretched to whatever place there is, so it
// holds shapes only; all words stand beside it as text, at the size of text.
type chart struct {
	ID      string // unique on the page
	Title   string
	Text    string // what the picture shows, for those who do not see it
	Series  []series
	Bars    []bar
	Lines   []string // heights of the lines across, from the top
	Scale   []string // what the lines stand for, from the top
	Labels  []string // below, spread over the width
	Ends    bool     // only the first, the middle and the last label stand
	Nothing bool     // there is nothing to draw
}

// series is one sort of bar.
type series struct{ Name, Class string }

// bar is one rectangle in a picture of chartWidth × chartHeight.
type bar struct{ Class, X, Y, Width, Height string }

const (
	chartWidth  = 1000
	chartHeight = 300
	gap         = 0.25 // of a slot, between groups
	wholeLabels = 8    // labels that stand below one by one; of more, the first, the middle and the last one stand
)

// seriesClasses colour the series.
var seriesClasses = []string{"chart__a", "chart__b"}

// draw makes a chart of values, by series and slot. All series have as many slots as there are labels.
func draw(id, title string, names []string, values [][]int64, labels []string) chart {
	c := chart{ID: id, Title: title, Labels: spread(labels), Ends: len(labels) > wholeLabels}
	for i, name := range names {
		c.Series = append(c.Series, series{name, seriesClasses[i]})
	}
	most := int64(0)
	for _, row := range values {
		for _, v := range row {
			most = max(most, v)
		}
	}
	c.Nothing = most == 0
	top := nice(most)
	c.scale(top)
	slot := chartWidth / float64(max(1, len(labels)))
	wide := slot * (1 - gap) / float64(max(1, len(values)))
	for s, row := range values {
		for i, v := range row {
			if v <= 0 {
				continue
			}
			high := chartHeight * float64(v) / float64(top)
			c.Bars = append(c.Bars, bar{
				Class: seriesClasses[s], X: number(slot*(float64(i)+gap/2) + wide*float64(s)), Y: number(chartHeight - high),
				Width: number(wide), Height: number(high),
			})
		}
	}
	return c
}

// scale draws lines at the top, in the middle where that is a whole number, and at the bottom.
func (c *chart) scale(top int64) {
	steps := []int64{top, 0}
	if top%2 == 0 {
		steps = []int64{top, top / 2, 0}
	}
	for _, v := range steps {
		c.Lines = append(c.Lines, number(chartHeight*(1-float64(v)/float64(top))))
		c.Scale = append(c.Scale, strconv.FormatInt(v, 10))
	}
}

// nice gives the smallest of 1, 2, 5, 10, 20, 50 … that is not less.
func nice(most int64) int64 {
	for ten := int64(1); ten <= math.MaxInt64/10; ten *= 10 {
		for _, n := range []int64{ten, 2 * ten, 5 * ten} {
			if n >= most {
				return n
			}
		}
	}
	return math.MaxInt64
}

// number writes a length with a tenth at most.
func number(f float64) string {
	return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64)
}

// spread chooses the labels that fit.
func spread(labels []string) []string {
	if len(labels) <= wholeLabels {
		return labels
	}
	return []string{labels[0], labels[len(labels)/2], labels[len(labels)-1]}
}
