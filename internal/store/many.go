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

// made are the texts that withPlaceholders has given, by all that they are made from.
var made sync.Map

// withPlaceholders gives a statement that ends with placeholders for so many rows.
func withPlaceholders(statement string, rows, columns int) string {
	type parts struct {
		statement     string
		rows, columns int
	}
	of := parts{statement, rows, columns}
	if text, ok := made.Load(of); ok {
		return text.(string)
	}
	text := statement + placeholders(rows, columns)
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
