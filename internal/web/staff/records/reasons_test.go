package records

import (
	"testing"

	"golang.org/x/text/language"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/oversight"
	"torhaus/internal/text"
	"torhaus/internal/token"
)

func TestReasonsAreSaidInWordsForPeople(t *testing.T) {
	texts, err := text.Load(Texts)
	if err != nil {
		t.Fatal(err)
	}
	const id = "k3vqz7m2xw4abcdefghijkmnpq"
	for _, c := range []struct {
		kind           oversight.Kind
		reason, de, en string
	}{
		{"staff.role.granted", "service-desk", "Servicestelle", "service desk"},
		{"staff.request.closed", "confirmed", "bestätigt", "confirmed"},
		{"request.asked", "lift-token " + id, "Sperre aufheben k3vqz7m2", "lift a suspension k3vqz7m2"},
		{"account.changed", "street,email", "Straße, E-Mail-Adresse", "street, e-mail address"},
		{"member.identified", "right: number, street; wrong: last-login", "richtig: Mitgliedsnummer, Straße; falsch: letzte Anmeldung", "right: member number, street; wrong: last sign-in"},
		{"member.identified", "call-back", "durch Rückruf", "by calling back"},
		{"letter.batch.released", id, "k3vqz7m2", "k3vqz7m2"},
		{"session.revoked", "desk", "durch die Verwaltung", "by staff"},
		{"token.revoked", "desk", "auf Wunsch des Mitglieds", "at the member's wish"},
		{"password.one-time.refused", "on its way", "ein anderes ist unterwegs", "another one is on its way"},
		{"audit.exported", "csv login.* from 2026-11-01 until 2026-11-22", "CSV Anmeldung ab 2026-11-01 bis 2026-11-22", "CSV Login from 2026-11-01 until 2026-11-22"},
		{"audit.check.outcome", "broken 4711", "beschädigt bei Nr. 4711", "damaged at No. 4711"},
		{"login.refused", "10 tries", "10 Versuche", "10 tries"},
		{"login.refused", "", "", ""},
		{"from.a.newer.program", "=Something Else", "=Something Else", "=Something Else"},
	} {
		for tongue, want := range map[language.Tag]string{language.German: c.de, language.English: c.en} {
			if got := reasonName(texts.Printer(tongue), c.kind, c.reason); got != want {
				t.Errorf("%s, %q in %s: %q", c.kind, c.reason, tongue, got)
			}
		}
	}
}

func TestEveryRoleDeedAndReasonOfTheCodeHasAWord(t *testing.T) {
	var words []string
	for _, role := range account.Roles {
		words = append(words, string(role))
	}
	for _, reason := range token.RevokeReasons {
		words = append(words, string(reason))
	}
	for _, kind := range []desk.DeedKind{
		desk.SuspendToken, desk.LiftToken, desk.RevokeToken, desk.VoidOrder, desk.NewLetter, desk.EndSession, desk.EndSessions, desk.AllowPost,
		desk.ChangeAddress, desk.ChangeEmail, desk.MarkLeft, desk.MarkDeceased, desk.Restore, desk.ReleaseLetter,
	} {
		words = append(words, string(kind))
	}
	for _, word := range words {
		if reasonKeys[word] == "" {
			t.Errorf("%s has no word for people", word)
		}
	}
}
