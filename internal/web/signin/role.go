package signin

import (
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/web/page"
)

var roleView = page.NewView[rolePage](files, "role.html")

// rolePage asks in which role somebody logs in, where people act for organisations (BVK19).
type rolePage struct {
	page.Base
	Target string
	Ended  bool // an earlier session has ended meanwhile
}

// door gives the door at which somebody stands. Where people act for organisations, there is one for each role, and none without.
func (d Door) door(r *page.Request, word string) (door account.Door, ok bool) {
	door.Realm = r.Realm()
	if door.Realm == account.Staff || !r.Profile().HasPeople() {
		return door, true
	}
	door.Role = page.RoleOf(word)
	return door, door.Role != ""
}

// askRole shows the choice of the role, on the way to a target.
func (d Door) askRole(w http.ResponseWriter, r *page.Request, target string, ended bool) error {
	return roleView.Show(w, r, rolePage{Target: target, Ended: ended})
}
