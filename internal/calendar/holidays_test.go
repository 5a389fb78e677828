package calendar_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/calendar"
)

// Easter Sundays as printed in the tables of the Physikalisch-Technische Bundesanstalt and in Meeus, chapter 8.
func TestEaster(t *testing.T) {
	for _, day := range []string{
		"1818-03-22", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "1991-03-31", "1992-04-19", "1993-04-11",
		"2000-04-23", "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17",
		"2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
		"2038-04-25", "2076-04-19", "2285-03-22",
	} {
		want := date(t, day)
		if got := calendar.Easter(want.Year); got != want {
			t.Errorf("Easter %d is %s, want %s", want.Year, got, want)
		}
	}
}

func names(c calendar.Calendar, year int) []string {
	var all []string
	for _, h := range c.Holidays(year) {
		all = append(all, h.Date.String()[5:]+" "+h.Name)
	}
	return all
}

// The holidays that only some Länder have, in 2026; the nine of all Länder are checked beside them.
func TestHolidaysOfEachLand(t *testing.T) {
	everywhere := []string{
		"01-01 Neujahr", "04-03 Karfreitag", "04-06 Ostermontag", "05-01 Tag der Arbeit", "05-14 Christi Himmelfahrt",
		"05-25 Pfingstmontag", "10-03 Tag der Deutschen Einheit", "12-25 Erster Weihnachtstag", "12-26 Zweiter Weihnachtstag",
	}
	const (
		kings       = "01-06 Heilige Drei Könige"
		women       = "03-08 Internationaler Frauentag"
		easter      = "04-05 Ostersonntag"
		whit        = "05-24 Pfingstsonntag"
		corpus      = "06-04 Fronleichnam"
		assumption  = "08-15 Mariä Himmelfahrt"
		children    = "09-20 Weltkindertag"
		reformation = "10-31 Reformationstag"
		saints      = "11-01 Allerheiligen"
		repentance  = "11-18 Buß- und Bettag"
	)
	own := map[calendar.Land][]string{
		calendar.BW: {kings, corpus, saints},
		calendar.BY: {kings, corpus, saints},
		calendar.BE: {women},
		calendar.BB: {easter, whit, reformation},
		calendar.HB: {reformation},
		calendar.HH: {reformation},
		calendar.HE: {corpus},
		calendar.MV: {women, reformation},
		calendar.NI: {reformation},
		calendar.NW: {corpus, saints},
		calendar.RP: {corpus, saints},
		calendar.SL: {corpus, assumption, saints},
		calendar.SN: {reformation, repentance},
		calendar.ST: {kings, reformation},
		calendar.SH: {reformation},
		calendar.TH: {children, reformation},
	}
	if len(own) != 16 || len(calendar.Laender()) != 16 {
		t.Fatal("there are sixteen Länder")
	}
	for _, land := range calendar.Laender() {
		var common, particular []string
		for _, name := range names(calendar.Calendar{Land: land}, 2026) {
			if strings.Contains(strings.Join(everywhere, "|"), name) {
				common = append(common, name)
			} else {
				particular = append(particular, name)
			}
		}
		if diff := cmp.Diff(everywhere, common); diff != "" {
			t.Errorf("%s, of all Länder: %s", land, diff)
		}
		if diff := cmp.Diff(own[land], particular); diff != "" {
			t.Errorf("%s, its own: %s", land, diff)
		}
		if !land.Known() {
			t.Errorf("%s is unknown", land)
		}
	}
}

func TestHolidaysThatCameOrWent(t *testing.T) {
	tests := []struct {
		land calendar.Land
		day  string
		want string
	}{
		{calendar.BY, "2016-10-31", ""},
		{calendar.BY, "2017-10-31", "Reformationstag"},
		{calendar.BY, "2018-10-31", ""},
		{calendar.BE, "2017-10-31", "Reformationstag"},
		{calendar.NI, "2016-10-31", ""},
		{calendar.NI, "2017-10-31", "Reformationstag"},
		{calendar.NI, "2018-10-31", "Reformationstag"},
		{calendar.SN, "2016-10-31", "Reformationstag"},
		{calendar.SN, "2017-10-31", "Reformationstag"},
		{calendar.BE, "2018-03-08", ""},
		{calendar.BE, "2019-03-08", "Internationaler Frauentag"},
		{calendar.MV, "2022-03-08", ""},
		{calendar.MV, "2023-03-08", "Internationaler Frauentag"},
		{calendar.TH, "2018-09-20", ""},
		{calendar.TH, "2019-09-20", "Weltkindertag"},
		{calendar.BE, "2020-05-08", "75. Jahrestag der Befreiung"},
		{calendar.BE, "2021-05-08", ""},
		{calendar.BE, "2025-05-08", "80. Jahrestag der Befreiung"},
		{calendar.BB, "2025-05-08", ""},
		{calendar.BE, "2026-05-08", ""},
		{calendar.BE, "2028-06-17", "75. Jahrestag des Aufstandes vom 17. Juni 1953"},
		{calendar.SN, "2022-11-16", "Buß- und Bettag"}, // 23 November is a Wednesday: a week before
		{calendar.SN, "2023-11-22", "Buß- und Bettag"},
		{calendar.SN, "2024-11-20", "Buß- und Bettag"},
		{calendar.SN, "2025-11-19", "Buß- und Bettag"},
		{calendar.BY, "2025-11-19", ""},
		{calendar.BY, "2026-08-15", ""},
		{calendar.SL, "2026-08-15", "Mariä Himmelfahrt"},
		{calendar.BY, "2026-12-24", ""},
		{calendar.BY, "2026-12-31", ""},
		{"XX", "2026-10-03", "Tag der Deutschen Einheit"},
		{"XX", "2026-11-01", ""},
	}
	for _, tt := range tests {
		got, ok := calendar.Calendar{Land: tt.land}.Holiday(date(t, tt.day))
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %s is %q, want %q", tt.land, tt.day, got, tt.want)
		}
	}
}

