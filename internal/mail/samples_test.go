package mail

import (
	"crypto/x509"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

const portalURL = "https://portal.kvb.example"

// ordered is the moment of the deeds in these tests: a Sunday, 14:05 in Munich.
var ordered = time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC)

// samples gives one e-mail of each kind to a person, every branch of the texts among them.
func samples(to Address, greeting string) map[string]message {
	const serial, hard = "ST00001234", "HT00000017"
	return map[string]message{
		"token-ordered": TokenOrdered{
			To: to, Greeting: greeting, Serial: serial,
			LastDay: calendar.LastDay(ordered, 14), Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25},
		},
		"token-ordered/direct": TokenOrdered{To: to, Greeting: greeting, Serial: serial, LastDay: calendar.LastDay(ordered, 14), Direct: true},
		"hard-token-ordered":   HardTokenOrdered{To: to, Greeting: greeting, Serial: hard, Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25}},
		"hard-token-ordered/by-desk": HardTokenOrdered{
			To: to, Greeting: greeting, Serial: hard, Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25}, ByDesk: true, Old: "HT00000011",
		},
		"hard-token-ordered/stopped": HardTokenOrdered{
			To: to, Greeting: greeting, Serial: hard, Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25}, Old: "HT00000011", Stopped: true,
		},
		"hard-token-shipped": HardTokenShipped{
			To: to, Greeting: greeting, Serial: hard, Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25}, LastDay: calendar.LastDay(ordered, 21),
		},
		"hard-token-activated":        HardTokenActivated{To: to, Greeting: greeting, Serial: hard, At: ordered},
		"hard-token-activated/return": HardTokenActivated{To: to, Greeting: greeting, Serial: hard, At: ordered, Return: "HT00000011"},
		"battery-ending":              BatteryEnding{To: to, Greeting: greeting, Serial: hard, End: calendar.Date{Year: 2027, Month: 1, Day: 20}},
		"order-voided/pairs":          OrderVoided{To: to, Greeting: greeting, Serial: hard, Reason: VoidByPairs, At: ordered},
		"token-activated":             TokenActivated{To: to, Greeting: greeting, Serial: serial, At: ordered},
		"token-suspended":             TokenSuspended{To: to, Greeting: greeting, Serial: serial, At: ordered},
		"token-blocked":               TokenBlocked{To: to, Greeting: greeting, Serials: []string{serial, "HT00000017"}, At: ordered},
		"order-voided/tries":          OrderVoided{To: to, Greeting: greeting, Serial: serial, Reason: VoidByTries, At: ordered},
		"one-time-password":           OneTimePassword{To: to, Greeting: greeting, Password: oneTime, Group: 5, Until: ordered.Add(2 * time.Hour)},
		"one-time-ending":             OneTimeEnding{To: to, Greeting: greeting, LastDay: calendar.LastDay(ordered, 3)},
		"password-requested":          PasswordRequested{To: to, Greeting: greeting, At: ordered, Arrives: calendar.Date{Year: 2026, Month: 11, Day: 25}, LastDay: calendar.LastDay(ordered, 14)},
		"password-changed":            PasswordChanged{To: to, Greeting: greeting, At: ordered},
		"password-changed/by-post":    PasswordChanged{To: to, Greeting: greeting, At: ordered, Cancelled: []string{serial}, TokenFrom: calendar.Date{Year: 2026, Month: 12, Day: 7}},
		"code-refused":                CodeRefused{To: to, Greeting: greeting, Browser: "Firefox", System: "Windows", At: ordered},
		"code-refused/unknown":        CodeRefused{To: to, Greeting: greeting, At: ordered},
		"email-code":                  EmailCode{To: Address{Email: to.Email}, Code: "12345678", Group: 4, Until: ordered.Add(30 * time.Minute)},
		"letter-returned":             LetterReturned{To: to, Greeting: greeting, Sent: calendar.Date{Year: 2026, Month: 11, Day: 16}, At: ordered},
		"letter-returned/password":    LetterReturned{To: to, Greeting: greeting, Password: true, Sent: calendar.Date{Year: 2026, Month: 11, Day: 16}, At: ordered},
		"staff-invited":               StaffInvited{To: to, Greeting: greeting, UserName: "damsel", At: ordered, Until: ordered.Add(24 * time.Hour)},
		"staff-invited/anew":          StaffInvited{To: to, Greeting: greeting, UserName: "damsel", Anew: true, At: ordered, Until: ordered.Add(24 * time.Hour)},
		"staff-changed/added": StaffChanged{
			To: to, Greeting: greeting, Deed: "added", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, Waits: true, At: ordered,
		},
		"staff-changed/invited-anew": StaffChanged{
			To: to, Greeting: greeting, Deed: "invited-anew", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/asked": StaffChanged{
			To: to, Greeting: greeting, Deed: "asked", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/roles": StaffChanged{
			To: to, Greeting: greeting, Deed: "roles", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/confirmed": StaffChanged{
			To: to, Greeting: greeting, Deed: "confirmed", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/rejected": StaffChanged{
			To: to, Greeting: greeting, Deed: "rejected", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/deactivated": StaffChanged{
			To: to, Greeting: greeting, Deed: "deactivated", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, By: "Ute Specht", At: ordered,
		},
		"staff-changed/reactivated": StaffChanged{
			To: to, Greeting: greeting, Deed: "reactivated", Name: "Dora Amsel", UserName: "damsel", Roles: []string{"service-desk", "supervisor"}, Waits: true, At: ordered,
		},
		"email-changed":            EmailChanged{To: to, Greeting: greeting, At: ordered},
		"by-desk/lifted":           ByDesk{To: to, Greeting: greeting, Deed: DeskLifted, Serial: serial, At: ordered},
		"by-desk/revoked":          ByDesk{To: to, Greeting: greeting, Deed: DeskRevoked, Serial: serial, At: ordered},
		"by-desk/voided":           ByDesk{To: to, Greeting: greeting, Deed: DeskVoided, Serial: serial, At: ordered},
		"by-desk/logged-out":       ByDesk{To: to, Greeting: greeting, Deed: DeskLoggedOut, At: ordered},
		"by-desk/allowed":          ByDesk{To: to, Greeting: greeting, Deed: DeskAllowed, At: ordered},
		"by-desk/left":             ByDesk{To: to, Greeting: greeting, Deed: DeskLeft, At: ordered},
		"by-desk/restored":         ByDesk{To: to, Greeting: greeting, Deed: DeskRestored, At: ordered},
		"address-changed":          AddressChanged{To: to, Greeting: greeting, At: ordered},
		"decision-waiting/deed":    DecisionWaiting{To: to, Greeting: greeting, Until: ordered.AddDate(0, 0, 5)},
		"decision-waiting/letter":  DecisionWaiting{To: to, Greeting: greeting, Letter: true, Until: ordered.AddDate(0, 0, 14)},
		"order-voided/setup-tries": OrderVoided{To: to, Greeting: greeting, Serial: serial, Reason: VoidBySetupTries, At: ordered},
	}
}

