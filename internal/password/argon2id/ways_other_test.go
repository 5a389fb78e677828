//go:build !amd64

package argon2id

// ways are what this processor can do.
func ways() map[string]mixer { return map[string]mixer{"library": nil} }
