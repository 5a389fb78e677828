package otp

// Mode is what the codes of a token count by.
type Mode string

// The modes.
const (
	TOTP Mode = "totp" // time steps (RFC 6238)
	HOTP Mode = "hotp" // a counter that goes on with every code shown (RFC 4226)
)
