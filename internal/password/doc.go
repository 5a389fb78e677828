// Package password owns how passwords are kept and compared: Argon2id (RFC 9106), behind a bound of parallel hashes.
//
// A hash costs 19 MiB of memory and some 45 ms of a core; without a bound, sixty-four people logging in at once would cost
// gigabytes. So there are as many slots as cores, a queue in front of them, and an honest „later“ beyond it.
package password
