package records

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/oversight"
	"torhaus/internal/web/page"
)

// The fields of the filter, which are the parameters of the page as well. An address holds accounts by their id, never what was typed:
// addresses stay in histories and logs.
const (
	personField = "person"
	deedField   = "tat"
	fromField   = "von"
	untilField  = "bis"
	beforeField = "vor"
)

// filterOf reads a filter out of parameters. What is none is left out, so that an old address still leads somewhere.
func filterOf(value func(string) string) (f oversight.Filter) {
	for id := range strings.SplitSeq(value(personField), ",") {
		if id != "" && len(id) <= 64 && len(f.People) < oversight.MostPeople {
			f.People = append(f.People, account.ID(id))
		}
	}
	f.Deeds = value(deedField)
	if f.Kinds = kindsOf(f.Deeds); len(f.Kinds) == 0 {
		f.Deeds = ""
	}
	f.From, _ = parseDay(value(fromField))
	f.Until, _ = parseDay(value(untilField))
	if n, err := strconv.ParseInt(value(beforeField), 10, 64); err == nil && n > 0 {
		f.Before = n
	}
	return f
}

// values gives the parameters of a filter, without the place in it.
func values(f oversight.Filter) url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	ids := make([]string, len(f.People))
	for i, id := range f.People {
		ids[i] = string(id)
	}
	set(personField, strings.Join(ids, ","))
	set(deedField, f.Deeds)
	set(fromField, f.From.String())
	set(untilField, f.Until.String())
	return v
}

// pathTo gives the address of a filter.
func pathTo(f oversight.Filter) string {
	v := values(f)
	if f.Before > 0 {
		v.Set(beforeField, strconv.FormatInt(f.Before, 10))
	}
	if len(v) == 0 {
		return trailPath
	}
	return trailPath + "?" + v.Encode()
}

// parseDay reads a day as browsers send it, 2026-12-06, or as people type it, 6.12.2026. Nothing is no day.
func parseDay(typed string) (calendar.Date, error) {
	typed = strings.Join(strings.Fields(typed), "")
	if typed == "" {
		return calendar.Date{}, nil
	}
	if d, err := calendar.ParseDate(typed); err == nil {
		return d, nil
	}
	t, err := time.ParseInLocation("2.1.2006", typed, calendar.Berlin())
	if err != nil {
		return calendar.Date{}, fault.New(fault.Invalid, "records.fault.day")
	}
	return calendar.DateOf(t), nil
}

// days reads two fields with days from a form. The fault names all that are none.
func days(value func(string) string) (from, until calendar.Date, err error) {
	var wrong []fault.Field
	read := func(field string) calendar.Date {
		d, err := parseDay(value(field))
		if err != nil {
			wrong = append(wrong, fault.Field{Name: field, Message: "records.fault.day"})
		}
		return d
	}
	from, until = read(fromField), read(untilField)
	if len(wrong) == 0 && !from.IsZero() && !until.IsZero() && until.Before(from) {
		wrong = append(wrong, fault.Field{Name: untilField, Message: "records.fault.backwards"})
	}
	if len(wrong) > 0 {
		return from, until, &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: wrong}
	}
	return from, until, nil
}

// dayInput makes the field for a day.
func dayInput(b *page.Base, name, label, value string) page.Input {
	i := page.Input{Name: name, Label: label, Value: value, Type: "date", Autocomplete: "off", Longest: 20, Width: "day"}
	for _, w := range b.Wrongs() {
		if w.Field == name {
			i.Error = w.Text
		}
	}
	return i
}
