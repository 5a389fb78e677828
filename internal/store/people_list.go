package store

import (
	"context"
	"fmt"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
)

func scanMembership(scan func(...any) error) (m organisation.Membership, err error) {
	err = scan(append(accountFields(&m.Account), &m.State, at(&m.Created), &m.By, at(&m.Changed), &m.Changer, at(&m.Asked), at(&m.Proved))...)
	return m, err
}

// PeopleOf reads a page of an organisation's people, and who of them waits for an administrator.
func (db *DB) PeopleOf(ctx context.Context, id organisation.ID, search organisation.Search) (l organisation.List, err error) {
	defer fault.Wrap(&err, "store.PeopleOf(%s)", id)
	if err := db.read.QueryRowContext(ctx, `SELECT `+organisationColumns+` FROM organisation o WHERE o.id = $1`, id).Scan(organisationFields(&l.Organisation)...); err != nil {
		return l, err
	}
	const people = `SELECT ` + accountColumns + `, ` + membershipColumns + ` FROM membership m JOIN account a ON a.id = m.account_id WHERE m.organisation_id = $1`
	condition, args := sought(search, []any{id})
	args = append(args, search.Most+1)
	l.People, err = rows(ctx, db.read, scanMembership, people+condition+fmt.Sprintf(` ORDER BY m.created_at, m.account_id LIMIT $%d`, len(args)), args...)
	if err != nil {
		return l, err
	}
	if l.More = len(l.People) > search.Most; l.More {
		l.People = l.People[:search.Most]
	}
	l.Open, err = rows(ctx, db.read, scanMembership, people+` AND (m.asked_at IS NOT NULL OR m.state = 'requested') ORDER BY m.created_at, m.account_id`, id)
	return l, err
}

// mostWords bounds how many words of a name are looked for.
const mostWords = 5

// sought gives the condition of a search, behind the arguments that are there already: each word is a part of the name, or all of it a
// part of the address.
func sought(search organisation.Search, args []any) (condition string, all []any) {
	place := func(value any) string {
		args = append(args, value)
		return fmt.Sprintf("$%d", len(args))
	}
	if search.Behind != "" {
		condition = ` AND (m.created_at, m.account_id) > (SELECT b.created_at, b.account_id FROM membership b
			WHERE b.organisation_id = $1 AND b.account_id = ` + place(search.Behind) + `)`
	}
	part := strings.ToLower(strings.TrimSpace(search.Sought))
	if part == "" {
		return condition, args
	}
	either := []string{`lower(a.email) LIKE '%' || ` + place(likely.Replace(part)) + ` || '%' ESCAPE '\'`}
	if words := strings.Fields(account.SearchKey(part)); 0 < len(words) && len(words) <= mostWords {
		var each []string
		for _, word := range words {
			each = append(each, `a.search_name LIKE '%' || `+place(word)+` || '%'`)
		}
		either = append(either, strings.Join(each, ` AND `))
	}
	return condition + ` AND (` + strings.Join(either, ` OR `) + `)`, args
}

// likely takes the meaning from the signs that LIKE has a meaning for.
var likely = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
