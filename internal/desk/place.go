package desk

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
)

// NotEntitled is what somebody meets who acts for organisations and may enter for none of them: a login comes to its end, and says why.
const NotEntitled Verdict = "not-entitled"

// MailedWord is the code that a login sends by e-mail.
const MailedWord Word = "mailed-code"

// standing tells what the member may do who acts for organisations; a member who is a person may enter.
func (d *diagnosis) standing() organisation.Standing {
	return login.Standing(d.Owner(), d.Login.Places)
}

// barred tells whether a login comes to its end and is refused then. An administrator who waits for the letter is not: its one-time
// password lets them in.
func (d *diagnosis) barred() bool {
	o := d.outlook.Opening
	waitsForLetter := d.standing() == organisation.Waits && !o.Password && o != (login.Opening{})
	return d.standing() != organisation.MayEnter && !waitsForLetter
}

// placeFacts tell how somebody stands at an organisation.
var placeFacts = map[organisation.Standing]string{
	organisation.MayEnter: "desk.diagnosis.place.may-enter", organisation.NoAdministrator: "desk.diagnosis.place.no-administrator",
	organisation.Out: "desk.diagnosis.place.out",
}

// places tells for whom the member acts, and how they stand there.
func (d *diagnosis) places() {
	for _, p := range d.Login.Places {
		key := placeFacts[p.Standing]
		switch {
		case p.State == organisation.Requested:
			key = "desk.diagnosis.place.waits-release"
		case p.Standing == organisation.Waits:
			key = "desk.diagnosis.place.waits-letter"
		}
		d.say(d.Verdict == NotEntitled && p.Standing == d.standing(), key, p.Organisation.Name)
	}
}

// entitle tells how somebody comes to enter who may not.
func (d *diagnosis) entitle() {
	switch d.standing() {
	case organisation.Waits:
		if slices.ContainsFunc(d.Login.Places, func(p organisation.Place) bool { return p.State == organisation.Requested }) {
			d.step("desk.next.release-registration")
			return
		}
		d.step("desk.next.use-letter", OneTimeWord)
	case organisation.NoAdministrator:
		d.step("desk.next.new-administrator")
	case organisation.Out:
		if d.Owner().Role == account.Clerk {
			d.step("desk.next.reactivate-clerk")
			return
		}
		d.step("desk.next.register-anew")
	}
}
