package login

import (
	"context"
	"time"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// PasswordForm is what somebody typed who sets a new password. Current and Code are empty where they were not asked for.
type PasswordForm struct {
	Current secret.Text
	Code    string
	New     secret.Text
}

// NeedsCode tells whether a change of the password asks for a one-time code beside the current password: where the account has a
// token and the session has not proved it (KVB07). A token that is suspended or blocked counts, or whoever knows the password
// alone would suspend it first; its owner takes the way of a forgotten password.
func NeedsCode(s Session, h token.Holding) bool {
	return s.OneTime == "" && s.Level == Password && h.HasToken()
}

// ChangePassword sets a new password. It asks for the current one, which counts as a guess, unless the session was opened with a
// one-time password, which it spends. All other sessions of the account end; this one goes on with a new key.
func (s *Service) ChangePassword(ctx context.Context, session Session, owner account.Account, form PasswordForm, from Visitor) (in Entered, err error) {
	defer fault.Wrap(&err, "login.ChangePassword(%s)", session.Account)
	st, _, err := s.Store.Passwords(ctx, owner.ID)
	if err != nil {
		return Entered{}, err
	}
	if err := s.refuseWeak(st, owner, form); err != nil {
		return Entered{}, err
	}
	r := replacement{session: session.ID, code: secret.CleanDigits(form.Code), old: st.Hash, key: newKey()}
	if session.OneTime == "" {
		r.guesses = s.guesses(guessName(owner), from)
		if err := s.confirm(ctx, session, form.Current, r); err != nil {
			return Entered{}, err
		}
	}
	if r.hash, err = s.Hasher.Hash(ctx, form.New); err != nil {
		return Entered{}, err
	}
	var refused error
	err = s.Store.ChangeLogin(ctx, owner.ID, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		in, c, refused = s.replace(st, r, now)
		return c, nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Entered{}, err
	}
	return in, nil
}

// Now gives the portal's time.
func (s *Service) Now(ctx context.Context) (calendar.Moment, error) { return s.Store.Now(ctx) }

// Passwords reads what an account has of passwords.
func (s *Service) Passwords(ctx context.Context, id account.ID) (st password.State, err error) {
	st, _, err = s.Store.Passwords(ctx, id)
	return st, err
}

// Judge compares a new password with the rules of the profile.
func (s *Service) Judge(owner account.Account, typed secret.Text) []password.Verdict {
	return s.Rules.Password.For(owner.Realm).Judge(typed, s.Rules.Password.Own(owner))
}

// refuseWeak refuses a new password that breaks a rule, before anything is counted or compared.
func (s *Service) refuseWeak(st password.State, owner account.Account, form PasswordForm) error {
	fresh := norm.NFC.String(form.New.Reveal()) != norm.NFC.String(form.Current.Reveal())
	oneTime := password.CleanOneTime(form.New)
	for _, o := range st.OneTimes {
		fresh = fresh && !s.Keys.Matches(o.Code, password.Purpose, oneTime)
	}
	return s.Rules.Password.For(owner.Realm).Refusal("new", append(s.Judge(owner, form.New), password.Verdict{Rule: password.Fresh, Kept: fresh}))
}

// replacement is a new password on its way to the store.
type replacement struct {
	session SessionID
	key     secret.Text // of the session that takes the place of this one
	code    secret.Text
	old     password.Hash // what the current password was compared with
	hash    password.Hash
	guesses []Guess // counts that the current password was added to; nil where none was asked for
}

// confirm compares the current password, as at the login: the try is counted first.
func (s *Service) confirm(ctx context.Context, session Session, typed secret.Text, r replacement) error {
	if err := s.reserve(ctx, r.guesses); err != nil {
		return err
	}
	if len(typed) > maxPassword {
		typed = ""
	}
	right, err := s.verify(ctx, r.old, typed, r.guesses)
	if err != nil || right {
		return err
	}
	err = s.Store.ChangeLogin(ctx, session.Account, nil, func(State, calendar.Moment) (c Change, err error) {
		c.note(session, audit.PasswordWrong)
		return c, nil
	})
	if err != nil {
		return err
	}
	return fault.InvalidField("current", "login.fault.current-wrong")
}

// replace decides what a new password does. A refusal still has a change: the counted try of a code.
func (s *Service) replace(st State, r replacement, now calendar.Moment) (Entered, Change, error) {
	old, ok := st.session(r.session)
	owner := st.Holding.Owner
	switch {
	case !ok || !old.Live(s.Rules.Session, now) || owner.State != account.Active:
		return Entered{}, Change{}, ErrNoSession
	case st.Password.Hash != r.old:
		return Entered{}, Change{}, fault.New(fault.Conflict, "fault.changed-meanwhile")
	}
	c := Change{}
	proof := password.Proof{OneTime: old.OneTime, Token: old.Level == TwoFactor}
	if NeedsCode(old, st.Holding) {
		used, refused := s.useCode(st.Holding, r.code, now)
		if c.Token = used; refused != nil {
			return Entered{}, c, refused
		}
		proof.Token = true
	}
	var err error
	if c.Password, err = st.Password.Replace(r.hash, proof, owner, now); err != nil {
		return Entered{}, Change{End: st.end(old.ID, OneTimeOver, now)}, err // it can do nothing any more
	}
	s.tell(&c, st.Holding, now)
	c.Forgive = r.guesses
	opened := old.renewed(r.key, now)
	c.New, c.End, c.EndAll = []Session{opened}, st.end(old.ID, SteppedUp, now), &EndAll{Reason: PasswordChanged}
	return Entered{Key: r.key, Session: opened}, c, nil
}

// renewed gives the session that takes the place of this one. One that was opened with a one-time password begins anew.
func (s Session) renewed(key secret.Text, now calendar.Moment) Session {
	if s.OneTime != "" {
		s.OneTime, s.Created = "", now.Time
	}
	s.ID, s.Seen, s.PasswordAt, s.Ended, s.EndReason = IDOf(key), now.Time, now.Time, time.Time{}, ""
	return s
}

// useCode checks a one-time code as typed.
func (s *Service) useCode(h token.Holding, code secret.Text, now calendar.Moment) (token.Change, error) {
	if !otp.IsCode(code) {
		return token.Change{}, fault.InvalidField("code", "login.fault.code-form")
	}
	use, used := h.UseCode(code, s.Rules.Token, now)
	switch {
	case use.NoToken:
		return used, fault.InvalidField("code", "login.fault.token-stopped", s.Rules.Login.PasswordLabel)
	case !use.Wait.IsZero():
		return used, busyUntil(use.Wait, now.Time)
	case !use.Accepted:
		return used, fault.InvalidField("code", "login.fault.code-wrong")
	}
	return used, nil
}

// tell adds what follows from a new password: the e-mail to its owner and, where the one-time password came by post, the end of
// orders whose activation code comes by post too.
func (s *Service) tell(c *Change, h token.Holding, now calendar.Moment) {
	told := mail.PasswordChanged{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), At: now.Time}
	if c.Password.Set.ByPost.Equal(now.Time) && h.Owner.Role == "" { // the code of a login comes by e-mail to whoever has one
		var ended token.Change
		told.Cancelled, ended = h.PasswordCame(now)
		c.Token = ended // no code was used where a one-time password was
		h.PasswordByPost = now.Time
		told.TokenFrom, _ = h.ByPostFrom(s.Rules.Token)
	}
	c.Password.Jobs = append(c.Password.Jobs, job.Request{Work: told})
}
