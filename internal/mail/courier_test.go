package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/mail/mailsink"
)

// sink is a mail server that takes everything.
func sink(t *testing.T, options ...mailsink.Option) *mailsink.Sink {
	t.Helper()
	s, err := mailsink.Start("127.0.0.1:0", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestMailArrivesInPlainAndHTML(t *testing.T) {
	s := sink(t)
	c := courier(t, at(t, s.Addr()))
	for name, m := range hannahsMails() {
		id := strings.ReplaceAll(name, "/", "-")
		if err := c.Handle(t.Context(), jobOf(t, id, m)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := s.Wait(t.Context(), func(m mailsink.Mail) bool { return m.MessageID == "kvb."+id+"@kvb.example" })
		if err != nil {
			t.Fatal(err)
		}
		want := written(t, c, m)
		if got.Subject != want.subject || got.Text != want.plain || got.HTML != want.html {
			t.Errorf("%s: what arrived is not what was written:\n%s\n%s", name, got.Subject, got.Text)
		}
		if got.From != "noreply@kvb.example" || len(got.To) != 1 || got.To[0] != hannah.Email {
			t.Errorf("%s: from %s to %s", name, got.From, got.To)
		}
	}
}

func TestHeaderOfTheMail(t *testing.T) {
	s := sink(t)
	if err := courier(t, at(t, s.Addr())).Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-activated"])); err != nil {
		t.Fatal(err)
	}
	header := s.Mails()[0].Header
	for name, want := range map[string]string{
		"Message-Id":     "<kvb.abc@kvb.example>",
		"Date":           "Sun, 22 Nov 2026 14:05:00 +0100", // the deed's, by the clock of the portal
		"Auto-Submitted": "auto-generated",
		"User-Agent":     "",
		"X-Mailer":       "",
		"Received":       "",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	to, err := header.AddressList("To")
	if err != nil || to[0].Name != hannah.Name || to[0].Address != hannah.Email {
		t.Errorf("To is %v: %v", to, err)
	}
	from, err := header.AddressList("From")
	if err != nil || from[0].Name != "Kassenärztliche Vereinigung Bayerns" {
		t.Errorf("From is %v: %v", from, err)
	}
}

func TestOutcome(t *testing.T) {
	const (
		sent  = "sent"
		again = "again"
		never = "never"
	)
	enhanced := []string{"ENHANCEDSTATUSCODES"}
	cases := map[string]struct {
		answers map[string]string
		outcome string
		cause   string
	}{
		"accepted":                     {nil, sent, ""},
		"421 at the greeting":          {map[string]string{"greeting": "421 4.3.2 closing"}, again, "refuses the conversation: 421 4.3.2 closing"},
		"554 at the greeting":          {map[string]string{"greeting": "554 no service"}, again, "554 no service"},
		"421 to the sender":            {map[string]string{"MAIL": "421 4.7.0 too many"}, again, "answered 421 4.7.0 to the sender"},
		"550 to the sender":            {map[string]string{"MAIL": "550 5.7.1 not you"}, again, "answered 550 5.7.1 to the sender"},
		"450 to the recipient":         {map[string]string{"RCPT": "450 4.2.1 <hannah@praxis-braendl.example> busy"}, again, "answered 450 4.2.1 to the recipient"},
		"550 to the recipient":         {map[string]string{"RCPT": "550 5.1.1 <hannah@praxis-braendl.example> unknown"}, never, "answered 550 5.1.1 to the recipient"},
		"451 to DATA":                  {map[string]string{"DATA": "451 4.3.0 later"}, again, "answered 451 4.3.0 to DATA"},
		"554 to DATA":                  {map[string]string{"DATA": "554 5.5.1 no valid recipients"}, never, "answered 554 5.5.1 to DATA"},
		"452 to the mail":              {map[string]string{"mail": "452 4.2.2 full"}, again, "answered 452 4.2.2 to the mail"},
		"552 to the mail":              {map[string]string{"mail": "552 5.2.3 too large"}, never, "answered 552 5.2.3 to the mail"},
		"code without enhanced status": {map[string]string{"RCPT": "550 unknown"}, never, "answered 550 to the recipient"},
		"cut at the greeting":          {map[string]string{"greeting": drop}, again, "cannot be reached"},
		"cut at the recipient":         {map[string]string{"RCPT": drop}, again, "gave no answer to the recipient"},
		"cut before the mail is taken": {map[string]string{"mail": drop}, again, "gave no answer to the mail"},
		"cut after the mail is taken":  {map[string]string{"RSET": drop}, sent, ""},
		"RSET refused afterwards":      {map[string]string{"RSET": "502 what"}, sent, ""},
		"QUIT refused afterwards":      {map[string]string{"QUIT": "500 what"}, sent, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, script{answers: c.answers, extensions: enhanced})
			err := courier(t, at(t, s.addr())).Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"]))
			if got := outcomeOf(t, err); got != c.outcome {
				t.Errorf("the job ends as %s, want %s (%v)", got, c.outcome, err)
			}
			if err != nil && !strings.Contains(err.Error(), c.cause) {
				t.Errorf("the cause is %q, want %q", err, c.cause)
			}
			if err != nil && (strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "hannah")) {
				t.Errorf("the cause names the recipient: %q", err)
			}
		})
	}
}

