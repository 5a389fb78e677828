package mailsink

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// Mail is a mail as it arrived.
type Mail struct {
	ID        int         // counts the mails from 1
	MessageID string      // without angle brackets
	From      string      // of the envelope
	To        []string    // of the envelope
	Subject   string      // decoded
	Text      string      // the plain part, decoded, lines ended by \n
	HTML      string      // the HTML part, likewise
	Header    mail.Header // all header fields, as they came
	Received  time.Time   // first arrival
	Copies    int         // how often it arrived; more than once when the sender missed the answer
}

var errTooDeep = errors.New("parts are nested too deeply")

// parse reads a mail: its header, and the first plain and the first HTML part.
func parse(raw []byte) (Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("header: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Mail{}, fmt.Errorf("subject: %w", err)
	}
	m := Mail{
		MessageID: strings.Trim(message.Header.Get("Message-Id"), "<> "),
		Subject:   subject,
		Header:    message.Header,
	}
	h := message.Header
	return m, m.readPart(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), message.Body, 0)
}

func (m *Mail) readPart(contentType, encoding string, body io.Reader, depth int) error {
	const maxDepth = 5
	if depth > maxDepth {
		return errTooDeep
	}
	if contentType == "" {
		contentType = "text/plain"
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if strings.HasPrefix(media, "multipart/") {
		return m.readParts(multipart.NewReader(body, params["boundary"]), depth)
	}
	content, err := io.ReadAll(decoded(encoding, body))
	if err != nil {
		return fmt.Errorf("part %s: %w", media, err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case media == "text/plain" && m.Text == "":
		m.Text = text
	case media == "text/html" && m.HTML == "":
		m.HTML = text
	}
	return nil
}

func (m *Mail) readParts(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("parts: %w", err)
		}
		err = m.readPart(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth+1)
		if err != nil {
			return err
		}
	}
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	default:
		return r
	}
}
