// Package token owns the keys that members hold: ordering one, the letter's activation code, setting up, use, suspension,
// replacement.
//
// A token:
//
//	pending → active ⇄ suspended
//	          active → blocked (too many wrong codes) → active
//	any → revoked (replaced, superseded, expired, voided …), final; serial numbers are never used again
//
// A hard token is a token with a Device, whose states stand in device.go. Every Change that ends its token moves the device too.
//
// An order brings a token into being. How far its letter is, the letter itself says; a device waits to be shipped:
//
//	placed → activated
//	placed → superseded | expired | voided | undeliverable | cancelled
//
// Every deed is a pure function of a Holding, which is all that one account holds, and of the moment. It gives a Change,
// which the store writes in one transaction. Expiry is judged when a code is used, not by a sweeper.
//
// It obeys the profile's keys token, letter and, for wrong codes, login. It leaves sessions to package login, and paper
// and post to the packages letter and mail.
package token
