package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/web"
)

func (p *portal) cupboard() *token.StockService {
	return &token.StockService{Store: p.DB, Rules: token.RulesOf(p.profile)}
}

const stockHeader = "serial;secret;type;digits;interval;manufacturer;model;battery-end\n"

// stockFile is a CSV file with devices of these serial numbers.
func stockFile(serials ...string) string {
	file := stockHeader
	for _, s := range serials {
		file += s + ";3132333435363738393031323334353637383930;totp;6;30;Acme;C 200;2040-12-31\n"
	}
	return file
}

// fill takes devices into the stock.
func (p *portal) fill(serials ...string) {
	p.t.Helper()
	_, err := p.cupboard().Import(context.Background(), strings.NewReader(stockFile(serials...)), token.StockOptions{
		File: "bestand.csv", Apply: true, Report: func(l token.StockLine) error {
			if len(l.Refused) > 0 {
				return fmt.Errorf("%v", l.Refused)
			}
			return nil
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// deliver uploads a file of devices with what opens it.
func (b *browser) deliver(name, content string, typed url.Values) *page {
	b.t.Helper()
	b.open("/verwaltung/token/einspielen")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, values := range []url.Values{b.hidden(), typed} {
		for key, value := range values {
			if err := form.WriteField(key, value[0]); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	file, err := form.CreateFormFile("datei", name)
	if err == nil {
		_, err = fmt.Fprint(file, content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+"/verwaltung/token/einspielen", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func figure(t *testing.T, n int) string {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("../token/pskc/testdata/rfc6030/figure%d.xml", n))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestStock_ADeliveryIsSeenBeforeItComesIn(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.TokenStock)
	b.open("/verwaltung/token")
	b.expect("/verwaltung/token", "Tokenbestand", "Nur noch 0 Geräte", "Es ist noch kein Gerät im Bestand.")
	b.deliver("Lieferung 1.csv", stockFile("HT-1", "HT-2"), nil)
	if !strings.HasPrefix(b.page.path, "/verwaltung/token/einspielen/") || !b.page.says("Neue Geräte, die eingespielt werden können: 2. Noch ist nichts geschehen.") {
		t.Fatalf("%s: %s", b.page.path, b.page.Find("main").Text())
	}
	if !b.page.says("Acme C 200") || !b.page.says("alle 30 Sekunden") || !b.page.says("HT-1") {
		t.Errorf("the report does not say what the devices are: %s", b.page.Find("main").Text())
	}
	if o, err := p.cupboard().Overview(t.Context()); err != nil || o.Total[token.InStock] != 0 {
		t.Errorf("%d devices after the dry run, %v", o.Total[token.InStock], err)
	}
	b.press("Geräte einspielen", nil)
	if !b.page.says("Neu im Bestand: 2") {
		t.Errorf("afterwards: %s", b.page.Find("main").Text())
	}
	b.follow("Geräte dieser Lieferung")
	b.expect(b.page.path, "Geräte", "HT-1", "HT-2", "im Bestand")
	b.open("/verwaltung/token")
	b.expect("/verwaltung/token", "Tokenbestand", "Nur noch 2 Geräte", "Lieferung 1.csv", "Dora Amsel")
	b.deliver("Lieferung 1.csv", stockFile("HT-1", "HT-3"), nil)
	if !b.page.says("1 abgewiesen") || !b.page.says("„HT-1“ ist schon im Bestand, aus der Datei „Lieferung 1.csv“ vom") || b.page.Find("main form").Length() > 0 {
		t.Errorf("the same serial again: %s", b.page.Find("main").Text())
	}
}

func TestStock_AnEncryptedDeliveryNeedsItsKeyAndKeepsItForTheImport(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.TokenStock)
	b.deliver("rfc.xml", figure(t, 6), nil)
	if !b.page.says("Verschlüsselt mit dem Schlüssel „Pre-shared-key“") {
		t.Errorf("without a key: %s", b.page.Find("main").Text())
	}
	b.deliver("rfc.xml", figure(t, 6), url.Values{"schluessel": {"00000000000000000000000000000000"}})
	if !b.page.says("Schlüssel oder Kennwort passen nicht") {
		t.Errorf("with a wrong key: %s", b.page.Find("main").Text())
	}
	b.deliver("rfc.xml", figure(t, 6), url.Values{"schluessel": {"12 34"}})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("Das ist kein Schlüssel.") || b.page.Find("#schluessel").AttrOr("value", "") != "" {
		t.Errorf("with no key at all: %d", b.page.status)
	}
	b.deliver("rfc.xml", figure(t, 6), url.Values{"schluessel": {"12345678901234567890123456789012"}, "kennwort": {"qwerty"}})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("with both: %d", b.page.status)
	}
	b.deliver("rfc.xml", figure(t, 6), url.Values{"schluessel": {"1234-5678-9012-3456-7890-1234-5678-9012"}})
	b.press("Geräte einspielen", nil)
	if !b.page.says("Neu im Bestand: 1") {
		t.Fatalf("with the key: %s", b.page.Find("main").Text())
	}
	d, found, err := p.DB.DeviceInStock(t.Context(), "987654321")
	if err != nil || !found || string(d.Secret) != "12345678901234567890" || d.Mode != "hotp" || d.Digits != 8 {
		t.Errorf("%v, %v, %v", d.Mode, found, err)
	}
	b.deliver("rfc.xml", figure(t, 3), url.Values{"kennwort": {"qwerty"}})
	if !b.page.says("Die Datei ist nicht verschlüsselt, obwohl") {
		t.Errorf("in clear where a password is given: %s", b.page.Find("main").Text())
	}
}

func TestStock_BadFilesAreToldWithLineAndReason(t *testing.T) {
	p := newPortal(t)
	p.fill("HT-9")
	b := p.console("dora", account.TokenStock)
	for name, c := range map[string]struct{ file, line, says string }{
		"DTD":           {"<?xml version=\"1.0\"?>\n<!DOCTYPE x SYSTEM \"http://evil.test/\">\n<x/>", "2", "Dokumenttyp-Definition"},
		"two keys":      {figure(t, 10), "81", "„9999999“ steht schon in Zeile 55"},
		"short secret":  {figure(t, 2), "7", "Das Geheimnis hat 4 Byte"},
		"PIN":           {figure(t, 5), "28", "durch eine PIN geschützt"},
		"wrong columns": {"seriennummer;schlüssel\n1;2\n", "1", "Eine Spalte „schlüssel“ gibt es nicht."},
		"quotes":        {stockHeader + "\"HT-1;31;totp;6;30;;;\n", "2", "Ein Anführungszeichen steht falsch"},
		"mixed bytes":   {stockFile("HT-1") + "HT-2;\xff;totp;6;30;ä;;\n", "3", "Das Byte 0xff ist kein UTF-8"},
		"formula":       {stockHeader + "=HYPERLINK(1);3132333435363738393031323334353637383930;totp;6;30;;;\n", "2", "würde in einer Tabelle ausgeführt"},
		"odd secret":    {stockFile("HT-1") + "HT-2;xyz;totp;6;30;;;\n", "3", "Das Geheimnis ist nicht hexadezimal"},
		"empty":         {"", "1", "Die Datei ist leer."},
	} {
		t.Run(name, func(t *testing.T) {
			b.deliver("datei", c.file, nil)
			rows := b.page.Find("table").First().Text()
			if b.page.status != http.StatusOK || !strings.Contains(rows, c.says) || !b.page.says("Es wurde nichts geändert.") {
				t.Errorf("%d: %s", b.page.status, b.page.Find("main").Text())
			}
			line := ""
			for _, row := range b.page.Find("table tbody tr").EachIter() {
				if strings.Contains(row.Text(), c.says) {
					line = strings.TrimSpace(row.Find("th").Text())
				}
			}
			if line != c.line {
				t.Errorf("told for line %s, not %s", line, c.line)
			}
			if b.page.Find("main form").Length() > 0 {
				t.Error("it can be carried out")
			}
		})
	}
	if o, err := p.cupboard().Overview(t.Context()); err != nil || o.Total[token.InStock] != 1 {
		t.Errorf("%d devices in stock, %v", o.Total[token.InStock], err)
	}
}

func TestStock_WithoutAFileTheFormSaysSo(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.TokenStock)
	b.open("/verwaltung/token/einspielen")
	b.deliver("", "", nil)
	if b.page.status != http.StatusUnprocessableEntity || b.page.Find("#datei[aria-invalid=true]").Length() != 1 {
		t.Errorf("%d", b.page.status)
	}
	if b.open("/verwaltung/token/einspielen/unknown"); b.page.status != http.StatusNotFound || !b.page.says("liegt nicht mehr vor") {
		t.Errorf("an unknown upload: %d", b.page.status)
	}
}

func TestAttack_SomebodyElsesUploadIsNotOpened(t *testing.T) {
	p := newPortal(t)
	dora, emil := p.console("dora", account.TokenStock), p.console("emil", account.TokenStock)
	dora.deliver("a.csv", stockFile("HT-1"), nil)
	path := dora.page.path
	if emil.open(path); emil.page.status != http.StatusNotFound {
		t.Errorf("%d", emil.page.status)
	}
	emil.open("/verwaltung/token/einspielen")
	if emil.post(path, emil.hidden()); emil.page.status != http.StatusNotFound {
		t.Errorf("carried out: %d", emil.page.status)
	}
}

func TestStock_FromTheCupboardToTheMemberAndBack(t *testing.T) {
	p := newPortal(t)
	p.fill("HT-1", "HT-2", "HT-3")
	b := p.console("dora", account.TokenStock)
	b.open("/verwaltung/token/zuordnen")
	b.press("Weiter", fields{"Mitglied": "hannah", "Seriennummer": "ht 9"})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("nicht im Bestand") {
		t.Errorf("an unknown device: %d", b.page.status)
	}
	b.press("Weiter", fields{"Mitglied": "niemand", "Seriennummer": "ht 2"})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("Dieses Mitglied wurde nicht gefunden.") {
		t.Errorf("an unknown member: %d", b.page.status)
	}
	b.press("Weiter", fields{"Mitglied": "hannah", "Seriennummer": "ht 2"})
	b.expect("/verwaltung/token/zuordnen/pruefen", "Zuordnung prüfen", "Dr. med. Hannah Brandl", "Lindenstraße 12", "HT-2", "Acme C 200")
	b.press("Gerät zuordnen", nil)
	b.expect("/verwaltung/token/geraete/HT2", "Gerät HT-2", "Das Gerät ist zugeordnet.", "zugeordnet", "Hannah Brandl")

	b.open("/verwaltung")
	b.expect("/verwaltung", "Verwaltung", "Hardtoken zu versenden 1")
	b.open("/verwaltung/token/versand")
	b.follow("HT-2")
	b.expect("/verwaltung/token/versand/HT2", "Gerät HT-2 versenden", "Hannah Brandl")
	response, pdf := b.download(http.MethodPost, "/verwaltung/token/versand/HT2/brief", b.hidden())
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") || !strings.Contains(response.Header.Get("Content-Disposition"), "versandbrief-HT2.pdf") {
		t.Errorf("the letter: %d, %s", response.StatusCode, response.Header)
	}
	b.open("/verwaltung/token/versand/HT2")
	b.press("Als versandt verbuchen", fields{"Seriennummer": "HT-3"})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("Das ist ein anderes Gerät. In diesen Umschlag gehört HT-2.") {
		t.Errorf("another device: %d", b.page.status)
	}
	b.press("Als versandt verbuchen", fields{"Seriennummer": " ht2 "})
	b.expect("/verwaltung/token/versand", "Versand", "Gerät HT-2 ist als versandt verbucht.", "nichts zu versenden")
	if b.open("/verwaltung/token/versand/HT2"); b.page.status != http.StatusConflict {
		t.Errorf("sent twice: %d", b.page.status)
	}

	b.open("/verwaltung/token/ruecksendungen")
	b.press("Rückgabe verbuchen", fields{"Seriennummer": "HT-2"})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("sein Zustand ist „versandt“") {
		t.Errorf("not awaited: %d", b.page.status)
	}
	p.askBack("HT-2")
	p.Clock.Advance(30 * 24 * time.Hour)
	b.enterConsole("dora")
	b.open("/verwaltung/token/ruecksendungen")
	b.expect("/verwaltung/token/ruecksendungen", "Rücksendungen", "HT-2", "überfällig")
	b.press("Rückgabe verbuchen", fields{"Seriennummer": "ht-2"})
	b.expect("/verwaltung/token/ruecksendungen", "Rücksendungen", "Gerät HT-2 ist zurück.", "kein Gerät zurückerwartet")
	b.open("/verwaltung/token/geraete/HT2")
	b.expect("/verwaltung/token/geraete/HT2", "Gerät HT-2", "zurückgekommen", "Gerät zurückgekommen")
	b.follow("Gerät aussondern")
	b.press("Endgültig aussondern", nil)
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("Bitte wählen Sie einen Grund.") {
		t.Errorf("without a reason: %d", b.page.status)
	}
	b.pressWith("Endgültig aussondern", map[string]string{"grund": "device-returned"})
	b.expect("/verwaltung/token/geraete/HT2", "Gerät HT-2", "Das Gerät ist ausgesondert.", "ausgesondert")
}

// askBack asks hannah to send a device back that was sent to her.
func (p *portal) askBack(serial string) {
	p.t.Helper()
	err := p.DB.ChangeHolding(p.t.Context(), "hannah", func(h token.Holding, _ calendar.Moment) (token.Change, error) {
		held, _ := h.BySerial(serial)
		return token.Change{Devices: []token.DeviceMove{{Serial: serial, From: token.Shipped, To: token.Awaited, Token: held.ID}}}, nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestStock_DevicesAreListedAndFound(t *testing.T) {
	p := newPortal(t)
	var serials []string
	for i := range 60 {
		serials = append(serials, fmt.Sprintf("HT-%04d", i))
	}
	p.fill(serials...)
	b := p.console("dora", account.TokenStock)
	b.open("/verwaltung/token/geraete")
	seen := 0
	for pages := 1; ; pages++ {
		seen += b.page.Find("table.devices tbody tr").Length()
		if b.page.Find("a[rel=next]").Length() == 0 {
			if pages != 3 || seen != 60 {
				t.Errorf("%d devices on %d pages", seen, pages)
			}
			break
		}
		b.follow("Weitere Geräte")
	}
	b.open("/verwaltung/token/geraete")
	b.press("Suchen", fields{"Seriennummer oder Mitglied": "ht 000"})
	if got := b.page.Find("table.devices tbody tr").Length(); got != 10 {
		t.Errorf("%d devices begin so", got)
	}
	b.press("Suchen", fields{"Seriennummer oder Mitglied": "HT 0042"})
	b.expect("/verwaltung/token/geraete/HT0042", "Gerät HT-0042", "im Bestand", "Acme C 200", "Seit der Lieferung ist mit diesem Gerät nichts geschehen.")
	b.open("/verwaltung/token/geraete")
	b.press("Suchen", fields{"Seriennummer oder Mitglied": "Niemand"})
	if !b.page.says("Zu „Niemand“ gibt es weder ein Gerät noch ein Mitglied mit einem Gerät.") {
		t.Errorf("nobody: %s", b.page.Find("main").Text())
	}
	if b.open("/verwaltung/token/geraete/unbekannt"); b.page.status != http.StatusNotFound {
		t.Errorf("an unknown device: %d", b.page.status)
	}
}

func TestStock_TheServiceDeskAssignsWithoutSeeingTheStock(t *testing.T) {
	p := newPortal(t)
	p.fill("HT-1")
	b := p.console("dora", account.ServiceDesk)
	if b.open("/verwaltung/token"); b.page.status != http.StatusForbidden {
		t.Errorf("the stock: %d", b.page.status)
	}
	b.open("/verwaltung/token/zuordnen?mitglied=max")
	b.press("Weiter", fields{"Mitglied": "max", "Seriennummer": "HT-1"})
	b.press("Gerät zuordnen", nil)
	if b.page.path != "/verwaltung/mitglieder/max" {
		t.Errorf("it leads to %s", b.page.path)
	}
}

func TestStock_EveryReasonHasASentenceInBothLanguages(t *testing.T) {
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range texts.Languages() {
		words := texts.Printer(tag)
		for _, reason := range token.StockReasons {
			if !words.Has("stock.problem." + string(reason)) {
				t.Errorf("%s: %s has no sentence", tag, reason)
			}
		}
		for _, state := range token.DeviceStates {
			if !words.Has("stock.state." + string(state)) {
				t.Errorf("%s: %s has no name", tag, state)
			}
		}
	}
}
