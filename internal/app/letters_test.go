package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/app"
	"torhaus/internal/config"
	"torhaus/internal/letter"
	"torhaus/internal/secret"
)

func TestLetters_AreSealedToThePrintCentreOfTheConfigurationAndSigned(t *testing.T) {
	identity, centre, err := letter.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	i := start(t, func(c *config.Portal) { c.PrintCentre = centre.String() })
	i.order()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	waitForLetter(ctx, t, i.config.Spool)

	_, signers, err := app.SigningKeys(i.config, secret.Letters)
	if err != nil {
		t.Fatal(err)
	}
	c := letter.Collector{Dir: i.config.Spool, Identity: identity, Keys: signers}
	list, err := c.List()
	if err != nil || len(list) != 1 || list[0].SealedTo != centre.Fingerprint() || list[0].Recipient[0] != "Anna Beispiel" {
		t.Fatalf("%+v, %v", list, err)
	}
	if pdf, err := c.PDF(list[0].ID); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("%.20q, %v", pdf, err)
	}
	err = filepath.WalkDir(i.config.Spool, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, open := range []string{"%PDF", "Anna", "Beispiel", "Marienplatz"} {
			if strings.Contains(string(b), open) {
				t.Errorf("%s holds %q", entry.Name(), open)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, f := range i.app.Portals[0].Examine(t.Context()) {
		if f.Part == "spool" && !strings.Contains(f.Note, "sealed to the key "+centre.Fingerprint()) {
			t.Errorf("the doctor says %q", f.Note)
		}
	}
}

func TestStart_IsRefusedWithoutAWordOnSealingOrAPlaceForHeads(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	i.stop()
	for name, c := range map[string]struct {
		spoil func(*config.Portal)
		want  string
	}{
		"no word on sealing": {func(c *config.Portal) { c.PrintCentre = "" }, "print-centre-key: that is no public key"},
		"a slip in the key":  {func(c *config.Portal) { c.PrintCentre = "age1" + strings.Repeat("q", 58) }, "print-centre-key: that is no public key"},
		"the private key":    {func(c *config.Portal) { c.PrintCentre = "AGE-SECRET-KEY-1ABC" }, "print-centre-key: that is the private half"},
		"no place for heads": {func(c *config.Portal) { c.AuditHeads = "" }, "audit-heads names no folder"},
	} {
		portal := i.config
		c.spoil(&portal)
		a, err := app.Open(t.Context(), &config.Config{Portals: []config.Portal{portal}}, app.Options{Log: discard()})
		if err == nil {
			_ = a.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "KEY-1ABC") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
