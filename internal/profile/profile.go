package profile

import "torhaus/internal/calendar"

// Profile is everything that makes a portal the portal of one body.
type Profile struct {
	Key      string   `yaml:"key" doc:"short name, used in file names, logs and the command line; a-z, 0-9 and -" accept:"key"`
	Body     Body     `yaml:"body" doc:"the statutory body that runs the portal"`
	Portal   Portal   `yaml:"portal" doc:"how the portal calls itself and its parts"`
	Support  Support  `yaml:"support" doc:"who helps; shown in the same place on every page, in every letter and e-mail"`
	Calendar Calendar `yaml:"calendar" doc:"which days are holidays"`
	Login    Login    `yaml:"login" doc:"words and figures of logging in"`
	Password Password `yaml:"password" doc:"personal and one-time passwords"`
	Session  Session  `yaml:"session" doc:"how long a login lasts"`
	People   People   `yaml:"people" doc:"people who act for members that are organisations; left out where members are persons" optional:"true"`
	Contact  Contact  `yaml:"contact" doc:"contact data that members change themselves"`
	Token    Token    `yaml:"token" doc:"tokens, their ordering and activation"`
	Letter   Letter   `yaml:"letter" doc:"letters: sender and time limits"`
	Mail     Mail     `yaml:"mail" doc:"e-mails: sender and subjects"`
	Desk     Desk     `yaml:"desk" doc:"what the service desk does for members"`
	Staff    Staff    `yaml:"staff" doc:"the body's own people and how they are named"`
	Legal    Legal    `yaml:"legal" doc:"imprint, data protection, accessibility"`
	English  English  `yaml:"english" doc:"words on English pages; each may be left out and is German then" optional:"true"`

	source []byte
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
	Colour          string `yaml:"colour" doc:"the body's colour as #rrggbb; contrast with white at least 4.5:1" accept:"colour"`
}

// Support is the contact that helps members.
type Support struct {
	Name  string   `yaml:"name" doc:"name of the team"`
	Phone string   `yaml:"phone" doc:"telephone number as printed" accept:"phone"`
	Email string   `yaml:"email" doc:"e-mail address" accept:"email"`
	Hours []string `yaml:"hours" doc:"service hours, one line each"`
}

// Calendar names the holidays that count.
type Calendar struct {
	Land  calendar.Land `yaml:"land" doc:"the Land whose public holidays count, two letters as in ISO 3166-2:DE" accept:"land"`
	Extra []string      `yaml:"extra" doc:"further holidays of the body's seat, each MM-DD" accept:"month-day" optional:"true"`
}

// Login has the words and figures of logging in.
type Login struct {
	UserNameLabel     string        `yaml:"user-name-label" doc:"what members call the user name"`
	PasswordLabel     string        `yaml:"password-label" doc:"what members call the password"`
	DelayAfter        int           `yaml:"delay-after" doc:"wrong passwords that cost no waiting yet" accept:"1..10"`
	NameDelayAfter    int           `yaml:"name-delay-after" doc:"wrong passwords for one user name, over all networks, that cost no waiting yet" accept:"1..100"`
	AddressDelayAfter int           `yaml:"address-delay-after" doc:"wrong passwords from one network address, over all user names, that cost no waiting yet" accept:"10..1000"`
	DelayFirst        Duration      `yaml:"delay-first" doc:"waiting time after the first wrong password beyond that; doubles each time" accept:"1s..1m"`
	DelayMost         Duration      `yaml:"delay-most" doc:"longest waiting time" accept:"1s..15m"`
	DelayForget       Duration      `yaml:"delay-forget" doc:"after this time without a try the count starts anew" accept:"1h..720h"`
	CodeTries         int           `yaml:"code-tries" doc:"wrong codes allowed within code-tries-in" accept:"1..10"`
	CodeTriesIn       Duration      `yaml:"code-tries-in" doc:"the time in which code-tries are counted" accept:"1m..1h"`
	BlockInRow        int           `yaml:"block-in-row" doc:"wrong codes in a row that block the tokens" accept:"5..100"`
	BlockWithin       int           `yaml:"block-within" doc:"wrong codes within block-within-days that block the tokens" accept:"10..100"`
	BlockDays         calendar.Days `yaml:"block-within-days" doc:"the days in which block-within counts" accept:"1..60"`
	NoticeEvery       Duration      `yaml:"notice-every" doc:"the owner is told at most once in this time that a right password was followed by a wrong code" accept:"1h..168h"`
	RecordFirst       int           `yaml:"record-first" doc:"refused logins of one account within record-within that have an audit record each" accept:"1..1000"`
	RecordWithin      Duration      `yaml:"record-within" doc:"the time in which record-first counts" accept:"10m..24h"`
	RecordEvery       int           `yaml:"record-every" doc:"further refused logins that share one audit record" accept:"2..1000"`
}

