package login

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/fault"
)

// Right is something that a session may do or not.
type Right string

// The rights of members.
const (
	SeeTokens     Right = "see tokens"
	OrderToken    Right = "order a token"
	ActivateToken Right = "activate a token"
	SuspendToken  Right = "suspend a token"
	EnterPortal   Right = "enter the portal"

	// SynchroniseToken takes two unused codes of an active device, which is more than a login asks for, and opens nothing.
	SynchroniseToken Right = "find the codes of a hard token again"

	SeeContact     Right = "see contact data"
	ChangeContact  Right = "change contact data"
	SeeSessions    Right = "see where one is logged in"
	EndSessions    Right = "end other sessions"
	ChangePassword Right = "change the password"
	StayLoggedIn   Right = "extend the session"
	ChooseMember   Right = "choose the organisation to act for"
	ManagePeople   Right = "look after an organisation's people"
)

// The rights of the body's own people.
const (
	SetUpToken     Right = "set up the token of the own invitation"
	EnterConsole   Right = "enter the console"
	SeeOwnAccount  Right = "see the own staff account"
	SeeRights      Right = "see the table of rights"
	SeeMembers     Right = "see members"
	ImportMembers  Right = "import members"
	IdentifyMember Right = "identify a caller"
	HelpMember     Right = "suspend, void and end for a member"
	RestoreMember  Right = "lift, send and change for an identified member"
	MarkMember     Right = "mark a member as left or deceased"
	Decide         Right = "decide as the second person"
	SeeStock       Right = "see the stock of tokens"
	ImportStock    Right = "import tokens into the stock"
	AssignToken    Right = "assign a token of the stock"
	ShipToken      Right = "ship tokens and take them back"
	SeeLetters     Right = "see letters"
	PrintLetters   Right = "gather, close and confirm print batches"
	ReleaseLetters Right = "release print batches"
	TakeBackLetter Right = "enter returned letters"
	SeeAudit       Right = "see the audit"
	ExportAudit    Right = "export the audit"
	SeeFigures     Right = "see figures"
	SeeStaff       Right = "see staff"
	ManageStaff    Right = "invite, name and deactivate staff"
)

// rights is the table of what each level may do (KVB01, KVB07).
var rights = map[Level]map[Right]bool{
	Password: {SeeTokens: true, OrderToken: true, ActivateToken: true, SuspendToken: true, SynchroniseToken: true, StayLoggedIn: true, ChangePassword: true},
	TwoFactor: {
		SeeTokens: true, OrderToken: true, ActivateToken: true, SuspendToken: true, SynchroniseToken: true, StayLoggedIn: true, ChangePassword: true,
		EnterPortal: true, SeeContact: true, ChangeContact: true, SeeSessions: true, EndSessions: true,
	},
}

// oneTimeRights is what a session may do that was opened with a one-time password: no page answers before a personal one is set.
var oneTimeRights = map[Right]bool{ChangePassword: true, StayLoggedIn: true}

// staffPasswordRights is what staff may do with the password only: nothing but to set up a token after an invitation, if there is
// one, which package staff judges.
var staffPasswordRights = map[Right]bool{SetUpToken: true, StayLoggedIn: true}

// roleRights is what people who act for organisations may do with two factors, beside what the password allows. Looking after people
// takes an organisation, see Session.May.
var roleRights = map[account.Role]map[Right]bool{
	account.Administrator: {ManagePeople: true},
	account.Clerk:         {},
	account.DataCentre:    {},
}

// everyRoleRights is what all of them may do.
var everyRoleRights = map[Level]map[Right]bool{
	Password: {StayLoggedIn: true},
	TwoFactor: {
		StayLoggedIn: true, ChangePassword: true, EnterPortal: true, SeeContact: true, SeeSessions: true, EndSessions: true, ChooseMember: true,
	},
}

