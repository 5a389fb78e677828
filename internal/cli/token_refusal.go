package cli

import (
	"fmt"

	"torhaus/internal/textfile"
	"torhaus/internal/token"
	"torhaus/internal/token/pskc"
)

// stockSentences say of each reason what is wrong and what to do. The name of the column, if one is to blame, stands before them.
var stockSentences = map[token.StockReason]string{
	token.SerialTwice:    "stands in line %[2]s already; keep one of the two",
	token.SerialTaken:    "is in the stock already, from %[2]q of %[3]s",
	token.SoftSerial:     "is a serial number of the portal's soft tokens; no device can have it",
	token.BatteryOver:    "its time was over on %s; do not give it out",
	token.NotYet:         "counts only from %s; import it then",
	token.TooManyDevices: "there are more than %s devices; split the file",
	token.TooManyRefused: "more than %s devices are refused; the rest was not looked at",

	token.UnknownColumn: "there is no column %q; `torhaus token import --help` lists them. A file without a header needs one",
	token.DoubledColumn: "stands there twice; keep one",
	token.MissingColumn: "is missing; add the column",
	token.TwoEncodings:  "every secret could be hexadecimal or Base32; call the column secret-hex or secret-base32",
	token.Missing:       "is empty; every device needs it",
	token.Formula:       "%q would be carried out by a spreadsheet; export the file as plain values",
	token.BadType:       "%q is no type; write totp or hotp",
	token.BadHash:       "%q is no algorithm; write SHA1, SHA256 or SHA512",
	token.BadDigits:     "%q digits: devices show 6 or 8",
	token.BadPeriod:     "%q seconds: devices change their code every 30 or 60",
	token.BadCounter:    "%q is no counter of a device of this type",
	token.BadDay:        "%q is no day; write it as 2031-12-31",
	token.BadText:       "is longer than %s signs, or holds signs that nobody sees",
	token.NotHex:        "is not hexadecimal, as the secrets of this file are; 0 to 9 and a to f, two a byte",
	token.NotBase32:     "is not Base32, as the secrets of this file are; A to Z and 2 to 7",

	reason(textfile.Workbook):       sentences["workbook"],
	reason(textfile.UTF16):          "the file is encoded in UTF-16; save it as UTF-8",
	reason(textfile.NotText):        "the file is no text; it has to be PSKC (XML) or CSV",
	reason(textfile.MixedEncodings): sentences["mixed-encodings"],
	reason(textfile.NoEncoding):     sentences["no-encoding"],
	reason(textfile.RowTooLong):     sentences["row-too-long"],
	reason(textfile.FieldCount):     sentences["field-count"],
	reason(textfile.BadQuotes):      sentences["bad-quotes"],
	reason(textfile.OpenQuotes):     sentences["open-quotes"],

	reason(pskc.EmptyFile):     "the file is empty; ask for it again",
	reason(pskc.NotXML):        "the file is not well-formed XML, or not UTF-8; ask for it again",
	reason(pskc.HasDTD):        "the file has a document type (DTD), which is never read; ask for it without",
	reason(pskc.Instruction):   "the file has the processing instruction %q, which is never obeyed; ask for it without",
	reason(pskc.Encoding):      "the file is encoded in %q; ask for it in UTF-8",
	reason(pskc.NotPSKC):       "the file is %q of %q, and no KeyContainer of RFC 6030",
	reason(pskc.Version):       "the file has version %q of PSKC; version 1.0 is read",
	reason(pskc.TooDeep):       "there are more than %s elements within one another; this is no PSKC",
	reason(pskc.TooLong):       "the part is longer than %s bytes; no key package is",
	reason(pskc.Cut):           "the file breaks off here; ask for it again",
	reason(pskc.KeyNeeded):     "is encrypted with the key %q; give it with --key-file",
	reason(pskc.WordNeeded):    "is encrypted with the password %q; give it with --password-file",
	reason(pskc.WrongKey):      "the key or password does not fit; ask the maker for the right one",
	reason(pskc.KeyLength):     "the key has %s bytes, and the file needs one of %s",
	reason(pskc.Certificate):   "the file is encrypted to a certificate; ask for it with a key or a password agreed upon",
	reason(pskc.Unencrypted):   "the file is not encrypted though a key or password was given; ask where it comes from, or call it without",
	reason(pskc.BadEncryption): "the encryption %q is not read; ask for AES-CBC with a MAC, or AES key wrap",
	reason(pskc.BadMAC):        "the MAC %q is not read; ask for HMAC with SHA-1, SHA-256, SHA-384 or SHA-512 and a MACKey in the file",
	reason(pskc.BadDerivation): "the key cannot be derived from the password (%s); ask for PBKDF2 of PKCS #5",
	reason(pskc.NoKeys):        "the file has no keys",

	reason(pskc.NoSerial):       "has no serial number (DeviceInfo/SerialNo)",
	reason(pskc.BadSerial):      "%q is no serial number; it has letters and digits, with blanks . _ or - between them, at most 40",
	reason(pskc.SeveralKeys):    "the package has several keys; a device has one",
	reason(pskc.NoKey):          "the package has no key",
	reason(pskc.Doubled):        "%s stands there twice; which one counts is not to be guessed",
	reason(pskc.Malformed):      "%s: %q cannot be read",
	reason(pskc.BadAlgorithm):   "the key is for %q; HOTP and TOTP are read",
	reason(pskc.BadSuite):       "the suite %q is not read; HMAC with SHA-1, SHA-256 and SHA-512 are",
	reason(pskc.NoFormat):       "says nothing about its codes (ResponseFormat)",
	reason(pskc.BadFormat):      "its codes are %q; only DECIMAL can be typed",
	reason(pskc.CheckDigits):    "its codes have check digits, which are not read",
	reason(pskc.BadLength):      "%q digits: devices show 6 or 8",
	reason(pskc.BadInterval):    "%s seconds: devices change their code every 30 or 60",
	reason(pskc.OtherStart):     "counts its time from %s and not from 1970",
	reason(pskc.NoCounter):      "has no counter (Data/Counter), which HOTP needs",
	reason(pskc.NoSecret):       "has no secret; one that is derived elsewhere cannot be imported",
	reason(pskc.ShortSecret):    "its secret has %s bytes; %s are the least (RFC 4226)",
	reason(pskc.LongSecret):     "its secret has %s bytes; %s are the most",
	reason(pskc.NoMAC):          "its secret is encrypted without a MAC, so that nobody would notice a change; ask for one",
	reason(pskc.WrongMAC):       "its MAC does not fit: the key is wrong, or somebody has changed the file",
	reason(pskc.Plain):          "its secret is in clear, though the file is encrypted; ask where it comes from",
	reason(pskc.EncryptedField): "%s is encrypted, which is not read",
	reason(pskc.HasPIN):         "is protected by a PIN, which members would not have",
	reason(pskc.OtherUse):       "is for %q and not for one-time passwords",
	reason(pskc.OtherPolicy):    "has the policy %q, which the portal could not keep",
}

func reason[R ~string](r R) token.StockReason { return token.StockReason(r) }

// stockSentence says why a device, or the file, is refused.
func stockSentence(r token.StockRefusal) string {
	shown := make([]any, len(r.Args))
	for i, arg := range r.Args {
		shown[i] = arg
		switch n := arg.(type) {
		case int:
			shown[i] = grouped(n)
		case int64:
			shown[i] = fmt.Sprint(n)
		}
	}
	text := stockSentences[r.Reason]
	if len(shown) > 0 {
		text = fmt.Sprintf(text, shown...)
	}
	if r.Column == "" {
		return text
	}
	return string(r.Column) + ": " + text
}