// Password has the rules of personal passwords, which never expire, and of one-time passwords.
type Password struct {
	MinLength      int             `yaml:"min-length" doc:"signs that a personal password has at least" accept:"8..64"`
	StaffMinLength int             `yaml:"staff-min-length" doc:"the same of the body's own people, who reach much" accept:"12..64"`
	MaxLength      int             `yaml:"max-length" doc:"signs that it has at most" accept:"64..1024"`
	Classes        []string        `yaml:"classes" doc:"classes of signs of which it has one each" accept:"upper|lower|digit|special" optional:"true"`
	OneTime        OneTimePassword `yaml:"one-time" doc:"one-time passwords for members who have forgotten theirs"`
}

// OneTimePassword has the rules of one-time passwords.
type OneTimePassword struct {
	Label           string        `yaml:"label" doc:"what members call a one-time password"`
	Signs           int           `yaml:"signs" doc:"signs of a one-time password, of 22 that look like no other; 14 are 62 bits" accept:"14..32"`
	Group           int           `yaml:"group" doc:"signs per group in letter and e-mail" accept:"3..8"`
	LetterDays      calendar.Days `yaml:"letter-days" doc:"days that one from a letter is valid, counted from the day of the request, last day included" accept:"3..28"`
	RemindBefore    calendar.Days `yaml:"remind-before" doc:"days before its last day on which whoever has not used one from a letter is reminded by e-mail" accept:"1..14"`
	MailWithin      Duration      `yaml:"mail-within" doc:"time that one from an e-mail is valid" accept:"10m..24h"`
	LettersPerDay   int           `yaml:"letters-per-day" doc:"letters per account within 24 hours" accept:"1..3"`
	LettersPerMonth int           `yaml:"letters-per-month" doc:"letters per account within 30 days" accept:"1..10"`
	TokenAfter      calendar.Days `yaml:"token-after" doc:"days for which no token comes by letter after a password did" accept:"14..90"`
}

// Session says how long sessions last.
type Session struct {
	PasswordIdle   Duration `yaml:"password-idle" doc:"a session that proved the password only ends after this time without a request" accept:"1m..30m"`
	PasswordTotal  Duration `yaml:"password-total" doc:"and after this time in any case" accept:"1m..1h"`
	PasswordMost   int      `yaml:"password-most" doc:"such sessions that an account has at a time; one more ends the oldest" accept:"1..20"`
	TwoFactorIdle  Duration `yaml:"two-factor-idle" doc:"a session that proved two factors ends after this time without a request" accept:"1m..1h"`
	TwoFactorTotal Duration `yaml:"two-factor-total" doc:"and after this time in any case" accept:"5m..24h"`
	StaffIdle      Duration `yaml:"staff-idle" doc:"a session of the body's own people, who always prove two factors, ends after this time without a request" accept:"1m..30m"`
	StaffTotal     Duration `yaml:"staff-total" doc:"and after this time in any case" accept:"30m..12h"`
	Fresh          Duration `yaml:"fresh" doc:"a one-time code given in the session counts for sensitive deeds for this time; afterwards they ask for another" accept:"1m..30m"`

	DeviceDays   calendar.Days `yaml:"device-days" doc:"days that a browser keeps the mark of a completed login, with which its wrong passwords are counted apart" accept:"1..400"`
	LanguageDays calendar.Days `yaml:"language-days" doc:"days that a browser keeps the language that was chosen" accept:"1..400"`
}

