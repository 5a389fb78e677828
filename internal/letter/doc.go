// Package letter turns a decision into paper: one Go struct and one text file per letter, typesetting, and the hand-over to
// the print centre.
//
// It prints what it is given and asks nobody why. A deed queues a letter (Draft) in its own transaction, together with the
// job Deliver. The job has the Office load the letter, set it as a PDF (DIN 5008 form B), seal it to the print centre's key, lay
// it into the print centre's spool folder with a signed manifest, and mark it as handed over; with that the store erases what
// the letter said, secrets included. A Collector opens it at the other end. Watch tells which letters wait for too long.
//
//	queued → rendered → handed over → posted
//	  │         │            │
//	  └→ void ←─┘            └→ returned
//
// A void letter is not delivered. The same letter set twice gives the same bytes, until it is sealed.
//
// Profile keys obeyed: body, portal, support, letter, login (labels), password (one-time), token (labels, activation code, set-up).
package letter
