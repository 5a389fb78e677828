package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// insertMany writes rows, many of them by one statement. The text is a statement up to and without VALUES; every row has as many
// values as it names columns.
func (t *tx) insertMany(text string, rows [][]any) error {
	for _, size := range t.db.engine.atOnce {
		for len(rows) >= size {
			query := withPlaceholders(text+" VALUES ", size, len(rows[0]))
			if _, err := t.exec(query, slices.Concat(rows[:size]...)...); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}

var texts sync.Map // of withPlaceholders, by all that they are made from

// withPlaceholders gives a text with placeholders for so many rows at its end.
func withPlaceholders(text string, rows, columns int) string {
	type key struct {
		text          string
		rows, columns int
	}
	if made, ok := texts.Load(key{text, rows, columns}); ok {
		return made.(string)
	}
	made := text + placeholders(rows, columns)
	texts.Store(key{text, rows, columns}, made)
	return made
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