// People has the words and rules of people who act for organisations. Its zero value says that members are persons.
type People struct {
	Member        string            `yaml:"member-label" doc:"what a member is called that is an organisation"`
	NumberLabel   string            `yaml:"number-label" doc:"what its number in the register is called"`
	Management    string            `yaml:"management-label" doc:"name of the part where administrators look after their clerks"`
	Administrator string            `yaml:"administrator-label" doc:"what an administrator is called"`
	Clerk         string            `yaml:"clerk-label" doc:"what a clerk is called"`
	DataCentre    string            `yaml:"data-centre-label" doc:"what somebody of a data centre is called"`
	Code          MailedCode        `yaml:"mailed-code" doc:"the code that a login sends by e-mail"`
	ClerksPerDay  int               `yaml:"clerks-per-day" doc:"clerks that the administrators of an organisation make within 24 hours" accept:"1..1000"`
	Registration  calendar.Days     `yaml:"registration-days" doc:"days after which a registration that nobody finished lapses" accept:"7..90"`
	Reminders     []int             `yaml:"reminder-days" doc:"days after its issue on which somebody is reminded of a one-time password" optional:"true"`
	General       []string          `yaml:"general-names" doc:"names before the @ of addresses that several people read; a warning says so"`
	Subjects      map[string]string `yaml:"subjects" doc:"subject of each kind of e-mail that only such portals send" keys:"one-time-handed-out,membership-changed,password-asked,login-code,registration-received,registration-known,registration-waits,registration-decided"`
	Terms         string            `yaml:"terms-version" doc:"version of the terms of use that is accepted at the registration"`
}

// MailedCode is a second factor that comes by e-mail.
type MailedCode struct {
	Label  string   `yaml:"label" doc:"what the code is called"`
	Digits int      `yaml:"digits" doc:"digits of the code" accept:"6..12"`
	Group  int      `yaml:"group" doc:"digits per group in the e-mail" accept:"2..6"`
	Within Duration `yaml:"within" doc:"how long it is valid" accept:"2m..10m"`
	Tries  int      `yaml:"tries" doc:"wrong tries that void it" accept:"1..10"`
	Again  Duration `yaml:"again-after" doc:"time after which another one can be asked for" accept:"10s..5m"`
	Most   int      `yaml:"most" doc:"codes that one login sends at most" accept:"1..10"`
}

// Contact has the rules of contact data that members change themselves.
type Contact struct {
	CodeLabel   string   `yaml:"code-label" doc:"what members call the code that proves a new e-mail address"`
	CodeDigits  int      `yaml:"code-digits" doc:"digits of that code" accept:"6..12"`
	CodeGroup   int      `yaml:"code-group" doc:"digits per group in the e-mail" accept:"2..6"`
	CodeWithin  Duration `yaml:"code-within" doc:"how long that code is valid" accept:"5m..24h"`
	CodeTries   int      `yaml:"code-tries" doc:"wrong tries that void that code" accept:"1..10"`
	CodesPerDay int      `yaml:"codes-per-day" doc:"such codes that an account may ask for within 24 hours" accept:"1..20"`
}

// Token has the rules of tokens.
type Token struct {
	Product string    `yaml:"product" doc:"name of the procedure"`
	Soft    SoftToken `yaml:"soft" doc:"soft tokens"`
	Hard    HardToken `yaml:"hard" doc:"hard tokens"`
	Order   Order     `yaml:"order" doc:"limits of ordering"`
	Code    Code      `yaml:"activation-code" doc:"the activation code in the letter"`
	Setup   Setup     `yaml:"setup" doc:"setting up a soft token with its QR code"`
}

