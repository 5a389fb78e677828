package login

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/token"
)

// Store keeps sessions and counts of wrong passwords.
type Store interface {
	// ChangeGuesses loads the counts under the given keys, locked, in the order given; what decide returns is written. The
	// transaction is its own, so that the count stands whatever happens afterwards.
	ChangeGuesses(ctx context.Context, guesses []Guess, decide func([]Guess, calendar.Moment) []Guess) error
	// Guesses reads the counts under the given keys, in the order given; nothing was counted under a key that is not there.
	Guesses(ctx context.Context, guesses []Guess) ([]Guess, calendar.Moment, error)
	// Credentials finds an account by the key of its user name, see account.NameKey. Found is false if there is none; the hash is empty where no password
	// opens it.
	Credentials(ctx context.Context, key string) (id account.ID, hash password.Hash, found bool, err error)
	// Refuse counts a refused password of an account and records it, as decide says. Where the id is empty, since nobody has the
	// name, it does as much on the count under the key, which stays as it is, and records nothing.
	Refuse(ctx context.Context, id account.ID, key []byte, decide func(Refusals, calendar.Moment) (Refusals, []audit.Event)) error
	// ChangeLogin loads what the account holds, with the secrets of its usable tokens and their wrong codes, and the given
	// sessions, all locked; lets the deed decide; and writes the change in the same transaction.
	ChangeLogin(ctx context.Context, id account.ID, sessions []SessionID, deed func(State, calendar.Moment) (Change, error)) error
	// AccountOf finds an account by the key of its user name, at the same cost whether there is one or not; empty if there is none.
	AccountOf(ctx context.Context, key string) (account.ID, error)
	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
	// Passwords reads what an account has of passwords.
	Passwords(ctx context.Context, id account.ID) (password.State, calendar.Moment, error)
	// Queue leaves work to a job, in a transaction of its own.
	Queue(ctx context.Context, work job.Work) error
	// Session finds a session and its account. Found is false if there is none.
	Session(ctx context.Context, id SessionID) (s Session, a account.Account, now calendar.Moment, found bool, err error)
	// OpenSessions lists the sessions of an account that nobody has ended, the one used last first. Some may have run out.
	OpenSessions(ctx context.Context, id account.ID) ([]Session, calendar.Moment, error)
	// Touch notes that a session was used.
	Touch(ctx context.Context, id SessionID) error
}

// State is all that a deed of this package is decided on.
type State struct {
	Holding  token.Holding
	Password password.State
	Refusals Refusals
	Roles    []account.Role       // of staff, those that count now
	Places   []organisation.Place // of a person who acts for organisations
	Mailed   Mailed               // likewise, with the code of the first session that was asked for
	Sessions []Session
}

func (s State) session(id SessionID) (Session, bool) {
	for _, found := range s.Sessions {
		if found.ID == id {
			return found, true
		}
	}
	return Session{}, false
}

// Change is what a deed of this package changes.
type Change struct {
	Token    token.Change
	Password password.Change
	New      []Session
	End      []Session         // with Ended and EndReason set
	EndAll   *EndAll           // ends further sessions without naming them
	LoggedIn bool              // a login was completed now: whoever was invited is active from now on
	Joined   string            // an organisation that the person has proved to be of, by the letter to it
	Chosen   *Session          // a session with the organisation that it acts for from now on
	AskedAt  []organisation.ID // whose administrators are asked for a one-time password, by a clerk who forgot the own one
	Mailed   *MailedCode       // the code of a session as it is now; a used one never changes again
	Refusals *Refusals         // the new count of refused logins; nil if it stays
	Forgive  []Guess           // counts that the right password sets back to nothing; shared ones lose its own try only
	Events   []audit.Event
}

// EndAll ends every open session of the account but one, or those of one level beyond the newest. It also ends those that were
// opened while the deed was decided, but none that the same change opens.
type EndAll struct {
	Except SessionID // goes on; empty if none does
	Level  Level     // only sessions of this level end; empty for all levels
	Newest int       // so many of that level go on
	Reason EndReason
}
