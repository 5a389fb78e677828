package letters

import (
	"net/http"
	"strings"

	"torhaus/internal/mailroom"
	"torhaus/internal/web/page"
)

var (
	returnedView = page.NewView[returnedPage](files, "returned.html")
	returnView   = page.NewView[returnPage](files, "return.html")
)

// returnedPage asks for the number of a letter that came back.
type returnedPage struct {
	page.Base
	Typed string
	Found []mailroom.Letter // whose numbers begin as typed
}

// AskReturned asks for the number of a letter that came back. A scanner types it, and ends with Enter.
func (d Door) AskReturned(w http.ResponseWriter, r *page.Request) error {
	return returnedView.Show(w, r, returnedPage{})
}

// FindReturned looks the letter up. Nothing is changed before whose letter it is was seen.
func (d Door) FindReturned(w http.ResponseWriter, r *page.Request) error {
	p := returnedPage{Typed: r.Form.Value(numberField)}
	found, err := d.Mailroom.Find(r.Context(), p.Typed)
	if err != nil {
		return returnedView.Refuse(w, r, p, err)
	}
	if len(found) == 1 {
		r.Redirect(w, letterPath+found[0].ID+"/rueckgabe")
		return nil
	}
	p.Found = found
	return returnedView.Show(w, r, p)
}

// NumberInput is the field that a scanner types into.
func (p *returnedPage) NumberInput() page.Input {
	i := p.TextInput(numberField, p.T("letters.returned.number"), p.T("letters.returned.hint"), strings.TrimSpace(p.Typed), 100)
	i.Focus = true
	return i
}

// Path gives the address of the page that confirms the return of a letter.
func (p *returnedPage) Path(l mailroom.Letter) string { return letterPath + l.ID + "/rueckgabe" }

// returnPage shows whose letter came back and asks whether that is so.
type returnPage struct {
	page.Base
	Letter  mailroom.Letter
	Address []string
	Carries mailroom.What
}

// AskReturn shows whose letter it is, and what its return will do. It cannot be undone.
func (d Door) AskReturn(w http.ResponseWriter, r *page.Request) error {
	p, now, err := d.parcel(r)
	if err != nil {
		return err
	}
	if !p.Letter.Left() {
		_, _, refused := p.Return(by(r), now)
		return page.Advise(refused, toReturned)
	}
	return returnView.Show(w, r, returnPage{Letter: p.Letter, Address: p.Owner().LetterTo().Lines, Carries: p.Carries(now)})
}

// Return enters the letter as returned.
func (d Door) Return(w http.ResponseWriter, r *page.Request) error {
	id := r.PathValue("id")
	if _, err := d.Mailroom.Return(r.Context(), id, by(r)); err != nil {
		return page.Advise(err, page.Link{Path: letterPath + id, Text: "letters.to-letter"})
	}
	r.Redirect(w, letterPath+id+"?"+doneParam+"="+doneReturned)
	return nil
}

// Facts lists what the envelope in hand is compared with.
func (p *returnPage) Facts() []page.Fact {
	list := []page.Fact{
		p.Fact("letters.column.letter", p.Letter.Shown()),
		p.Fact("letters.column.kind", named(p.Words(), kindNames, p.Letter.Kind)),
		p.Fact("letters.return.address", p.Address...),
		p.Fact("letters.column.handed", p.Date(p.Letter.HandedOver)),
	}
	if p.Letter.Number != "" {
		list = append(list, p.Fact("letters.column.number", p.Letter.Number))
	}
	return list
}

// Does tells what the return will do.
func (p *returnPage) Does() string {
	return named(p.Words(), doesNames, p.Carries, p.Profile().Password.OneTime.Label)
}

// Path gives the address of the letter.
func (p *returnPage) Path() string { return letterPath + p.Letter.ID }
