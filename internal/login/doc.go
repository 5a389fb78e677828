// Package login owns entering: the steps of a login as stored state, sessions, and what a session may do.
//
// A login is a session that grows. The password makes one of level password; a one-time code of a token ends that one and
// makes one of level two-factor, with a new key. Next picks the step that is due; May is the one place that says whether a
// session may do something, and every door asks it.
//
//	(none) → password → two-factor → ended
//	              └──────────────────→ ended (logout, idle, total, replaced)
//
// Guessing: each try of a password is counted before the password is looked at, in a transaction of its own: per user name in
// a network, per network, and per user name over all networks; the pause before the next one grows. A browser of somebody who
// once knew the password bears a mark and has a count of its own, so that neither strangers nor neighbours can keep the owner
// out. A try that nobody had time to look at is taken back. Wrong one-time codes are counted by package token.
//
// It obeys the profile's keys login and session. It leaves what a password or a code is to the packages password and token.
package login
