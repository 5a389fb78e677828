package web

import "torhaus/internal/web/page"

// Routes are all that can be asked of a portal, for tests that try each.
func Routes() []page.Route { return routes(doors{}) }
