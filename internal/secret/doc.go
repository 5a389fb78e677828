// Package secret makes, keeps and compares secrets: random codes, the portal's keys, sealing and keyed hashing.
//
// It owns the types that never print (Text, Bytes), the keyset file, and every use of a portal's keys. It leaves to others
// what a secret is for: passwords are the business of package password, one-time codes of package token.
package secret
