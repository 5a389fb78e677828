package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/job"
	"torhaus/internal/oversight"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// note writes events.
func (p *portal) note(events ...audit.Event) {
	p.t.Helper()
	if err := p.DB.Note(p.t.Context(), events...); err != nil {
		p.t.Fatal(err)
	}
}

// deeds gives what the rows of the audit page tell of.
func (p *page) deeds() (list []string) {
	for _, cell := range p.Find("table.trail tbody th").EachIter() {
		list = append(list, strings.Join(strings.Fields(cell.Text()), " "))
	}
	return list
}

// download fetches a file instead of a page.
func (b *browser) download(method, path string, form url.Values) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, home+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer, string(body)
}

// exported fetches the export of a filter, as its button does.
func (b *browser) exported(form string, filter url.Values) (*http.Response, string) {
	b.t.Helper()
	b.open("/verwaltung/protokoll?" + filter.Encode())
	values := b.hidden()
	for name := range filter {
		values.Set(name, filter.Get(name))
	}
	values.Set("form", form)
	return b.download(http.MethodPost, "/verwaltung/protokoll/export", values)
}

func TestAuditPage_ShowsWhatHappenedToWhomAndByWhom(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Supervisor)
	p.note(audit.Event{Kind: audit.TokenSuspended, Actor: "dora", Account: "hannah", Token: "t1", Reason: "lost"},
		audit.Event{Kind: audit.LetterHanded, Actor: audit.System, Account: "max", Letter: "0123456789abcdef"},
		audit.Event{Kind: audit.LoginRefused, Actor: audit.Anonymous, Account: "gone", Reason: "10 tries"})
	b.open("/verwaltung/protokoll")
	b.expect("/verwaltung/protokoll", "Protokoll", "Token gesperrt", "Dora Amsel", "Personal, dora", "Dr. med. Hannah Brandl",
		"Brief an den Druck übergeben", "Portal (selbsttätig)", "Brief 01234567", "Weitere Anmeldungen abgewiesen 10 Versuche", "Jemand ohne Nachweis",
		"Unbekanntes Konto gone")
	if got := b.page.deeds()[0]; got != "Protokoll angesehen alle Einträge" {
		t.Errorf("the look itself is not the newest record but %q", got)
	}
	if b.page.Find(`a[href="/verwaltung/mitglieder/hannah"]`).Length() == 0 {
		t.Error("no way from a record to the member, for one who may see members")
	}
	seen := len(p.Audit(t))
	if b.open("/verwaltung/protokoll"); len(p.Audit(t)) != seen {
		t.Error("the same look again leaves another record")
	}
}

func TestAuditPage_FiltersByPersonDeedAndTime(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	p.note(audit.Event{Kind: audit.TokenSuspended, Actor: "dora", Account: "hannah"}, audit.Event{Kind: audit.TokenLifted, Actor: "dora", Account: "max"})
	b.open("/verwaltung/protokoll")
	b.press("Anzeigen", fields{"Person": " HANNAH ", "Was geschah": "token.*"})
	b.expect("/verwaltung/protokoll", "Protokoll", "Einträge zu: Dr. med. Hannah Brandl (hannah)")
	if got := b.page.deeds(); !slices.Equal(got, []string{"Token gesperrt"}) {
		t.Errorf("%q", got)
	}
	if b.page.Find(`a[href^="/verwaltung/mitglieder"]`).Length() != 0 {
		t.Error("an auditor is led to the pages of members")
	}
	if chosen := b.page.Find("#tat option[selected]").AttrOr("value", ""); chosen != "token.*" {
		t.Errorf("the form forgets the choice: %q", chosen)
	}
	b.press("Anzeigen", fields{"Person": "amsel", "Was geschah": "", "Von": "2099-01-01"})
	b.expect("/verwaltung/protokoll", "Protokoll", "Zu dieser Auswahl gibt es keine Einträge.")
	for _, c := range []fields{
		{"Person": "niemand"}, {"Von": "31.2.2026"}, {"Von": "2026-12-01", "Bis": "2026-11-01"}, {"Bis": "<script>"},
	} {
		b.open("/verwaltung/protokoll")
		b.press("Anzeigen", c)
		if b.page.status != http.StatusUnprocessableEntity || b.page.Find("[aria-invalid=true]").Length() != 1 {
			t.Errorf("%v: %d", c, b.page.status)
		}
	}
}

