package profile

import "time"

// Duration is a time span written as 15m, 30s or 12h.
type Duration time.Duration

// D gives the span as the standard library has it.
func (d Duration) D() time.Duration { return time.Duration(d) }
