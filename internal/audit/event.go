package audit

// Kind names what happened. Kinds are never renamed: they stand in the chain for good.
type Kind string

// The kinds of event.
const (
	AccountCreated       Kind = "account.created"
	AccountImported      Kind = "account.imported"      // made from the body's register
	AccountChanged       Kind = "account.changed"       // by the body's register; the reason names the columns
	OrganisationImported Kind = "organisation.imported" // made from the body's list; the reason is its id
	OrganisationChanged  Kind = "organisation.changed"  // by the body's list; the reason is its id and the columns
	OrganisationSeen     Kind = "organisation.seen"     // staff looked at its people; the reason is its id
	ClerkCreated         Kind = "organisation.clerk.created"
	ClerkDeactivated     Kind = "organisation.clerk.deactivated"
	ClerkReactivated     Kind = "organisation.clerk.reactivated"
	ClerkAsked           Kind = "organisation.clerk.asked" // for a new one-time password
	AdministratorClosed  Kind = "organisation.administrator.closed"
	AdministratorEntered Kind = "organisation.administrator.entered" // first completed login
	RegistrationMade     Kind = "organisation.registration.made"     // the reason is what it waits for
	RegistrationIgnored  Kind = "organisation.registration.ignored"  // the reason says why
	RegistrationReleased Kind = "organisation.registration.released" // by an administrator or staff
	RegistrationRejected Kind = "organisation.registration.rejected"
	RegistrationLapsed   Kind = "organisation.registration.lapsed"
	CentreApproved       Kind = "organisation.data-centre.approved"
	CentreDeactivated    Kind = "organisation.data-centre.deactivated" // the reason is the notice's kind
	MembershipProved     Kind = "organisation.membership.proved"       // by the letter to the organisation
	OrganisationChosen   Kind = "organisation.chosen"                  // that a session acts for; the reason is its id
	PasswordRight        Kind = "login.password.right"
	PasswordWrong        Kind = "login.password.wrong"
	CodeRight            Kind = "login.code.right"
	CodeWrong            Kind = "login.code.wrong"
	LoginCodeSent        Kind = "login.code.sent" // by e-mail
	LoginRefused         Kind = "login.refused"
	LoginNotEntitled     Kind = "login.not-entitled" // both factors were right; the reason is the standing that bars
	LoggedOut            Kind = "session.ended"
	SessionRevoked       Kind = "session.revoked"     // ended by a deed in another session, or with the token that opened it
	EmailAsked           Kind = "account.email.asked" // for a code to a new address
	EmailCodeWrong       Kind = "account.email.code.wrong"
	EmailChanged         Kind = "account.email.changed"
	EmailClosed          Kind = "account.email.closed" // without a new address
	TokenOrdered         Kind = "token.ordered"
	OrderSuperseded      Kind = "token.order.superseded"
	OrderExpired         Kind = "token.order.expired"
	OrderVoided          Kind = "token.order.voided"
	OrderCancelled       Kind = "token.order.cancelled"

	OrderUndeliverable Kind = "token.order.undeliverable" // its letter came back

	ActivationRight Kind = "token.activation.code.right"
	ActivationWrong Kind = "token.activation.code.wrong"
	SetupShown      Kind = "token.setup.shown"
	SetupWrong      Kind = "token.setup.otp.wrong"
	TokenActivated  Kind = "token.activated"
	TokenReplaced   Kind = "token.replaced"
	TokenRevoked    Kind = "token.revoked"
	TokenShipped    Kind = "token.shipped"
	ShippingPrinted Kind = "token.shipping-letter.printed"
	TokenSuspended  Kind = "token.suspended"
	TokenBlocked    Kind = "token.blocked"

	TokenSynchronised Kind = "token.synchronised" // a hard token, by two codes that follow one another
	PasswordChanged   Kind = "password.changed"   // by whoever knew the current one
	PasswordRenewed   Kind = "password.renewed"   // by whoever had a one-time password
	OneTimeRight      Kind = "login.one-time-password.right"
	OneTimeIssued     Kind = "password.one-time.issued"
	OneTimeRefused    Kind = "password.one-time.refused"
	OneTimeVoided     Kind = "password.one-time.voided"
	LetterQueued      Kind = "letter.queued"
	LetterHeld        Kind = "letter.held"     // it waits for a second person, since the address was replaced a short while ago
	LetterReleased    Kind = "letter.released" // by that person
	LetterHanded      Kind = "letter.handed-over"
	LetterVoided      Kind = "letter.voided"
	AuditSeen         Kind = "audit.seen"          // a person of staff looked at the audit; the reason is the filter
	AuditExported     Kind = "audit.exported"      // and took it away; the reason is form and filter
	AuditChecking     Kind = "audit.check.asked"   // somebody asked for a verification of the chain
	AuditChecked      Kind = "audit.check.outcome" // what it found; the reason is the outcome
	LetterPosted      Kind = "letter.posted"       // as the print centre confirmed
	LetterReturned    Kind = "letter.returned"     // undeliverable; what it carried is void
	LetterRetried     Kind = "letter.retried"      // by staff, after its hand-over had been given up
	BatchClosed       Kind = "letter.batch.closed"
	BatchReleased     Kind = "letter.batch.released"
	BatchDiscarded    Kind = "letter.batch.discarded" // none of its letters is printed
	MemberSeen        Kind = "member.seen"            // staff looked at the record of a member

	Identified       Kind = "member.identified" // by staff; the reason names what was checked, never a value
	NotIdentified    Kind = "member.identified.not"
	TokenLifted      Kind = "token.lifted"          // by staff: it logs its holder in again
	StockImported    Kind = "stock.imported"        // devices, as one batch
	DeviceScrapped   Kind = "stock.device.scrapped" // the reason says why
	DeviceReturned   Kind = "stock.device.returned"
	ByPostReleased   Kind = "password.by-post.released"
	AddressChanged   Kind = "account.address.changed"
	MemberEnded      Kind = "account.ended" // left or deceased, as the reason says
	MemberRestored   Kind = "account.restored"
	RequestAsked     Kind = "request.asked" // for a second person; the reason names deed and request, as with those below
	RequestApproved  Kind = "request.approved"
	RequestRejected  Kind = "request.rejected"
	RequestWithdrawn Kind = "request.withdrawn"
	RequestLapsed    Kind = "request.lapsed"
)

