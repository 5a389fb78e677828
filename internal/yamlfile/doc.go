// Package yamlfile reads the YAML files of the portal strictly and tells everything that is wrong with one at once.
//
// It owns the form of such a message: file, line, key, what is wrong, what is accepted. Every file that the program reads
// (profiles, texts, the configuration) is one document of plain mappings, sequences and scalars; anchors, aliases, merge keys
// and tags are refused, because they make a file say something else than a reader sees, and because they can make a small
// file large. It leaves to others what the keys mean.
package yamlfile