// outcomeOf lets a runner decide what becomes of a job that ended with err.
func outcomeOf(t *testing.T, result error) string {
	t.Helper()
	q := &oneJob{ended: make(chan string, 1)}
	policy := job.Policy{Try: time.Minute, First: time.Hour, Most: time.Hour, GiveUp: 2 * time.Hour}
	r := job.Runner{Store: q, Workers: 1, Log: slog.New(slog.DiscardHandler), Handlers: map[string]job.Handler{
		"mail": {Do: func(context.Context, job.Job) error { return result }, Policy: policy},
	}}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { _ = r.Run(ctx) }()
	return <-q.ended
}

// oneJob is a queue that holds one job.
type oneJob struct {
	once  sync.Once
	ended chan string
}

func (q *oneJob) Claim(context.Context, string, time.Duration, int) (jobs []job.Job, err error) {
	q.once.Do(func() { jobs = []job.Job{{ID: "1", Kind: "mail", Attempt: 1}} })
	return jobs, nil
}
func (q *oneJob) Extend(context.Context, job.Job, time.Duration) error { return nil }
func (q *oneJob) Done(context.Context, job.Job) error                  { q.ended <- "sent"; return nil }

func (q *oneJob) Retry(context.Context, job.Job, time.Duration, string) error {
	q.ended <- "again"
	return nil
}
func (q *oneJob) Dead(context.Context, job.Job, string) error { q.ended <- "never"; return nil }

func TestServerIsDown(t *testing.T) {
	s := play(t, script{})
	_ = s.listener.Close()
	err := courier(t, at(t, s.addr())).Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"]))
	if outcomeOf(t, err) != "again" || !strings.Contains(err.Error(), "cannot be reached") {
		t.Error(err)
	}
}

func TestRepeatedMailIsTheSameToTheByte(t *testing.T) {
	s := play(t, script{answers: map[string]string{"mail": drop}})
	c := courier(t, at(t, s.addr()))
	j := jobOf(t, "abc", hannahsMails()["token-ordered"])
	for range 3 {
		if c.Handle(t.Context(), j) == nil {
			t.Fatal("sent, although no answer came")
		}
		j.Attempt++
	}
	mails := s.data()
	if len(mails) != 3 || mails[0] != mails[1] || mails[1] != mails[2] || !strings.Contains(mails[0], "Message-ID: <kvb.abc@kvb.example>") {
		t.Errorf("%d mails, the first:\n%s", len(mails), mails[0])
	}
}

func TestRepeatedMailIsKnownAsACopy(t *testing.T) {
	s := sink(t)
	c := courier(t, at(t, s.Addr()))
	j := jobOf(t, "abc", hannahsMails()["token-ordered"])
	for range 2 {
		if err := c.Handle(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	if mails := s.Mails(); len(mails) != 1 || mails[0].Copies != 2 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestServerThatFallsSilentIsLeftAfterTheTimeOut(t *testing.T) {
	for _, command := range []string{"greeting", "EHLO", "MAIL", "DATA", "mail"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := play(t, script{answers: map[string]string{command: silence}})
			settings := at(t, s.addr())
			settings.Timeout = 200 * time.Millisecond
			err := courier(t, settings).Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"]))
			if outcomeOf(t, err) != "again" {
				t.Error(err)
			}
		})
	}
}

func TestServerThatFallsSilentIsLeftWhenTheContextEnds(t *testing.T) {
	for _, command := range []string{"greeting", "RCPT", "mail"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := play(t, script{answers: map[string]string{command: silence}})
			settings := at(t, s.addr())
			settings.Timeout = time.Hour
			ctx, stop := context.WithCancel(t.Context())
			go func() { <-s.silent; stop() }()
			if err := courier(t, settings).Handle(ctx, jobOf(t, "abc", hannahsMails()["token-ordered"])); outcomeOf(t, err) != "again" {
				t.Error(err)
			}
		})
	}
}

