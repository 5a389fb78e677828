package page

import (
	"html/template"
	"slices"
	"strings"

	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Key is the secret of a token as people bring it into an app.
type Key struct {
	QR   template.HTML
	Text string       // in groups of four
	Link template.URL // opens an app on the same device
}

// KeyOf shows the secret of a token that is set up. Issuer is the name that the app shows.
func KeyOf(t token.Token, issuer string) (*Key, error) {
	generator := t.Generator()
	uri := generator.URI(issuer, t.Serial)
	code, err := drawQR(uri)
	if err != nil {
		return nil, err
	}
	return &Key{QR: code, Text: Grouped(generator.Text(), 4), Link: template.URL(uri.Reveal())}, nil
}

// Grouped writes a secret in groups of so many signs.
func Grouped(s secret.Text, signs int) string {
	var groups []string
	for group := range slices.Chunk([]byte(s.Reveal()), signs) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}
