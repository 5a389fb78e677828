package account

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/secure/precis"

	"torhaus/internal/letter"
	"torhaus/internal/mail"
)

// ID identifies an account for good; it is the only thing that audit events tell of a person.
type ID string

// State says whether an account may be used.
type State string

// The states of an account.
const (
	Active      State = "active"
	Deactivated State = "deactivated"
)

// Realm tells the body's members from the body's own people. Each has user names of its own, and doors of its own.
type Realm string

// The realms.
const (
	Member Realm = "member"
	Staff  Realm = "staff"
)

// Role is what somebody is there for: one of the body's own people, or a person who acts for a member that is an organisation. What a
// role may do stands in package login.
type Role string

// The roles of people who act for organisations (BVK01). An account has one of them for good, and none in a portal whose members are
// persons.
const (
	Administrator Role = "administrator" // looks after the organisation's people
	Clerk         Role = "clerk"
	DataCentre    Role = "data-centre" // commissioned by organisations, belongs to none
)

// MemberRoles lists the roles of people who act for organisations.
var MemberRoles = []Role{Administrator, Clerk, DataCentre}

// The roles of staff.
const (
	ServiceDesk Role = "service-desk" // answers the telephone
	TokenStock  Role = "token-stock"  // keeps and ships hard tokens, watches the letters
	Supervisor  Role = "supervisor"   // names staff, imports members, releases
	Auditor     Role = "auditor"      // reads what was done
)

// Roles lists the roles of staff.
var Roles = []Role{ServiceDesk, TokenStock, Supervisor, Auditor}

// Salutation is how a person wants to be addressed; empty means by the full name.
type Salutation string

// The salutations.
const (
	Frau Salutation = "Frau"
	Herr Salutation = "Herr"
)

// Person is a natural person as the body's register has it.
type Person struct {
	Salutation Salutation
	Title      string // academic titles: "Dr. med."
	First      string
	Last       string
}

// Address is a postal address in Germany.
type Address struct {
	Extra    string // a line between name and street, such as the practice; may be empty
	Street   string
	Postcode string
	Town     string
}

// Account is a person who may enter.
type Account struct {
	ID             ID
	Realm          Realm
	Role           Role   // of a person who acts for an organisation; empty for all others
	Number         string // in the body's register, for good; empty for an account that is not from there
	UserName       string // as the body assigned it
	State          State
	Person         Person
	Address        Address
	Email          string
	Created        time.Time
	LastLogin      time.Time // last completed login with two factors; zero if none
	EmailChanged   time.Time // when the e-mail address was last replaced; zero if it never was
	AddressChanged time.Time // the same of the postal address
	Ending         Ending    // why a deactivated member does not take part any more
}

// CanonicalName brings a typed user name into the one form under which accounts are looked up: case and width do not
// matter, composed and decomposed letters are one (RFC 8265, UsernameCaseMapped). Signs that look alike but are different
// letters stay different. It reports false for what cannot be a user name.
func CanonicalName(typed string) (string, bool) {
	if len(typed) > 1024 {
		return "", false
	}
	name, err := precis.UsernameCaseMapped.String(strings.TrimSpace(typed))
	return name, err == nil && name != ""
}

// Door is where somebody logs in: to a realm and, where members are organisations, in a role. Each door knows its own accounts only.
type Door struct {
	Realm Realm
	Role  Role // of people who act for organisations
}

// NameKey gives what a canonical user name is stored and looked up under. Those of staff, and of each role, bear a word that no user
// name can: blanks are none of its signs. So one person may have an account in each role (BVK01).
func (d Door) NameKey(canonical string) string {
	switch {
	case canonical == "":
		return ""
	case d.Realm == Staff:
		return "staff " + canonical
	case d.Role != "":
		return string(d.Role) + " " + canonical
	default:
		return canonical
	}
}

// Door gives the door that the account logs in at.
func (a Account) Door() Door { return Door{Realm: a.Realm, Role: a.Role} }

// NameKey gives what a canonical user name of a realm is stored and looked up under, where members are persons.
func NameKey(realm Realm, canonical string) string { return Door{Realm: realm}.NameKey(canonical) }

// Key gives what the account is looked up under when somebody types its user name.
func (a Account) Key() string {
	name, _ := CanonicalName(a.UserName)
	return a.Door().NameKey(name)
}

// Name is the full name: "Dr. med. Hannah Brandl".
func (p Person) Name() string { return join(p.Title, p.First, p.Last) }

// Greeting opens a letter, without the comma that follows it: "Sehr geehrte Frau Dr. Brandl". Of the titles, only „Prof.“
// and „Dr.“ are spoken. Without a salutation the full name is used, which suits everybody.
func (p Person) Greeting() string {
	switch p.Salutation {
	case Frau:
		return join("Sehr geehrte Frau", p.spokenTitle(), p.Last)
	case Herr:
		return join("Sehr geehrter Herr", p.spokenTitle(), p.Last)
	default:
		return join("Guten Tag", p.Name())
	}
}

func (p Person) spokenTitle() string {
	var spoken []string
	for word := range strings.FieldsSeq(p.Title) {
		if (word == "Prof." || word == "Dr.") && !slices.Contains(spoken, word) {
			spoken = append(spoken, word)
		}
	}
	return strings.Join(spoken, " ")
}

func join(words ...string) string { return strings.Join(strings.Fields(strings.Join(words, " ")), " ") }

// LetterTo gives the lines of the address window and the greeting.
func (a Account) LetterTo() letter.Recipient {
	lines := []string{string(a.Person.Salutation), a.Person.Name(), a.Address.Extra, a.Address.Street, join(a.Address.Postcode, a.Address.Town)}
	if a.Person.Salutation == Herr {
		lines[0] = "Herrn" // German addresses put the recipient into the accusative
	}
	printed := lines[:0]
	for _, line := range lines {
		if line = join(line); line != "" {
			printed = append(printed, line)
		}
	}
	return letter.Recipient{Lines: printed, Greeting: a.Person.Greeting()}
}

// MailTo gives the e-mail address with the name.
func (a Account) MailTo() mail.Address { return mail.Address{Name: a.Person.Name(), Email: a.Email} }
