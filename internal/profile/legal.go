package profile

import "torhaus/internal/calendar"

// Legal is what the law wants members to be told: who runs the portal, who watches over that, and whom to turn to.
type Legal struct {
	Form           string         `yaml:"form" doc:"legal form of the body"`
	Address        []string       `yaml:"address" doc:"address of the body without its name, one line each"`
	Phone          string         `yaml:"phone" doc:"telephone number of the body" accept:"phone"`
	Email          string         `yaml:"email" doc:"e-mail address of the body" accept:"email"`
	RepresentedBy  string         `yaml:"represented-by" doc:"who represents the body: an organ, or names"`
	Supervision    Office         `yaml:"supervision" doc:"the authority that supervises the body"`
	DataProtection DataProtection `yaml:"data-protection" doc:"the page „Datenschutz“"`
	Accessibility  Accessibility  `yaml:"accessibility" doc:"the page „Erklärung zur Barrierefreiheit“"`
}

// Office is somebody to turn to.
type Office struct {
	Name    string   `yaml:"name" doc:"name"`
	Address []string `yaml:"address" doc:"address, one line each" optional:"true"`
	Email   string   `yaml:"email" doc:"e-mail address" accept:"email" optional:"true"`
}

// DataProtection says on what ground data are kept and who watches over that.
type DataProtection struct {
	Basis     string `yaml:"basis" doc:"the law that allows the body to keep the data of its members" accept:"sentence"`
	LogDays   int    `yaml:"log-days" doc:"days after which the operator deletes the program's log" accept:"1..90"`
	Officer   Office `yaml:"officer" doc:"the body's data protection officer"`
	Authority Office `yaml:"authority" doc:"the authority that members may complain to"`
}

// Conformance says how far the pages obey the law on accessibility (Implementing Decision (EU) 2018/1523, annex, section 1).
type Conformance string

// The degrees of conformance.
const (
	Fully  Conformance = "fully"
	Partly Conformance = "partly"
	Not    Conformance = "not"
)

// Accessibility is what the accessibility statement says (Implementing Decision (EU) 2018/1523).
type Accessibility struct {
	Law         string        `yaml:"law" doc:"the law that the pages are measured by"`
	Conformance Conformance   `yaml:"conformance" doc:"how far they obey it" accept:"fully|partly|not"`
	Gaps        []string      `yaml:"gaps" doc:"what does not, one sentence each" accept:"sentence" optional:"true"`
	Assessed    calendar.Date `yaml:"assessed" doc:"day of the last assessment" accept:"day"`
	Email       string        `yaml:"email" doc:"where to tell of barriers" accept:"email"`
	Enforcement Office        `yaml:"enforcement" doc:"whom to turn to when the body does not answer"`
}
