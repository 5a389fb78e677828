package store

import (
	"errors"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
)

// lockPeople loads what a login of a person is decided on who acts for organisations: where they may enter, and the mailed codes. What
// others have decided meanwhile about the organisations counts for the next request at the latest.
func (t *tx) lockPeople(st *login.State, sessions []login.SessionID) (err error) {
	owner := st.Holding.Owner
	if owner.Role == "" {
		return nil
	}
	if st.Places, err = memberships(t.ctx, t, owner.ID); err != nil {
		return err
	}
	m := &st.Mailed
	since := t.now.AddDate(0, 0, -mailedDays)
	err = t.QueryRowContext(t.ctx, `SELECT coalesce(sum(wrong), 0), coalesce(sum(CASE WHEN sent_at > coalesce(
			(SELECT max(used_at) FROM mailed_code WHERE account_id = $1), 0) THEN wrong ELSE 0 END), 0), max(wrong_at)
		FROM mailed_code WHERE account_id = $1 AND sent_at > $2`, owner.ID, micro(since)).Scan(&m.Lately, &m.InRow, at(&m.LastWrong))
	if err != nil || len(sessions) == 0 {
		return err
	}
	c := login.MailedCode{Session: sessions[0]}
	found, err := isFound(t.QueryRowContext(t.ctx, `SELECT sent_at, until_at, code_key, code_salt, code_mac, tries, wrong, wrong_at, sent, used_at
		FROM mailed_code WHERE session_id = $1 AND account_id = $2`, c.Session, owner.ID).Scan(at(&c.Sent), at(&c.Until), &c.Code.KeyID,
		&c.Code.Salt, &c.Code.MAC, &c.Tries, &c.Wrong, at(&c.WrongAt), &c.Count, at(&c.Used)))
	if found {
		m.Code = &c
	}
	return err
}

// mailedDays is how far back wrong mailed codes are counted: the month that a profile's login.block-within-days is.
const mailedDays = 30

// writeMailed keeps the mailed code of a session. A used one never changes again, so that of two who give the same code one wins.
func (t *tx) writeMailed(id account.ID, c *login.MailedCode) error {
	if c == nil {
		return nil
	}
	return t.one(`INSERT INTO mailed_code (session_id, account_id, sent_at, until_at, code_key, code_salt, code_mac, tries, wrong, wrong_at, sent, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (session_id) DO UPDATE SET sent_at = excluded.sent_at, until_at = excluded.until_at, code_key = excluded.code_key,
			code_salt = excluded.code_salt, code_mac = excluded.code_mac, tries = excluded.tries, wrong = excluded.wrong,
			wrong_at = excluded.wrong_at, sent = excluded.sent, used_at = excluded.used_at WHERE mailed_code.used_at IS NULL`,
		c.Session, id, micro(c.Sent), micro(c.Until), c.Code.KeyID, c.Code.Salt, c.Code.MAC, c.Tries, c.Wrong, micro(c.WrongAt), c.Count, micro(c.Used))
}

// writeChosen notes the organisation that a session acts for.
func (t *tx) writeChosen(s *login.Session) error {
	if s == nil {
		return nil
	}
	return t.one(`UPDATE session SET organisation_id = $2 WHERE id = $1 AND ended_at IS NULL`, s.ID, s.Chosen)
}

// enterOrganisations notes the first completed login of somebody who was invited (BVK14). The organisation is locked, so that nobody
// closes the membership at the same time.
func (t *tx) enterOrganisations(id account.ID, c login.Change) error {
	for _, s := range c.New {
		for _, p := range s.Places {
			if p.State != organisation.Invited {
				continue
			}
			enter := t.enter
			if p.Organisation.ID == "" {
				enter = t.enterCentre
			}
			if err := enter(id, p.Organisation.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// askAdministrators notes in each of these organisations that a clerk has forgotten the password (BVK18).
func (t *tx) askAdministrators(clerk account.ID, of []organisation.ID) error {
	for _, id := range of {
		team, err := team(t.ctx, t, id, t.db.engine.forUpdate)
		if err != nil {
			return err
		}
		if err := t.writeTeam(id, team.Ask(clerk, t.now)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) enter(id account.ID, in organisation.ID) error {
	team, err := team(t.ctx, t, in, t.db.engine.forUpdate)
	if err != nil {
		return err
	}
	m, ok := team.Find(id)
	if !ok {
		return errors.New("a membership went away")
	}
	if entered, first := m.Enter(t.now); first {
		return t.writeTeam(in, organisation.Change{States: []organisation.Membership{entered}})
	}
	return nil
}

// enterCentre notes the first completed login of somebody of a data centre.
func (t *tx) enterCentre(id account.ID, _ organisation.ID) error {
	ce, err := centre(t.ctx, t, id, t.db.engine.forUpdate)
	if err != nil {
		return err
	}
	if entered, first := ce.Enter(t.now); first {
		return t.writeTeam("", entered)
	}
	return nil
}

// proveOrganisation notes that an administrator used the one-time password of a letter to an organisation (BVK03).
func (t *tx) proveOrganisation(id account.ID, used password.OneTimeID) error {
	_, err := t.exec(`UPDATE membership SET proved_at = $3 WHERE account_id = $1 AND state = 'invited' AND role = 'administrator'
		AND organisation_id = (SELECT organisation_id FROM one_time_password WHERE id = $2)`, id, used, micro(t.now.Time))
	return err
}
