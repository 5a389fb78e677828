package profile

import "torhaus/internal/yamlfile"

// rule says that one figure may not exceed another, and why.
type rule struct {
	small, large string
	less         bool // not even equal
	because      string
}

var rules = []rule{
	{small: "login.delay-after", large: "login.address-delay-after", because: "a practice shares one address"},
	{small: "login.delay-first", large: "login.delay-most", because: "the delay grows"},
	{small: "login.delay-most", large: "login.delay-forget", because: "a delay cannot outlast the count behind it"},
	{small: "login.code-tries", large: "login.block-in-row", because: "waiting comes before blocking"},
	{small: "login.block-in-row", large: "login.block-within", because: "tries in a row are among all tries"},
	{small: "password.min-length", large: "password.max-length", because: "some password must fit"},
	{small: "password.one-time.group", large: "password.one-time.signs", because: "a group is a part of the password"},
	{small: "password.one-time.letters-per-day", large: "password.one-time.letters-per-month", because: "a month has more than a day"},
	{small: "session.password-idle", large: "session.password-total", because: "a session cannot rest longer than it lasts"},
	{small: "session.two-factor-idle", large: "session.two-factor-total", because: "a session cannot rest longer than it lasts"},
	{small: "session.password-total", large: "session.two-factor-total", because: "the weaker proof does not last longer"},
	{small: "password.min-length", large: "password.staff-min-length", because: "staff reach more than members"},
	{small: "password.staff-min-length", large: "password.max-length", because: "some password must fit"},
	{small: "session.staff-idle", large: "session.staff-total", because: "a session cannot rest longer than it lasts"},
	{small: "session.staff-idle", large: "session.two-factor-idle", because: "staff reach more than members"},
	{small: "session.staff-total", large: "session.two-factor-total", because: "staff reach more than members"},
	{small: "session.password-total", large: "session.staff-total", because: "the weaker proof does not last longer"},
	{small: "session.fresh", large: "session.staff-total", because: "a proof is fresh no longer than its session lasts"},
	{small: "session.fresh", large: "session.two-factor-total", because: "a proof is fresh no longer than its session lasts"},
	{small: "contact.code-within", large: "session.two-factor-total", because: "the code works in the session that asked for it"},
	{small: "contact.code-group", large: "contact.code-digits", because: "a group is a part of the code"},
	{small: "token.order.per-day", large: "token.order.per-month", because: "a month has more than a day"},
	{small: "token.hard.look-ahead", large: "token.hard.wide-counters", because: "two codes in a row are looked for farther than one"},
	{small: "token.hard.window", large: "token.hard.wide-steps", because: "two codes in a row are looked for farther than one"},
	{small: "token.activation-code.group", large: "token.activation-code.digits", because: "a group is a part of the code"},
	{small: "letter.hand-over-within", large: "letter.arrival-within", because: "a letter is printed before it arrives"},
	{small: "letter.arrival-within", large: "token.order.replace-after", because: "a letter that may still arrive is not replaced"},
	{small: "token.order.replace-after", large: "token.activation-code.days", less: true, because: "a code must outlive its letter's way"},
	{small: "desk.identification.delay-first", large: "desk.identification.delay-most", because: "the delay grows"},
	{small: "desk.identification.delay-most", large: "desk.identification.delay-forget", because: "a delay cannot outlast the count behind it"},
	{small: "desk.identification.private-enough", large: "desk.identification.enough", because: "private facts are among all facts"},
	{small: "token.setup.within", large: "session.password-total", because: "the set-up happens in a session"},
}

func (r rule) String() string {
	if r.less {
		return "less than " + r.large
	}
	return "at most " + r.large
}

// checkRules refuses figures that do not fit together. A key that was refused by itself is not looked at again.
func checkRules(f *yamlfile.File) {
	for _, r := range rules {
		small, ok := f.Number(r.small)
		large, alsoOK := f.Number(r.large)
		if ok && alsoOK && (small > large || r.less && small == large) {
			n, _ := f.Root.Find(r.large)
			f.Refuse(r.small, "does not fit "+r.large+": "+r.because, r.String()+", which is "+n.Text)
		}
	}
}
