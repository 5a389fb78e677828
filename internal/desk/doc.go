// Package desk owns what the body's own people see and do about its members.
//
// They find a member by a number, a name, a serial number or what stands on a letter. The member's record tells what the portal
// knows, without secrets; its diagnosis says in one sentence what a login of this member would meet right now, and what to do. It is
// made by the rules that decide logins, of package login, and cannot differ from them. Looking at a record leaves an audit event;
// where none can be written, the record is not shown.
//
// It leaves what a member does to the packages below, and who of staff may do what to package login.
package desk
