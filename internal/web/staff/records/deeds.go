package records

import (
	"strings"

	"torhaus/internal/oversight"
)

// group is kinds of records that belong together: those whose names begin with the same word.
type group struct {
	word  string
	text  string
	deeds []string // keys of their names for people: that of login.code.right is records.deed.login-code-right
}

// groups are all kinds of records, as the filter offers them.
var groups = []group{
	{"login", "records.group.login", []string{
		"records.deed.login-password-right",
		"records.deed.login-password-wrong",
		"records.deed.login-code-right",
		"records.deed.login-code-wrong",
		"records.deed.login-code-sent",
		"records.deed.login-refused",
		"records.deed.login-not-entitled",
		"records.deed.login-one-time-password-right",
	}},
	{"session", "records.group.session", []string{
		"records.deed.session-ended",
		"records.deed.session-revoked",
	}},
	{"account", "records.group.account", []string{
		"records.deed.account-created",
		"records.deed.account-imported",
		"records.deed.account-changed",
		"records.deed.account-email-asked",
		"records.deed.account-email-code-wrong",
		"records.deed.account-email-changed",
		"records.deed.account-email-closed",
		"records.deed.account-address-changed",
		"records.deed.account-ended",
		"records.deed.account-restored",
	}},
	{"organisation", "records.group.organisation", []string{
		"records.deed.organisation-imported",
		"records.deed.organisation-changed",
		"records.deed.organisation-seen",
		"records.deed.organisation-registration-made",
		"records.deed.organisation-registration-ignored",
		"records.deed.organisation-registration-released",
		"records.deed.organisation-registration-rejected",
		"records.deed.organisation-registration-lapsed",
		"records.deed.organisation-data-centre-approved",
		"records.deed.organisation-data-centre-deactivated",
		"records.deed.organisation-membership-proved",
		"records.deed.organisation-clerk-created",
		"records.deed.organisation-clerk-deactivated",
		"records.deed.organisation-clerk-reactivated",
		"records.deed.organisation-clerk-asked",
		"records.deed.organisation-administrator-closed",
		"records.deed.organisation-administrator-entered",
		"records.deed.organisation-chosen",
	}},
	{"password", "records.group.password", []string{
		"records.deed.password-changed",
		"records.deed.password-renewed",
		"records.deed.password-one-time-issued",
		"records.deed.password-one-time-refused",
		"records.deed.password-one-time-voided",
		"records.deed.password-by-post-released",
	}},
	{"token", "records.group.token", []string{
		"records.deed.token-ordered",
		"records.deed.token-order-superseded",
		"records.deed.token-order-expired",
		"records.deed.token-order-voided",
		"records.deed.token-order-cancelled",
		"records.deed.token-order-undeliverable",
		"records.deed.token-activation-code-right",
		"records.deed.token-activation-code-wrong",
		"records.deed.token-setup-shown",
		"records.deed.token-setup-otp-wrong",
		"records.deed.token-activated",
		"records.deed.token-replaced",
		"records.deed.token-revoked",
		"records.deed.token-shipped",
		"records.deed.token-shipping-letter-printed",
		"records.deed.token-suspended",
		"records.deed.token-blocked",
		"records.deed.token-synchronised",
		"records.deed.token-lifted",
	}},
	{"stock", "records.group.stock", []string{
		"records.deed.stock-imported",
		"records.deed.stock-device-scrapped",
		"records.deed.stock-device-returned",
	}},
	{"letter", "records.group.letter", []string{
		"records.deed.letter-queued",
		"records.deed.letter-held",
		"records.deed.letter-released",
		"records.deed.letter-handed-over",
		"records.deed.letter-voided",
		"records.deed.letter-posted",
		"records.deed.letter-returned",
		"records.deed.letter-retried",
		"records.deed.letter-batch-closed",
		"records.deed.letter-batch-released",
		"records.deed.letter-batch-discarded",
	}},
	{"member", "records.group.member", []string{
		"records.deed.member-seen",
		"records.deed.member-identified",
		"records.deed.member-identified-not",
	}},
	{"request", "records.group.request", []string{
		"records.deed.request-asked",
		"records.deed.request-approved",
		"records.deed.request-rejected",
		"records.deed.request-withdrawn",
		"records.deed.request-lapsed",
	}},
	{"staff", "records.group.staff", []string{
		"records.deed.staff-added",
		"records.deed.staff-invited",
		"records.deed.staff-invitation-used",
		"records.deed.staff-invitation-voided",
		"records.deed.staff-invitation-asked",
		"records.deed.staff-deactivation-asked",
		"records.deed.staff-role-taking-asked",
		"records.deed.staff-request-closed",
		"records.deed.staff-role-granted",
		"records.deed.staff-role-confirmed",
		"records.deed.staff-role-rejected",
		"records.deed.staff-role-taken",
		"records.deed.staff-deactivated",
		"records.deed.staff-reactivated",
	}},
	{"audit", "records.group.audit", []string{
		"records.deed.audit-seen",
		"records.deed.audit-exported",
		"records.deed.audit-check-asked",
		"records.deed.audit-check-outcome",
	}},
}

// all ends the word of a group where the filter means all of it: "login.*".
const all = ".*"

// deedKey gives the key of a kind's name.
func deedKey(k oversight.Kind) string {
	return "records.deed." + strings.ReplaceAll(string(k), ".", "-")
}

// kindOf are the kinds by the keys of their names.
var kindOf = func() map[string]oversight.Kind {
	kinds := map[string]oversight.Kind{}
	for _, k := range oversight.Kinds() {
		kinds[deedKey(k)] = k
	}
	return kinds
}()

// kindsOf gives the kinds that a word of the filter stands for: one, those of a group, or none.
func kindsOf(word string) (kinds []oversight.Kind) {
	if k, ok := kindOf[deedKey(oversight.Kind(word))]; ok && string(k) == word {
		return []oversight.Kind{k}
	}
	for _, g := range groups {
		if g.word+all != word {
			continue
		}
		for _, key := range g.deeds {
			kinds = append(kinds, kindOf[key])
		}
	}
	return kinds
}