// SoftToken has the parameters of soft tokens (RFC 6238).
type SoftToken struct {
	Label        string   `yaml:"label" doc:"what members call a soft token"`
	LongLabel    string   `yaml:"long-label" doc:"label with the name of the procedure, as in letters and e-mails"`
	Issuer       string   `yaml:"issuer" doc:"name shown in the app; no colon" accept:"issuer"`
	SerialPrefix string   `yaml:"serial-prefix" doc:"start of every serial number" accept:"serial-prefix"`
	SerialDigits int      `yaml:"serial-digits" doc:"digits of the serial number after the prefix" accept:"6..12"`
	Algorithm    string   `yaml:"algorithm" doc:"SHA1 is the only one that every app honours" accept:"SHA1"`
	Digits       int      `yaml:"digits" doc:"digits of a one-time code" accept:"6..8"`
	Period       Duration `yaml:"period" doc:"time step of a one-time code" accept:"30s..60s"`
	Window       int      `yaml:"window" doc:"time steps accepted before and after the current one" accept:"0..2"`
	SecretBytes  int      `yaml:"secret-bytes" doc:"length of the secret; 20 is what RFC 4226 recommends" accept:"20..32"`
	AppWords     []string `yaml:"app-words" doc:"words to search for in an app store"`
}

// HardToken has the words and figures of hard tokens and of their stock.
type HardToken struct {
	Label       string        `yaml:"label" doc:"what members call a hard token"`
	LongLabel   string        `yaml:"long-label" doc:"label with the name of the procedure, as in letters and e-mails"`
	LowStock    int           `yaml:"low-stock" doc:"devices in stock; below as many, the console asks for new ones" accept:"1..100000"`
	BatteryWarn calendar.Days `yaml:"battery-warn" doc:"days before the end of a battery from which it is shown" accept:"7..730"`
	ReturnIn    calendar.Days `yaml:"return-in" doc:"days after which a device that was asked back is overdue" accept:"7..90"`
	BatteryLast calendar.Days `yaml:"battery-last" doc:"days that the battery of a device that is given out still lasts at least" accept:"30..1825"`

	LookAhead    int           `yaml:"look-ahead" doc:"codes after the last used one that are accepted from a device that counts" accept:"1..20"`
	Window       int           `yaml:"window" doc:"time steps accepted before and after the expected one from a device with a clock" accept:"0..2"`
	WideCounters int           `yaml:"wide-counters" doc:"codes after the last used one among which two in a row activate or synchronise a device that counts" accept:"10..1000"`
	WideSteps    int           `yaml:"wide-steps" doc:"time steps before and after the expected one among which two in a row activate or synchronise a device with a clock" accept:"2..60"`
	Days         calendar.Days `yaml:"days" doc:"days that a device can be activated, counted from the day on which it was sent, last day included" accept:"5..60"`
	Tries        int           `yaml:"tries" doc:"wrong pairs of codes that void the order" accept:"1..10"`
	AwaitedMost  int           `yaml:"awaited-most" doc:"devices that a member may have to send back; with as many, none is sent" accept:"1..5"`
	ReturnTo     []string      `yaml:"return-to" doc:"where devices are sent back to, one line each: name, street, town"`
	Postage      string        `yaml:"return-postage" doc:"what stands on the return label where the stamp would be"`
}

// Order limits ordering.
type Order struct {
	PerDay       int           `yaml:"per-day" doc:"orders within 24 hours" accept:"1..10"`
	PerMonth     int           `yaml:"per-month" doc:"orders within 30 days" accept:"1..31"`
	ReplaceAfter calendar.Days `yaml:"replace-after" doc:"Werktage after which an order can be replaced although its letter is on the way" accept:"1..30"`
}

// Code has the rules of the activation code.
type Code struct {
	Digits  int           `yaml:"digits" doc:"digits of the code" accept:"6..12"`
	Group   int           `yaml:"group" doc:"digits per group in the letter" accept:"2..6"`
	Days    calendar.Days `yaml:"days" doc:"days that the code is valid, counted from the day of the order, last day included" accept:"1..60"`
	Tries   int           `yaml:"tries" doc:"wrong tries that void the order" accept:"1..10"`
	Purpose string        `yaml:"label" doc:"what members call the code"`
}

// Setup has the rules of the set-up page.
type Setup struct {
	Within Duration `yaml:"within" doc:"time to finish the set-up after the code was entered" accept:"5m..1h"`
	Tries  int      `yaml:"tries" doc:"wrong one-time codes during set-up that void the order" accept:"1..10"`
}

