package records

import "torhaus/internal/oversight"

// group is kinds of records that belong together: those whose names begin with the same word.
type group struct {
	word  string
	text  string
	kinds []kind
}

// kind is one kind of record, with the key of its name for people.
type kind struct {
	kind oversight.Kind
	text string
}

// groups are all kinds of records, as the filter offers them.
var groups = []group{
	{"login", "records.group.login", []kind{
		{"login.password.right", "records.deed.login-password-right"},
		{"login.password.wrong", "records.deed.login-password-wrong"},
		{"login.code.right", "records.deed.login-code-right"},
		{"login.code.wrong", "records.deed.login-code-wrong"},
		{"login.refused", "records.deed.login-refused"},
		{"login.one-time-password.right", "records.deed.login-one-time-password-right"},
	}},
	{"session", "records.group.session", []kind{
		{"session.ended", "records.deed.session-ended"},
		{"session.revoked", "records.deed.session-revoked"},
	}},
	{"account", "records.group.account", []kind{
		{"account.created", "records.deed.account-created"},
		{"account.imported", "records.deed.account-imported"},
		{"account.changed", "records.deed.account-changed"},
		{"account.email.asked", "records.deed.account-email-asked"},
		{"account.email.code.wrong", "records.deed.account-email-code-wrong"},
		{"account.email.changed", "records.deed.account-email-changed"},
		{"account.email.closed", "records.deed.account-email-closed"},
		{"account.address.changed", "records.deed.account-address-changed"},
		{"account.ended", "records.deed.account-ended"},
		{"account.restored", "records.deed.account-restored"},
	}},
	{"password", "records.group.password", []kind{
		{"password.changed", "records.deed.password-changed"},
		{"password.renewed", "records.deed.password-renewed"},
		{"password.one-time.issued", "records.deed.password-one-time-issued"},
		{"password.one-time.refused", "records.deed.password-one-time-refused"},
		{"password.one-time.voided", "records.deed.password-one-time-voided"},
		{"password.by-post.released", "records.deed.password-by-post-released"},
	}},
	{"token", "records.group.token", []kind{
		{"token.ordered", "records.deed.token-ordered"},
		{"token.order.superseded", "records.deed.token-order-superseded"},
		{"token.order.expired", "records.deed.token-order-expired"},
		{"token.order.voided", "records.deed.token-order-voided"},
		{"token.order.cancelled", "records.deed.token-order-cancelled"},
		{"token.order.undeliverable", "records.deed.token-order-undeliverable"},
		{"token.activation.code.right", "records.deed.token-activation-code-right"},
		{"token.activation.code.wrong", "records.deed.token-activation-code-wrong"},
		{"token.setup.shown", "records.deed.token-setup-shown"},
		{"token.setup.otp.wrong", "records.deed.token-setup-otp-wrong"},
		{"token.activated", "records.deed.token-activated"},
		{"token.replaced", "records.deed.token-replaced"},
		{"token.revoked", "records.deed.token-revoked"},
		{"token.suspended", "records.deed.token-suspended"},
		{"token.blocked", "records.deed.token-blocked"},
		{"token.lifted", "records.deed.token-lifted"},
	}},
	{"letter", "records.group.letter", []kind{
		{"letter.queued", "records.deed.letter-queued"},
		{"letter.held", "records.deed.letter-held"},
		{"letter.released", "records.deed.letter-released"},
		{"letter.handed-over", "records.deed.letter-handed-over"},
		{"letter.voided", "records.deed.letter-voided"},
		{"letter.posted", "records.deed.letter-posted"},
		{"letter.returned", "records.deed.letter-returned"},
		{"letter.retried", "records.deed.letter-retried"},
		{"letter.batch.closed", "records.deed.letter-batch-closed"},
		{"letter.batch.released", "records.deed.letter-batch-released"},
		{"letter.batch.discarded", "records.deed.letter-batch-discarded"},
	}},
	{"member", "records.group.member", []kind{
		{"member.seen", "records.deed.member-seen"},
		{"member.identified", "records.deed.member-identified"},
		{"member.identified.not", "records.deed.member-identified-not"},
	}},
	{"request", "records.group.request", []kind{
		{"request.asked", "records.deed.request-asked"},
		{"request.approved", "records.deed.request-approved"},
		{"request.rejected", "records.deed.request-rejected"},
		{"request.withdrawn", "records.deed.request-withdrawn"},
		{"request.lapsed", "records.deed.request-lapsed"},
	}},
	{"audit", "records.group.audit", []kind{
		{"audit.seen", "records.deed.audit-seen"},
		{"audit.exported", "records.deed.audit-exported"},
		{"audit.check.asked", "records.deed.audit-check-asked"},
		{"audit.check.outcome", "records.deed.audit-check-outcome"},
	}},
}

// all ends the word of a group where the filter means all of it: "login.*".
const all = ".*"

// deedKeys are the keys of the kinds' names.
var deedKeys = func() map[oversight.Kind]string {
	keys := map[oversight.Kind]string{}
	for _, g := range groups {
		for _, k := range g.kinds {
			keys[k.kind] = k.text
		}
	}
	return keys
}()

// kindsOf gives the kinds that a word of the filter stands for: one, those of a group, or none.
func kindsOf(word string) (kinds []oversight.Kind) {
	if _, ok := deedKeys[oversight.Kind(word)]; ok {
		return []oversight.Kind{oversight.Kind(word)}
	}
	for _, g := range groups {
		if g.word+all != word {
			continue
		}
		for _, k := range g.kinds {
			kinds = append(kinds, k.kind)
		}
	}
	return kinds
}
