package web

import (
	"torhaus/internal/web/page"
	"torhaus/internal/web/people"
)

// Routes are all that can be asked of a portal, for tests that try each.
func Routes() []page.Route { return routes(doors{}) }

// PeopleRoutes are the same of a portal whose members are organisations.
func PeopleRoutes() []page.Route { return routes(doors{people: &people.Door{}}) }