func TestSTARTTLSAndLogin(t *testing.T) {
	ca := newAuthority(t)
	s := sink(t, mailsink.WithSTARTTLS(ca.server(t, asIs)), mailsink.WithLogin("torhaus", "geheim"))
	c := courier(t, at(t, s.Addr()).with(STARTTLS, ca.pool).as("torhaus", "geheim"))
	if err := c.Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"])); err != nil {
		t.Fatal(err)
	}
	if len(s.Mails()) != 1 {
		t.Error("nothing arrived")
	}
}

func TestTLSFromTheStartAndLogin(t *testing.T) {
	ca := newAuthority(t)
	s := play(t, script{tls: ca.server(t, asIs), fromStart: true, extensions: []string{"AUTH LOGIN PLAIN"}})
	c := courier(t, at(t, s.addr()).with(TLS, ca.pool).as("torhaus", "geheim"))
	if err := c.Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"])); err != nil {
		t.Fatal(err)
	}
	if len(s.data()) != 1 || s.seen("AUTH") != 1 {
		t.Errorf("%v", s.commands)
	}
}

func TestWrongPasswordIsTriedAgainAfterItsMending(t *testing.T) {
	ca := newAuthority(t)
	s := sink(t, mailsink.WithSTARTTLS(ca.server(t, asIs)), mailsink.WithLogin("torhaus", "geheim"))
	c := courier(t, at(t, s.Addr()).with(STARTTLS, ca.pool).as("torhaus", "falsch"))
	err := c.Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"]))
	if outcomeOf(t, err) != "again" || !strings.Contains(err.Error(), "refuses the login with code 535") || strings.Contains(err.Error(), "falsch") {
		t.Error(err)
	}
}

// TestNothingIsSentWithoutTheProtectionThatIsSet: neither a mail nor a password crosses a line that is not what the settings
// demand, whatever stands in between.
func TestNothingIsSentWithoutTheProtectionThatIsSet(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
	otherName := func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} }
	old := ca.server(t, asIs)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	login := "AUTH PLAIN LOGIN"
	cases := map[string]struct {
		script     script
		protection Encryption
		want       string
	}{
		"STARTTLS is not offered (stripped on the way)": {script{extensions: []string{login}}, STARTTLS, "offers no STARTTLS"},
		"STARTTLS is offered and refused":               {script{extensions: []string{"STARTTLS", login}, answers: map[string]string{"STARTTLS": "454 4.7.0 not now"}}, STARTTLS, "454"},
		"certificate of a strange CA":                   {script{extensions: []string{"STARTTLS", login}, tls: stranger.server(t, asIs)}, STARTTLS, "not trusted"},
		"certificate for another name":                  {script{extensions: []string{"STARTTLS", login}, tls: ca.server(t, otherName)}, STARTTLS, "not trusted"},
		"certificate out of date":                       {script{extensions: []string{"STARTTLS", login}, tls: ca.server(t, expired)}, STARTTLS, "not trusted"},
		"old TLS":                                       {script{extensions: []string{"STARTTLS", login}, tls: old}, STARTTLS, "protocol version"},
		"TLS from the start with a strange CA":          {script{tls: stranger.server(t, asIs), fromStart: true}, TLS, "not trusted"},
		"plain server where TLS is set":                 {script{extensions: []string{login}}, TLS, "does not speak TLS"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, c.script)
			sender := courier(t, at(t, s.addr()).with(c.protection, ca.pool).as("torhaus", "geheim"))
			err := sender.Handle(t.Context(), jobOf(t, "abc", hannahsMails()["token-ordered"]))
			if outcomeOf(t, err) != "again" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err := sender.Check(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check: %v, want %q", err, c.want)
			}
			if s.seen("AUTH")+s.seen("MAIL")+s.seen("DATA") != 0 {
				t.Errorf("the server got %v", s.commands)
			}
		})
	}
}

