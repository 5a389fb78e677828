package profile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"torhaus/internal/calendar"
	"torhaus/internal/yamlfile"
)

// forms are the kinds of text that only profiles know.
var forms = yamlfile.Forms{
	"key":           matching(`[a-z0-9][a-z0-9-]{0,31}`, "1 to 32 of a-z, 0-9 and -, not beginning with -", "is no key"),
	"phone":         matching(`[+(]?[0-9][0-9 ()/+–-]{4,38}[0-9]`, "a telephone number of figures, blanks and / ( ) + – -", "is no telephone number"),
	"serial-prefix": matching(`[A-Z]{1,4}`, "1 to 4 of A-Z", "is no prefix"),
	"colour":        {Accepts: fmt.Sprintf("#rrggbb with a contrast of at least %.1f:1 with white", minContrast), Check: checkColour},
	"land":          {Accepts: lands(), Check: checkLand},
	"month-day":     {Accepts: "days that come every year, month first: \"08-15\"", Check: checkMonthDay},
	"sentence":      {Accepts: fmt.Sprintf("a sentence, at most %d signs", maxSentence), Check: checkSentence},
	"day":           {Accepts: "a day as in 2026-12-06", Check: checkDay},
	"issuer":        {Accepts: fmt.Sprintf("a line of text, at most %d signs, without colon", maxIssuer), Check: checkIssuer},
}

func matching(pattern, accepts, refusal string) yamlfile.Form {
	whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return yamlfile.Form{Accepts: accepts, Check: func(s string) error {
		if !whole.MatchString(s) {
			return errors.New(refusal)
		}
		return nil
	}}
}

func lands() string {
	var names []string
	for _, l := range calendar.Laender() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

func checkLand(s string) error {
	if !calendar.Land(s).Known() {
		return errors.New("is no Land")
	}
	return nil
}

func checkMonthDay(s string) error {
	if _, _, err := calendar.ParseMonthDay(s); err != nil {
		return errors.New("is no day that comes every year")
	}
	return nil
}

// maxSentence bounds what stands in a paragraph or a list of a page.
const maxSentence = 400

// checkSentence takes what CheckLine does, only longer.
func checkSentence(s string) error {
	if n := utf8.RuneCountInString(s); n > maxSentence {
		return fmt.Errorf("has %d signs", n)
	}
	if strings.TrimSpace(s) != s || s == "" {
		return errors.New("is empty or has blanks at its ends")
	}
	for word := range strings.SplitSeq(s, " ") {
		if err := yamlfile.CheckLine(word); err != nil {
			return err // two blanks in a row included
		}
	}
	return nil
}

func checkDay(s string) error {
	var d calendar.Date
	if d.UnmarshalText([]byte(s)) != nil {
		return errors.New("is no day")
	}
	return nil
}

// maxIssuer bounds the issuer: apps show one short line of it.
const maxIssuer = 40

// checkIssuer keeps the label of the otpauth URI readable: it separates issuer and account by a colon (Key URI Format, "Label").
func checkIssuer(s string) error {
	if err := yamlfile.CheckLine(s); err != nil {
		return err
	}
	if strings.Contains(s, ":") {
		return errors.New("has a colon, which separates issuer and serial number in the app")
	}
	if n := utf8.RuneCountInString(s); n > maxIssuer {
		return fmt.Errorf("has %d signs", n)
	}
	return nil
}

// minContrast is what text needs against its ground (WCAG 2.2, success criterion 1.4.3).
const minContrast = 4.5

func checkColour(s string) error {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != len("#rrggbb") || s[0] != '#' {
		return errors.New("is no colour")
	}
	if c := contrastWithWhite(uint32(rgb)); c < minContrast {
		return fmt.Errorf("is too light: its contrast with white is %.2f:1", math.Floor(c*100)/100)
	}
	return nil
}

// contrastWithWhite gives the contrast ratio of a colour 0xrrggbb with white (WCAG 2.2, definition "contrast ratio").
func contrastWithWhite(rgb uint32) float64 {
	luminance := 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
	return 1.05 / (luminance + 0.05)
}

// linear gives the light of the lowest eight bits of a channel (WCAG 2.2, definition "relative luminance").
func linear(channel uint32) float64 {
	c := float64(channel&0xff) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
