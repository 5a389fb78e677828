package pskc

import (
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// Key is the key of one device.
type Key struct {
	ID           string
	Serial       string
	Manufacturer string
	Model        string
	Mode         otp.Mode
	Algorithm    otp.Algorithm
	Digits       int
	Period       time.Duration // of a time step, for TOTP
	Counter      int64         // of the next code, for HOTP
	Start        calendar.Date // first day on which it counts; zero where none is named
	Expiry       calendar.Date // last day, of the key or of its device; zero where none is named
	Secret       secret.Bytes
}

// Entry is one key package of a file: its key, or why it is refused.
type Entry struct {
	Line    int // where the package begins
	Key     Key // with Serial and ID even where it is refused, if they can be read
	Refused []Refusal
}

// Refusal says why a key, or the file, is refused: where, and for what reason. Whoever shows it has a sentence for each reason.
type Refusal struct {
	Line   int
	Reason Reason
	Args   []any // what the sentence names; values from the file are clipped
}

// Reason is why a key or a file is refused.
type Reason string

// Why a file is refused. The comment tells the arguments.
const (
	EmptyFile     Reason = "empty-file"
	NotXML        Reason = "not-xml"
	HasDTD        Reason = "dtd"           // document type, or another declaration
	Instruction   Reason = "instruction"   // target of a processing instruction
	Encoding      Reason = "encoding"      // as the file names it
	NotPSKC       Reason = "not-pskc"      // name of the outermost element, its namespace
	Version       Reason = "version"       // as the file names it
	TooDeep       Reason = "too-deep"      // most
	TooLong       Reason = "too-long"      // most bytes of a key package, or of another part
	Cut           Reason = "cut"           // the file ends too early
	KeyNeeded     Reason = "key-needed"    // name of the key, if the file has one
	WordNeeded    Reason = "word-needed"   // name of the password, if the file has one
	WrongKey      Reason = "wrong-key"     // or wrong password
	KeyLength     Reason = "key-length"    // bytes of the key, of the algorithm
	Certificate   Reason = "certificate"   // encrypted to a public key
	Unencrypted   Reason = "unencrypted"   // a key was given, and the file is in clear
	BadEncryption Reason = "encryption"    // the algorithm
	BadMAC        Reason = "mac-algorithm" // the algorithm
	BadDerivation Reason = "derivation"    // what is wrong: algorithm, prf, iterations, key-length or salt
	NoKeys        Reason = "no-keys"
)

// Why a key is refused. The comment tells the arguments.
const (
	NoSerial       Reason = "no-serial"
	BadSerial      Reason = "bad-serial" // value
	SeveralKeys    Reason = "several-keys"
	NoKey          Reason = "no-key"
	Doubled        Reason = "doubled"   // element
	Malformed      Reason = "malformed" // element, value
	BadAlgorithm   Reason = "algorithm" // value
	BadSuite       Reason = "suite"     // value
	NoFormat       Reason = "no-format"
	BadFormat      Reason = "format" // encoding
	CheckDigits    Reason = "check-digits"
	BadLength      Reason = "digits"   // value
	BadInterval    Reason = "interval" // value
	OtherStart     Reason = "time"     // value
	NoCounter      Reason = "no-counter"
	NoSecret       Reason = "no-secret"
	ShortSecret    Reason = "short-secret" // bytes, least
	LongSecret     Reason = "long-secret"  // bytes, most
	NoMAC          Reason = "no-mac"
	WrongMAC       Reason = "wrong-mac"
	Plain          Reason = "plain"           // the secret is in clear where it should be encrypted
	EncryptedField Reason = "encrypted-field" // element
	HasPIN         Reason = "pin"
	OtherUse       Reason = "use"    // what the key is for
	OtherPolicy    Reason = "policy" // element
)

// Reasons lists all reasons.
var Reasons = []Reason{
	EmptyFile, NotXML, HasDTD, Instruction, Encoding, NotPSKC, Version, TooDeep, TooLong, Cut, KeyNeeded, WordNeeded, WrongKey, KeyLength,
	Certificate, Unencrypted, BadEncryption, BadMAC, BadDerivation, NoKeys,
	NoSerial, BadSerial, SeveralKeys, NoKey, Doubled, Malformed, BadAlgorithm, BadSuite, NoFormat, BadFormat, CheckDigits, BadLength,
	BadInterval, OtherStart, NoCounter, NoSecret, ShortSecret, LongSecret, NoMAC, WrongMAC, Plain, EncryptedField, HasPIN, OtherUse,
	OtherPolicy,
}

// Bounds of a key.
const (
	LeastSecret = 16  // bytes; RFC 4226, section 4, R6
	MostSecret  = 128 // bytes; more than any hash uses
)

// Unlock is what opens an encrypted file. At most one is set.
type Unlock struct {
	Key      secret.Bytes // agreed upon with the maker
	Password secret.Text  // likewise
}

// Given tells whether there is something to open a file with, so that it has to be encrypted.
func (u Unlock) Given() bool { return len(u.Key) > 0 || u.Password != "" }
