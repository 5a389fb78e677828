-- Registrations of administrators and data centres, the terms of use that they accepted, and data centres.

-- one row per registration that was taken; its id is that of the job, so that it is taken once
CREATE TABLE registration (
	id              TEXT PRIMARY KEY,
	account_id      TEXT NOT NULL REFERENCES account (id),
	organisation_id TEXT REFERENCES organisation (id), -- none of a data centre
	terms           TEXT NOT NULL CHECK (terms <> ''), -- version of the terms of use
	accepted_at     {int} NOT NULL,
	created_at      {int} NOT NULL
) {strict};

CREATE INDEX registration_organisation ON registration (organisation_id, created_at);

CREATE INDEX registration_account ON registration (account_id);

-- somebody of a data centre; the account has the address
CREATE TABLE data_centre (
	account_id  TEXT PRIMARY KEY REFERENCES account (id),
	name        TEXT NOT NULL CHECK (name <> ''),
	approval    TEXT UNIQUE CHECK (approval <> ''), -- number that the release gave
	state       TEXT NOT NULL CHECK (state IN ('requested', 'invited', 'active', 'deactivated', 'refused', 'lapsed')),
	created_at  {int} NOT NULL,
	changed_at  {int} NOT NULL,
	changed_by  TEXT NOT NULL,
	notice_kind TEXT CHECK (notice_kind IN ('written', 'e-mail')), -- with which it was deactivated
	notice_on   TEXT,
	CHECK ((state IN ('invited', 'active', 'deactivated')) <= (approval IS NOT NULL)),
	CHECK ((state = 'deactivated') = (notice_kind IS NOT NULL)),
	CHECK ((notice_kind IS NULL) = (notice_on IS NULL))
) {strict};

CREATE INDEX data_centre_state ON data_centre (state, created_at);
