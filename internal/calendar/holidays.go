package calendar

import "time"

// The sixteen Länder (ISO 3166-2:DE).
const (
	BW Land = "BW" // Baden-Württemberg
	BY Land = "BY" // Bayern
	BE Land = "BE" // Berlin
	BB Land = "BB" // Brandenburg
	HB Land = "HB" // Bremen
	HH Land = "HH" // Hamburg
	HE Land = "HE" // Hessen
	MV Land = "MV" // Mecklenburg-Vorpommern
	NI Land = "NI" // Niedersachsen
	NW Land = "NW" // Nordrhein-Westfalen
	RP Land = "RP" // Rheinland-Pfalz
	SL Land = "SL" // Saarland
	SN Land = "SN" // Sachsen
	ST Land = "ST" // Sachsen-Anhalt
	SH Land = "SH" // Schleswig-Holstein
	TH Land = "TH" // Thüringen
)

// Laender lists the sixteen Länder by their letters.
func Laender() []Land {
	return []Land{BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH}
}

// Holiday is a public holiday with its name.
type Holiday struct {
	Date Date
	Name string
}

// rule is one holiday of the law: on which day of a year, where, and in which years. No Länder means all of them; a zero
// year means no bound.
type rule struct {
	name    string
	on      func(year int) Date
	laender []Land
	first   int
	last    int
}

func (r rule) holds(land Land, year int) bool {
	if year < r.first || r.last != 0 && year > r.last {
		return false
	}
	if len(r.laender) == 0 {
		return true
	}
	for _, l := range r.laender {
		if l == land {
			return true
		}
	}
	return false
}

// The law of the Länder, as it stands since 1995, when Buß- und Bettag ceased to be a holiday outside Sachsen. Days of single
// municipalities (Mariä Himmelfahrt in Bayern, Art. 1 (1) no. 2 BayFTG; Friedensfest in Augsburg, Art. 1 (2) BayFTG) are
// Calendar.Extra. Heiligabend and Silvester are holidays nowhere.
//
// Sources: Art. 2 (2) Einigungsvertrag (3 October); § 1 FTG BW; Art. 1 BayFTG; § 1 FeiertG BE; § 2 FTG BB; § 2 SFTG HB; § 1
// FeiertG HH; § 1 HFeiertagsG; § 2 FTG M-V; § 2 NFeiertagsG; § 2 Feiertagsgesetz NW; § 2 LFtG RP; § 2 SFG SL; § 1 SächsSFG;
// § 2 FeiertG LSA; § 2 SFTG SH; § 2 ThürFGtG.
var rules = []rule{
	{name: "Neujahr", on: fixed(time.January, 1)},
	{name: "Heilige Drei Könige", on: fixed(time.January, 6), laender: []Land{BW, BY, ST}},
	{name: "Internationaler Frauentag", on: fixed(time.March, 8), laender: []Land{BE}, first: 2019}, // GVBl. BE 2019, 22
	{name: "Internationaler Frauentag", on: fixed(time.March, 8), laender: []Land{MV}, first: 2023}, // GVOBl. M-V 2022, 398
	{name: "Karfreitag", on: fromEaster(-2)},
	{name: "Ostersonntag", on: fromEaster(0), laender: []Land{BB}},
	{name: "Ostermontag", on: fromEaster(1)},
	{name: "Tag der Arbeit", on: fixed(time.May, 1)},
	{name: "75. Jahrestag der Befreiung", on: fixed(time.May, 8), laender: []Land{BE}, first: 2020, last: 2020},
	{name: "80. Jahrestag der Befreiung", on: fixed(time.May, 8), laender: []Land{BE}, first: 2025, last: 2025},
	{name: "75. Jahrestag des Aufstandes vom 17. Juni 1953", on: fixed(time.June, 17), laender: []Land{BE}, first: 2028, last: 2028},
	{name: "Christi Himmelfahrt", on: fromEaster(39)},
	{name: "Pfingstsonntag", on: fromEaster(49), laender: []Land{BB}},
	{name: "Pfingstmontag", on: fromEaster(50)},
	{name: "Fronleichnam", on: fromEaster(60), laender: []Land{BW, BY, HE, NW, RP, SL}},
	{name: "Mariä Himmelfahrt", on: fixed(time.August, 15), laender: []Land{SL}},
	{name: "Weltkindertag", on: fixed(time.September, 20), laender: []Land{TH}, first: 2019}, // GVBl. TH 2019, 22
	{name: "Tag der Deutschen Einheit", on: fixed(time.October, 3)},
	{name: "Reformationstag", on: fixed(time.October, 31), laender: []Land{BB, MV, SN, ST, TH}},
	{name: "Reformationstag", on: fixed(time.October, 31), laender: []Land{HB, HH, NI, SH}, first: 2018},
	{name: "Reformationstag", on: fixed(time.October, 31), laender: []Land{BE, BW, BY, HB, HE, HH, NI, NW, RP, SH, SL}, first: 2017, last: 2017}, // 500 years, all Länder once
	{name: "Allerheiligen", on: fixed(time.November, 1), laender: []Land{BW, BY, NW, RP, SL}},
	{name: "Buß- und Bettag", on: dayOfRepentance, laender: []Land{SN}},
	{name: "Erster Weihnachtstag", on: fixed(time.December, 25)},
	{name: "Zweiter Weihnachtstag", on: fixed(time.December, 26)},
}

func fixed(month time.Month, day int) func(int) Date {
	return func(year int) Date { return Date{Year: year, Month: month, Day: day} }
}

func fromEaster(days Days) func(int) Date {
	return func(year int) Date { return Easter(year).AddDays(days) }
}

// dayOfRepentance gives the Wednesday before 23 November (§ 1 (1) SächsSFG).
func dayOfRepentance(year int) Date {
	d := Date{Year: year, Month: time.November, Day: 22}
	return d.AddDays(-Days((d.Weekday() - time.Wednesday + 7) % 7))
}

// Easter gives Easter Sunday of a year in the Gregorian calendar (the anonymous computus, Meeus, Astronomical Algorithms,
// chapter 8).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	e := (32 + 2*(b%4) + 2*(c/4) - d - c%4) % 7
	f := d + e - 7*((a+11*d+22*e)/451) + 114
	return Date{Year: year, Month: time.Month(f / 31), Day: f%31 + 1}
}
