package web

import (
	"torhaus/internal/web/member"
	"torhaus/internal/web/page"
	"torhaus/internal/web/signin"
)

// Routes are all that can be asked of a portal, for tests that try each.
func Routes() []page.Route { return routes(signin.Door{}, member.Door{}) }
