package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// insertMany writes rows, many of them by one statement. The text is a statement up to and without VALUES, more is what follows
// the values; every row has as many values as the text names columns.
func (t *tx) insertMany(text string, rows [][]any, more string) error {
	for _, size := range t.db.engine.atOnce {
		for len(rows) >= size {
			query := withPlaceholders(text+" VALUES ", size, len(rows[0]), more)
			if _, err := t.exec(query, slices.Concat(rows[:size]...)...); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}

// made are the texts that withPlaceholders has given, by all that they are made from.
var made sync.Map

// withPlaceholders sets placeholders for so many rows between two parts of a statement.
func withPlaceholders(before string, rows, columns int, after string) string {
	type parts struct {
		before, after string
		rows, columns int
	}
	of := parts{before, after, rows, columns}
	if text, ok := made.Load(of); ok {
		return text.(string)
	}
	text := before + placeholders(rows, columns) + after
	made.Store(of, text)
	return text
}

// placeholders gives ($1, $2), ($3, $4) for two rows of two columns.
func placeholders(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}
