#include "textflag.h"

// G of RFC 9106 §3.5: R = a XOR b is a matrix of eight rows and eight columns of 16 bytes each. The permutation P of §3.6 goes over
// each row, then over each column; the result is XORed with R.
//
// P has sixteen words v0 … v15 in four vectors A, B, C, D of four words. A QUAD is the function GB of §3.6 on all four at once; the
// second one takes them along the diagonals.

// ---- AVX-512: 512 bits, two rows or four columns at a time, and two of these interleaved ----

// a = a + b + 2 * lo(a) * lo(b); d = (d XOR a) >>> n, for two independent sets
#define STEP512(A0, B0, D0, A1, B1, D1, n) \
	VPMULUDQ B0, A0, Z24   \
	VPMULUDQ B1, A1, Z25   \
	VPADDQ   B0, A0, A0    \
	VPADDQ   B1, A1, A1    \
	VPADDQ   Z24, Z24, Z24 \
	VPADDQ   Z25, Z25, Z25 \
	VPADDQ   Z24, A0, A0   \
	VPADDQ   Z25, A1, A1   \
	VPXORQ   A0, D0, D0    \
	VPXORQ   A1, D1, D1    \
	VPRORQ   $n, D0, D0    \
	VPRORQ   $n, D1, D1

#define QUAD512(A0, B0, C0, D0, A1, B1, C1, D1) \
	STEP512(A0, B0, D0, A1, B1, D1, 32) \
	STEP512(C0, D0, B0, C1, D1, B1, 24) \
	STEP512(A0, B0, D0, A1, B1, D1, 16) \
	STEP512(C0, D0, B0, C1, D1, B1, 63)

// turns B, C, D by one, two, three words, so that the diagonals become columns
#define TURN512(B, C, D, b, c, d) \
	VPERMQ $b, B, B \
	VPERMQ $c, C, C \
	VPERMQ $d, D, D

// two rows in P, Q and R, S become the vectors A, B, C, D, each with the words of the one row in its lower half
#define SPLIT512(P, Q, R, S, A, B, C, D) \
	VSHUFI64X2 $0x44, R, P, A \
	VSHUFI64X2 $0xEE, R, P, B \
	VSHUFI64X2 $0x44, S, Q, C \
	VSHUFI64X2 $0xEE, S, Q, D

#define JOIN512(A, B, C, D, P, Q, R, S) \
	VSHUFI64X2 $0x44, B, A, P \
	VSHUFI64X2 $0xEE, B, A, R \
	VSHUFI64X2 $0x44, D, C, Q \
	VSHUFI64X2 $0xEE, D, C, S

// P over four rows
#define ROWS512(P0, Q0, R0, S0, P1, Q1, R1, S1) \
	SPLIT512(P0, Q0, R0, S0, Z16, Z17, Z18, Z19)      \
	SPLIT512(P1, Q1, R1, S1, Z20, Z21, Z22, Z23)      \
	QUAD512(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)   \
	TURN512(Z17, Z18, Z19, 0x39, 0x4E, 0x93)          \
	TURN512(Z21, Z22, Z23, 0x39, 0x4E, 0x93)          \
	QUAD512(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)   \
	TURN512(Z17, Z18, Z19, 0x93, 0x4E, 0x39)          \
	TURN512(Z21, Z22, Z23, 0x93, 0x4E, 0x39)          \
	JOIN512(Z16, Z17, Z18, Z19, P0, Q0, R0, S0)       \
	JOIN512(Z20, Z21, Z22, Z23, P1, Q1, R1, S1)

// P over four columns, whose vectors lie in two registers each: A0 has v0 and v1 of all four, A1 has v2 and v3
#define COLUMNS512(A0, A1, B0, B1, C0, C1, D0, D1) \
	QUAD512(A0, B0, C0, D0, A1, B1, C1, D1)       \
	VSHUFPD $0x55, B1, B0, Z16                    \
	VSHUFPD $0x55, B0, B1, Z17                    \
	VSHUFPD $0x55, D0, D1, Z18                    \
	VSHUFPD $0x55, D1, D0, Z19                    \
	QUAD512(A0, Z16, C1, Z18, A1, Z17, C0, Z19)   \
	VSHUFPD $0x55, Z16, Z17, B0                   \
	VSHUFPD $0x55, Z17, Z16, B1                   \
	VSHUFPD $0x55, Z19, Z18, D0                   \
	VSHUFPD $0x55, Z18, Z19, D1

