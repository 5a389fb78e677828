package argon2id

import "golang.org/x/sys/cpu"

// mix is G of RFC 9106 §3.5: out = G(a, b), or out ^= G(a, b) to keep what out holds. The blocks a and b may be one; out and
// scratch are others. It is chosen when the program starts, by what the processor can do.
var mix = widest(cpu.X86.HasAVX512F, cpu.X86.HasAVX2)

type mixer func(out, a, b, scratch *block, keep bool)

// widest gives the function for the widest registers; nil if there are none wider than the library's.
func widest(avx512, avx2 bool) mixer {
	switch {
	case avx512:
		return mix512
	case avx2:
		return mix256
	default:
		return nil
	}
}

// mix512 needs AVX-512F. The block stands in sixteen registers; scratch is not touched.
//
//go:noescape
func mix512(out, a, b, scratch *block, keep bool)

// mix256 needs AVX2. The block stands in scratch between its two rounds.
//
//go:noescape
func mix256(out, a, b, scratch *block, keep bool)
