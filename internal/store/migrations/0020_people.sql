-- Members that are organisations, and the people who act for them.

-- the role of a person who acts for an organisation; name_key has it too, see account.Door
ALTER TABLE account ADD COLUMN role TEXT NOT NULL DEFAULT '' CHECK (role IN ('', 'administrator', 'clerk', 'data-centre'));

CREATE TABLE organisation (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE CHECK (number <> ''),
	name       TEXT NOT NULL CHECK (name <> ''),
	extra      TEXT NOT NULL,
	street     TEXT NOT NULL,
	postcode   TEXT NOT NULL,
	town       TEXT NOT NULL,
	email      TEXT NOT NULL, -- of its management; may be empty
	search     TEXT {bytewise} NOT NULL, -- the name as it is looked for, see account.SearchKey
	created_at {int} NOT NULL
) {strict};

CREATE INDEX organisation_search ON organisation (search, id);

CREATE INDEX organisation_email ON organisation (lower(email), id);

-- nobody is deleted; who may enter is computed from these rows, see organisation.Standing
CREATE TABLE membership (
	account_id      TEXT NOT NULL REFERENCES account (id),
	organisation_id TEXT NOT NULL REFERENCES organisation (id),
	role            TEXT NOT NULL CHECK (role IN ('administrator', 'clerk')), -- the account's, for the index
	state           TEXT NOT NULL CHECK (state IN ('requested', 'invited', 'active', 'deactivated', 'closed', 'refused', 'lapsed')),
	created_at      {int} NOT NULL,
	created_by      TEXT NOT NULL,
	changed_at      {int} NOT NULL,
	changed_by      TEXT NOT NULL,
	asked_at        {int}, -- a clerk's request for a new one-time password
	proved_at       {int}, -- when an administrator used the one-time password of the organisation's letter
	PRIMARY KEY (account_id, organisation_id),
	CHECK (role = 'administrator' OR state IN ('invited', 'active', 'deactivated')),
	CHECK (role = 'clerk' OR state <> 'deactivated'),
	CHECK (asked_at IS NULL OR role = 'clerk'),
	CHECK (proved_at IS NULL OR role = 'administrator')
) {strict};

CREATE INDEX membership_organisation ON membership (organisation_id, role, state);

CREATE INDEX membership_people ON membership (organisation_id, created_at, account_id);

-- who waits for an administrator
CREATE INDEX membership_open ON membership (organisation_id, created_at, account_id) WHERE asked_at IS NOT NULL OR state = 'requested';

CREATE INDEX membership_waiting ON membership (created_at) WHERE state IN ('requested', 'invited');

-- a one-time password that an administrator hands to a clerk, and a second factor that came by e-mail: both tables get wider rules
CREATE TABLE one_time_password_wide (
	id          TEXT PRIMARY KEY,
	account_id  TEXT NOT NULL REFERENCES account (id),
	way         TEXT NOT NULL CHECK (way IN ('letter', 'mail', 'hand')),
	created_at  {int} NOT NULL,
	until_at    {int} NOT NULL,
	letter_id   TEXT REFERENCES letter (id),
	code_key    TEXT NOT NULL CHECK (code_key <> ''),
	code_salt   {blob} NOT NULL,
	code_mac    {blob} NOT NULL,
	used_at     {int},
	voided_at   {int},
	organisation_id TEXT REFERENCES organisation (id), -- to whose address the letter went, where members are organisations
	CHECK (until_at > created_at),
	CHECK (organisation_id IS NULL OR way = 'letter'),
	CHECK ((way = 'letter') = (letter_id IS NOT NULL)),
	CHECK (used_at IS NULL OR voided_at IS NULL)
) {strict};

INSERT INTO one_time_password_wide (id, account_id, way, created_at, until_at, letter_id, code_key, code_salt, code_mac, used_at, voided_at)
	SELECT id, account_id, way, created_at, until_at, letter_id, code_key, code_salt, code_mac, used_at, voided_at FROM one_time_password;

CREATE TABLE session_wide (
	id              TEXT PRIMARY KEY, -- SHA-256 of the key, hex
	account_id      TEXT NOT NULL REFERENCES account (id),
	organisation_id TEXT REFERENCES organisation (id), -- that the person acts for; chosen after the login
	level           TEXT NOT NULL CHECK (level IN ('password', 'two-factor')),
	created_at      {int} NOT NULL,
	seen_at         {int} NOT NULL,
	password_at     {int} NOT NULL,
	mailed          {int} NOT NULL DEFAULT 0 CHECK (mailed IN (0, 1)), -- the second factor was a code by e-mail
	factor_at       {int},
	token_id        TEXT REFERENCES token (id),
	previous_at     {int},
	address         TEXT NOT NULL,
	agent           TEXT NOT NULL,
	ended_at        {int},
	end_reason      TEXT NOT NULL,
	one_time_id     TEXT REFERENCES one_time_password_wide (id) CHECK (one_time_id IS NULL OR level = 'password'),
	refused         {int} NOT NULL DEFAULT 0 CHECK (refused >= 0),
	CHECK ((level = 'two-factor') = (factor_at IS NOT NULL)),
	CHECK ((level = 'two-factor') = (mailed = 1 OR token_id IS NOT NULL)),
	CHECK (mailed = 0 OR token_id IS NULL),
	CHECK ((ended_at IS NULL) = (end_reason = ''))
) {strict};

INSERT INTO session_wide (id, account_id, level, created_at, seen_at, password_at, factor_at, token_id, previous_at, address, agent,
		ended_at, end_reason, one_time_id, refused)
	SELECT id, account_id, level, created_at, seen_at, password_at, factor_at, token_id, previous_at, address, agent, ended_at, end_reason, one_time_id, refused FROM session;

DROP TABLE session;

DROP TABLE one_time_password;

ALTER TABLE session_wide RENAME TO session;

ALTER TABLE one_time_password_wide RENAME TO one_time_password;

CREATE INDEX session_account ON session (account_id);

CREATE INDEX one_time_password_account ON one_time_password (account_id, created_at);

-- the newest alone is valid
CREATE UNIQUE INDEX one_time_password_open ON one_time_password (account_id) WHERE used_at IS NULL AND voided_at IS NULL;

-- the code that a login mails, the newest alone (BVK02); it belongs to one session of level password
CREATE TABLE mailed_code (
	session_id TEXT PRIMARY KEY CHECK (session_id <> ''),
	account_id TEXT NOT NULL REFERENCES account (id),
	sent_at    {int} NOT NULL,
	until_at   {int} NOT NULL,
	code_key   TEXT NOT NULL CHECK (code_key <> ''),
	code_salt  {blob} NOT NULL,
	code_mac   {blob} NOT NULL,
	tries      {int} NOT NULL CHECK (tries >= 0), -- wrong ones of this code
	wrong      {int} NOT NULL CHECK (wrong >= tries), -- of all codes of this login
	wrong_at   {int},
	sent       {int} NOT NULL CHECK (sent > 0), -- codes of this login so far
	used_at    {int},
	CHECK (until_at > sent_at)
) {strict};

CREATE INDEX mailed_code_account ON mailed_code (account_id, sent_at);

CREATE INDEX one_time_password_waiting ON one_time_password (created_at, id) WHERE used_at IS NULL AND voided_at IS NULL AND way = 'letter';
