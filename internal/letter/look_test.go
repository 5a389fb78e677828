package letter

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
)

func TestLook(t *testing.T) {
	b, err := os.ReadFile("../profile/kvb.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var p profile.Profile
	b = regexp.MustCompile(`(?m)^ .*: \d+[smh]\b.*$`).ReplaceAll(b, nil)
	if err := yaml.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	p.Token.Setup.Within = profile.Duration(15 * time.Minute)
	day := calendar.Date{Year: 2026, Month: 11, Day: 22}
	pdf, err := Render(&p, "https://kvb.localhost:8080/", "abc", day, ActivationCode{
		To:     Recipient{Lines: []string{"Frau Dr. med. Johanna Brandl", "Gemeinschaftspraxis am Stadtpark", "Frauenstraße 12", "80469 München"}, Greeting: "Sehr geehrte Frau Dr. Brandl,"},
		Serial: "ST00001234", Ordered: day, LastDay: calendar.Date{Year: 2026, Month: 12, Day: 6}, Code: "12345678",
	})
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/w/letterbench/a.pdf", pdf, 0o600)
}