func TestAuditPage_PagesByTheLastRecord(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	for i := range 120 {
		p.note(audit.Event{Kind: audit.CodeRight, Actor: "max", Account: "max", Reason: fmt.Sprint(i)})
	}
	b.open("/verwaltung/protokoll?person=max&tat=login.code.right")
	var got []string
	for {
		got = append(got, b.page.deeds()...)
		if b.page.Find("a[rel=next]").Length() == 0 {
			break
		}
		b.follow("Ältere Einträge")
	}
	if len(got) != 120 || !strings.HasSuffix(got[0], " 119") || !strings.HasSuffix(got[119], " 0") {
		t.Errorf("%d records, from %s", len(got), got[0])
	}
	b.follow("Zu den neuesten")
	if b.page.Find("a[rel=next]").Length() != 1 {
		t.Error("the newest records are not the first page")
	}
	if b.open("/verwaltung/protokoll?vor=999999"); b.page.status != http.StatusNotFound {
		t.Errorf("behind a record that is not there: %d", b.page.status)
	}
	for _, odd := range []string{"?vor=-1", "?vor=x", "?person=,,,", "?tat=nothing", "?von=x", "?person=max&person=hannah", "?vor=99999999999999999999"} {
		if b.open("/verwaltung/protokoll" + odd); b.page.status != http.StatusOK {
			t.Errorf("%s: %d", odd, b.page.status)
		}
	}
}

func TestAuditPage_IsForThoseWhoseRoleItIs(t *testing.T) {
	p := newPortal(t)
	desk, auditor, chief := p.console("desk", account.ServiceDesk, account.TokenStock), p.console("auditor", account.Auditor), p.console("chief", account.Supervisor)
	for _, path := range []string{"/verwaltung/protokoll", "/verwaltung/protokoll/pruefung", "/verwaltung/zahlen", "/verwaltung/zahlen/tabelle.csv"} {
		if desk.open(path); desk.page.status != http.StatusForbidden {
			t.Errorf("the service desk on %s: %d", path, desk.page.status)
		}
	}
	chief.open("/verwaltung/protokoll")
	if chief.page.says("Als CSV herunterladen") {
		t.Error("a supervisor is offered an export")
	}
	if answer, body := chief.exported("csv", nil); answer.StatusCode != http.StatusForbidden || strings.Contains(body, "login.code") {
		t.Errorf("a supervisor exports: %d", answer.StatusCode)
	}
	auditor.open("/verwaltung/protokoll")
	if !auditor.page.says("Als CSV herunterladen") {
		t.Error("an auditor is offered no export")
	}
	form := auditor.hidden()
	form.Set("formular", strings.Repeat("0", 64))
	if answer, _ := auditor.download(http.MethodPost, "/verwaltung/protokoll/export", form); answer.StatusCode != http.StatusForbidden {
		t.Errorf("an export from a form that is not ours: %d", answer.StatusCode)
	}
}

func TestAttack_AnExportCarriesNoFormula(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	hash, err := password.NewHasher().Hash(t.Context(), passtext)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`=HYPERLINK("http://evil","x")`, "+1", "-1+cmd|'/C'!A0", "@SUM(A1)"} {
		a := member(name)
		a.ID, a.Person = account.ID(secret.NewID()), account.Person{}
		if err := p.DB.CreateAccount(t.Context(), a, hash); err != nil {
			t.Fatal(err)
		}
		p.note(audit.Event{Kind: audit.AccountChanged, Actor: string(a.ID), Account: string(a.ID), Reason: name})
	}
	answer, body := b.exported("csv", url.Values{"tat": {"account.changed"}})
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Disposition") == "" || answer.Header.Get("Content-Type") != "text/csv; charset=utf-8" ||
		answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", answer.StatusCode, answer.Header)
	}
	if !strings.HasPrefix(body, "\ufeffNr.;Zeit;") || strings.Count(body, "\r\n") != 5 {
		t.Errorf("%q", body)
	}
	for line := range strings.Lines(body) {
		for cell := range strings.SplitSeq(line, ";") {
			bare := strings.TrimLeft(strings.TrimPrefix(cell, `"`), " ")
			if bare != "" && strings.ContainsRune("=+-@\t\r＝", []rune(bare)[0]) && bare != "\r\n" {
				t.Errorf("the cell %q begins a formula", cell)
			}
		}
	}
}

func TestAttack_AnAddressPutsNoWordsIntoTheChain(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	for _, path := range []string{
		"?person=Erika+Mustermann", "?person=%3Cscript%3E,hannah", "?tat=Erika&von=Erika&bis=Erika&vor=Erika", "?person=" + strings.Repeat("x", 64),
	} {
		b.open("/verwaltung/protokoll" + path)
	}
	for _, r := range p.Audit(t) {
		for _, word := range []string{r.Account, r.Actor, r.Reason} {
			if strings.ContainsAny(word, "<M") || strings.Contains(word, "xxx") || strings.Contains(word, "Erika") {
				t.Errorf("record %d holds %q", r.Seq, word)
			}
		}
	}
	for _, about := range []string{"", "hannah"} {
		if !slices.ContainsFunc(p.Audit(t), func(r audit.Record) bool { return r.Kind == audit.AuditSeen && r.Account == about }) {
			t.Errorf("the look at %q left no record", about)
		}
	}
}

