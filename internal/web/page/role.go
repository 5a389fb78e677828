package page

import (
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/organisation"
)

// RoleField names the query parameter and the form field that carry the role in which somebody logs in, registers, or has forgotten a
// password, where people act for organisations (BVK19).
const RoleField = "rolle"

// ClosedParam says on the page after a logout that the visitor has closed the own access.
const ClosedParam = "beendet"

// The pages that the roles of such a portal have of their own.
const (
	Register     = "/registrieren"
	ChooseMember = "/mitglied-waehlen"
	CodeAgain    = SignCode + "/neu"
)

// roleWords are what addresses and forms call the roles.
var roleWords = map[account.Role]string{
	account.Administrator: "administrator", account.Clerk: "sachbearbeiter", account.DataCentre: "rechenzentrum",
}

// RoleOf reads a role as addresses and forms call it; empty if there is none of this name.
func RoleOf(word string) account.Role {
	for role, known := range roleWords {
		if word == known {
			return role
		}
	}
	return ""
}

// RoleWord gives what addresses and forms call a role; empty for those of staff and for none.
func RoleWord(role account.Role) string { return roleWords[role] }

// InRole gives the address of a page in a role: "/anmelden?rolle=sachbearbeiter".
func InRole(path string, role account.Role) string {
	if roleWords[role] == "" {
		return path
	}
	return path + "?" + url.Values{RoleField: {roleWords[role]}}.Encode()
}

// RoleName is what people call a role.
func (b *Base) RoleName(role account.Role) string {
	people := b.Profile().People
	switch role {
	case account.Administrator:
		return people.Administrator
	case account.Clerk:
		return people.Clerk
	case account.DataCentre:
		return people.DataCentre
	default:
		return ""
	}
}

// ActsAs says whom the visitor acts for, and as what: „Stadt Beispiel · Administrator“. Empty where members are persons, and before both
// factors are proved.
func (b *Base) ActsAs() string {
	if !b.TwoFactor() || b.r.Visit.Session.Role == "" {
		return ""
	}
	role := capital(b.RoleName(b.r.Visit.Session.Role))
	if member, ok := b.ActsFor(); ok {
		return member.Name + " · " + role
	}
	return role
}

// ActsFor gives the organisation that the visitor acts for, if it is clear which.
func (b *Base) ActsFor() (organisation.Organisation, bool) { return b.r.Visit.Session.ActsFor() }

// RoleEntry is one of the roles on offer.
type RoleEntry struct{ Name, Text, Path string }

// Roles lists the roles of people who act for organisations, each with its login.
func (b *Base) Roles(target string) (list []RoleEntry) {
	people := b.Profile().People
	texts := map[account.Role]string{
		account.Administrator: b.T("page.role.administrator", people.Member),
		account.Clerk:         b.T("page.role.clerk", people.Member, people.Administrator),
		account.DataCentre:    b.T("page.role.data-centre", people.Member),
	}
	for _, role := range account.MemberRoles {
		q := url.Values{RoleField: {roleWords[role]}}
		if target != "" && target != Portal {
			q.Set(GoalField, target)
		}
		list = append(list, RoleEntry{Name: capital(b.RoleName(role)), Text: texts[role], Path: SignIn + "?" + q.Encode()})
	}
	return list
}
