package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"torhaus/internal/app"
	"torhaus/internal/config"
)

// patience bounds what a test waits for the server to do; it is never waited for in full.
const patience = 20 * time.Second

// socket opens a connection to the program and writes something on it.
func (i *installation) socket(text string) net.Conn {
	i.t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+i.browse.base.Port())
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		i.t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		i.t.Fatal(err)
	}
	return c
}

// host is the header that every request needs.
func (i *installation) host() string { return "Host: " + i.browse.base.Host + "\r\n" }

// answer reads the status of the answer; 0 if the server closed without one.
func answer(t *testing.T, c net.Conn) int {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the server neither answered nor closed")
	}
	if err != nil {
		return 0
	}
	defer func() { _ = r.Body.Close() }()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

// closed waits until the server closes.
func closed(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the server does not close")
	}
}

func TestAttack_SlowHeaderIsCutOff(t *testing.T) {
	i := startWith(t, func(_ *config.Config, o *app.Options) { o.Hasten(200*time.Millisecond, 0, 0) })
	for name, text := range map[string]string{
		"nothing": "", "half a line": "GET /anm", "half a header": "GET /anmelden HTTP/1.1\r\n" + i.host() + "X: ",
	} {
		c := i.socket(text)
		if status := answer(t, c); status != 0 && status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
		closed(t, c)
	}
}

func TestAttack_SlowBodyIsCutOff(t *testing.T) {
	i := startWith(t, func(_ *config.Config, o *app.Options) { o.Hasten(0, 200*time.Millisecond, 0) })
	c := i.socket("POST /anmelden HTTP/1.1\r\n" + i.host() + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nuser=a")
	if status := answer(t, c); status >= 500 {
		t.Errorf("%d", status)
	}
	closed(t, c)
}

func TestAttack_ThousandHalfOpenSocketsHoldUpNobody(t *testing.T) {
	i := startWith(t, func(_ *config.Config, o *app.Options) { o.Hasten(4*time.Second, 0, 0) })
	i.login() // the first page of a browser costs more
	before := memory()
	var sockets []net.Conn
	for range 1000 {
		sockets = append(sockets, i.socket("POST /anmelden HTTP/1.1\r\n"+i.host()+"X: "))
	}
	worst := time.Duration(0)
	for range 5 {
		begun := time.Now()
		i.login()
		worst = max(worst, time.Since(begun))
	}
	grown := memory() - before
	t.Logf("beside 1,000 half-open sockets: worst login %s, memory grown by %d KiB, both ends of the sockets included", worst.Round(time.Millisecond), grown>>10)
	if grown > 64<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	for _, c := range sockets {
		closed(t, c)
	}
}

// login logs in with the password in a browser of its own.
func (i *installation) login() {
	i.t.Helper()
	b := newBrowser(i.t, "127.0.0.1:"+i.browse.base.Port(), i.browse.base)
	r, page := b.submit("/anmelden", map[string]string{"user": "abeispiel", "password": typedPassword.Reveal()})
	if r.StatusCode != http.StatusOK || r.Request.URL.Path == "/anmelden" {
		i.t.Fatalf("login: %d at %s: %s", r.StatusCode, r.Request.URL.Path, page.Find("main").Text())
	}
}

// memory gives the bytes in use after a collection.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func TestAttack_MegabyteHeaderIsRefusedEarly(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	megabyte := strings.Repeat("a", 1<<20)
	before := memory()
	for name, text := range map[string]string{
		"one header":   "GET / HTTP/1.1\r\n" + i.host() + "X: " + megabyte,
		"a cookie":     "GET / HTTP/1.1\r\n" + i.host() + "Cookie: a=" + megabyte,
		"many headers": "GET / HTTP/1.1\r\n" + i.host() + strings.Repeat("X: a\r\n", 200_000),
		"the path":     "GET /" + megabyte + " HTTP/1.1\r\n" + i.host() + "\r\n",
		"the method":   megabyte + " / HTTP/1.1\r\n" + i.host() + "\r\n",
		"X-Forwarded-For of 70,000 entries": "GET / HTTP/1.1\r\n" + i.host() + "X-Forwarded-For: " + strings.Repeat("198.51.100.66, ", 70_000) +
			"\r\n\r\n",
	} {
		for range 20 {
			c := i.socket("")
			go func() { _, _ = io.WriteString(c, text) }() // the server closes in the middle of it
			if status := answer(t, c); status != 0 && (status < 400 || status > 499) {
				t.Errorf("%s: %d", name, status)
			}
			_ = c.Close()
		}
	}
	if grown := memory() - before; grown > 64<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	i.login()
}

