// Package account owns who people are: their names, addresses and user names, and whether they may enter at all.
//
// An account is never deleted. Its states:
//
//	active ⇄ deactivated
//
// Members change their e-mail address themselves: a code goes to the new one, and entering it in the same session makes it
// theirs. The old address is told.
//
//	open → confirmed
//	open → superseded | expired | voided (tries) | cancelled
//
// Every deed is a pure function of a Contact and of the moment, and gives a ContactChange, which the store writes in one
// transaction. It obeys the profile's keys contact and session.fresh.
//
// It leaves passwords to package password, keys to package token, and entering to package login.
package account
