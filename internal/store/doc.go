// Package store keeps everything, and is the only place with SQL: one file per subject.
//
// One SQL text serves both engines, SQLite and PostgreSQL; what differs stands in engine.go. Every write goes through one
// of the Change… functions: it loads what a deed is decided on, locked, lets the subject decide, and writes rows, audit
// events, letters and jobs in one transaction. Tables are locked in one order: guess, import, organisation, account, everything that
// belongs to the account, audit head last. What may happen once is written by a statement that happens once: its row count decides.
//
// Times are integers, microseconds since 1970 UTC, converted at this package's edge and never compared as text. "Now" is
// read once per transaction: from PostgreSQL there, since replicas' clocks differ, and from this process on SQLite.
//
// Secrets are sealed under the portal's keys, each with its table, column and row, before they come here to rest.
package store
