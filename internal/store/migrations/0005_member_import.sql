-- Members as the body's register has them, and the rows of an import until it is carried out.

-- the member's number in the register: it decides who is meant, for good
ALTER TABLE account ADD COLUMN number TEXT CHECK (number <> '');

-- the e-mail address that the register last gave: one that the member has chosen stands until the register says something new
ALTER TABLE account ADD COLUMN register_email TEXT CHECK ((number IS NULL) = (register_email IS NULL));

ALTER TABLE account ADD COLUMN email_changed_at {int};

ALTER TABLE account ADD COLUMN address_changed_at {int};

CREATE UNIQUE INDEX account_number ON account (number);

-- the import under way: the newest; an older one finds its name gone
CREATE TABLE register_import (
	slot     {int} PRIMARY KEY CHECK (slot = 1),
	id       TEXT NOT NULL CHECK (id <> ''),
	begun_at {int} NOT NULL
) {strict};

-- what it is going to do: the account as it will be, the version of the account that the row was compared with (empty for a new
-- one), and what follows: a record in the audit (its kind is empty where nothing differs that anybody sees) and an e-mail
CREATE TABLE register_row (
	line           {int} PRIMARY KEY CHECK (line > 0),
	account_id     TEXT NOT NULL,
	number         TEXT NOT NULL,
	user_name      TEXT NOT NULL,
	name_key       TEXT NOT NULL,
	salutation     TEXT NOT NULL,
	title          TEXT NOT NULL,
	first_name     TEXT NOT NULL,
	last_name      TEXT NOT NULL,
	address_extra  TEXT NOT NULL,
	street         TEXT NOT NULL,
	postcode       TEXT NOT NULL,
	town           TEXT NOT NULL,
	register_email TEXT NOT NULL,
	email          TEXT NOT NULL,
	version        TEXT NOT NULL,
	new_email      {int} NOT NULL CHECK (new_email IN (0, 1)),
	new_address    {int} NOT NULL CHECK (new_address IN (0, 1)),
	event_kind     TEXT NOT NULL,
	event_actor    TEXT NOT NULL,
	event_reason   TEXT NOT NULL,
	job_id         TEXT,
	job_kind       TEXT NOT NULL,
	job_payload    {blob},
	CHECK (version <> '' OR (new_email = 0 AND new_address = 0 AND event_kind <> '' AND job_id IS NULL)),
	CHECK ((event_kind = '') = (event_actor = '')),
	CHECK ((job_id IS NULL) = (job_kind = '')),
	CHECK ((job_id IS NULL) = (job_payload IS NULL))
) {strict};
