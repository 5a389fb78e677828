package letters

import (
	"torhaus/internal/mailroom"
	"torhaus/internal/text"
)

// stateNames, kindNames and the others name words of package mailroom for people. A word that is not here keeps itself.
var (
	stateNames = map[string]string{
		"queued": "letters.state.queued", "held": "letters.state.held", "rendered": "letters.state.rendered",
		"handed-over": "letters.state.handed-over", "posted": "letters.state.posted", "returned": "letters.state.returned", "void": "letters.state.void",
	}
	kindNames = map[string]string{
		"activation-code": "letters.kind.activation-code", "one-time-password": "letters.kind.one-time-password",
		"hard-token": "letters.kind.hard-token", "address-changed": "letters.kind.address-changed",
		"first-password": "letters.kind.first-password", "registration-notice": "letters.kind.registration-notice",
	}
	batchNames = map[mailroom.BatchState]string{
		mailroom.Open: "letters.batch.state.open", mailroom.Awaiting: "letters.batch.state.awaiting", mailroom.Released: "letters.batch.state.released",
		mailroom.HandedOver: "letters.batch.state.handed-over", mailroom.Confirmed: "letters.batch.state.confirmed",
		mailroom.Discarded: "letters.batch.state.discarded",
	}
	onlyNames = map[mailroom.Only]string{
		"": "letters.list.only.alle", mailroom.Late: "letters.list.only.spaet", mailroom.Stuck: "letters.list.only.haengt",
		mailroom.Held: "letters.list.only.wartet",
	}
	voidedNames = map[mailroom.What]string{
		mailroom.AnOrder: "letters.voided.order", mailroom.Password: "letters.voided.password", mailroom.Nothing: "letters.voided.nothing",
	}
	doesNames = map[mailroom.What]string{
		mailroom.AnOrder: "letters.return.does.order", mailroom.Password: "letters.return.does.password", mailroom.Nothing: "letters.return.does.nothing",
	}
	problemNames = map[mailroom.Problem]string{
		"empty-file": "letters.problem.empty-file", "workbook": "letters.problem.workbook", "utf-16": "letters.problem.wide",
		"not-text": "letters.problem.not-text", "mixed-encodings": "letters.problem.mixed-encodings", "no-encoding": "letters.problem.no-encoding",
		"row-too-long": "letters.problem.row-too-long", "field-count": "letters.problem.field-count", "bad-quotes": "letters.problem.bad-quotes",
		"open-quotes": "letters.problem.open-quotes", mailroom.TooLong: "letters.problem.too-long", mailroom.BadHeader: "letters.problem.header",
		mailroom.BadLetter: "letters.problem.letter", mailroom.BadDate: "letters.problem.date", mailroom.Doubled: "letters.problem.doubled",
		mailroom.UnknownLetter: "letters.problem.unknown", mailroom.NotHandedOver: "letters.problem.not-handed", mailroom.WasVoid: "letters.problem.void",
		mailroom.InFuture: "letters.problem.future", mailroom.BeforeHanded: "letters.problem.before", mailroom.OtherDay: "letters.problem.other-day",
	}
)

// named gives the name of a word.
func named[W ~string](words text.Printer, names map[W]string, word W, args ...any) string {
	if key, ok := names[word]; ok {
		return words.T(key, args...)
	}
	return string(word)
}
