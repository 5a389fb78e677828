package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"time"
)

// The paths of a login.
const (
	namePage  = "/anmelden"
	codePage  = "/anmelden/code"
	startPage = "/start"
)

// logIn walks the whole way of a member: the login page, name and password, the code page, the one-time code, the start page.
// It begins with a browser that nobody has used and ends logged in.
func (b *browser) logIn(t ticket) error {
	if err := b.enterPassword(t); err != nil {
		return err
	}
	answer, err := b.enterCode(t)
	if err != nil {
		return err
	}
	if answer.status != 303 || answer.location != startPage {
		return fmt.Errorf("the code of %s leads to %d %s", t.member.name(), answer.status, answer.location)
	}
	_, err = b.expect(200, "GET", startPage, nil)
	return err
}

// enterPassword ends before the code page.
func (b *browser) enterPassword(t ticket) error {
	clear(b.cookies)
	page, err := b.expect(200, "GET", namePage, nil)
	if err != nil {
		return err
	}
	answer, err := b.expect(303, "POST", namePage, url.Values{
		"formular": {formToken(page.body)}, "ziel": {startPage}, "user": {t.member.name()}, "password": {sharedPassword.Reveal()},
	})
	if err == nil && answer.location != codePage+"?ziel=%2Fstart" {
		err = fmt.Errorf("the password of %s leads to %s", t.member.name(), answer.location)
	}
	return err
}

// enterCode gives the answer to the code, whatever it is.
func (b *browser) enterCode(t ticket) (answer, error) {
	page, err := b.expect(200, "GET", codePage+"?ziel=%2Fstart", nil)
	if err != nil {
		return answer{}, err
	}
	return b.send(b.request("POST", codePage, url.Values{"formular": {formToken(page.body)}, "ziel": {startPage}, "code": {t.code()}}))
}

// replay is the negative control: a code that has logged in does not do so again.
func (b *browser) replay(t ticket) error {
	if err := b.logIn(t); err != nil {
		return err
	}
	if err := b.enterPassword(t); err != nil {
		return err
	}
	answer, err := b.enterCode(t)
	if err == nil && answer.status != 422 {
		err = fmt.Errorf("a code that was used is answered with %d %s, want 422: nothing measured here would mean anything", answer.status, answer.location)
	}
	return err
}

// loginRound is what one round of logins showed.
type loginRound struct {
	outcome
	noise
	CPU    time.Duration `json:"cpu_ns"`         // of the portal, per login
	Before time.Duration `json:"hash_before_ns"` // CPU of one hash alone, before the round
	After  time.Duration `json:"hash_after_ns"`  // and after it
}

// hash gives what one hash alone costs.
func (r loginRound) hash() time.Duration { return (r.Before + r.After) / 2 }

// over gives how much a login costs, with the hash as the unit.
func (r loginRound) over() float64 { return float64(r.CPU) / float64(r.hash()) }

func (r loginRound) all() outcome { return r.outcome }

// loginClients are the numbers of members who log in at the same time.
var loginClients = []int{1, 8, 64}

// measureLogins takes the figures of complete logins.
func measureLogins(ctx context.Context, b *bench) (err error) {
	portal, err := b.startPortal(ctx, "login")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.stop()) }()
	if err := b.control(portal); err != nil {
		return err
	}
	var peak float64
	for _, clients := range loginClients {
		if err := forgetPeak(portal.pid); err != nil {
			return err
		}
		s, err := b.loginStep(portal, clients)
		if err != nil {
			return err
		}
		if peak, err = memoryOf(portal.pid, "VmHWM"); err != nil {
			return err
		}
		b.report.Logins = append(b.report.Logins, s)
		b.report.add(loginFigures(s, peak)...)
	}
	last := loginClients[len(loginClients)-1]
	b.report.add(figure{Name: fmt.Sprintf("Login, %d at a time: peak resident memory", last), Goal: most(200), Measured: peak, Unit: "MiB", Quiet: true})
	return nil
}

// control makes sure that a code is refused that was used before.
func (b *bench) control(portal *server) error {
	t, err := b.house.desk.ticket(time.Now())
	if err != nil {
		return err
	}
	control := newBrowser(portal.address, 0)
	defer control.close()
	return control.replay(t)
}

func loginFigures(s step[loginRound], peak float64) []figure {
	all, good := total(s.Rounds, loginRound.all), total(s.good(), loginRound.all)
	cpu := s.middle(func(r loginRound) float64 { return ms(r.CPU) })
	hash := s.middle(func(r loginRound) float64 { return ms(r.hash()) })
	return []figure{
		{
			Name: s.Name + ": CPU in hashes", Goal: most(1.15), Measured: s.middle(loginRound.over), Gated: true, Quiet: s.Quiet,
			Beside: fmt.Sprintf("%s; %.1f ms CPU, the hash %.1f; peak %.0f MiB; %s", good, cpu, hash, peak, s.roundsOf()),
		},
		{
			Name: s.Name + ": failed", Goal: most(0), Measured: float64(all.Failed), Gated: true, Quiet: s.Quiet,
			Beside: fmt.Sprintf("of %d%s", all.Done+all.Failed, all.faults()),
		},
	}
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// calibrateFor is how long the hash alone is measured, before a round and after it.
const calibrateFor = 500 * time.Millisecond

// loginStep lets a number of members log in again and again.
func (b *bench) loginStep(portal *server, clients int) (step[loginRound], error) {
	browsers := make([]*browser, clients)
	for i := range browsers {
		browsers[i] = newBrowser(portal.address, i)
		defer browsers[i].close()
	}
	work := func(client int) error {
		t, err := b.house.desk.ticket(time.Now())
		if err != nil {
			return err
		}
		return browsers[client].logIn(t)
	}
	closedLoop(clients, limit{most: clients, time: b.step}, work) // warms up, and is not counted
	return takeStep(b, fmt.Sprintf("Login, %d at a time", clients), func() (loginRound, error) {
		return loginRoundOf(portal, clients, b.step/wanted, work)
	})
}

func loginRoundOf(portal *server, clients int, lasting time.Duration, work func(int) error) (r loginRound, err error) {
	w, err := watchOthers(portal.pid)
	if err != nil {
		return r, err
	}
	cores := min(clients, runtime.GOMAXPROCS(0))
	if r.Before, err = hashAlone(cores, calibrateFor); err != nil {
		return r, err
	}
	if r.outcome, r.CPU, err = costOf(portal.pid, func() outcome { return closedLoop(clients, limit{time: lasting}, work) }); err != nil {
		return r, err
	}
	if r.After, err = hashAlone(cores, calibrateFor); err != nil {
		return r, err
	}
	r.Drift = drift(float64(r.Before), float64(r.After))
	r.Foreign, err = w.foreign()
	return r, err
}

// costOf gives what a loop showed and the CPU time that a process used for each work that was done.
func costOf(pid int, loop func() outcome) (o outcome, each time.Duration, err error) {
	before, err := cpuOf(pid)
	if err != nil {
		return o, 0, err
	}
	o = loop()
	after, err := cpuOf(pid)
	if err == nil && o.Done == 0 {
		err = fmt.Errorf("nothing was done: %v", o.Faults)
	}
	if err != nil {
		return o, 0, err
	}
	return o, (after - before) / time.Duration(o.Done), nil
}
