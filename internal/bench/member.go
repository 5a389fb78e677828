package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// All members share a password, so that one hash seeds them all.
const sharedPassword = secret.Text("Amsel-Garten-27!")

// seed derives the members' TOTP keys: the first 20 bytes of HMAC-SHA256(seed, number).
const seed = "torhaus bench"

// member is a seeded member, by number from 1.
type member int

func (m member) name() string { return fmt.Sprintf("u%07d", m) }

func (m member) account() account.Account {
	return account.Account{
		ID: account.ID(m.name()), UserName: m.name(), State: account.Active, Email: m.name() + "@praxis.example",
		Person:  account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Hannah", Last: "Brandl"},
		Address: account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}
}

// token gives the member's soft token, active since an instant.
func (m member) token(since time.Time) token.Token {
	return token.Token{
		ID: token.ID(m.name()), Account: account.ID(m.name()), Kind: token.Soft, Serial: fmt.Sprintf("ST%08d", m), State: token.Active,
		Mode: otp.TOTP, Algorithm: otp.SHA1, Digits: 6, Period: period, Secret: m.key(), Created: since, Activated: since,
	}
}

func (m member) key() secret.Bytes {
	mac := hmac.New(sha256.New, []byte(seed))
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(m)))
	return mac.Sum(nil)[:20]
}

// someone is a member where any will do.
const someone = member(1)

// code gives the one-time code of a time step.
func (m member) code(step int64) string { return m.token(time.Time{}).Generator().Code(step).Reveal() }

// period is how long a one-time code is shown.
const period = 30 * time.Second

// patience is how long a login may take from handing out its code to the look at it.
const patience = 10 * time.Second

// ticket is the right to log in once: a member, and a one-time code that nobody has used or will use.
type ticket struct {
	member member
	step   int64
}

func (t ticket) code() string { return t.member.code(t.step) }

// desk hands out tickets. The portal accepts the codes one step before and behind the current one, each once and in order, so
// that every member has three logins at once and one more every 30 seconds.
type desk struct {
	mu   sync.Mutex
	last []int64 // by member, the step handed out last
	next int
}

func newDesk(members int) *desk { return &desk{last: make([]int64, members)} }

var errNoTicket = errors.New("all one-time codes of all members are used: seed more with -users")

func (d *desk) ticket(now time.Time) (ticket, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := otp.Generator{Period: period}
	first, last := g.Step(now.Add(patience))-1, g.Step(now)+1
	for range d.last {
		i := d.next
		d.next = (d.next + 1) % len(d.last)
		if step := max(first, d.last[i]+1); step <= last {
			d.last[i] = step
			return ticket{member: member(i + 1), step: step}, nil
		}
	}
	return ticket{}, errNoTicket
}
