package text

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Catalogue holds all texts in all languages. It never changes and may be used by many at once.
type Catalogue struct {
	offered  []language.Tag // German first
	matcher  language.Matcher
	printers map[language.Tag]Printer
}

// entry is one text of one language, with the place it came from.
type entry struct {
	file     string
	line     int
	needs    int      // arguments that it refers to
	variants []string // plural selectors and messages in turn; a single message when there is no plural
}

// Default is the language of every portal; each source must have it.
var Default = language.German

func newCatalogue(offered []language.Tag, texts map[language.Tag]map[string]entry) (*Catalogue, error) {
	builder := catalog.NewBuilder(catalog.Fallback(Default))
	c := &Catalogue{offered: offered, matcher: language.NewMatcher(offered), printers: map[language.Tag]Printer{}}
	for _, tag := range offered {
		for key, e := range texts[tag] {
			if err := builder.Set(tag, key, e.message()); err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", e.file, e.line, key, err)
			}
		}
		speech, ok := languages[tag]
		if !ok {
			return nil, fmt.Errorf("there are texts in %q, but the program does not know how dates are written in it", tag)
		}
		c.printers[tag] = Printer{
			lang:    tag.String(),
			speech:  speech,
			texts:   texts[tag],
			printer: message.NewPrinter(tag, message.Catalog(builder)),
		}
	}
	return c, nil
}

// Languages lists the languages in which every text exists, German first.
func (c *Catalogue) Languages() []language.Tag { return slices.Clone(c.offered) }

// Match chooses among the languages by an Accept-Language header. German answers where nothing fits.
func (c *Catalogue) Match(acceptLanguage string) language.Tag {
	const most = 256 // longer headers name no more languages that anybody reads
	if len(acceptLanguage) > most {
		return Default
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Default
	}
	_, i, confidence := c.matcher.Match(wanted...)
	if confidence == language.No {
		return Default
	}
	return c.offered[i]
}

// Printer speaks the given language, or German where texts do not exist in it.
func (c *Catalogue) Printer(tag language.Tag) Printer {
	if p, ok := c.printers[tag]; ok {
		return p
	}
	return c.printers[Default]
}

// Keys lists the keys of a language ("de") in order.
func (c *Catalogue) Keys(lang string) []string {
	for _, p := range c.printers {
		if p.lang == lang {
			return slices.Sorted(maps.Keys(p.texts))
		}
	}
	return nil
}