// Letter has the sender and the time limits of letters.
type Letter struct {
	Sender       []string      `yaml:"sender" doc:"sender, one line each: name, street, town"`
	ReturnLine   string        `yaml:"return-line" doc:"the sender in one line, above the address in the window"`
	Place        string        `yaml:"place" doc:"place before the date"`
	HandOver     calendar.Days `yaml:"hand-over-within" doc:"working days until a letter must be handed to print" accept:"1..5"`
	Arrival      calendar.Days `yaml:"arrival-within" doc:"Werktage until a letter arrives" accept:"1..10"`
	HoldMoved    calendar.Days `yaml:"hold-after-change" doc:"days after a change of the address in which a letter with a secret waits for a second person" accept:"1..90"`
	ReleaseAbove int           `yaml:"release-above" doc:"letters that are handed to print in a day without anybody being asked; further ones wait until a second person releases their batch" accept:"1..100000"`
}

// Mail has the sender and the subjects of e-mails.
type Mail struct {
	From     string            `yaml:"from" doc:"sender address" accept:"email"`
	FromName string            `yaml:"from-name" doc:"sender name"`
	Subjects map[string]string `yaml:"subjects" doc:"subject of each kind of e-mail" keys:"token-ordered,token-activated,hard-token-ordered,hard-token-shipped,hard-token-activated,battery-ending,token-suspended,token-blocked,order-voided,one-time-password,one-time-ending,password-requested,password-changed,code-refused,email-code,email-changed,by-desk,address-changed,decision-waiting,letter-returned,staff-invited,staff-changed"`
}

// Staff has the rules of naming the body's own people.
type Staff struct {
	InviteWithin Duration `yaml:"invite-within" doc:"how long the link works with which one of staff sets password and token" accept:"1h..72h"`
	DecideWithin Duration `yaml:"decide-within" doc:"how long a second supervisor has to confirm that somebody is one, or is invited anew" accept:"1h..336h"`
}

// Desk has the rules of the service desk.
type Desk struct {
	Identification Identification `yaml:"identification" doc:"how the desk makes sure that a caller is the member"`
	RequestDays    calendar.Days  `yaml:"request-days" doc:"days after which a request for a second person lapses" accept:"1..30"`
	SeenEvery      Duration       `yaml:"seen-every" doc:"looks of one staff member at the record of one member within this time share an audit event" accept:"1m..15m"`
}

// Identification says what a caller is asked.
type Identification struct {
	Facts         []string `yaml:"facts" doc:"facts of the register that a caller is asked for, in this order" accept:"number|street|postcode|town|email-domain|token-serial|last-login|last-order"`
	Enough        int      `yaml:"enough" doc:"right facts that are enough" accept:"2..8"`
	Private       []string `yaml:"private" doc:"those of them that stand in no directory" accept:"number|street|postcode|town|email-domain|token-serial|last-login|last-order"`
	PrivateEnough int      `yaml:"private-enough" doc:"right facts among the private ones that are enough" accept:"0..4"`
	MostWrong     int      `yaml:"most-wrong" doc:"wrong facts beside the right ones that a caller may have" accept:"0..2"`
	Other         []string `yaml:"other" doc:"other ways of knowing who it is" accept:"in-person|call-back" optional:"true"`
	Within        Duration `yaml:"within" doc:"how long an identification counts, for the session of staff that made it" accept:"5m..2h"`
	DelayAfter    int      `yaml:"delay-after" doc:"wrong tries per member that cost no waiting yet" accept:"1..10"`
	DelayFirst    Duration `yaml:"delay-first" doc:"waiting time after the first wrong try beyond that; doubles each time" accept:"10s..10m"`
	DelayMost     Duration `yaml:"delay-most" doc:"longest waiting time" accept:"1m..24h"`
	DelayForget   Duration `yaml:"delay-forget" doc:"after this time without a try the count starts anew" accept:"1h..720h"`
}

// Subject gives the subject of a kind of e-mail; empty if the portal sends none of this kind.
func (p *Profile) Subject(kind string) string {
	if own, ok := p.People.Subjects[kind]; ok {
		return own
	}
	return p.Mail.Subjects[kind]
}

// HasPeople tells whether members are organisations, for which people act.
func (p *Profile) HasPeople() bool { return p.People.Member != "" }
