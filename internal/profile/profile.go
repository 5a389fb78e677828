// Package profile holds the rules of a portal as data.
//
// A profile is one YAML file. Everything that differs from body to body stands there: figures, labels, subjects, the
// support contact, the sender of letters. The code asks the profile and knows no figure of its own. Decoding is strict: an
// unknown or impossible value stops the start and says file, line, key and what is accepted.
package profile

import (
	"time"

	"torhaus/internal/calendar"
)

// Profile is everything that makes a portal the portal of one body.
type Profile struct {
	Key      string   `yaml:"key" doc:"short name, used in file names, logs and the command line; a-z, 0-9 and -"`
	Body     Body     `yaml:"body" doc:"the statutory body that runs the portal"`
	Portal   Portal   `yaml:"portal" doc:"how the portal calls itself and its parts"`
	Support  Support  `yaml:"support" doc:"who helps; shown in the same place on every page, in every letter and e-mail"`
	Calendar Calendar `yaml:"calendar" doc:"which days are holidays"`
	Login    Login    `yaml:"login" doc:"words and figures of logging in"`
	Session  Session  `yaml:"session" doc:"how long a login lasts"`
	Token    Token    `yaml:"token" doc:"tokens, their ordering and activation"`
	Letter   Letter   `yaml:"letter" doc:"letters: sender and time limits"`
	Mail     Mail     `yaml:"mail" doc:"e-mails: sender and subjects"`
}

// Body is the statutory body.
type Body struct {
	Name  string `yaml:"name" doc:"full name, as in the letter head"`
	Short string `yaml:"short" doc:"short name, as members say it"`
}

// Portal has the names of the portal and its parts.
type Portal struct {
	Name            string `yaml:"name" doc:"name of the portal behind both factors"`
	TokenManagement string `yaml:"token-management" doc:"name of the part where members order and activate tokens"`
	PublicCategory  string `yaml:"public-category" doc:"category of the public start page under which the token management stands"`
	MemberCategory  string `yaml:"member-category" doc:"category of the member's start page under which the token management stands"`
	Colour          string `yaml:"colour" doc:"the body's colour as #rrggbb; contrast with white at least 4.5:1"`
}

// Support is the contact that helps members.
type Support struct {
	Name  string   `yaml:"name" doc:"name of the team"`
	Phone string   `yaml:"phone" doc:"telephone number as printed"`
	Email string   `yaml:"email" doc:"e-mail address"`
	Hours []string `yaml:"hours" doc:"service hours, one line each"`
}

// Calendar names the holidays that count.
type Calendar struct {
	Land  calendar.Land `yaml:"land" doc:"the Land whose public holidays count, two letters as in ISO 3166-2:DE"`
	Extra []string      `yaml:"extra" doc:"further holidays of the body's seat, each MM-DD"`
}

// Login has the words and figures of logging in.
type Login struct {
	UserNameLabel string        `yaml:"user-name-label" doc:"what members call the user name"`
	PasswordLabel string        `yaml:"password-label" doc:"what members call the password"`
	DelayAfter    int           `yaml:"delay-after" doc:"wrong passwords that cost no waiting yet"`
	DelayFirst    Duration      `yaml:"delay-first" doc:"waiting time after the first wrong password beyond that; doubles each time"`
	DelayMost     Duration      `yaml:"delay-most" doc:"longest waiting time"`
	DelayForget   Duration      `yaml:"delay-forget" doc:"after this time without a try the count starts anew"`
	CodeTries     int           `yaml:"code-tries" doc:"wrong codes allowed within code-tries-in"`
	CodeTriesIn   Duration      `yaml:"code-tries-in" doc:"the time in which code-tries are counted"`
	BlockInRow    int           `yaml:"block-in-row" doc:"wrong codes in a row that block the tokens"`
	BlockWithin   int           `yaml:"block-within" doc:"wrong codes within block-within-days that block the tokens"`
	BlockDays     calendar.Days `yaml:"block-within-days" doc:"the days in which block-within counts"`
}

