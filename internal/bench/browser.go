package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// browser is one member's browser, reduced to what a portal sees of it: a connection that stays open, cookies, headers. It is
// cheap, since it shares the cores with what it measures.
type browser struct {
	address string
	local   net.IP
	conn    net.Conn
	in      *bufio.Reader
	cookies map[string]string
	body    []byte // of the last answer
}

// answerWithin bounds the wait for one answer.
const answerWithin = 30 * time.Second

// newBrowser makes the browser of a client. Each has a network address of its own, as members have, because tries are counted
// per address.
func newBrowser(address string, client int) *browser {
	return &browser{address: address, local: net.IPv4(127, 1, byte(client/250), byte(client%250+1)), cookies: map[string]string{}}
}

func (b *browser) close() {
	if b.conn != nil {
		_ = b.conn.Close()
		b.conn = nil
	}
}

// answer is what a portal sent back. The body is good until the browser asks again.
type answer struct {
	status   int
	location string
	body     []byte
}

// expect asks for a page, or sends a form, and refuses every answer but the expected status.
func (b *browser) expect(status int, method, target string, form url.Values) (answer, error) {
	a, err := b.send(b.request(method, target, form))
	if err == nil && a.status != status {
		err = fmt.Errorf("%s %s: status %d, want %d", method, target, a.status, status)
	}
	return a, err
}

// request gives the bytes of a request with the cookies that the browser holds now.
func (b *browser) request(method, target string, form url.Values) []byte {
	var r bytes.Buffer
	fmt.Fprintf(&r, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, portalHost)
	r.WriteString("User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: de,en-US;q=0.7,en;q=0.3\r\n" +
		"Accept-Encoding: gzip, deflate, br\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n")
	if len(b.cookies) > 0 {
		var pairs []string
		for name, value := range b.cookies {
			pairs = append(pairs, name+"="+value)
		}
		fmt.Fprintf(&r, "Cookie: %s\r\n", strings.Join(pairs, "; "))
	}
	body := form.Encode()
	if form != nil {
		fmt.Fprintf(&r, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(body))
	}
	r.WriteString("\r\n" + body)
	return r.Bytes()
}

// send sends a request and reads the answer. After an error the next one takes a new connection.
func (b *browser) send(request []byte) (a answer, err error) {
	if b.conn == nil {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: b.local}}
		if b.conn, err = dialer.Dial("tcp", b.address); err != nil {
			b.conn = nil
			return a, err
		}
		b.in = bufio.NewReaderSize(b.conn, 32<<10)
	}
	err = b.conn.SetDeadline(time.Now().Add(answerWithin))
	if err == nil {
		_, err = b.conn.Write(request)
	}
	if err == nil {
		a, err = b.read()
	}
	if err != nil {
		b.close()
	}
	return a, err
}

// read reads an answer whose length is told, as the portal always does (RFC 9112).
func (b *browser) read() (a answer, err error) {
	line, err := b.in.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, errors.New("no answer of HTTP")
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, err
	}
	length := -1
	for {
		line, err := b.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(": "))
		if !found {
			break
		}
		switch string(name) {
		case "Content-Length":
			length, err = strconv.Atoi(string(value))
		case "Location":
			a.location = string(value)
		case "Set-Cookie":
			b.keep(string(value))
		}
		if err != nil {
			return a, err
		}
	}
	a.body, err = b.readBody(length)
	return a, err
}

func (b *browser) readBody(length int) ([]byte, error) {
	if length < 0 {
		return nil, errors.New("an answer that does not tell its length")
	}
	if length > cap(b.body) {
		b.body = make([]byte, length)
	}
	_, err := io.ReadFull(b.in, b.body[:length])
	return b.body[:length], err
}

// keep stores a cookie, or deletes it where that is asked.
func (b *browser) keep(line string) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, _ := strings.Cut(pair, "=")
	if strings.Contains(attributes, "Max-Age=0") {
		delete(b.cookies, name)
		return
	}
	b.cookies[name] = value
}

// formToken reads the hidden field that shows where a form came from.
func formToken(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte(`name="formular" value="`))
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(value)
}