// staffRights is the table of what each role of staff may do with two factors.
// It is shown at /verwaltung/rechte.
var staffRights = []StaffRight{
	{EnterConsole, everyRole},
	{SeeOwnAccount, everyRole},
	{SeeRights, everyRole},
	{StayLoggedIn, everyRole},
	{ChangePassword, everyRole},
	{EndSessions, everyRole},
	{SeeMembers, []account.Role{account.ServiceDesk, account.Supervisor}},
	{ImportMembers, []account.Role{account.Supervisor}},
	{IdentifyMember, []account.Role{account.ServiceDesk, account.Supervisor}},
	{HelpMember, []account.Role{account.ServiceDesk, account.Supervisor}},
	{RestoreMember, []account.Role{account.ServiceDesk, account.Supervisor}},
	{MarkMember, []account.Role{account.ServiceDesk, account.Supervisor}},
	{Decide, []account.Role{account.ServiceDesk, account.Supervisor}},
	{SeeStock, []account.Role{account.TokenStock, account.Supervisor, account.Auditor}},
	{ImportStock, []account.Role{account.TokenStock}},
	{AssignToken, []account.Role{account.ServiceDesk, account.TokenStock}},
	{ShipToken, []account.Role{account.TokenStock}},
	{SeeLetters, []account.Role{account.ServiceDesk, account.TokenStock, account.Supervisor, account.Auditor}},
	{PrintLetters, []account.Role{account.TokenStock, account.Supervisor}},
	{ReleaseLetters, []account.Role{account.ServiceDesk, account.TokenStock, account.Supervisor}},
	{TakeBackLetter, []account.Role{account.ServiceDesk, account.TokenStock}},
	{SeeAudit, []account.Role{account.Supervisor, account.Auditor}},
	{ExportAudit, []account.Role{account.Auditor}},
	{SeeFigures, []account.Role{account.Supervisor, account.Auditor}},
	{SeeStaff, []account.Role{account.Supervisor, account.Auditor}},
	{ManageStaff, []account.Role{account.Supervisor}},
}

var everyRole = account.Roles

// roleless are the rights of one of staff who has no role that counts yet, and waits for a second supervisor.
var roleless = map[Right]bool{
	EnterConsole: true, SeeOwnAccount: true, SeeRights: true, StayLoggedIn: true, ChangePassword: true, EndSessions: true,
}

// StaffRight is a row of the table: a right of staff, and the roles that have it.
type StaffRight struct {
	Right Right
	Roles []account.Role
}

// StaffRights gives the table of what each role of staff may do, in the order in which it is shown.
func StaffRights() []StaffRight { return slices.Clone(staffRights) }

// RolesOf gives the roles of staff that have a right.
func RolesOf(r Right) []account.Role {
	for _, row := range staffRights {
		if row.Right == r {
			return slices.Clone(row.Roles)
		}
	}
	return nil
}

// May tells whether the session may do something; if not, with the fault to answer.
func (s Session) May(r Right) error {
	if s.Realm == account.Staff {
		return s.staffMay(r)
	}
	if s.OneTime != "" {
		if oneTimeRights[r] {
			return nil
		}
		return fault.New(fault.NotAllowed, "login.fault.set-password-first")
	}
	if s.Role != "" {
		return s.roleMay(r)
	}
	if rights[s.Level][r] {
		return nil
	}
	return fault.New(fault.NotAllowed, "login.fault.two-factors-needed")
}

// staffMay asks the table of staff. A role counts as of now, not as of the login: the session is loaded with the roles of its account.
func (s Session) staffMay(r Right) error {
	if s.Level != TwoFactor {
		if staffPasswordRights[r] {
			return nil
		}
		return fault.New(fault.NotAllowed, "login.fault.two-factors-needed")
	}
	if roleless[r] {
		return nil
	}
	for _, row := range staffRights {
		if row.Right == r && slices.ContainsFunc(s.Roles, func(role account.Role) bool { return slices.Contains(row.Roles, role) }) {
			return nil
		}
	}
	return fault.New(fault.NotAllowed, "login.fault.not-your-role")
}

// roleMay asks the tables of people who act for organisations.
func (s Session) roleMay(r Right) error {
	if everyRoleRights[s.Level][r] {
		return nil
	}
	if s.Level != TwoFactor {
		return fault.New(fault.NotAllowed, "login.fault.two-factors-needed")
	}
	if !roleRights[s.Role][r] {
		return fault.New(fault.NotAllowed, "login.fault.not-in-role")
	}
	if _, ok := s.ActsFor(); !ok {
		return ErrChoose
	}
	return nil
}

// ErrChoose is what a door meets that needs to know which organisation somebody acts for who may act for several: it asks.
var ErrChoose = fault.New(fault.NotAllowed, "login.fault.choose-member")