// The kinds of event about the body's own people.
const (
	StaffAdded             Kind = "staff.added"
	StaffInvited           Kind = "staff.invited"
	StaffInvitationUsed    Kind = "staff.invitation.used"
	StaffInvitationVoided  Kind = "staff.invitation.voided"
	StaffInvitationAsked   Kind = "staff.invitation.asked"   // from a second supervisor
	StaffDeactivationAsked Kind = "staff.deactivation.asked" // of a supervisor, from a second one
	RoleTakingAsked        Kind = "staff.role.taking-asked"  // that of a supervisor, from a second one
	StaffRequestClosed     Kind = "staff.request.closed"     // the reason says how
	RoleGranted            Kind = "staff.role.granted"       // the reason names the role
	RoleConfirmed          Kind = "staff.role.confirmed"
	RoleRejected           Kind = "staff.role.rejected"
	RoleTaken              Kind = "staff.role.taken"
	StaffDeactivated       Kind = "staff.deactivated"
	StaffReactivated       Kind = "staff.reactivated"
)

// Event is one thing that happened, told by stable identifiers only: names, addresses and secrets never enter the chain.
// Actor is the account that acted, or "system". The other fields name what it was done to; empty ones do not apply.
// Token may name a device of the stock by its serial number, and Order a batch of them. Reason is a word from the code, never typed
// text.
type Event struct {
	Kind    Kind
	Actor   string
	Account string
	Token   string
	Order   string
	Letter  string
	Session string
	Reason  string
}

// Actors that are not an account.
const (
	System    = "system"    // what the portal does by itself
	Anonymous = "anonymous" // somebody who has not proved anything yet
)
