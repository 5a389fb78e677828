// Package profile holds the rules of a portal as data.
//
// A profile is one YAML file. Everything that differs from body to body stands there: figures, labels, subjects, the
// support contact, the sender of letters. The code asks the profile and knows no figure of its own. Decoding is strict: an
// unknown or impossible value stops the start and says file, line, key and what is accepted, for everything that is wrong
// at once.
//
// The tags of the structs in profile.go are the only list of keys: doc is what docs/profile.md says of a key, accept is what
// is checked (package yamlfile explains the tags), and rules.go holds what concerns several keys together.
package profile
