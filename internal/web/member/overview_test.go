package member_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/web/member"
	"torhaus/internal/web/page"
)

var noon = time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC) // 12 o'clock in Munich

// shelf is a store with one holding that nobody changes, and with devices in stock.
type shelf struct {
	token.Store
	held token.Holding
}

var errReadOnly = errors.New("the shelf is for looking at")

func (s shelf) Holding(context.Context, account.ID) (token.Holding, calendar.Moment, error) {
	return s.held, calendar.Moment{Time: noon, Wall: noon}, nil
}

func (s shelf) ChangeHolding(context.Context, account.ID, func(token.Holding, calendar.Moment) (token.Change, error)) error {
	return errReadOnly
}

func (s shelf) Now(context.Context) (calendar.Moment, error) {
	return calendar.Moment{Time: noon, Wall: noon}, nil
}

func (s shelf) PickDevice(context.Context, calendar.Date) (token.Device, bool, error) {
	return token.Device{Serial: "HT00000001"}, true, nil
}

func (s shelf) NextSerial(context.Context, string) (int64, error) { return 0, errReadOnly }

// always lets everybody in.
type always struct{ level login.Level }

func (a always) Visit(context.Context, secret.Text) (login.Visit, error) {
	return login.Visit{Session: login.Session{Level: a.level}, Account: account.Account{ID: "a1", UserName: "hannah"}, Until: noon}, nil
}

