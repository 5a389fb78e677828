package app

import "time"

// Hasten gives the program shorter limits than the usual ones, so that tests see them at work. Zero leaves one as it is.
func (o *Options) Hasten(header, body, heads time.Duration) {
	o.limits = usual
	for limit, d := range map[*time.Duration]time.Duration{&o.limits.header: header, &o.limits.body: body, &o.limits.heads: heads, &o.limits.headsAgain: heads} {
		if d > 0 {
			*limit = d
		}
	}
}
