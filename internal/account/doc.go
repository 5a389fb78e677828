// Package account owns who people are: their names, addresses and user names, and whether they may enter at all.
//
// An account is never deleted. Its states:
//
//	active ⇄ deactivated
//
// It leaves passwords to package password, keys to package token, and entering to package login.
package account
