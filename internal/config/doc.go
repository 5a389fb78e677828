// Package config reads the configuration of an installation: where it listens, which portals it serves, where each keeps its
// data, how it sends mail.
//
// One YAML file is read once and handed down as values; the tags of the structs in config.go are its only description, and
// docs/config.md is made from them. Secrets never stand in the file: it names environment variables, and Load reads those.
// Paths are relative to the folder of the file. Everything that is wrong is told at once, with line and what to do.
//
// The package leaves to others whether files, databases and servers that it names can be reached: `torhaus doctor` tells.
// What differs from body to body is no configuration but a profile.
package config
