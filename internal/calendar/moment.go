package calendar

import "time"

// Moment is "now", read once per transaction.
//
// Time is what every rule of the portal goes by; the demo and tests may move it. Wall is the same instant without that
// shift: the only reader is the time step of a one-time code, because the app in the member's hand knows no demo clock.
type Moment struct {
	time.Time
	Wall time.Time
}

// Days is a number of days; what kind of days, the name of the value says.
type Days int

// Land is one of the sixteen Länder, two letters as in ISO 3166-2:DE ("BY", "SN").
type Land string
