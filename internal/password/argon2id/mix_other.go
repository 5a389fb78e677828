//go:build !amd64

package argon2id

type mixer func(out, a, b, scratch *block, keep bool)

// mix stands for nothing: the library hashes.
var mix mixer
