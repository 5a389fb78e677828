package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/token"
)

// By is what a member is looked for by.
type By string

// The ways to find a member. All but names are found as a whole only.
const (
	ByNumber   By = "number" // in the body's register
	ByUserName By = "user-name"
	ByEmail    By = "email"
	BySerial   By = "serial" // of a token or its device
	ByPaper    By = "paper"  // an order or a letter, as it stands on paper
	ByName     By = "name"   // the beginning of the last name, and first names behind it
)

// Term is one thing that what was typed may mean, in the form in which it is looked up.
type Term struct {
	By    By
	Value string
}

// LongestTyped bounds what is looked for, in signs.
const LongestTyped = 120

var (
	numberTyped = regexp.MustCompile(`^[0-9A-Z]{1,32}$`)
	serialTyped = regexp.MustCompile(`^[0-9A-Z]{4,64}$`)
	paperTyped  = regexp.MustCompile(`^[0-9a-z]{26}$`) // as secret.NewID gives them
)

// Terms tells what something typed may mean, what is found as a whole first. Numbers and serials may have blanks, dots, hyphens and
// slashes between their signs; names may stand in either order.
func Terms(typed string) (terms []Term) {
	typed = strings.Join(strings.Fields(norm.NFKC.String(typed)), " ")
	if typed == "" || utf8.RuneCountInString(typed) > LongestTyped {
		return nil
	}
	packed := strings.Map(pack, typed)
	number := strings.ToUpper(packed)
	if numberTyped.MatchString(number) && strings.ContainsAny(number, "0123456789") {
		terms = append(terms, Term{ByNumber, number})
	}
	if serialTyped.MatchString(number) && strings.ContainsAny(number, "0123456789") {
		terms = append(terms, Term{BySerial, number})
	}
	if id := strings.ToLower(packed); paperTyped.MatchString(id) {
		terms = append(terms, Term{ByPaper, id})
	}
	if name, ok := account.CanonicalName(typed); ok {
		terms = append(terms, Term{ByUserName, account.NameKey(account.Member, name)})
	}
	if strings.Contains(typed, "@") {
		return append(terms, Term{ByEmail, strings.ToLower(typed)})
	}
	return append(terms, names(typed)...)
}

// pack drops what people write between the groups of a number.
func pack(r rune) rune {
	if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("./", r) {
		return -1
	}
	return r
}

// mostTurns bounds in how many orders the words of a name are looked for.
const mostTurns = 4

// names gives the keys that a name may be listed under: as typed, and with words from its end in front. „Karl von der Heide“ is listed
// under „von der Heide Karl“.
func names(typed string) (terms []Term) {
	if !strings.ContainsFunc(typed, unicode.IsLetter) {
		return nil
	}
	words := strings.Fields(account.SearchKey(typed))
	if strings.Contains(typed, ",") { // „Heide, Karl“: the order is known
		words = slices.Clip(words)
		return []Term{{ByName, strings.Join(words, " ")}}
	}
	for turn := range min(len(words), mostTurns) {
		key := strings.Join(slices.Concat(words[turn:], words[:turn]), " ")
		if !slices.Contains(terms, Term{ByName, key}) {
			terms = append(terms, Term{ByName, key})
		}
	}
	return terms
}

// Filter chooses the members of a list.
type Filter string

// The lists of members, each in an order of its own.
const (
	All            Filter = ""                // by name
	Deactivated    Filter = "deactivated"     // by name
	NoPassword     Filter = "no-password"     // by name
	StoppedToken   Filter = "stopped-token"   // suspended or blocked; by serial number, the newest first
	AwaitsCode     Filter = "awaits-code"     // an ordered token or its activation code by letter; the oldest order first
	AwaitsPassword Filter = "awaits-password" // a one-time password by letter; the oldest first
)

// Filters lists them, in the order in which they are shown.
var Filters = []Filter{All, Deactivated, NoPassword, StoppedToken, AwaitsCode, AwaitsPassword}

// Cursor is where a list goes on: behind the last row of the page before. Its zero value begins at the start.
type Cursor struct {
	Key string     `json:"k,omitempty"` // what the list is ordered by, where that is a word
	At  time.Time  `json:"a,omitzero"`  // the same where it is a time
	ID  account.ID `json:"i,omitempty"` // or whatever else tells two rows apart
}

// Row is one line of a list of members.
type Row struct {
	ID       account.ID
	Number   string
	UserName string
	Person   account.Person
	Town     string
	State    account.State
	Found    By // what it was found by; empty in lists

	Serial string      // the stopped token, or the ordered one
	Token  token.State // of the stopped token
	Since  time.Time   // when it was suspended, ordered or asked for; zero where that is not known
	Next   Cursor      // where the list goes on behind this row
}

// PageSize is how many rows a page of a list has at most.
const PageSize = 25

// Page is one page of a list.
type Page struct {
	Rows []Row
	Next *Cursor // nil on the last page
}

// cut makes a page of one row more than fits.
func cut(rows []Row) (p Page) {
	if p.Rows = rows; len(rows) > PageSize {
		p.Rows = rows[:PageSize]
		p.Next = &p.Rows[PageSize-1].Next
	}
	return p
}

// List gives a page of a list.
func (s *Service) List(ctx context.Context, f Filter, after Cursor) (p Page, err error) {
	defer fault.Wrap(&err, "desk.List(%s)", f)
	rows, err := s.Store.Members(ctx, f, after, PageSize+1)
	if err != nil {
		return Page{}, err
	}
	return cut(rows), nil
}

// Result is what a search gives.
type Result struct {
	Page
	Similar []Row // where nothing was found: members whose names begin nearly alike
}

// fewest is how many signs of a name are looked for at least, where the whole is not found.
const fewest = 3

// Search finds members by what was typed. What is found as a whole comes first; members of the name follow, page by page.
func (s *Service) Search(ctx context.Context, typed string, after Cursor) (found Result, err error) {
	defer fault.Wrap(&err, "desk.Search")
	terms := Terms(typed)
	var first []Row
	var name string // the one that is paged
	for _, t := range terms {
		if t.By == ByName && name == "" {
			name = t.Value
			continue
		}
		if after != (Cursor{}) {
			continue
		}
		rows, err := s.Store.Find(ctx, t, PageSize)
		if err != nil {
			return Result{}, err
		}
		first = append(first, rows...)
	}
	if name != "" {
		rows, err := s.Store.Named(ctx, name, after, PageSize+1)
		if err != nil {
			return Result{}, err
		}
		found.Page = cut(rows)
	}
	found.Rows = once(append(first, found.Rows...))
	if len(found.Rows) == 0 && after == (Cursor{}) {
		found.Similar, err = s.similar(ctx, name)
	}
	return found, err
}

// once keeps the first row of each member.
func once(rows []Row) (list []Row) {
	seen := map[account.ID]bool{}
	for _, r := range rows {
		if !seen[r.ID] {
			seen[r.ID] = true
			list = append(list, r)
		}
	}
	return list
}

// mostSimilar is how many members are offered instead of none.
const mostSimilar = 5

// similar finds members whose names have the longest beginning in common with a name that nobody has.
func (s *Service) similar(ctx context.Context, name string) ([]Row, error) {
	word, _, _ := strings.Cut(name, " ")
	for n := len([]rune(word)); n >= fewest; n-- {
		rows, err := s.Store.Named(ctx, string([]rune(word)[:n]), Cursor{}, mostSimilar)
		if err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
}
