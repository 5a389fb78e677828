-- One-time passwords for members who have forgotten theirs.

-- when the password was set with a one-time password from a letter; no token comes by letter for some days after it
ALTER TABLE password ADD COLUMN by_post_at {int};

CREATE TABLE one_time_password (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	way        TEXT NOT NULL CHECK (way IN ('letter', 'mail')),
	created_at {int} NOT NULL,
	until_at   {int} NOT NULL,
	letter_id  TEXT REFERENCES letter (id),
	code_key   TEXT NOT NULL CHECK (code_key <> ''),
	code_salt  {blob} NOT NULL,
	code_mac   {blob} NOT NULL,
	used_at    {int},
	voided_at  {int},
	CHECK (until_at > created_at),
	CHECK ((way = 'letter') = (letter_id IS NOT NULL)),
	CHECK (used_at IS NULL OR voided_at IS NULL)
) {strict};

CREATE INDEX one_time_password_account ON one_time_password (account_id, created_at);

-- the newest alone is valid
CREATE UNIQUE INDEX one_time_password_open ON one_time_password (account_id) WHERE used_at IS NULL AND voided_at IS NULL;

-- wrong one-time codes of tokens, given where the password is forgotten
CREATE TABLE forgotten_wrong_code (
	account_id TEXT NOT NULL REFERENCES account (id),
	at         {int} NOT NULL
) {strict};

CREATE INDEX forgotten_wrong_code_account ON forgotten_wrong_code (account_id, at);

-- a session that was opened with a one-time password sets a new one and does nothing else
ALTER TABLE session ADD COLUMN one_time_id TEXT REFERENCES one_time_password (id) CHECK (one_time_id IS NULL OR level = 'password');