func TestAttack_HeaderGamesAreRefusedOrWithoutEffect(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	form := "Content-Type: application/x-www-form-urlencoded\r\n"
	for name, c := range map[string]struct {
		request string
		want    []int
	}{
		"two hosts":                 {"GET / HTTP/1.1\r\n" + i.host() + "Host: evil.example\r\n\r\n", []int{400}},
		"no host":                   {"GET / HTTP/1.1\r\n\r\n", []int{400}},
		"foreign host":              {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", []int{421}},
		"foreign host in the line":  {"GET http://evil.example/ HTTP/1.1\r\n" + i.host() + "\r\n", []int{421}},
		"two lengths":               {"POST /anmelden HTTP/1.1\r\n" + i.host() + form + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", []int{400}},
		"negative length":           {"POST /anmelden HTTP/1.1\r\n" + i.host() + form + "Content-Length: -1\r\n\r\n", []int{400}},
		"length and chunks":         {"POST /anmelden HTTP/1.1\r\n" + i.host() + form + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []int{400, 403}},
		"unknown transfer encoding": {"POST /anmelden HTTP/1.1\r\n" + i.host() + form + "Transfer-Encoding: gzip\r\n\r\n", []int{501}},
		"folded header":             {"GET / HTTP/1.1\r\n" + i.host() + "X: a\r\n b\r\n\r\n", []int{200, 400}},
		"blank before the colon":    {"GET / HTTP/1.1\r\n" + i.host() + "X : a\r\n\r\n", []int{400}},
		"NUL in a header":           {"GET / HTTP/1.1\r\n" + i.host() + "X: a\x00b\r\n\r\n", []int{400}},
		"method of another world":   {"TRACE / HTTP/1.1\r\n" + i.host() + "\r\n", []int{405}},
		"tunnel":                    {"CONNECT evil.example:443 HTTP/1.1\r\n" + i.host() + "\r\n", []int{404, 405, 421}},
		"expects what nobody knows": {"GET / HTTP/1.1\r\n" + i.host() + "Expect: miracle\r\n\r\n", []int{417}},
		"half a body":               {"POST /anmelden HTTP/1.0\r\n" + i.host() + form + "Content-Length: 1\r\n\r\na", []int{403}},
	} {
		conn := i.socket(c.request)
		if status := answer(t, conn); !contains(c.want, status) {
			t.Errorf("%s: %d, want %d", name, status, c.want)
		}
	}
}

func contains(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

func TestAttack_ForwardedHeadersBuildNoLinkAndChooseNoHost(t *testing.T) {
	other := "other.localhost"
	i := startWith(t, func(c *config.Config, _ *app.Options) {
		c.Proxies = []string{"127.0.0.1"}
		c.Portals[0].Hosts = []string{other}
	})
	evil := "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Port: 6666\r\nX-Original-URL: /demo\r\nX-Rewrite-URL: /demo\r\n" +
		"Forwarded: for=198.51.100.66;host=evil.example;proto=gopher\r\nX-Forwarded-For: 198.51.100.66\r\n"
	for name, c := range map[string]struct{ request, want string }{
		"page":               {"GET / HTTP/1.1\r\n" + i.host() + evil + "\r\n", "HTTP/1.1 200"},
		"redirect to login":  {"GET /token HTTP/1.1\r\n" + i.host() + evil + "\r\n", "Location: /anmelden"},
		"further name":       {"GET /hilfe HTTP/1.1\r\nHost: " + other + "\r\n" + evil + "\r\n", "Location: " + i.browse.base.String() + "/hilfe"},
		"portal's own host":  {"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: " + i.browse.base.Host + "\r\n\r\n", "HTTP/1.1 421"},
		"path beyond a name": {"GET //evil.example/x HTTP/1.1\r\nHost: " + other + "\r\n\r\n", "Location: " + i.browse.base.String() + "/"},
	} {
		conn := i.socket(strings.Replace(c.request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		got, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), c.want) {
			t.Errorf("%s: want %q in\n%.600s", name, c.want, got)
		}
		for _, forged := range []string{"//evil.example\"", "Location: http://evil", "Location: //", "gopher", "6666"} {
			if strings.Contains(string(got), forged) {
				t.Errorf("%s: %q stands in the answer", name, forged)
			}
		}
	}
}

func TestVisitorsAddressIsThatWhichTheProxySaw(t *testing.T) {
	for name, c := range map[string]struct {
		proxies   []string
		forwarded []string
		want      string
	}{
		"no proxy listed":         {nil, []string{"203.0.113.5"}, "127.0.0.1"},
		"proxy listed":            {[]string{"127.0.0.1"}, []string{"198.51.100.66, 203.0.113.5"}, "203.0.113.5"},
		"two headers":             {[]string{"127.0.0.0/8"}, []string{"198.51.100.66", "203.0.113.5, 127.0.0.9"}, "203.0.113.5"},
		"proxy that says nothing": {[]string{"127.0.0.1"}, nil, ""},
		"proxy that says garbage": {[]string{"127.0.0.1"}, []string{"203.0.113.5, unknown"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := startWith(t, func(config *config.Config, _ *app.Options) { config.Proxies = c.proxies })
			i.browse.forwarded = c.forwarded
			i.browse.submit("/anmelden", map[string]string{"user": "abeispiel", "password": typedPassword.Reveal()})
			var got string
			if err := i.sql().QueryRowContext(t.Context(), `SELECT address FROM session`).Scan(&got); err != nil || got != c.want {
				t.Errorf("address %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestRequestUnderWayIsFinishedWhenTheProgramEnds(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	i.stop()

	entered, release := make(chan struct{}), make(chan struct{})
	a, err := app.Open(t.Context(), &config.Config{Portals: []config.Portal{i.config}}, app.Options{Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- a.Run(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-release
			fmt.Fprint(w, "done")
		}))
	}()
	body := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer func() { _ = r.Body.Close() }()
		b, _ := io.ReadAll(r.Body)
		body <- string(b)
	}()
	<-entered
	cancel()
	refused(t, l.Addr().String())
	select {
	case err := <-ended:
		t.Fatalf("the program ended with a request under way: %v", err)
	default:
	}
	close(release)
	if got := <-body; got != "done" {
		t.Errorf("the answer is %q", got)
	}
	if err := errors.Join(<-ended, a.Close()); err != nil {
		t.Error(err)
	}
}

// refused waits until nobody listens any more.
func refused(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = c.Close()
	}
	t.Fatal("the program still listens")
}
