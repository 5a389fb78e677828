// Package mailroom owns what staff do about letters: they watch how letters are on their way, gather and release print batches, take
// the print centre's confirmations, enter letters that came back, and try again what was given up. What letters say, nobody sees
// here.
//
// A print batch is a run of letters. The first letters of a day, as many as the profile allows, are handed over as they come. What
// comes above that number may be the work of a broken script or of a thief with many passwords: it gathers in a held batch, until
// one person has closed it and another one releases or discards it.
//
//	open → (day's end) → released → handed over → confirmed
//	open → awaiting → released → handed over → confirmed     (held)
//	          └→ discarded
//
// A letter that came back voids what it carried, in the same transaction: whoever had the envelope may know it.
//
// Profile keys obeyed: letter (release-above, hand-over-within, arrival-within), calendar.
package mailroom
