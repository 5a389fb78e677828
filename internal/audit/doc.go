// Package audit says what happened, in an order and a form that cannot be changed afterwards without being noticed.
//
// Every event is written in the transaction of the deed it tells of: no deed without a record, no record without a deed.
// Each record's hash covers the record before it, so a changed, removed or inserted row breaks the chain from there on; the
// head, kept apart, tells whether the end was cut off. Events hold stable identifiers only. What a person is called stands
// with the account and can be blanked without touching the chain.
//
// Whoever can write the database can write the whole chain anew, head included. Therefore a Keeper signs the head every minute
// and keeps it in a book outside the database; Verify compares the chain with the books.
package audit
