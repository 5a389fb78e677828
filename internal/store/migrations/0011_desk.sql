-- What the service desk does for members: identification of callers, requests that a second person decides, letters that wait.

-- why a member does not take part any more; empty for one who does
ALTER TABLE account ADD COLUMN ending TEXT NOT NULL DEFAULT '' CHECK (ending IN ('', 'left', 'deceased'));

-- who last replaced the postal address: an account, or "system" for an import from the console
ALTER TABLE account ADD COLUMN address_changed_by TEXT NOT NULL DEFAULT '';

-- a queued letter that waits for a second person, until its secret is over; NULL once it is released
ALTER TABLE letter ADD COLUMN held_until {int};

-- a caller was identified; it counts in one session of staff
CREATE TABLE desk_identification (
	session_id TEXT NOT NULL CHECK (session_id <> ''),
	account_id TEXT NOT NULL REFERENCES account (id),
	way        TEXT NOT NULL CHECK (way IN ('facts', 'in-person', 'call-back')),
	at         {int} NOT NULL,
	until_at   {int} NOT NULL,
	PRIMARY KEY (session_id, account_id),
	CHECK (until_at > at)
) {strict};

-- wrong tries of an identification
CREATE TABLE desk_try (
	account_id TEXT PRIMARY KEY REFERENCES account (id),
	wrong      {int} NOT NULL CHECK (wrong >= 0),
	last_at    {int} NOT NULL
) {strict};

-- a deed that one of staff asks for and another decides. The subject is the token or letter that it is about, or empty; the
-- details are sealed, so that nobody changes them between the two.
CREATE TABLE desk_request (
	id          TEXT PRIMARY KEY,
	kind        TEXT NOT NULL CHECK (kind <> ''),
	account_id  TEXT NOT NULL REFERENCES account (id),
	subject     TEXT NOT NULL,
	sealed      {blob},
	asked_by    TEXT NOT NULL CHECK (asked_by <> ''), -- an account, or "system"
	asked_at    {int} NOT NULL,
	until_at    {int} NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn', 'lapsed')),
	decided_by  TEXT NOT NULL,
	decided_at  {int},
	reason      TEXT NOT NULL,
	CHECK (until_at > asked_at),
	CHECK ((state = 'open') = (decided_at IS NULL)),
	CHECK ((state = 'open') = (decided_by = '')),
	CHECK (state <> 'open' OR sealed IS NOT NULL),
	CHECK (state NOT IN ('approved', 'rejected') OR decided_by <> asked_by)
) {strict};

-- nothing is asked for twice at a time
CREATE UNIQUE INDEX desk_request_open ON desk_request (account_id, kind, subject) WHERE state = 'open';

CREATE INDEX desk_request_waiting ON desk_request (asked_at, id) WHERE state = 'open';

CREATE INDEX desk_request_account ON desk_request (account_id, asked_at);

-- an import tells the former postal address as well: a letter beside each row, ready to be queued
ALTER TABLE register_row ADD COLUMN letter_id TEXT;

ALTER TABLE register_row ADD COLUMN letter_kind TEXT NOT NULL DEFAULT '' CHECK ((letter_id IS NULL) = (letter_kind = ''));

ALTER TABLE register_row ADD COLUMN letter_sealed {blob} CHECK ((letter_id IS NULL) = (letter_sealed IS NULL));

ALTER TABLE register_row ADD COLUMN letter_job_id TEXT CHECK ((letter_id IS NULL) = (letter_job_id IS NULL));

ALTER TABLE register_row ADD COLUMN letter_job_payload {blob} CHECK ((letter_id IS NULL) = (letter_job_payload IS NULL));

-- imports of the register that supervisors hand in: a look first, then the same file carried out
CREATE TABLE member_import (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	upload_id  TEXT NOT NULL CHECK (upload_id <> ''),
	file       TEXT NOT NULL,
	apply      {int} NOT NULL CHECK (apply IN (0, 1)),
	state      TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
	read_rows  {int} NOT NULL CHECK (read_rows >= 0),
	asked_at   {int} NOT NULL,
	ended_at   {int},
	sealed     {blob}, -- what came of it: figures, and the first lines of the report
	CHECK ((state = 'waiting') = (ended_at IS NULL))
) {strict};

-- nothing is carried out twice at a time
CREATE UNIQUE INDEX member_import_waiting ON member_import (upload_id, apply) WHERE state = 'waiting';
