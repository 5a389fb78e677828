// Package register owns the import of the body's register: the list of its members, kept by the body in a system of its own.
//
// An export of the register is a file, CSV or JSON, with one member a row and all of Columns. The member's number in it decides
// who is meant; it never changes, and a number is never given to somebody else. Each row comes to one of
//
//	new         no account has the number: one is made, without a password
//	changed     the account differs from the row: it becomes what the row says
//	unchanged   nothing differs
//	refused     the row breaks a rule (Refusal says where, why and what to do)
//
// One refused row refuses the file. Accounts whose number is not in the file stay as they are. The same file a second time
// changes nothing.
//
// An e-mail address that a member has changed in the portal stands until the register itself says something new: the row is
// compared with what the register last said.
//
// Rows are read one after the other, compared in batches, and staged; what is staged is carried out by one transaction at the
// end, so that logins go on meanwhile and nothing is to be seen of an import that did not come to its end.
//
// The package leaves to letter what an address window can show, and to password how a member without a password gets one.
package register
