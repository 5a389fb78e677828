package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// measured are the pages that members see behind both factors: one that asks the database for the session only, and one that
// asks for tokens and orders too.
var measured = []string{startPage, "/token"}

const pageClients = 64

// pageRound is what one round of a page showed: the portal's, and before and after it those of a bare handler that executes the
// same template.
type pageRound struct {
	noise
	Portal    outcome       `json:"portal"`
	Bare      outcome       `json:"bare"`
	PortalCPU time.Duration `json:"portal_cpu_ns"` // per page
	BareCPU   time.Duration `json:"bare_cpu_ns"`
}

// share gives the portal's rate as a share of the bare handler's.
func (r pageRound) share() float64 { return r.Portal.rate() / r.Bare.rate() }

func (r pageRound) portal() outcome { return r.Portal }

func (r pageRound) bare() outcome { return r.Bare }

// measurePages takes the figures of pages for members who are logged in.
func measurePages(ctx context.Context, b *bench) (err error) {
	portal, err := b.startPortal(ctx, "page")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.stop()) }()
	bare, err := b.startBare(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	members, err := b.logInSome(portal, 8)
	if err != nil {
		return err
	}
	for _, path := range measured {
		if err := same(members[0], path, bare.address); err != nil {
			return err
		}
		s, err := takeStep(b, fmt.Sprintf("%s, %d at a time", path, pageClients), func() (pageRound, error) {
			return pageRoundOf(portal, bare, members, path, b.step/wanted/3)
		})
		if err != nil {
			return err
		}
		b.report.Pages = append(b.report.Pages, s)
		b.report.add(pageFigures(s)...)
	}
	return nil
}

func pageFigures(s step[pageRound]) []figure {
	real, plain := total(s.good(), pageRound.portal), total(s.good(), pageRound.bare)
	all := total(s.Rounds, pageRound.portal)
	all.add(total(s.Rounds, pageRound.bare))
	cpu := s.middle(func(r pageRound) float64 { return ms(r.PortalCPU) })
	bare := s.middle(func(r pageRound) float64 { return ms(r.BareCPU) })
	return []figure{
		{
			Name: s.Name + ": rate in bare rates", Goal: least(0.4), Measured: s.middle(pageRound.share), Gated: true, Quiet: s.Quiet,
			Beside: fmt.Sprintf("%s, %.2f ms CPU; bare %s, %.2f ms CPU; %s", real, cpu, plain, bare, s.roundsOf()),
		},
		{
			Name: s.Name + ": p99 in medians", Goal: most(5), Measured: float64(real.P99) / float64(real.Median), Gated: true, Quiet: s.Quiet,
			Beside: fmt.Sprintf("bare %.1f", float64(plain.P99)/float64(plain.Median)),
		},
		{
			Name: s.Name + ": failed", Goal: most(0), Measured: float64(all.Failed), Gated: true, Quiet: s.Quiet,
			Beside: fmt.Sprintf("of %d%s", all.Done+all.Failed, all.faults()),
		},
	}
}

// logInSome gives the browsers of members who are logged in.
func (b *bench) logInSome(portal *server, n int) ([]*browser, error) {
	members := make([]*browser, n)
	for i := range members {
		t, err := b.house.desk.ticket(time.Now())
		if err != nil {
			return nil, err
		}
		members[i] = newBrowser(portal.address, i)
		if err := members[i].logIn(t); err != nil {
			return nil, err
		}
		members[i].close()
	}
	return members, nil
}

// same makes sure that the bare handler sends the page that the portal sends.
func same(m *browser, path, bare string) error {
	defer m.close()
	real, err := m.expect(200, "GET", path, nil)
	if err != nil {
		return err
	}
	other := newBrowser(bare, 0)
	defer other.close()
	copied, err := other.expect(200, "GET", path, nil)
	if err != nil {
		return err
	}
	if a, b := len(real.body), len(copied.body); a-b > a/50 || b-a > a/50 {
		return fmt.Errorf("%s has %d bytes and %d in the bare handler: they do not show the same", path, a, b)
	}
	return nil
}

// pageRoundOf asks the bare handler, the portal, and the bare handler again, each as long.
func pageRoundOf(portal, bare *server, members []*browser, path string, lasting time.Duration) (r pageRound, err error) {
	w, err := watchOthers(portal.pid, bare.pid)
	if err != nil {
		return r, err
	}
	before, beforeCPU, err := ask(bare, members, path, lasting)
	if err != nil {
		return r, err
	}
	if r.Portal, r.PortalCPU, err = ask(portal, members, path, lasting); err != nil {
		return r, err
	}
	after, afterCPU, err := ask(bare, members, path, lasting)
	if err != nil {
		return r, err
	}
	r.Bare, r.BareCPU = before, (beforeCPU+afterCPU)/2
	r.Bare.add(after)
	r.Drift = drift(float64(beforeCPU), float64(afterCPU))
	r.Foreign, err = w.foreign()
	return r, err
}

// ask lets clients ask a server for a page again and again, each with the cookies of one of the members.
func ask(s *server, members []*browser, path string, lasting time.Duration) (outcome, time.Duration, error) {
	clients := make([]*browser, pageClients)
	requests := make([][]byte, pageClients)
	for i := range clients {
		clients[i] = newBrowser(s.address, i)
		defer clients[i].close()
		requests[i] = members[i%len(members)].request("GET", path, nil)
	}
	work := func(i int) error {
		a, err := clients[i].send(requests[i])
		if err == nil && a.status != 200 {
			err = fmt.Errorf("GET %s: status %d", path, a.status)
		}
		return err
	}
	closedLoop(pageClients, limit{most: 4 * pageClients, time: lasting}, work) // warms up, and is not counted
	return costOf(s.pid, func() outcome { return closedLoop(pageClients, limit{time: lasting}, work) })
}

// startBare starts this program in the role of the bare handler.
func (b *bench) startBare(ctx context.Context) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return startServer(ctx, b.house.path("bare.log"), address, startPage, []string{self, "bare", address})
}
