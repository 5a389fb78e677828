package page

import (
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// NewPassword is what pages need on which a personal password is chosen; they show the part "new-password".
type NewPassword struct {
	Base
	MinLength int    // signs
	Own       string // folded names that make no password, for the script
	verdicts  []password.Verdict
}

// NewPasswordFor prepares such a page for somebody, with what was typed so far.
func NewPasswordFor(rules password.Rules, owner account.Account, typed secret.Text) NewPassword {
	rules = rules.For(owner.Realm)
	own := rules.Own(owner)
	return NewPassword{MinLength: rules.MinLength, Own: strings.Join(own, " "), verdicts: rules.Judge(typed, own)}
}

// NewLabel names the field for the new password.
func (p *NewPassword) NewLabel() string {
	return p.T("signin.change.new", p.Profile().Login.PasswordLabel)
}

// RepeatLabel names the field in which it is typed again, where no script can show what was typed.
func (p *NewPassword) RepeatLabel() string {
	return p.T("signin.change.repeat", p.Profile().Login.PasswordLabel)
}

// ruleTexts are the rules as people read them beforehand. Rules without one are told where they are broken.
var ruleTexts = map[password.Rule]string{
	password.LongEnough: "password.rule.length", password.HasUpper: "password.rule.upper", password.HasLower: "password.rule.lower",
	password.HasDigit: "password.rule.digit", password.HasSpecial: "password.rule.special", password.NoPattern: "password.rule.pattern",
	password.NotOwn: "password.rule.own", password.NotCommon: "password.rule.common",
}

// Rule is one line in the list of rules: kept, broken, or neither where nothing was typed yet.
type Rule struct {
	Name, Text   string
	Kept, Broken bool
}

// Rules lists the rules that the new password obeys.
func (p *NewPassword) Rules() []Rule {
	var list []Rule
	for _, v := range p.verdicts {
		if key := ruleTexts[v.Rule]; key != "" {
			list = append(list, Rule{
				Name: string(v.Rule), Text: p.T(key, p.MinLength), Kept: p.Refused() && v.Kept, Broken: p.Refused() && !v.Kept,
			})
		}
	}
	return list
}
