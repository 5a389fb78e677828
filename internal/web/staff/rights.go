package staff

import (
	"net/http"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var rightsView = page.NewView[rightsPage](files, "rights.html")

// rightsPage shows the table that the portal itself obeys.
type rightsPage struct{ page.Base }

// Rights shows what each role may do.
func (d Door) Rights(w http.ResponseWriter, r *page.Request) error {
	return rightsView.Show(w, r, rightsPage{})
}

// Column is a role of the table.
type Column struct {
	Name string
	Own  bool // whoever reads has it
}

// roleNames are the roles as people read them.
var roleNames = map[account.Role]string{
	account.ServiceDesk: "staff.role.service-desk", account.TokenStock: "staff.role.token-stock",
	account.Supervisor: "staff.role.supervisor", account.Auditor: "staff.role.auditor",
}

// rightNames are the rights as people read them.
var rightNames = map[login.Right]string{
	login.EnterConsole:   "staff.right.enter-console",
	login.SeeOwnAccount:  "staff.right.see-own-account",
	login.SeeRights:      "staff.right.see-rights",
	login.StayLoggedIn:   "staff.right.stay-logged-in",
	login.ChangePassword: "staff.right.change-password",
	login.EndSessions:    "staff.right.end-sessions",
	login.SeeMembers:     "staff.right.see-members",
	login.ImportMembers:  "staff.right.import-members",
	login.IdentifyMember: "staff.right.identify-member",
	login.HelpMember:     "staff.right.help-member",
	login.RestoreMember:  "staff.right.restore-member",
	login.MarkMember:     "staff.right.mark-member",
	login.Decide:         "staff.right.decide",
	login.SeeStock:       "staff.right.see-stock",
	login.ImportStock:    "staff.right.import-stock",
	login.AssignToken:    "staff.right.assign-token",
	login.ShipToken:      "staff.right.ship-token",
	login.SeeLetters:     "staff.right.see-letters",
	login.PrintLetters:   "staff.right.print-letters",
	login.ReleaseLetters: "staff.right.release-letters",
	login.TakeBackLetter: "staff.right.take-back-letter",
	login.SeeAudit:       "staff.right.see-audit",
	login.ExportAudit:    "staff.right.export-audit",
	login.SeeFigures:     "staff.right.see-figures",
	login.SeeStaff:       "staff.right.see-staff",
	login.ManageStaff:    "staff.right.manage-staff",
}

// Columns lists the roles.
func (p *rightsPage) Columns() []Column {
	var list []Column
	for _, role := range account.Roles {
		list = append(list, Column{Name: p.T(roleNames[role]), Own: slices.Contains(p.Visit().Session.Roles, role)})
	}
	return list
}

// Row is a right of the table.
type Row struct {
	Name  string
	Cells []Cell // one for each role
}

// Cell tells whether a role has a right.
type Cell struct {
	Role string
	Has  bool
}

// Rows lists the rights.
func (p *rightsPage) Rows() []Row {
	var list []Row
	for _, right := range login.StaffRights() {
		row := Row{Name: p.T(rightNames[right.Right])}
		for _, role := range account.Roles {
			row.Cells = append(row.Cells, Cell{Role: p.T(roleNames[role]), Has: slices.Contains(right.Roles, role)})
		}
		list = append(list, row)
	}
	return list
}
