// Package organisation owns the organisations that are members of a body, such as employers of a pension fund, and the people who act
// for them.
//
// A person belongs to an organisation in one role. Where they stand in it:
//
//	administrator: requested → invited → active → closed, final (BVK15)
//	               requested → refused; requested, invited → lapsed
//	clerk:         invited → active ⇄ deactivated (BVK12); invited ⇄ deactivated
//
// Who may log in is computed, never stored (BVK14): a clerk may as long as the organisation has an active administrator. So the last
// one who goes locks all clerks, and the next one who comes brings back exactly those who were not deactivated one by one. An
// administrator is active from the first completed login on.
//
// Every deed is a pure function of a Team, which is one organisation with all of its people, and of the moment. The store locks the
// organisation: of two administrators who deactivate each other at the same time, one comes first, and the other is none any more.
//
// It obeys the profile's keys people and password. It leaves passwords to package password and logging in to package login.
package organisation
