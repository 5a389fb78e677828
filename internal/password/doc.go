// Package password owns passwords: the rules for personal ones, how they are kept and compared, and one-time passwords.
//
// A personal password obeys the rules of the profile (Rules.Judge), each of which gives its own verdict, so that a page can
// show them all. It never expires. It is kept as Argon2id (RFC 9106); hashing stands behind a bound: a hash costs 19 MiB of
// memory and some 45 ms of a core, and without a bound sixty-four people logging in at once would cost gigabytes. So there are
// as many slots as cores, a queue in front of them, and an honest „later“ beyond it.
//
// A one-time password lets somebody in who has forgotten the personal one, for nothing but setting a new one:
//
//	open → used
//	open → voided (a newer one, or the password was changed otherwise)
//	open → over (its time has passed; judged when it is used, not by a sweeper)
//
// It comes by letter or by e-mail. Until it is used the old password stays valid. One that came by letter is remembered: for
// some days no token comes by letter too, so that nobody takes over an account who empties a letter box (package token).
//
// It obeys the profile's keys password and, for wrong codes, login. It leaves who may ask for what to package login.
package password
