// Package calendar knows the days a portal counts by: dates in Europe/Berlin, working days and Werktage of each Land.
//
// It owns three rules. A span of "N days" is the day of the deed plus N calendar days, the last one included to its end
// (LastDay). A working day is Monday to Friday, a Werktag Monday to Saturday, both without the public holidays of the
// body's Land (Calendar). A day begins and ends at midnight in Europe/Berlin, whatever the hour's shift (Date.Start,
// Date.End). The time zone's data is part of the program, so a container without tzdata counts alike.
//
// It leaves to others how long anything lasts: those figures are the profile's.
package calendar
