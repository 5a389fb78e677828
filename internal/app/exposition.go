package app

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// exposition writes figures in the text form that Prometheus reads, version 0.0.4. It is some sixty lines where the client
// library brings six modules; see docs/adr.
type exposition struct {
	families []*family
}

// family is one figure with its samples.
type family struct {
	name, kind, help string
	samples          []string
}

// The kinds of figure.
const (
	gauge   = "gauge"   // goes up and down
	counter = "counter" // goes up only, from the start of the process
)

const expositionType = "text/plain; version=0.0.4; charset=utf-8"

// family begins a figure, or goes on with it.
func (e *exposition) family(name, kind, help string) *family {
	i := slices.IndexFunc(e.families, func(f *family) bool { return f.name == name })
	if i < 0 {
		i = len(e.families)
		e.families = append(e.families, &family{name: name, kind: kind, help: help})
	}
	return e.families[i]
}

// sample adds a value. Labels are names and values in turn.
func (f *family) sample(value float64, labels ...string) {
	var pairs []string
	for i := 0; i+1 < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+`="`+labelEscapes.Replace(labels[i+1])+`"`)
	}
	set := ""
	if len(pairs) > 0 {
		set = "{" + strings.Join(pairs, ",") + "}"
	}
	f.samples = append(f.samples, f.name+set+" "+strconv.FormatFloat(value, 'g', -1, 64))
}

var (
	labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
)

// text gives all figures in the order of their names.
func (e *exposition) text() []byte {
	slices.SortFunc(e.families, func(a, b *family) int { return strings.Compare(a.name, b.name) })
	var b bytes.Buffer
	for _, f := range e.families {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", f.name, helpEscapes.Replace(f.help), f.name, f.kind)
		slices.Sort(f.samples)
		for _, s := range f.samples {
			b.WriteString(s + "\n")
		}
	}
	return b.Bytes()
}
