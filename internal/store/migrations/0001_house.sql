-- The house: accounts, passwords, tokens with their orders, letters, jobs, sessions, guesses and the audit chain.
-- {int}, {blob} and {strict} are replaced per engine. Times are microseconds since 1970 UTC.

CREATE TABLE account (
	id            TEXT PRIMARY KEY,
	user_name     TEXT NOT NULL,
	name_key      TEXT NOT NULL UNIQUE,
	state         TEXT NOT NULL CHECK (state IN ('active', 'deactivated')),
	salutation    TEXT NOT NULL,
	title         TEXT NOT NULL,
	first_name    TEXT NOT NULL,
	last_name     TEXT NOT NULL,
	address_extra TEXT NOT NULL,
	street        TEXT NOT NULL,
	postcode      TEXT NOT NULL,
	town          TEXT NOT NULL,
	email         TEXT NOT NULL,
	created_at    {int} NOT NULL,
	last_login_at {int}
) {strict};

CREATE TABLE password (
	account_id TEXT PRIMARY KEY REFERENCES account (id),
	hash       TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
	set_at     {int} NOT NULL
) {strict};

CREATE TABLE serial (
	series TEXT PRIMARY KEY,
	last   {int} NOT NULL
) {strict};

CREATE TABLE token (
	id           TEXT PRIMARY KEY,
	account_id   TEXT NOT NULL REFERENCES account (id),
	kind         TEXT NOT NULL CHECK (kind IN ('soft', 'hard')),
	serial       TEXT NOT NULL UNIQUE,
	state        TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'blocked', 'revoked')),
	reason       TEXT NOT NULL,
	algorithm    TEXT NOT NULL CHECK (algorithm IN ('SHA1', 'SHA256', 'SHA512')),
	digits       {int} NOT NULL CHECK (digits BETWEEN 6 AND 8),
	period       {int} NOT NULL CHECK (period > 0), -- seconds
	last_step    {int} NOT NULL,
	wrong_row    {int} NOT NULL CHECK (wrong_row >= 0),
	created_at   {int} NOT NULL,
	activated_at {int},
	suspended_at {int},
	revoked_at   {int},
	last_used_at {int},
	CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
	CHECK ((state = 'revoked') = (reason <> '')),
	CHECK (state <> 'pending' OR activated_at IS NULL),
	CHECK (state NOT IN ('active', 'suspended', 'blocked') OR activated_at IS NOT NULL),
	CHECK (state <> 'suspended' OR suspended_at IS NOT NULL)
) {strict};

CREATE INDEX token_account ON token (account_id);

CREATE TABLE token_secret (
	token_id TEXT PRIMARY KEY REFERENCES token (id),
	sealed   {blob} NOT NULL
) {strict};

CREATE TABLE wrong_code (
	token_id TEXT NOT NULL REFERENCES token (id),
	at       {int} NOT NULL
) {strict};

CREATE INDEX wrong_code_token ON wrong_code (token_id, at);

CREATE TABLE letter (
	id             TEXT PRIMARY KEY,
	kind           TEXT NOT NULL,
	account_id     TEXT NOT NULL REFERENCES account (id),
	order_id       TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('queued', 'rendered', 'handed-over', 'posted', 'returned', 'void')),
	created_at     {int} NOT NULL,
	handed_over_at {int},
	sealed         {blob},
	CHECK ((state IN ('queued', 'rendered')) = (sealed IS NOT NULL)),
	CHECK ((state IN ('handed-over', 'posted', 'returned')) = (handed_over_at IS NOT NULL))
) {strict};

