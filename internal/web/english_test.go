package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"torhaus/internal/web"
)

// germanWords are words that every German sentence of the portal has one of, and no English one.
var germanWords = regexp.MustCompile(`\b(Sie|Ihre?[mnrs]?|bitte|wurden?|nicht|und|oder|der|die|das|ein|eine[mnrs]?|ist|gilt|mit|von)\b`)

// Names that members know, and offices, are marked as German, or stand in the register of somebody's own data.
func TestEnglish_EveryPageIsEnglishOnceItIsChosen(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	app := b.enterPortal("hannah")
	b.open("/hilfe?sprache=en")
	if b.page.path != "/hilfe" || b.page.heading() != "Questions and answers" {
		t.Fatalf("the choice leads to %s, %q", b.page.path, b.page.heading())
	}
	for _, route := range web.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		page := b.open(strings.ReplaceAll(strings.TrimSuffix(route.Path, "{$}"), "{serial}", app.token.Serial))
		if language := page.Find(".tongues a[hreflang=de]"); language.Text() != "Deutsch" {
			t.Errorf("%s has no way back to German", route.Path)
		}
		page.Find("[lang=de], .facts").Remove()
		if found := germanWords.FindString(page.Find("body").Text()); found != "" {
			t.Errorf("%s says %q:\n%s", route.Path, found, page.Find("main").Text())
		}
	}
	b.open("/start?sprache=de")
	if b.page.heading() != "Meine KVB" {
		t.Errorf("back in German: %q", b.page.heading())
	}
}

func TestEnglish_AFormThatIsRefusedIsEnglishAndLeadsBackToItself(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.open("/anmelden?ziel=/token&sprache=en")
	b.press("Sign in", fields{"User name": "hannah"})
	if !b.page.says("Please fill in your password.") {
		t.Errorf("%s", b.page.Find("main").Text())
	}
	if back, _ := b.page.Find(".tongues a").Attr("href"); back != "/anmelden?sprache=de&ziel=%2Ftoken" {
		t.Errorf("back to German by %q", back)
	}
}

func TestEnglish_TheSetUpPageHasNoLinkThatWouldLoseTheQRCode(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	b.enterCode(p.code("hannah"))
	if b.page.Find(".qr").Length() != 1 || b.page.Find(".tongues").Length() != 0 {
		t.Error("a link loads the page again, without the QR code")
	}
	if b.open("/token/aktivieren/einrichten"); b.page.Find(".tongues a").Length() != 1 {
		t.Error("nothing is left to lose, and the language cannot be chosen")
	}
}
