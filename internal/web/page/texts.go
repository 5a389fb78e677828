package page

import "embed"

// Texts are the texts of the frame.
//
//go:embed texts.*.yaml
var Texts embed.FS
