package text

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message/catalog"

	"torhaus/internal/yamlfile"
)

// Load reads the texts of all sources; each holds texts.de.yaml at its top, and one such file per further language. Everything
// that is wrong is told at once: a key that two sources have, a key that one language of a source has and another lacks, a
// placeholder that cannot work or differs between languages. A language is offered when every source has it.
//
// The error is of type yamlfile.Problems; files of several sources are told apart by their number, as in "source 2:
// texts.de.yaml".
func Load(sources ...fs.FS) (*Catalogue, error) {
	l := loader{texts: map[language.Tag]map[string]entry{}}
	counts := map[language.Tag]int{}
	for i, source := range sources {
		prefix := ""
		if len(sources) > 1 {
			prefix = fmt.Sprintf("source %d: ", i+1)
		}
		for _, tag := range l.source(source, prefix) {
			counts[tag]++
		}
	}
	if err := l.problems.Err(); err != nil {
		return nil, err
	}
	offered := []language.Tag{Default}
	for _, tag := range slices.SortedFunc(maps.Keys(counts), byName) {
		if tag != Default && counts[tag] == len(sources) {
			offered = append(offered, tag)
		}
	}
	return newCatalogue(offered, l.texts)
}

func byName(a, b language.Tag) int { return strings.Compare(a.String(), b.String()) }

type loader struct {
	texts    map[language.Tag]map[string]entry
	problems yamlfile.Problems
}

func (l *loader) refuse(file string, line int, key, what, accepted string) {
	l.problems = append(l.problems, yamlfile.Problem{File: file, Line: line, Key: key, What: what, Accepted: accepted})
}

// source reads one source and gives the languages it has.
func (l *loader) source(source fs.FS, prefix string) []language.Tag {
	names, err := fs.Glob(source, "texts.*.yaml")
	if err != nil {
		l.refuse(prefix+"texts.de.yaml", 0, "", err.Error(), "")
		return nil
	}
	byLanguage := map[language.Tag]map[string]entry{}
	for _, name := range names {
		tag, err := language.Parse(strings.TrimSuffix(strings.TrimPrefix(name, "texts."), ".yaml"))
		if err != nil {
			l.refuse(prefix+name, 0, "", "does not name a language", "texts.de.yaml, texts.en.yaml")
			continue
		}
		data, err := fs.ReadFile(source, name)
		if err != nil {
			l.refuse(prefix+name, 0, "", err.Error(), "")
			continue
		}
		byLanguage[tag] = l.file(prefix+name, data)
	}
	if byLanguage[Default] == nil {
		l.refuse(prefix+"texts.de.yaml", 0, "", "is missing or empty: every source has German texts", "")
		return nil
	}
	l.compare(prefix, byLanguage)
	tags := slices.SortedFunc(maps.Keys(byLanguage), byName)
	for _, tag := range tags {
		l.merge(tag, byLanguage[tag])
	}
	return tags
}

func (l *loader) file(name string, data []byte) map[string]entry {
	root, err := yamlfile.Parse(name, data)
	if err != nil {
		l.problems = append(l.problems, err.(yamlfile.Problems)...)
		return nil
	}
	texts := map[string]entry{}
	l.flatten(texts, name, "", root)
	return texts
}

func (l *loader) flatten(texts map[string]entry, file, parent string, node yamlfile.Node) {
	for _, e := range node.Entries {
		key := yamlfile.Join(parent, e.Key)
		switch {
		case e.Key == "" || strings.ContainsAny(e.Key, ". \t%"):
			l.refuse(file, e.Line, key, "is no key", "letters, digits, hyphens; dots come from nesting")
		case isPlural(e.Value):
			texts[key] = l.plural(file, key, e)
		case e.Value.Kind == yamlfile.Mapping:
			l.flatten(texts, file, key, e.Value)
		default:
			texts[key] = l.single(file, key, e)
		}
	}
}

func (l *loader) single(file, key string, e yamlfile.Entry) entry {
	message, needs := l.message(file, key, e)
	return entry{file: file, line: e.Line, needs: needs, variants: []string{message}}
}

func (l *loader) plural(file, key string, e yamlfile.Entry) entry {
	out := entry{file: file, line: e.Line, needs: 1}
	if slices.IndexFunc(e.Value.Entries, func(v yamlfile.Entry) bool { return v.Key == "other" }) < 0 {
		l.refuse(file, e.Line, key, "has plural forms but not the form other", "other, and those of zero, one, two, few, many, =0 that the language has")
	}
	var other []string
	for _, v := range e.Value.Entries {
		message, needs := l.message(file, yamlfile.Join(key, v.Key), v)
		out.needs = max(out.needs, needs)
		if v.Key == "other" {
			other = []string{v.Key, message} // last, since the first form that fits is taken
			continue
		}
		out.variants = append(out.variants, v.Key, message)
	}
	out.variants = append(out.variants, other...)
	return out
}

// isPlural tells whether a mapping is one text in several plural forms: whether it has keys, and all are plural forms.
func isPlural(n yamlfile.Node) bool {
	if n.Kind != yamlfile.Mapping || len(n.Entries) == 0 {
		return false
	}
	for _, e := range n.Entries {
		if !slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, e.Key) && !strings.HasPrefix(e.Key, "=") {
			return false
		}
	}
	return true
}

// message reads one string and gives it with explicit placeholders, and the number of arguments it needs.
func (l *loader) message(file, key string, e yamlfile.Entry) (string, int) {
	if e.Value.Kind != yamlfile.String {
		l.refuse(file, e.Line, key, "is "+e.Value.Kind.String(), "text; put figures and true/false in quotes")
		return "", 0
	}
	raw := strings.TrimRight(e.Value.Text, "\n")
	if strings.TrimSpace(raw) == "" {
		l.refuse(file, e.Line, key, "is empty", "a text")
		return "", 0
	}
	message, needs, err := explicit(raw)
	if err != nil {
		l.refuse(file, e.Line, key, err.Error(), "%s, %d, %[1]s, %[2]d, and %% for the sign itself")
	}
	return message, needs
}

// compare refuses what one language of a source has and another lacks.
func (l *loader) compare(prefix string, byLanguage map[language.Tag]map[string]entry) {
	for tag, texts := range byLanguage {
		for key, e := range texts {
			for other, others := range byLanguage {
				o, ok := others[key]
				if !ok {
					l.refuse(e.file, e.line, key, fmt.Sprintf("is missing in %stexts.%s.yaml", prefix, other), "every text in every language")
				} else if tag == Default && o.needs != e.needs {
					l.refuse(o.file, o.line, key, fmt.Sprintf("uses %d arguments, the German text %d", o.needs, e.needs), "the same arguments in every language")
				}
			}
		}
	}
}

func (l *loader) merge(tag language.Tag, texts map[string]entry) {
	all := l.texts[tag]
	if all == nil {
		all = map[string]entry{}
		l.texts[tag] = all
	}
	for key, e := range texts {
		if first, doubled := all[key]; doubled {
			l.refuse(e.file, e.line, key, fmt.Sprintf("stands already in %s, line %d", first.file, first.line), "each key once")
			continue
		}
		all[key] = e
	}
}

func (e entry) message() catalog.Message {
	if len(e.variants) == 1 {
		return catalog.String(e.variants[0])
	}
	cases := make([]any, len(e.variants))
	for i, v := range e.variants {
		cases[i] = v
	}
	return plural.Selectf(1, "", cases...)
}