func TestHolidaysOfTheSeatAreAdded(t *testing.T) {
	munich := calendar.Calendar{Land: calendar.BY, Extra: []string{"08-15", "06-24", "nonsense", "02-29"}}
	for day, want := range map[string]string{"2026-08-15": "Mariä Himmelfahrt", "2026-06-24": "örtlicher Feiertag", "2028-02-29": ""} {
		if got, _ := munich.Holiday(date(t, day)); got != want {
			t.Errorf("%s is %q, want %q", day, got, want)
		}
	}
	if name, _ := (calendar.Calendar{Land: calendar.BY, Extra: []string{"08-08"}}).Holiday(date(t, "2026-08-08")); name != "Augsburger Hohes Friedensfest" {
		t.Errorf("8 August is %q", name)
	}
	if calendar.Land("XX").Known() {
		t.Error("XX is a Land")
	}
}

func TestParseMonthDay(t *testing.T) {
	for _, s := range []string{"01-01", "08-15", "12-31"} {
		if _, _, err := calendar.ParseMonthDay(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"", "8-15", "15-08", "02-29", "02-30", "08-15 ", "08/15", "2026-08-15"} {
		if _, _, err := calendar.ParseMonthDay(s); err == nil {
			t.Errorf("%q is a day of the year", s)
		}
	}
}

// KVB10: a letter is handed to print within one working day and arrives within three Werktage.
func TestKVB10_WorkingDaysAndWerktageAreCountedWithoutHolidays(t *testing.T) {
	munich := calendar.Calendar{Land: calendar.BY, Extra: []string{"08-15"}}
	tests := []struct {
		name, day       string
		n               calendar.Days
		working, werkta string
	}{
		{"from Monday", "2026-11-23", 1, "2026-11-24", "2026-11-24"},
		{"from Friday over Saturday and Sunday", "2026-11-20", 1, "2026-11-23", "2026-11-21"},
		{"from Saturday", "2026-11-21", 1, "2026-11-23", "2026-11-23"},
		{"from Sunday", "2026-11-22", 3, "2026-11-25", "2026-11-25"},
		{"over Christmas and a weekend", "2026-12-23", 3, "2026-12-29", "2026-12-29"},
		{"over the year's end", "2026-12-30", 3, "2027-01-05", "2027-01-04"},
		{"over the year's end and Epiphany", "2026-12-30", 4, "2027-01-07", "2027-01-05"},
		{"over Easter", "2026-04-02", 3, "2026-04-09", "2026-04-08"},
		{"over Mariä Himmelfahrt, a Saturday", "2026-08-13", 3, "2026-08-18", "2026-08-18"},
		{"over a leap day", "2028-02-28", 3, "2028-03-02", "2028-03-02"},
		{"none", "2026-11-22", 0, "2026-11-22", "2026-11-22"},
		{"backwards", "2026-11-23", -1, "2026-11-20", "2026-11-21"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := date(t, tt.day)
			if got := munich.AddWorkingDays(d, tt.n).String(); got != tt.working {
				t.Errorf("working day %s, want %s", got, tt.working)
			}
			if got := munich.AddWerktage(d, tt.n).String(); got != tt.werkta {
				t.Errorf("Werktag %s, want %s", got, tt.werkta)
			}
		})
	}
}

func TestSaturdayIsAWerktagButNoWorkingDay(t *testing.T) {
	c := calendar.Calendar{Land: calendar.SN}
	tests := []struct {
		day              string
		working, werktag bool
	}{
		{"2026-11-20", true, true},
		{"2026-11-21", false, true},
		{"2026-11-22", false, false},
		{"2026-11-18", false, false}, // Buß- und Bettag
		{"2026-10-31", false, false}, // Reformationstag, a Saturday
	}
	for _, tt := range tests {
		d := date(t, tt.day)
		if c.IsWorkingDay(d) != tt.working || c.IsWerktag(d) != tt.werktag {
			t.Errorf("%s: working day %v, Werktag %v", tt.day, c.IsWorkingDay(d), c.IsWerktag(d))
		}
	}
}

func TestACalendarOfHolidaysOnlyStillComesToAnEnd(t *testing.T) {
	var all []string
	for d := date(t, "2027-01-01"); d.Year == 2027; d = d.AddDays(1) {
		all = append(all, d.String()[5:])
	}
	idle := calendar.Calendar{Land: calendar.BY, Extra: all}
	if got := idle.AddWorkingDays(date(t, "2026-01-01"), 1); got.Year != 2027 {
		t.Errorf("got %s", got)
	}
}
