package profile

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"

	"torhaus/internal/calendar"
	"torhaus/internal/yamlfile"
)

//go:embed *.yaml
var embedded embed.FS

// Names lists the profiles that are part of the program.
func Names() []string {
	entries, err := embedded.ReadDir(".")
	if err != nil {
		panic(err) // impossible: the folder is linked in
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Embedded gives a profile that is part of the program, by its key.
func Embedded(key string) (*Profile, error) {
	if !slices.Contains(Names(), key) {
		return nil, fmt.Errorf("there is no profile %q in the program; there are: %s", key, strings.Join(Names(), ", "))
	}
	data, err := embedded.ReadFile(key + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read profile %s: %w", key, err)
	}
	return Parse(key+".yaml", data)
}

// Load reads a profile from a file.
func Load(path string) (*Profile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	return Parse(path, data)
}

// IsPath tells whether a reference to a profile is a file's path ("./own.yaml") rather than the key of an embedded one
// ("kvb").
func IsPath(reference string) bool {
	return strings.ContainsAny(reference, `/\`) || strings.HasSuffix(reference, ".yaml")
}

// Find gives the profile that a reference means: an embedded one by its key, any other by its path.
func Find(reference string) (*Profile, error) {
	if IsPath(reference) {
		return Load(reference)
	}
	return Embedded(reference)
}

// Parse reads a profile; name is the file's, for errors. The error is of type yamlfile.Problems and holds everything that is
// wrong.
func Parse(name string, data []byte) (*Profile, error) {
	p := &Profile{source: bytes.Clone(data)}
	file := yamlfile.Decode(name, data, p, forms)
	checkRules(file)
	if err := file.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Source gives the YAML that the profile was read from, comments included.
func (p *Profile) Source() []byte { return bytes.Clone(p.source) }

// Days gives the calendar by which the body counts working days and Werktage.
func (p *Profile) Days() calendar.Calendar { return calendar.Calendar(p.Calendar) }
