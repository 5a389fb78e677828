package page

import "torhaus/internal/login"

// SessionDevice names the browser of a session: „Firefox auf Windows“.
func (b *Base) SessionDevice(s login.Session) string {
	switch d := login.DeviceOf(s.Agent); {
	case d.Browser != "" && d.System != "":
		return b.T("member.sessions.device", d.Browser, d.System)
	case d.Browser != "":
		return d.Browser
	case d.System != "":
		return b.T("member.sessions.browser-on", d.System)
	default:
		return b.T("member.sessions.unknown")
	}
}

// SessionFacts lists what the owner recognises a session by.
func (b *Base) SessionFacts(s login.Session) []Fact {
	this := b.r.Visit.Session
	proof := b.T("member.sessions.level.password", b.Profile().Login.PasswordLabel)
	if s.Level == login.TwoFactor {
		proof = b.T("member.sessions.level.two-factor", b.Profile().Login.PasswordLabel)
	}
	if s.Mailed {
		proof = b.T("member.sessions.level.mailed", b.Profile().Login.PasswordLabel, b.Profile().People.Code.Label)
	}
	facts := []Fact{b.Fact("member.sessions.begun", b.Time(s.Created))}
	if s.ID != this.ID {
		facts = append(facts, b.Fact("member.sessions.seen", b.Time(s.Seen)))
	}
	if network := login.NetworkOf(s.Address); network != "" {
		if s.ID != this.ID && network == login.NetworkOf(this.Address) {
			network = b.T("member.sessions.same-network", network)
		}
		facts = append(facts, b.Fact("member.sessions.network", network))
	}
	return append(facts, b.Fact("member.sessions.proof", proof))
}