#define LOAD512(offset, Z) \
	VMOVDQU64 offset(AX), Z    \
	VPXORQ    offset(BX), Z, Z

#define STORE512(offset, Z) \
	VPXORQ    offset(AX), Z, Z \
	VPXORQ    offset(BX), Z, Z \
	VMOVDQU64 Z, offset(DI)

#define KEEP512(offset, Z) \
	VPXORQ    offset(AX), Z, Z \
	VPXORQ    offset(BX), Z, Z \
	VPXORQ    offset(DI), Z, Z \
	VMOVDQU64 Z, offset(DI)

#define ALL512(DO) \
	DO(0, Z0)     \
	DO(64, Z1)    \
	DO(128, Z2)   \
	DO(192, Z3)   \
	DO(256, Z4)   \
	DO(320, Z5)   \
	DO(384, Z6)   \
	DO(448, Z7)   \
	DO(512, Z8)   \
	DO(576, Z9)   \
	DO(640, Z10)  \
	DO(704, Z11)  \
	DO(768, Z12)  \
	DO(832, Z13)  \
	DO(896, Z14)  \
	DO(960, Z15)

// func mix512(out, a, b, scratch *block, keep bool)
TEXT ·mix512(SB), NOSPLIT, $0-33
	MOVQ out+0(FP), DI
	MOVQ a+8(FP), AX
	MOVQ b+16(FP), BX
	MOVB keep+32(FP), CX
	ALL512(LOAD512)
	ROWS512(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	ROWS512(Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	COLUMNS512(Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14)
	COLUMNS512(Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15)
	TESTB CX, CX
	JNZ  keep
	ALL512(STORE512)
	VZEROUPPER
	RET

keep:
	ALL512(KEEP512)
	VZEROUPPER
	RET

// ---- AVX2: 256 bits, two rows or two columns at a time ----

DATA rotate24<>+0(SB)/8, $0x0201000706050403
DATA rotate24<>+8(SB)/8, $0x0a09080f0e0d0c0b
DATA rotate24<>+16(SB)/8, $0x0201000706050403
DATA rotate24<>+24(SB)/8, $0x0a09080f0e0d0c0b
GLOBL rotate24<>(SB), RODATA|NOPTR, $32

DATA rotate16<>+0(SB)/8, $0x0100070605040302
DATA rotate16<>+8(SB)/8, $0x09080f0e0d0c0b0a
DATA rotate16<>+16(SB)/8, $0x0100070605040302
DATA rotate16<>+24(SB)/8, $0x09080f0e0d0c0b0a
GLOBL rotate16<>(SB), RODATA|NOPTR, $32

// a = a + b + 2 * lo(a) * lo(b); d = d XOR a, for two independent sets
#define ADD256(A0, B0, D0, A1, B1, D1) \
	VPMULUDQ B0, A0, Y8 \
	VPMULUDQ B1, A1, Y9 \
	VPADDQ   B0, A0, A0 \
	VPADDQ   B1, A1, A1 \
	VPADDQ   Y8, Y8, Y8 \
	VPADDQ   Y9, Y9, Y9 \
	VPADDQ   Y8, A0, A0 \
	VPADDQ   Y9, A1, A1 \
	VPXOR    A0, D0, D0 \
	VPXOR    A1, D1, D1

#define QUAD256(A0, B0, C0, D0, A1, B1, C1, D1) \
	ADD256(A0, B0, D0, A1, B1, D1) \
	VPSHUFD $0xB1, D0, D0          \
	VPSHUFD $0xB1, D1, D1          \
	ADD256(C0, D0, B0, C1, D1, B1) \
	VPSHUFB Y14, B0, B0            \
	VPSHUFB Y14, B1, B1            \
	ADD256(A0, B0, D0, A1, B1, D1) \
	VPSHUFB Y15, D0, D0            \
	VPSHUFB Y15, D1, D1            \
	ADD256(C0, D0, B0, C1, D1, B1) \
	VPSRLQ  $63, B0, Y8            \
	VPSRLQ  $63, B1, Y9            \
	VPADDQ  B0, B0, B0             \
	VPADDQ  B1, B1, B1             \
	VPXOR   Y8, B0, B0             \
	VPXOR   Y9, B1, B1

#define TURN256(B, C, D, b, c, d) \
	VPERMQ $b, B, B \
	VPERMQ $c, C, C \
	VPERMQ $d, D, D

#define LOAD256(offset, Y) \
	VMOVDQU offset(AX), Y    \
	VPXOR   offset(BX), Y, Y

#define SAVE256(offset, Y) \
	VMOVDQU Y, offset(SI)

#define AGAIN256(offset, Y) \
	VMOVDQU offset(SI), Y

#define STORE256(offset, Y) \
	VPXOR   offset(AX), Y, Y \
	VPXOR   offset(BX), Y, Y \
	VMOVDQU Y, offset(DI)

#define KEEP256(offset, Y) \
	VPXOR   offset(AX), Y, Y \
	VPXOR   offset(BX), Y, Y \
	VPXOR   offset(DI), Y, Y \
	VMOVDQU Y, offset(DI)

// two rows lie one after the other
#define TWOROWS256(DO, row) \
	DO(row+0, Y0)   \
	DO(row+32, Y1)  \
	DO(row+64, Y2)  \
	DO(row+96, Y3)  \
	DO(row+128, Y4) \
	DO(row+160, Y5) \
	DO(row+192, Y6) \
	DO(row+224, Y7)

// P over two rows
#define ROWS256(row) \
	TWOROWS256(LOAD256, row)                  \
	QUAD256(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)   \
	TURN256(Y1, Y2, Y3, 0x39, 0x4E, 0x93)     \
	TURN256(Y5, Y6, Y7, 0x39, 0x4E, 0x93)     \
	QUAD256(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)   \
	TURN256(Y1, Y2, Y3, 0x93, 0x4E, 0x39)     \
	TURN256(Y5, Y6, Y7, 0x93, 0x4E, 0x39)     \
	TWOROWS256(SAVE256, row)

// two columns lie in eight rows of 128 bytes
#define TWOCOLUMNS256(DO, column) \
	DO(column+0, Y0)   \
	DO(column+128, Y1) \
	DO(column+256, Y2) \
	DO(column+384, Y3) \
	DO(column+512, Y4) \
	DO(column+640, Y5) \
	DO(column+768, Y6) \
	DO(column+896, Y7)

// P over two columns
#define COLUMNS256(column, DO) \
	TWOCOLUMNS256(AGAIN256, column)             \
	QUAD256(Y0, Y2, Y4, Y6, Y1, Y3, Y5, Y7)     \
	VSHUFPD $0x5, Y3, Y2, Y10                   \
	VSHUFPD $0x5, Y2, Y3, Y11                   \
	VSHUFPD $0x5, Y6, Y7, Y12                   \
	VSHUFPD $0x5, Y7, Y6, Y13                   \
	QUAD256(Y0, Y10, Y5, Y12, Y1, Y11, Y4, Y13) \
	VSHUFPD $0x5, Y10, Y11, Y2                  \
	VSHUFPD $0x5, Y11, Y10, Y3                  \
	VSHUFPD $0x5, Y13, Y12, Y6                  \
	VSHUFPD $0x5, Y12, Y13, Y7                  \
	TWOCOLUMNS256(DO, column)

// func mix256(out, a, b, scratch *block, keep bool)
TEXT ·mix256(SB), NOSPLIT, $0-33
	MOVQ    out+0(FP), DI
	MOVQ    a+8(FP), AX
	MOVQ    b+16(FP), BX
	MOVQ    scratch+24(FP), SI
	MOVB    keep+32(FP), CX
	VMOVDQU rotate24<>(SB), Y14
	VMOVDQU rotate16<>(SB), Y15
	ROWS256(0)
	ROWS256(256)
	ROWS256(512)
	ROWS256(768)
	TESTB   CX, CX
	JNZ     keep
	COLUMNS256(0, STORE256)
	COLUMNS256(32, STORE256)
	COLUMNS256(64, STORE256)
	COLUMNS256(96, STORE256)
	VZEROUPPER
	RET

keep:
	COLUMNS256(0, KEEP256)
	COLUMNS256(32, KEEP256)
	COLUMNS256(64, KEEP256)
	COLUMNS256(96, KEEP256)
	VZEROUPPER
	RET
