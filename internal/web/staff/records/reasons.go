package records

import (
	"regexp"
	"strings"

	"torhaus/internal/oversight"
	"torhaus/internal/text"
)

// reasonKeys are the keys of reasons for people. They are words of the code, alone or several in a row.
var reasonKeys = map[string]string{
	"replaced":         "records.reason.replaced",
	"superseded":       "records.reason.superseded",
	"expired":          "records.reason.expired",
	"tries":            "records.reason.tries",
	"setup-tries":      "records.reason.setup-tries",
	"posted":           "records.reason.posted",
	"defective":        "records.reason.defective",
	"returned":         "records.reason.returned",
	"logout":           "records.reason.logout",
	"stepped-up":       "records.reason.stepped-up",
	"from-elsewhere":   "records.reason.from-elsewhere",
	"crowded":          "records.reason.crowded",
	"one-time-over":    "records.reason.one-time-over",
	"password-changed": "records.reason.password-changed",
	"token-barred":     "records.reason.token-barred",
	"letter":           "records.reason.letter",
	"mail":             "records.reason.mail",
	"whole":            "records.reason.whole",
	"unknown":          "records.reason.unknown",
	"left":             "records.reason.left",
	"deceased":         "records.reason.deceased",
	"all":              "records.reason.all",
	"lost":             "records.reason.lost",
	"stolen":           "records.reason.stolen",
	"not-needed":       "records.reason.not-needed",
	"holder-gone":      "records.reason.holder-gone",
	"desk":             "records.reason.desk",
	"not-moved":        "records.reason.not-moved",
	"pairs":            "records.reason.pairs",
	"discarded":        "records.reason.discarded",
	"invited":          "records.reason.invited",
	"device-defective": "records.reason.device-defective",
	"device-battery":   "records.reason.device-battery",
	"device-lost":      "records.reason.device-lost",
	"device-returned":  "records.reason.device-returned",
	"confirmed":        "records.reason.confirmed",
	"rejected":         "records.reason.rejected",
	"lapsed":           "records.reason.lapsed",
	"voided":           "records.reason.voided",
	"cancelled":        "records.reason.cancelled",
	"service-desk":     "records.reason.service-desk",
	"token-stock":      "records.reason.token-stock",
	"supervisor":       "records.reason.supervisor",
	"auditor":          "records.reason.auditor",
	"suspend-token":    "records.reason.suspend-token",
	"lift-token":       "records.reason.lift-token",
	"revoke-token":     "records.reason.revoke-token",
	"void-order":       "records.reason.void-order",
	"new-letter":       "records.reason.new-letter",
	"end-session":      "records.reason.end-session",
	"end-sessions":     "records.reason.end-sessions",
	"allow-post":       "records.reason.allow-post",
	"change-address":   "records.reason.change-address",
	"change-email":     "records.reason.change-email",
	"mark-left":        "records.reason.mark-left",
	"mark-deceased":    "records.reason.mark-deceased",
	"restore-member":   "records.reason.restore-member",
	"release-letter":   "records.reason.release-letter",
	"number":           "records.reason.number",
	"user-name":        "records.reason.user-name",
	"salutation":       "records.reason.salutation",
	"title":            "records.reason.title",
	"first-name":       "records.reason.first-name",
	"last-name":        "records.reason.last-name",
	"extra":            "records.reason.extra",
	"street":           "records.reason.street",
	"postcode":         "records.reason.postcode",
	"town":             "records.reason.town",
	"email":            "records.reason.email",
	"email-domain":     "records.reason.email-domain",
	"token-serial":     "records.reason.token-serial",
	"last-login":       "records.reason.last-login",
	"last-order":       "records.reason.last-order",
	"right":            "records.reason.right",
	"wrong":            "records.reason.wrong",
	"in-person":        "records.reason.in-person",
	"call-back":        "records.reason.call-back",
	"facts":            "records.reason.facts",
	"order":            "records.reason.order",
	"password":         "records.reason.password",
	"nothing":          "records.reason.nothing",
	"broken":           "records.reason.broken",
	"csv":              "records.reason.csv",
	"jsonl":            "records.reason.jsonl",
	"from":             "records.reason.from",
	"until":            "records.reason.until",
}

// ownReasonKeys are those of words that mean something else with one kind of record.
var ownReasonKeys = map[oversight.Kind]map[string]string{
	"password.one-time.refused": {
		"letters": "records.reason.too-many-letters", "on its way": "records.reason.on-its-way", "tries": "records.reason.code-tries",
		"code": "records.reason.wrong-code",
	},
	"session.revoked":      {"desk": "records.reason.by-staff", "replaced": "records.reason.newer-login"},
	"account.email.closed": {"superseded": "records.reason.newer-email", "expired": "records.reason.email-expired"},
}

var (
	manyTries = regexp.MustCompile(`^([0-9]{1,9}) tries$`)
	// pieces of a reason: words of the code, days, ids; and what stands between them
	pieces = regexp.MustCompile(`[a-z0-9*.-]+|[^a-z0-9*.-]+`)
	// an id of this program
	anID = regexp.MustCompile(`^[a-z0-9]{26}$`)
)

// reasonName says a reason for people, word by word: "street,email" names two columns, "lift-token k3vq…" a request, "right: street;
// wrong: town" what a caller knew. What is no word of the code stands as it is, an id by its beginning.
func reasonName(words text.Printer, k oversight.Kind, reason string) string {
	if m := manyTries.FindStringSubmatch(reason); m != nil {
		return words.T("records.reason.many", m[1])
	}
	if key, ok := ownReasonKeys[k][reason]; ok {
		return words.T(key)
	}
	var said strings.Builder
	for _, piece := range pieces.FindAllString(reason, -1) {
		if piece == "," {
			piece = ", "
		}
		said.WriteString(wordName(words, piece))
	}
	return said.String()
}

func wordName(words text.Printer, word string) string {
	if key, ok := reasonKeys[word]; ok {
		return words.T(key)
	}
	if _, ok := kindOf[deedKey(oversight.Kind(word))]; ok {
		return deedName(words, oversight.Kind(word))
	}
	for _, g := range groups {
		if g.word+all == word {
			return words.T(g.text)
		}
	}
	if anID.MatchString(word) {
		return short(word)
	}
	return word
}
