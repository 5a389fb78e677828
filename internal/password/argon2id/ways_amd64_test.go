package argon2id

import "golang.org/x/sys/cpu"

// ways are what this processor can do, the library's way among them.
func ways() map[string]mixer {
	found := map[string]mixer{"library": nil}
	if cpu.X86.HasAVX2 {
		found["avx2"] = widest(false, true)
	}
	if cpu.X86.HasAVX512F {
		found["avx512"] = widest(true, true)
	}
	return found
}
