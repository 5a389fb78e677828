package page

import (
	"net/http"
	"net/url"

	"golang.org/x/text/language"

	"torhaus/internal/secret"
)

// languageField names the query parameter that chooses a language, on every page. It is a wish about how to be spoken to and
// changes nothing else, so a plain link may carry it, one from another site included.
const languageField = "sprache"

// offered finds a language by the name that cookies and links carry: "en".
func (k *Kit) offered(name string) (language.Tag, bool) {
	for _, tag := range k.Texts.Languages() {
		if tag.String() == name {
			return tag, true
		}
	}
	return language.Tag{}, false
}

// language gives the language to answer in: the one that was chosen, else the first that browser and portal both speak.
func (k *Kit) language(r *http.Request) language.Tag {
	if tag, ok := k.offered(read(r, k.cookies.language).Reveal()); ok {
		return tag
	}
	return k.Texts.Match(r.Header.Get("Accept-Language"))
}

// choosesLanguage remembers the language that a link chooses, and sends the browser back to the same page without the choice.
// It tells whether it did.
func (r *Request) choosesLanguage(w http.ResponseWriter) bool {
	query := r.URL.Query()
	_, ok := r.kit.offered(query.Get(languageField))
	if !ok || r.Method != http.MethodGet || !isLocalPath(r.URL.Path) || r.URL.RawPath != "" {
		return false
	}
	chosen := r.kit.cookies.cookie(r.kit.cookies.language, secret.Text(query.Get(languageField)))
	chosen.MaxAge = seconds(r.kit.Profile.Session.LanguageDays)
	http.SetCookie(w, chosen)
	query.Del(languageField)
	r.Redirect(w, (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String())
	return true
}

// Tongue is another language that the page can be read in.
type Tongue struct{ Tag, Name, Link string }

// Tongues lists the languages other than the one of the page. There are none where loading the page again would show less.
func (b *Base) Tongues() []Tongue {
	if b.once {
		return nil
	}
	var others []Tongue
	for _, tag := range b.r.kit.Texts.Languages() {
		if tag.String() != b.Lang() {
			others = append(others, Tongue{Tag: tag.String(), Name: b.r.kit.Texts.Printer(tag).T("page.language"), Link: b.r.in(tag.String())})
		}
	}
	return others
}

// in gives the address of this page in another language. Where a form was posted, it is the page that shows the form.
func (r *Request) in(tag string) string {
	path, query := r.URL.Path, r.URL.Query()
	if r.Method == http.MethodPost {
		for _, carried := range []string{GoalField, RoleField} {
			if value := r.Form.Value(carried); value != "" {
				query.Set(carried, value)
			}
		}
		if _, form := r.house.routes[r.route][http.MethodGet]; !form {
			path, query = (&Base{r: r}).Start(), url.Values{}
		}
	}
	if !isLocalPath(path) {
		path, query = Home, url.Values{}
	}
	query.Set(languageField, tag)
	return (&url.URL{Path: path, RawQuery: query.Encode()}).String()
}