func TestExport_JSONLinesAreTheChainAsItStands(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	answer, body := b.exported("jsonl", nil)
	if answer.Header.Get("Content-Type") != "application/jsonl; charset=utf-8" {
		t.Error(answer.Header)
	}
	chain := p.Audit(t)
	slices.Reverse(chain)
	if chain[0].Kind != audit.AuditExported || chain[0].Reason != "jsonl all" || chain[0].Actor != "dora" || chain[0].Session == "" {
		t.Errorf("the export is recorded as %+v", chain[0])
	}
	lines := bufio.NewScanner(strings.NewReader(body))
	n := 0
	for ; lines.Scan(); n++ {
		var got struct {
			Seq              int64
			Time, Kind, Hash string
		}
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if want := chain[n]; got.Seq != want.Seq || got.Kind != string(want.Kind) || got.Hash != fmt.Sprintf("%x", want.Hash) ||
			got.Time != want.Time.Format("2006-01-02T15:04:05.000000Z") {
			t.Errorf("line %d: %+v, want %+v", n, got, want)
		}
	}
	if n != len(chain) {
		t.Errorf("%d lines, %d records", n, len(chain))
	}
}

func TestCheckPage_NamesTheFirstPlaceThatDoesNotHold(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Supervisor)
	verify := func(s *oversight.Service) {
		t.Helper()
		b.open("/verwaltung/protokoll/pruefung")
		b.press("Jetzt prüfen", nil)
		b.expect("/verwaltung/protokoll/pruefung", "Prüfung des Protokolls", "Eine Prüfung läuft", "0 von")
		p.carryOut(s.Handlers())
		b.follow("Stand neu laden")
	}
	sound, broken := p.oversight(), p.oversight()
	verify(sound)
	b.expect("/verwaltung/protokoll/pruefung", "Prüfung des Protokolls", "unversehrt", "Veranlasst von Dora Amsel")
	broken.Verify = func(context.Context, func(int64)) (oversight.Verdict, error) {
		return oversight.Verdict{Records: 2}, &audit.BrokenError{Seq: 3, Damage: audit.Altered, What: "was altered"}
	}
	verify(broken)
	b.expect("/verwaltung/protokoll/pruefung", "Prüfung des Protokolls", "Eintrag Nr. 3 wurde verändert oder einer vor ihm.")
	b.open("/verwaltung")
	b.expect("/verwaltung", "Verwaltung", "Protokoll beschädigt")
}

func TestFiguresPage_ShowsChartsAndTheirNumbers(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Supervisor)
	b.open("/verwaltung/zahlen")
	b.expect("/verwaltung/zahlen", "Zahlen", "zum ersten Mal gezählt", "In diesem Zeitraum wurde nichts gezählt.")
	right := audit.Event{Kind: audit.CodeRight, Actor: "max", Account: "max"}
	p.note(right, right, right)
	if err := p.oversight().Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.open("/verwaltung/zahlen")
	b.expect("/verwaltung/zahlen", "Zahlen", "Stand: ")
	if charts, drawn := b.page.Find("figure.chart").Length(), b.page.Find("svg[role=img]").Length(); charts != 5 || drawn != 1 {
		t.Errorf("%d charts, %d of them drawn", charts, drawn) // the tokens that there are belong to staff
	}
	if got := b.page.Find("#anmeldungen-text").Text(); !strings.HasPrefix(got, "Anmeldungen: zusammen 3, höchstens 3 (") {
		t.Errorf("the chart says %q", got)
	}
	if got := b.page.Find(`table.figures tbody tr:first-child td[data-label="Anmeldungen"]`).Text(); got != "3" {
		t.Errorf("the table says %q", got)
	}
	b.open("/verwaltung/zahlen?von=2020-01-01&bis=2026-11-22&je=tag")
	b.expect("/verwaltung/zahlen", "Zahlen", "Für diesen Zeitraum wird je Monat gezählt")
	for query, field := range map[string]string{"von=2000-01-01": "von", "von=2026-02-02&bis=2026-02-01": "bis", "von=gestern": "von"} {
		if b.open("/verwaltung/zahlen?" + query); b.page.status != http.StatusUnprocessableEntity || b.page.Find("#"+field+"[aria-invalid=true]").Length() != 1 {
			t.Errorf("%s: %d", query, b.page.status)
		}
	}
	answer, body := b.download(http.MethodGet, "/verwaltung/zahlen/tabelle.csv", nil)
	today := time.Now().Format("2006-01-02")
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, "\ufeffErster Tag;Letzter Tag;Bestellungen;") || !strings.Contains(body, today+";"+today+";0;0;3;0;") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// carryOut does the jobs that are due and have one of these handlers.
func (p *portal) carryOut(handlers map[string]job.Handler) {
	p.t.Helper()
	jobs, err := p.DB.Claim(p.t.Context(), "test", time.Minute, 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, j := range jobs {
		if h, ok := handlers[j.Kind]; ok {
			if err := h.Do(p.t.Context(), j); err != nil {
				p.t.Fatal(err)
			}
		}
		if err := p.DB.Done(p.t.Context(), j); err != nil {
			p.t.Fatal(err)
		}
	}
}
