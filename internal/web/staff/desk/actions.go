package desk

import (
	"torhaus/internal/desk"
	"torhaus/internal/web/page"
)

// Action is something that staff can do about a member, offered on the member's page as a link to a page of its own.
type Action struct {
	Path, Label string
	Main        bool // what the caller most likely needs
	Danger      bool // hard to undo
}

// actions lists what whoever reads may do about a member now.
func (d Door) actions(_ *page.Request, _ desk.Record) []Action { return nil }
