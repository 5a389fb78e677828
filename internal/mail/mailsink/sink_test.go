package mailsink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

func start(t *testing.T, options ...Option) *Sink {
	t.Helper()
	s, err := Start("127.0.0.1:0", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// deliver hands over mails in one conversation; lines are ended by \n here.
func deliver(t *testing.T, s *Sink, mails ...string) error {
	t.Helper()
	c, err := smtp.Dial(s.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for _, m := range mails {
		if err := c.SendMail("noreply@kvb.example", []string{"hannah@praxis.example"}, strings.NewReader(strings.ReplaceAll(m, "\n", "\r\n"))); err != nil {
			return err
		}
	}
	return c.Quit()
}

func simple(id string) string {
	return fmt.Sprintf("Message-ID: <%s@kvb.example>\nSubject: Mail %s\n\nText\n", id, id)
}

func TestMailIsKeptDecoded(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := start(t, WithClock(func() time.Time { return noon }))
	err := deliver(t, s, `From: Kasse <noreply@kvb.example>
Message-ID: <1@kvb.example>
Subject: =?UTF-8?q?Ihre_Bestellung_wurde_ung=C3=BCltig?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe,=
 lang
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+R3LDvMOfZTwv
cD4=
--inner--
--outer
Content-Type: text/plain

Anhang
--outer--
`)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Mails()[0]
	if m.Subject != "Ihre Bestellung wurde ungültig" || m.Text != "Grüße, lang" || m.HTML != "<p>Grüße</p>" {
		t.Errorf("%q, %q, %q", m.Subject, m.Text, m.HTML)
	}
	if m.ID != 1 || m.MessageID != "1@kvb.example" || m.From != "noreply@kvb.example" || m.To[0] != "hannah@praxis.example" || !m.Received.Equal(noon) {
		t.Errorf("%+v", m)
	}
	if m.Header.Get("From") != "Kasse <noreply@kvb.example>" {
		t.Errorf("header %v", m.Header)
	}
}

func TestPlainMailWithoutMIMEIsKept(t *testing.T) {
	s := start(t)
	if err := deliver(t, s, simple("1")); err != nil {
		t.Fatal(err)
	}
	if m := s.Mails()[0]; m.Text != "Text\n" || m.HTML != "" {
		t.Errorf("%+v", m)
	}
}

func TestCopyIsCountedNotKept(t *testing.T) {
	s := start(t)
	if err := deliver(t, s, simple("1"), simple("2"), simple("1")); err != nil {
		t.Fatal(err)
	}
	mails := s.Mails()
	if len(mails) != 2 || mails[0].Subject != "Mail 2" || mails[0].Copies != 1 || mails[1].Copies != 2 {
		t.Errorf("%+v", mails)
	}
}

func TestMailsWithoutMessageIDAreNoCopies(t *testing.T) {
	s := start(t)
	if err := deliver(t, s, "Subject: a\n\nx\n", "Subject: a\n\nx\n"); err != nil {
		t.Fatal(err)
	}
	if len(s.Mails()) != 2 {
		t.Error("one was taken for a copy")
	}
}

func TestOldestMailsAreForgotten(t *testing.T) {
	s := start(t)
	for i := range keep + 5 {
		s.take(Mail{MessageID: fmt.Sprint(i)})
	}
	mails := s.Mails()
	if len(mails) != keep || mails[0].ID != keep+5 || mails[keep-1].ID != 6 {
		t.Errorf("%d mails, from %d to %d", len(mails), mails[len(mails)-1].ID, mails[0].ID)
	}
}

func TestWaitGivesWhatIsThereAndWhatComes(t *testing.T) {
	s := start(t)
	if err := deliver(t, s, simple("1")); err != nil {
		t.Fatal(err)
	}
	about := func(subject string) func(Mail) bool { return func(m Mail) bool { return m.Subject == subject } }
	if _, err := s.Wait(t.Context(), about("Mail 1")); err != nil {
		t.Error(err)
	}
	var waiting sync.WaitGroup
	for range 4 {
		waiting.Go(func() {
			if m, err := s.Wait(t.Context(), about("Mail 9")); err != nil || m.MessageID != "9@kvb.example" {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
	if err := deliver(t, s, simple("2"), simple("9")); err != nil {
		t.Fatal(err)
	}
	waiting.Wait()
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := start(t).Wait(ctx, func(Mail) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestUnreadableMailIsRefused(t *testing.T) {
	deep := "Content-Type: multipart/mixed; boundary=b0\n\n"
	for i := range 10 {
		deep += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	for name, mail := range map[string]string{
		"no header":       "just words\n",
		"strange type":    "Content-Type: ;;\n\nx\n",
		"parts cut off":   "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nx\n",
		"broken encoding": "Content-Transfer-Encoding: base64\n\n%%%\n",
		"strange subject": "Subject: =?klingon?q?x?=\n\nx\n",
		"nested deeply":   deep,
		"too large":       "Subject: x\n\n" + strings.Repeat("0123456789\n", maxBytes/10),
	} {
		s := start(t)
		refused, ok := errors.AsType[*smtp.SMTPError](deliver(t, s, mail))
		if !ok || refused.Code/100 != 5 {
			t.Errorf("%s: %v", name, refused)
		}
		if len(s.Mails()) != 0 {
			t.Errorf("%s: kept", name)
		}
	}
}

func TestSinkListensOnTheLoopbackOnly(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "mail.example:0", "127.0.0.1"} {
		if s, err := Start(addr); err == nil {
			_ = s.Close()
			t.Errorf("%s: listens", addr)
		}
	}
}

func TestTakenAddressIsAnError(t *testing.T) {
	if s, err := Start(start(t).Addr()); err == nil {
		_ = s.Close()
		t.Error("two sinks on one address")
	}
}

func TestLoginIsDemandedAndOnlyTakenOverTLS(t *testing.T) {
	s := start(t, WithLogin("torhaus", "geheim"))
	err := deliver(t, s, simple("1"))
	if err == nil || len(s.Mails()) != 0 {
		t.Errorf("taken without login: %v", err)
	}
	c, err := smtp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if offered, _ := c.Extension("AUTH"); offered {
		t.Error("a password is asked for without TLS")
	}
}

func TestManySendersAtOnce(t *testing.T) {
	s := start(t)
	var senders sync.WaitGroup
	for i := range 8 {
		senders.Go(func() {
			for j := range 10 {
				if err := deliver(t, s, simple(fmt.Sprintf("%d-%d", i, j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	if len(s.Mails()) != 80 {
		t.Errorf("%d of 80 mails", len(s.Mails()))
	}
}

func TestClosedSinkStillShowsWhatArrived(t *testing.T) {
	s := start(t)
	if err := deliver(t, s, simple("1")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if len(s.Mails()) != 1 || deliver(t, s, simple("2")) == nil {
		t.Error("closed, it forgets or still takes")
	}
	if err := s.Close(); err == nil {
		t.Error("closing twice is not told")
	}
}

func TestSinkClosesHoweverShortItRan(t *testing.T) {
	for range 200 {
		s, err := Start("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(simple("1")))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nR3I=\r\n--b--\r\n"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = parse(raw) })
}