// look shows a page of the door to a member who holds this.
func look(t *testing.T, h token.Holding, level login.Level, path string) *goquery.Document {
	t.Helper()
	rules, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := text.Load(page.Texts, member.Texts)
	if err != nil {
		t.Fatal(err)
	}
	kit, err := page.New(page.Deps{
		Profile: rules, Texts: texts, Keys: secret.NewKeyset(noon), Sessions: always{level},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Base: &url.URL{Scheme: "http", Host: "kvb.test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := member.Door{Tokens: &token.Service{Store: shelf{held: h}, Rules: token.RulesOf(rules)}}
	handler := kit.Handler([]page.Route{
		page.Get("/token", login.SeeTokens, d.Overview),
		page.Get("/token/bestellen", login.OrderToken, d.OrderToken),
		page.Get("/token/bestellen/versandweg", login.OrderToken, d.OrderRoute),
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://kvb.test"+path, nil)
	r.AddCookie(&http.Cookie{Name: "torhaus", Value: "key"})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body := doc.Text(); strings.Contains(body, "⟦") {
		t.Errorf("a text is missing:\n%s", body)
	}
	return doc
}

func said(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// held gives a holding of one soft token, ordered three days ago, and lets the test change both.
func held(change func(*token.Token, *token.Order)) token.Holding {
	ordered := noon.AddDate(0, 0, -3)
	t := token.Token{ID: "t1", Kind: token.Soft, Serial: "ST00000007", State: token.Active, Created: ordered, Activated: noon.AddDate(0, 0, -1)}
	o := token.Order{
		ID: "o1", Token: "t1", Kind: token.Soft, State: token.OrderActivated, Placed: ordered, LastDay: calendar.LastDay(ordered, 14),
		Letter: token.LetterStatus{ID: "l1", State: letter.HandedOver, HandedOver: noon.AddDate(0, 0, -2)},
	}
	change(&t, &o)
	return token.Holding{Tokens: []token.Token{t}, Orders: []token.Order{o}}
}

func pending(t *token.Token, o *token.Order) {
	t.State, t.Activated, o.State = token.Pending, time.Time{}, token.Placed
}

func TestKVB09_EachStateOfATokenHasASignItsFactsAndTheNextAction(t *testing.T) {
	tests := map[string]struct {
		change func(*token.Token, *token.Order)
		sign   string   // class and word of the badge
		says   []string // in the tile
		offers []string // links of the tile
	}{
		"ordered": {
			func(t *token.Token, o *token.Order) { pending(t, o); o.Letter.HandedOver = time.Time{} },
			"info bestellt",
			[]string{"Bestellt am 19. November 2026", "Brief wird vorbereitet", "Code gültig bis Donnerstag, 3. Dezember 2026", "Sobald der Brief"},
			[]string{"/token/aktivieren"},
		},
		"letter on its way": {
			pending, "info bestellt",
			[]string{"Brief zum Versand übergeben am 20. November 2026", "Code gültig bis Donnerstag, 3. Dezember 2026"},
			[]string{"/token/aktivieren"},
		},
		"code expired": {
			func(t *token.Token, o *token.Order) { pending(t, o); o.LastDay = calendar.DateOf(noon).AddDays(-1) },
			"warning abgelaufen",
			[]string{"Der Aktivierungscode ist abgelaufen"},
			nil,
		},
		"last day of the code": {
			func(t *token.Token, o *token.Order) { pending(t, o); o.LastDay = calendar.DateOf(noon) },
			"info bestellt",
			[]string{"Code gültig bis Sonntag, 22. November 2026"},
			[]string{"/token/aktivieren"},
		},
		"active": {
			func(t *token.Token, _ *token.Order) { t.LastUsed = noon },
			"success aktiv",
			[]string{"Aktiviert am 21. November 2026", "Zuletzt benutzt am 22. November 2026"},
			[]string{"/token/ST00000007/sperren"},
		},
		"suspended": {
			func(t *token.Token, _ *token.Order) { t.State, t.Suspended = token.Suspended, noon },
			"danger gesperrt",
			[]string{"Gesperrt am 22. November 2026", "lassen Sie die Sperre von unserem Support aufheben"},
			nil,
		},
		"blocked": {
			func(t *token.Token, _ *token.Order) { t.State = token.Blocked },
			"danger gesperrt nach Fehlversuchen",
			[]string{"zu viele falsche Einmalcodes"},
			nil,
		},
		"hard token": {
			func(t *token.Token, o *token.Order) { t.Kind, t.Serial, o.Token = token.Hard, "HT00000001", "another" },
			"success aktiv",
			[]string{"Hardtoken HT00000001"},
			[]string{"/token/HT00000001/austauschen", "/token/HT00000001/abgleichen", "/token/HT00000001/sperren"},
		},
		"hard token, ordered": {
			func(t *token.Token, o *token.Order) {
				pending(t, o)
				t.Kind, o.Kind, t.Serial, o.Letter = token.Hard, token.Hard, "HT00000001", token.LetterStatus{}
			},
			"info bestellt",
			[]string{"Hardtoken HT00000001", "Brief wird vorbereitet", "Wir bereiten den Brief"},
			nil,
		},
		"hard token, sent": {
			func(t *token.Token, o *token.Order) {
				pending(t, o)
				t.Kind, o.Kind, t.Serial, o.Shipped = token.Hard, token.Hard, "HT00000001", noon.AddDate(0, 0, -1)
			},
			"info verschickt",
			[]string{"Brief verschickt am 21. November 2026", "Zu aktivieren bis", "Sobald das Gerät da ist"},
			[]string{"/token/HT00000001/aktivieren"},
		},
		"hard token whose battery ends": {
			func(t *token.Token, o *token.Order) {
				t.Kind, t.Serial, t.BatteryEnd, o.Token = token.Hard, "HT00000001", calendar.Date{Year: 2026, Month: 12, Day: 31}, "another"
			},
			"success aktiv",
			[]string{"Batterie reicht bis etwa 31. Dezember 2026", "lässt sich nicht wechseln"},
			[]string{"/token/HT00000001/austauschen", "/token/HT00000001/abgleichen", "/token/HT00000001/sperren"},
		},
		"soft token on the direct route": {
			func(t *token.Token, o *token.Order) {
				pending(t, o)
				o.Route, o.Letter = token.Direct, token.LetterStatus{}
			},
			"info bestellt",
			[]string{"Zu aktivieren bis", "Einmalcode Ihres Hardtokens"},
			[]string{"/token/aktivieren"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tile := look(t, held(test.change), login.Password, "/token").Find(".tile")
			badge := tile.Find(".kern-badge")
			class, _ := badge.Attr("class")
			if got := strings.TrimPrefix(class, "kern-badge kern-badge--") + " " + said(badge); tile.Length() != 1 || got != test.sign {
				t.Errorf("%d tiles, sign %q", tile.Length(), got)
			}
			for _, words := range test.says {
				if !strings.Contains(said(tile), words) {
					t.Errorf("the tile does not say %q: %q", words, said(tile))
				}
			}
			var offered []string
			for _, link := range tile.Find("a").EachIter() {
				address, _ := link.Attr("href")
				offered = append(offered, address)
			}
			if strings.Join(offered, " ") != strings.Join(test.offers, " ") {
				t.Errorf("the tile offers %q", offered)
			}
		})
	}
}

func TestTokensThatAreOverSayWhy(t *testing.T) {
	for reason, want := range map[token.Reason]string{
		token.Replaced:      "ersetzt am 22. November 2026",
		token.Superseded:    "durch eine neue Bestellung abgelöst am 22. November 2026",
		token.Expired:       "nicht rechtzeitig aktiviert, beendet am 22. November 2026",
		token.WrongCodes:    "ungültig nach falschen Eingaben am 22. November 2026",
		token.WrongOTPCodes: "ungültig nach falschen Eingaben am 22. November 2026",
		"lost":              "beendet am 22. November 2026",
	} {
		doc := look(t, held(func(t *token.Token, _ *token.Order) { t.State, t.Reason, t.Revoked = token.Revoked, reason, noon }), login.Password, "/token")
		if got := said(doc.Find(".past li")); got != "Softtoken ST00000007: "+want {
			t.Errorf("%s: %q", reason, got)
		}
		if doc.Find(".tile").Length() != 0 {
			t.Errorf("%s: the token is shown as if it could be used", reason)
		}
	}
}

func TestKVB07_TheOverviewOffersAnOrderOrSaysWhyNot(t *testing.T) {
	tests := map[string]struct {
		held  token.Holding
		level login.Level
		says  string
		main  string // the link of the order: primary, secondary, or none
	}{
		"no token":                  {token.Holding{}, login.Password, "", "primary"},
		"active token":              {held(func(*token.Token, *token.Order) {}), login.Password, "gilt weiter, bis Sie den neuen aktivieren", "secondary"},
		"letter on its way":         {held(pending), login.Password, "ein Brief mit ihrem aktivierungscode ist unterwegs. kommt er nicht an, können sie ab 25. november 2026 neu bestellen", ""},
		"the same with two factors": {held(pending), login.TwoFactor, "Eine neue Bestellung macht den Softtoken ST00000007 und seinen Code ungültig", "secondary"},
		"ordered an hour ago": {
			held(func(t *token.Token, o *token.Order) {
				pending(t, o)
				o.Placed, o.Letter.HandedOver = noon.Add(-time.Hour), time.Time{}
			}),
			login.Password, "Die nächste Bestellung ist ab 23. November 2026, 11:00 Uhr möglich", "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			order := look(t, test.held, test.level, "/token").Find("section.order")
			if !strings.Contains(strings.ToLower(said(order)), strings.ToLower(test.says)) {
				t.Errorf("it says %q", said(order))
			}
			class, _ := order.Find("a[href='/token/bestellen']").Attr("class")
			if got := strings.TrimPrefix(class, "kern-btn kern-btn--"); got != test.main {
				t.Errorf("the order is %q", got)
			}
		})
	}
}

func TestANewOrderWarnsBeforeItEndsTheOneThatWaits(t *testing.T) {
	doc := look(t, held(pending), login.TwoFactor, "/token/bestellen")
	if got := said(doc.Find(".kern-alert--warning")); !strings.Contains(got, "ST00000007") || !strings.Contains(got, "ungültig") {
		t.Errorf("the warning is %q", got)
	}
}

func TestKVB05_TheReasonForTheLetterIsGivenOnlyWhereItIsTrue(t *testing.T) {
	hard := held(func(t *token.Token, o *token.Order) { t.Kind, o.Kind = token.Hard, token.Hard })
	for name, test := range map[string]struct {
		held token.Holding
		why  bool
	}{"no hard token": {token.Holding{}, true}, "a hard token": {hard, false}} {
		doc := look(t, test.held, login.Password, "/token/bestellen/versandweg?art=softtoken")
		if got := strings.Contains(said(doc.Find("main")), "keinen aktiven Hardtoken"); got != test.why {
			t.Errorf("%s: %q", name, said(doc.Find("main")))
		}
	}
}
