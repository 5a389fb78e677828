package cli

import (
	"fmt"

	"torhaus/internal/register"
)

// sentences say of each reason what is wrong and what to do. The name of the column, if one is to blame, stands before them.
var sentences = map[register.Reason]string{
	register.Missing:        "is empty; every member needs it",
	register.TooLong:        "is longer than %s signs; shorten it in the register",
	register.ControlSign:    "holds the control sign %U, such as a line break; remove it",
	register.InvisibleSign:  "holds the sign %U, which nobody sees; remove it",
	register.BrokenSign:     "holds a sign that was lost when the file was converted; write it anew in the register, or export the file again",
	register.ConvertedTwice: "was converted twice and means %q; export the file again as UTF-8",
	register.Unprintable:    "holds the sign %[1]q (%[1]U), which letters cannot show; write it in signs that they have",
	register.BadNumber:      "%q is no number of a register; it has letters and digits, with . / or - between them, and no blanks",
	register.BadUserName:    "%q cannot be a user name; it has letters, digits and signs, and no blanks",
	register.BadSalutation:  "%q is no salutation; write Frau or Herr, or leave it empty",
	register.BadPostcode:    "%q is no postcode; write its five digits, with the zero in front",
	register.BadEmail:       "%q is no e-mail address; write one, such as anna@praxis.example",
	register.NoWindow:       "the address does not fit the window of a letter; shorten names, extra or street",
	register.NumberTwice:    "%q stands in line %s already; keep one of the rows",
	register.NameTwice:      "%q stands in line %s already, capitals aside; give one of the members another",
	register.NameTaken:      "%q is the user name of member %q until now; give another, or rename that member in an import before this one",

	register.EmptyFile:      "the file is empty; export it again",
	register.Workbook:       "the file is an Excel workbook; save it as CSV UTF-8",
	register.UTF16:          "the file is encoded in UTF-16; save it as CSV UTF-8",
	register.NotText:        "the file is no text; export it as CSV or JSON",
	register.MixedEncodings: "the byte %#02x is not UTF-8, though the file is otherwise; export it again in one encoding",
	register.NoEncoding:     "the byte %#02x is neither UTF-8 nor Windows-1252; export the file as UTF-8",
	register.TooManyRows:    "there are more than %s members; split the file",
	register.TooManyRefused: "more than %s rows are refused; the rest was not looked at",
	register.RowTooLong:     "the row is longer than %s bytes; it has a quotation mark that is never closed, as a rule",
	register.UnknownColumn:  "there is no column %q; --help lists them",
	register.DoubledColumn:  "stands there twice; keep one",
	register.MissingColumn:  "is missing; add the column, its values may be empty only where the help says so",
	register.FieldCount:     "the row has %s fields, and the header %s; a separator stands in a value without quotation marks, as a rule",
	register.BadQuotes:      "a quotation mark in the wrong place, byte %s of the line; set the whole value in quotation marks and double those within",
	register.OpenQuotes:     "the row has a quotation mark that is never closed; close it, or double it if it belongs to the value",
	register.NotJSON:        "this is not JSON, or breaks off; export the file again",
	register.NotAnObject:    "this is no JSON object; write one object for each member",
	register.NotAString:     "is no text; write it in quotation marks, so that zeros in front are kept",
}

// taken is the sentence for a user name of somebody who is not from the register.
const taken = "%q is the user name of an account that has no number in the register; give another"

// sentence says why a row, or the file, is refused.
func sentence(r register.Refusal) string {
	text := sentences[r.Reason]
	args := r.Args
	if r.Reason == register.NameTaken && args[1] == "" {
		text, args = taken, args[:1]
	}
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = arg
		if n, ok := arg.(int); ok {
			shown[i] = grouped(n)
		}
	}
	text = fmt.Sprintf(text, shown...)
	if r.Column == "" {
		return text
	}
	return string(r.Column) + ": " + text
}