const oneTime = secret.Text("CDFGHJKLMNPQRTV")

var (
	hannah   = Address{Name: "Dr. med. Hannah Brändl", Email: "hannah@praxis-braendl.example"}
	greeting = "Sehr geehrte Frau Dr. Brändl"
)

func hannahsMails() map[string]message { return samples(hannah, greeting) }

func kvb(t *testing.T) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at gives settings for a server at this address; it is encrypted by nothing.
func at(t *testing.T, addr string) Settings {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return Settings{Host: host, Port: n, TLS: NoTLS, Timeout: 10 * time.Second, Hello: "torhaus.kvb.example"}
}

// with gives the settings with this protection, trusting these CAs.
func (s Settings) with(protection Encryption, cas *x509.CertPool) Settings {
	s.TLS, s.CAs = protection, cas
	return s
}

// as gives the settings with this login.
func (s Settings) as(user, password string) Settings {
	s.User, s.Password = user, secret.Text(password)
	return s
}

func courier(t *testing.T, s Settings) *Courier {
	t.Helper()
	c, err := NewCourier(kvb(t), portalURL, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// idle is a courier that only writes; all tests may share it, since a courier never changes.
func idle(t *testing.T) *Courier {
	t.Helper()
	c, err := idleOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var idleOnce = sync.OnceValues(func() (*Courier, error) {
	p, err := profile.Embedded("kvb")
	if err != nil {
		return nil, err
	}
	return NewCourier(p, portalURL, Settings{Host: "mail.kvb.example", Port: 587, TLS: STARTTLS, Timeout: time.Second})
})

// jobOf is the job that the message leaves behind, as the queue gives it out.
func jobOf(t testing.TB, id string, m message) job.Job {
	t.Helper()
	payload, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return job.Job{ID: id, Kind: m.JobKind(), Payload: payload, Attempt: 1, Created: ordered}
}