// Session says how long sessions last.
type Session struct {
	PasswordIdle   Duration `yaml:"password-idle" doc:"a session that proved the password only ends after this time without a request"`
	PasswordTotal  Duration `yaml:"password-total" doc:"and after this time in any case"`
	TwoFactorIdle  Duration `yaml:"two-factor-idle" doc:"a session that proved two factors ends after this time without a request"`
	TwoFactorTotal Duration `yaml:"two-factor-total" doc:"and after this time in any case"`
}

// Token has the rules of tokens.
type Token struct {
	Product string    `yaml:"product" doc:"name of the procedure"`
	Soft    SoftToken `yaml:"soft" doc:"soft tokens"`
	Order   Order     `yaml:"order" doc:"limits of ordering"`
	Code    Code      `yaml:"activation-code" doc:"the activation code in the letter"`
	Setup   Setup     `yaml:"setup" doc:"setting up a soft token with its QR code"`
}

// SoftToken has the parameters of soft tokens (RFC 6238).
type SoftToken struct {
	Label        string   `yaml:"label" doc:"what members call a soft token"`
	LongLabel    string   `yaml:"long-label" doc:"label with the name of the procedure, as in letters and e-mails"`
	Issuer       string   `yaml:"issuer" doc:"name shown in the app; no colon"`
	SerialPrefix string   `yaml:"serial-prefix" doc:"start of every serial number"`
	SerialDigits int      `yaml:"serial-digits" doc:"digits of the serial number after the prefix"`
	Algorithm    string   `yaml:"algorithm" doc:"SHA1 is the only one that every app honours"`
	Digits       int      `yaml:"digits" doc:"digits of a one-time code"`
	Period       Duration `yaml:"period" doc:"time step of a one-time code"`
	Window       int      `yaml:"window" doc:"time steps accepted before and after the current one"`
	SecretBytes  int      `yaml:"secret-bytes" doc:"length of the secret; 20 is what RFC 4226 recommends"`
	AppWords     []string `yaml:"app-words" doc:"words to search for in an app store"`
}

// Order limits ordering.
type Order struct {
	PerDay       int           `yaml:"per-day" doc:"orders within 24 hours"`
	PerMonth     int           `yaml:"per-month" doc:"orders within 30 days"`
	ReplaceAfter calendar.Days `yaml:"replace-after" doc:"Werktage after which an order can be replaced although its letter is on the way"`
}

// Code has the rules of the activation code.
type Code struct {
	Digits  int           `yaml:"digits" doc:"digits of the code"`
	Group   int           `yaml:"group" doc:"digits per group in the letter"`
	Days    calendar.Days `yaml:"days" doc:"days that the code is valid, counted from the day of the order, last day included"`
	Tries   int           `yaml:"tries" doc:"wrong tries that void the order"`
	Purpose string        `yaml:"label" doc:"what members call the code"`
}

// Setup has the rules of the set-up page.
type Setup struct {
	Within Duration `yaml:"within" doc:"time to finish the set-up after the code was entered"`
	Tries  int      `yaml:"tries" doc:"wrong one-time codes during set-up that void the order"`
}

// Letter has the sender and the time limits of letters.
type Letter struct {
	Sender     []string      `yaml:"sender" doc:"sender, one line each: name, street, town"`
	ReturnLine string        `yaml:"return-line" doc:"the sender in one line, above the address in the window"`
	Place      string        `yaml:"place" doc:"place before the date"`
	HandOver   calendar.Days `yaml:"hand-over-within" doc:"working days until a letter must be handed to print"`
	Arrival    calendar.Days `yaml:"arrival-within" doc:"Werktage until a letter arrives"`
}

// Mail has the sender and the subjects of e-mails.
type Mail struct {
	From     string            `yaml:"from" doc:"sender address"`
	FromName string            `yaml:"from-name" doc:"sender name"`
	Subjects map[string]string `yaml:"subjects" doc:"subject of each kind of e-mail"`
}

// Duration is a time span written as 15m, 30s or 12h.
type Duration time.Duration

// D gives the span as the standard library has it.
func (d Duration) D() time.Duration { return time.Duration(d) }
