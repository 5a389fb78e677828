-- Contact data that members change themselves, and what an account's sessions tell about refused logins.

CREATE TABLE email_change (
	id           TEXT PRIMARY KEY,
	account_id   TEXT NOT NULL REFERENCES account (id),
	session_id   TEXT NOT NULL, -- no foreign key: sessions are forgotten after a while
	new_email    TEXT NOT NULL CHECK (new_email LIKE '_%@_%'),
	code_key     TEXT NOT NULL,
	code_salt    {blob} NOT NULL,
	code_mac     {blob} NOT NULL,
	tries        {int} NOT NULL CHECK (tries >= 0),
	state        TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'superseded', 'expired', 'voided', 'cancelled')),
	requested_at {int} NOT NULL,
	until        {int} NOT NULL,
	closed_at    {int},
	CHECK (session_id <> ''),
	CHECK (until > requested_at),
	CHECK ((state = 'open') = (closed_at IS NULL))
) {strict};

CREATE INDEX email_change_account ON email_change (account_id, requested_at);

-- one code at a time: the newest
CREATE UNIQUE INDEX email_change_open ON email_change (account_id) WHERE state = 'open';

-- refused logins of an account since its last completed one; and of the current span, how many have no audit record of their
-- own yet
CREATE TABLE refusal (
	account_id TEXT PRIMARY KEY REFERENCES account (id),
	count      {int} NOT NULL CHECK (count >= 0),
	span_at    {int},
	in_span    {int} NOT NULL CHECK (in_span >= 0),
	unrecorded {int} NOT NULL CHECK (unrecorded >= 0),
	CHECK ((span_at IS NULL) = (in_span = 0)),
	CHECK (unrecorded <= in_span)
) {strict};

-- refused logins between the login before and this one
ALTER TABLE session ADD COLUMN refused {int} NOT NULL DEFAULT 0 CHECK (refused >= 0);
