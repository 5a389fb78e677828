package profile

import (
	"cmp"
	"fmt"

	"torhaus/internal/yamlfile"
)

// check refuses keys that do not fit together. A key that was refused by itself is not looked at again.
func (p *Profile) check(f *yamlfile.File) {
	l, s, t := p.Login, p.Session, p.Token
	atMost(f, "login.delay-after", l.DelayAfter, "login.address-delay-after", l.AddressDelayAfter)
	atMost(f, "login.delay-first", l.DelayFirst, "login.delay-most", l.DelayMost)
	atMost(f, "login.delay-most", l.DelayMost, "login.delay-forget", l.DelayForget)
	atMost(f, "login.code-tries", l.CodeTries, "login.block-in-row", l.BlockInRow)
	atMost(f, "login.block-in-row", l.BlockInRow, "login.block-within", l.BlockWithin)

	atMost(f, "session.password-idle", s.PasswordIdle, "session.password-total", s.PasswordTotal)
	atMost(f, "session.two-factor-idle", s.TwoFactorIdle, "session.two-factor-total", s.TwoFactorTotal)
	atMost(f, "session.password-total", s.PasswordTotal, "session.two-factor-total", s.TwoFactorTotal)

	atMost(f, "token.order.per-day", t.Order.PerDay, "token.order.per-month", t.Order.PerMonth)
	atMost(f, "token.activation-code.group", t.Code.Group, "token.activation-code.digits", t.Code.Digits)
	atMost(f, "letter.hand-over-within", p.Letter.HandOver, "letter.arrival-within", p.Letter.Arrival)
	atMost(f, "letter.arrival-within", p.Letter.Arrival, "token.order.replace-after", t.Order.ReplaceAfter)
	less(f, "token.order.replace-after", t.Order.ReplaceAfter, "token.activation-code.days", t.Code.Days)
}

// atMost refuses a value that is larger than another.
func atMost[T cmp.Ordered](f *yamlfile.File, small string, a T, large string, b T) {
	if f.OK(small, large) && a > b {
		f.Refuse(small, "is more than "+large, fmt.Sprintf("at most %s", written(f, large)))
	}
}

// less refuses a value that is not smaller than another.
func less[T cmp.Ordered](f *yamlfile.File, small string, a T, large string, b T) {
	if f.OK(small, large) && a >= b {
		f.Refuse(small, "is not less than "+large, fmt.Sprintf("less than %s", written(f, large)))
	}
}

// written gives a value as the file has it.
func written(f *yamlfile.File, key string) string {
	n, _ := f.Root.Find(key)
	return n.Text
}