CREATE TABLE token_order (
	id             TEXT PRIMARY KEY,
	request        TEXT NOT NULL,
	account_id     TEXT NOT NULL REFERENCES account (id),
	token_id       TEXT NOT NULL UNIQUE REFERENCES token (id),
	kind           TEXT NOT NULL CHECK (kind IN ('soft', 'hard')),
	route          TEXT NOT NULL CHECK (route IN ('letter', 'direct')),
	state          TEXT NOT NULL CHECK (state IN ('placed', 'activated', 'superseded', 'expired', 'voided', 'undeliverable', 'cancelled')),
	reason         TEXT NOT NULL,
	placed_at      {int} NOT NULL,
	last_day       TEXT NOT NULL, -- ISO 8601, Europe/Berlin
	closed_at      {int},
	letter_id      TEXT NOT NULL,
	code_key       TEXT NOT NULL,
	code_salt      {blob} NOT NULL,
	code_mac       {blob} NOT NULL,
	code_tries     {int} NOT NULL CHECK (code_tries >= 0),
	setup_session  TEXT NOT NULL,
	setup_until    {int},
	setup_shown_at {int},
	setup_tries    {int} NOT NULL CHECK (setup_tries >= 0),
	UNIQUE (account_id, request),
	CHECK ((state = 'placed') = (closed_at IS NULL)),
	CHECK (state = 'placed' OR setup_session = '')
) {strict};

-- one open order per kind (KVB08)
CREATE UNIQUE INDEX token_order_open ON token_order (account_id, kind) WHERE state = 'placed';

CREATE TABLE job (
	id          TEXT PRIMARY KEY,
	kind        TEXT NOT NULL,
	unique_key  TEXT UNIQUE,
	state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
	payload     {blob},
	created_at  {int} NOT NULL,
	due_at      {int} NOT NULL,
	attempt     {int} NOT NULL CHECK (attempt >= 0),
	owner       TEXT NOT NULL,
	lease_until {int},
	ended_at    {int},
	cause       TEXT NOT NULL,
	CHECK ((state = 'running') = (lease_until IS NOT NULL)),
	CHECK ((state = 'done') = (payload IS NULL)),
	CHECK ((state IN ('done', 'dead')) = (ended_at IS NOT NULL))
) {strict};

CREATE INDEX job_due ON job (due_at) WHERE state IN ('queued', 'running');

CREATE TABLE session (
	id           TEXT PRIMARY KEY, -- SHA-256 of the key, hex
	account_id   TEXT NOT NULL REFERENCES account (id),
	level        TEXT NOT NULL CHECK (level IN ('password', 'two-factor')),
	created_at   {int} NOT NULL,
	seen_at      {int} NOT NULL,
	password_at  {int} NOT NULL,
	factor_at    {int},
	token_id     TEXT REFERENCES token (id),
	previous_at  {int},
	address      TEXT NOT NULL,
	agent        TEXT NOT NULL,
	ended_at     {int},
	end_reason   TEXT NOT NULL,
	CHECK ((level = 'two-factor') = (factor_at IS NOT NULL)),
	CHECK ((level = 'two-factor') = (token_id IS NOT NULL)),
	CHECK ((ended_at IS NULL) = (end_reason = ''))
) {strict};

CREATE INDEX session_account ON session (account_id);

CREATE TABLE guess (
	key     {blob} PRIMARY KEY,
	wrong   {int} NOT NULL CHECK (wrong >= 0),
	last_at {int} NOT NULL
) {strict};

CREATE TABLE audit_event (
	seq        {int} PRIMARY KEY,
	at         {int} NOT NULL,
	kind       TEXT NOT NULL,
	actor      TEXT NOT NULL,
	account_id TEXT NOT NULL,
	token_id   TEXT NOT NULL,
	order_id   TEXT NOT NULL,
	letter_id  TEXT NOT NULL,
	session_id TEXT NOT NULL,
	reason     TEXT NOT NULL,
	hash       {blob} NOT NULL
) {strict};

CREATE TABLE audit_head (
	id   {int} PRIMARY KEY CHECK (id = 1),
	seq  {int} NOT NULL,
	hash {blob} NOT NULL
) {strict};

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, {zero-hash});
