// Package letters has the console's pages about letters: how they are on their way, print batches and their release, the print
// centre's confirmations, and letters that came back. It is a thin face of package mailroom. What a letter says, no page shows.
package letters

import (
	"context"
	"embed"

	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/mailroom"
	"torhaus/internal/token"
	"torhaus/internal/upload"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package mailroom.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the mail room.
type Door struct {
	Mailroom *mailroom.Service
	Uploads  *upload.Service
	Desk     *desk.Service // notes who looked at whose letters
}

// The addresses of this door.
const (
	listPath     = page.Console + "/briefe"
	letterPath   = listPath + "/brief/"
	returnedPath = listPath + "/rueckgabe"
	batchesPath  = listPath + "/stapel"
	confirmPath  = listPath + "/bestaetigung"
)

// Routes are what can be asked of this door.
func (d Door) Routes() []page.Route {
	const batch = batchesPath + "/{number}"
	return []page.Route{
		page.Get(listPath, login.SeeLetters, d.List),
		page.Post(listPath, login.SeeLetters, d.Choose),
		page.Get(letterPath+"{id}", login.SeeLetters, d.Letter),
		page.Post(letterPath+"{id}/erneut", login.PrintLetters, d.Retry),

		page.Get(returnedPath, login.TakeBackLetter, d.AskReturned),
		page.Post(returnedPath, login.TakeBackLetter, d.FindReturned),
		page.Get(letterPath+"{id}/rueckgabe", login.TakeBackLetter, d.AskReturn),
		page.Post(letterPath+"{id}/rueckgabe", login.TakeBackLetter, d.Return),

		page.Get(batchesPath, login.SeeLetters, d.Batches),
		page.Get(batch, login.SeeLetters, d.Batch),
		page.Post(batch+"/schliessen", login.PrintLetters, d.Close),
		page.Post(batch+"/freigeben", login.ReleaseLetters, d.Release),
		page.Get(batch+"/verwerfen", login.ReleaseLetters, d.AskDiscard),
		page.Post(batch+"/verwerfen", login.ReleaseLetters, d.Discard),

		page.Get(confirmPath, login.PrintLetters, d.AskConfirmation),
		page.Upload(confirmPath, login.PrintLetters, mailroom.MaxConfirmation, d.TakeConfirmation),
		page.Get(confirmPath+"/{upload}", login.PrintLetters, d.CheckConfirmation),
		page.Post(confirmPath+"/{upload}", login.PrintLetters, d.Confirm),
	}
}

// Notices tells of late letters (KVB10), of batches that wait, and of letters whose hand-over was given up.
func (d Door) Notices(ctx context.Context, r *page.Request) (list []page.Notice, err error) {
	if !r.May(login.SeeLetters) {
		return nil, nil
	}
	a, err := d.Mailroom.Attention(ctx)
	if err != nil {
		return nil, err
	}
	add := func(title, text string, count int, path string, urgent bool) {
		list = append(list, page.Notice{Title: r.Text.T(title), Text: r.Text.T(text), Count: count, Path: path, Urgent: urgent})
	}
	add("letters.notice.late.title", "letters.notice.late.text", a.Late+a.Overdue, listPath+"?nur=spaet", a.Overdue > 0)
	add("letters.notice.stuck.title", "letters.notice.stuck.text", a.Stuck, listPath+"?nur=haengt", true)
	if r.May(login.PrintLetters) {
		add("letters.notice.gathers.title", "letters.notice.gathers.text", a.Gathers, batchesPath, false)
	}
	if r.May(login.ReleaseLetters) {
		add("letters.notice.awaiting.title", "letters.notice.awaiting.text", a.Awaiting, batchesPath, true)
	}
	return list, nil
}

// by names who does something.
func by(r *page.Request) token.By {
	return token.By{Actor: r.Visit.Account.ID, Session: string(r.Visit.Session.ID)}
}

// The pages that errors of this door lead on to.
var (
	toList     = page.Link{Path: listPath, Text: "letters.to-list"}
	toReturned = page.Link{Path: returnedPath, Text: "letters.to-returned"}
	toBatches  = page.Link{Path: batchesPath, Text: "letters.to-batches"}
	toConfirm  = page.Link{Path: confirmPath, Text: "letters.to-confirm"}
)

// dayOf reads a day out of an address; what is none is none.
func dayOf(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		return calendar.Date{}
	}
	return d
}
