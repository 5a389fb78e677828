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

-- what it is going to do: the account as it will be, and the version of the account that the row was compared with
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
	old_email      TEXT NOT NULL,
	columns        TEXT NOT NULL, -- that differ, with commas between them
	new_email      {int} NOT NULL CHECK (new_email IN (0, 1)),
	new_address    {int} NOT NULL CHECK (new_address IN (0, 1)),
	version        TEXT NOT NULL,
	CHECK (version <> '' OR (old_email = '' AND columns = '' AND new_email = 0 AND new_address = 0))
) {strict};