func TestCheckGreetsLogsInAndLeaves(t *testing.T) {
	ca := newAuthority(t)
	s := play(t, script{tls: ca.server(t, asIs), extensions: []string{"STARTTLS", "AUTH PLAIN"}})
	if err := courier(t, at(t, s.addr()).with(STARTTLS, ca.pool).as("torhaus", "geheim")).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.commands, " "); got != "EHLO STARTTLS EHLO AUTH QUIT" {
		t.Errorf("the conversation was %s", got)
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		script script
		want   string
	}{
		"no service":      {script{answers: map[string]string{"greeting": "554 5.3.2 no service"}}, "554 5.3.2 no service"},
		"breaks off":      {script{answers: map[string]string{"QUIT": drop}}, "breaks off"},
		"does not answer": {script{answers: map[string]string{"EHLO": drop}}, "cannot be reached"},
	} {
		s := play(t, c.script)
		if err := courier(t, at(t, s.addr())).Check(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJobThatIsNoMailIsNeverTriedAgain(t *testing.T) {
	c := idle(t)
	for name, j := range map[string]job.Job{
		"strange kind":    {ID: "abc", Kind: "mail.lottery-won", Payload: []byte(`{}`)},
		"broken payload":  {ID: "abc", Kind: "mail.token-ordered", Payload: []byte(`{"to":"hannah@praxis.example"`)},
		"wrong payload":   {ID: "abc", Kind: "mail.token-ordered", Payload: []byte(`{"greeting":["hannah@praxis.example"]}`)},
		"no address":      {ID: "abc", Kind: "mail.token-ordered", Payload: []byte(`{}`)},
		"impossible date": {ID: "abc", Kind: "mail.token-ordered", Payload: []byte(`{"last-day":"2026-13-40"}`)},
	} {
		err := c.Handle(t.Context(), j)
		if err == nil || outcomeOf(t, err) != "never" || strings.Contains(err.Error(), "hannah") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayloadOfANewerVersionIsUnderstood(t *testing.T) {
	m, err := decode[TokenActivated]([]byte(`{"to":{"name":"H","email":"h@praxis.example","phone":"1"},"serial":"ST1","colour":"blue"}`))
	if err != nil || m.(TokenActivated).Serial != "ST1" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestServerThatIsAwayIsTriedForTwoDays(t *testing.T) {
	for kind, h := range idle(t).Handlers() {
		waited := time.Duration(0)
		for attempt := 1; ; attempt++ {
			pause, left := h.Policy.Pause(attempt)
			if !left {
				break
			}
			waited += pause
		}
		if waited < 48*time.Hour || waited > 49*time.Hour {
			t.Errorf("%s is tried for %s", kind, waited)
		}
	}
	if len(idle(t).Handlers()) != len(kinds) {
		t.Error("a kind has no handler")
	}
}

func TestAddressWithUmlautsNeedsAServerThatKnowsThem(t *testing.T) {
	m := TokenActivated{To: Address{Email: "hännah@praxis.example"}, Greeting: greeting, Serial: "ST1", At: ordered}
	s := sink(t)
	if err := courier(t, at(t, s.Addr())).Handle(t.Context(), jobOf(t, "abc", m)); err != nil {
		t.Fatal(err)
	}
	if got := s.Mails()[0].To; got[0] != "hännah@praxis.example" {
		t.Errorf("to %s", got)
	}
}

func TestOneTimePasswordIsNotSentAfterItsEnd(t *testing.T) {
	m := hannahsMails()["one-time-password"].(OneTimePassword)
	for name, c := range map[string]struct {
		now  time.Time
		sent bool
	}{"in time": {m.Until.Add(-1), true}, "at its end": {m.Until, false}, "a day later": {m.Until.Add(24 * time.Hour), false}} {
		s := sink(t)
		late := courier(t, at(t, s.Addr()))
		late.Now = func(context.Context) (calendar.Moment, error) { return calendar.Moment{Time: c.now, Wall: c.now}, nil }
		err := late.Handle(t.Context(), jobOf(t, "late", m))
		if (err == nil) != c.sent || (len(s.Mails()) == 1) != c.sent {
			t.Errorf("%s: %d mails, %v", name, len(s.Mails()), err)
		}
	}
}

func TestOneTimePasswordStandsInTheMailAndNowhereElse(t *testing.T) {
	m := hannahsMails()["one-time-password"]
	wants(t, written(t, idle(t), decoded(t, m)), "CDFGH JKLMN PQRTV", "22. November 2026, 16:05 Uhr")
	for _, printed := range []string{fmt.Sprint(m), fmt.Sprintf("%+v %#v", m, m)} {
		if strings.Contains(printed, "CDFGH") {
			t.Errorf("printed for a log: %s", printed)
		}
	}
}

// decoded gives a message as its job brings it.
func decoded(t *testing.T, m message) message {
	t.Helper()
	j := jobOf(t, "decoded", m)
	d, err := kinds[j.Kind].decode(j.Payload.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return d
}
