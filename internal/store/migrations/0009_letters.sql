-- Print batches, and what becomes of letters after their hand-over.

-- the letters of a run. One that is not held takes those of a day as they come, up to the number that the profile allows; a held
-- one takes what comes above it, and waits until it is closed by one person and decided on by another.
CREATE TABLE letter_batch (
	id         TEXT PRIMARY KEY,
	number     {int} NOT NULL UNIQUE CHECK (number > 0), -- for people
	held       {int} NOT NULL CHECK (held IN (0, 1)),
	state      TEXT NOT NULL CHECK (state IN ('open', 'awaiting', 'released', 'handed-over', 'confirmed', 'discarded')),
	day        TEXT NOT NULL, -- ISO 8601, Europe/Berlin: when it was opened
	letters    {int} NOT NULL CHECK (letters >= 0),
	opened_at  {int} NOT NULL,
	closed_at  {int},
	closed_by  TEXT NOT NULL, -- an account, or "system" where the day ended
	decided_at {int},
	decided_by TEXT NOT NULL,
	CHECK ((state = 'open') = (closed_at IS NULL)),
	CHECK ((closed_at IS NULL) = (closed_by = '')),
	CHECK ((decided_at IS NULL) = (decided_by = '')),
	CHECK (held = 1 OR state NOT IN ('awaiting', 'discarded')),
	CHECK (held = 1 OR decided_at IS NULL),
	CHECK (held = 0 OR (state IN ('open', 'awaiting')) = (decided_at IS NULL)),
	CHECK (decided_at IS NULL OR decided_by <> closed_by) -- two people
) {strict};

-- one of each sort takes letters
CREATE UNIQUE INDEX letter_batch_open ON letter_batch (held) WHERE state = 'open';

ALTER TABLE letter ADD COLUMN batch_id TEXT REFERENCES letter_batch (id);

ALTER TABLE letter ADD COLUMN posted_on TEXT CHECK (posted_on IS NULL OR state IN ('posted', 'returned')); -- ISO 8601 day, as the print centre says

ALTER TABLE letter ADD COLUMN returned_at {int} CHECK ((state = 'returned') = (returned_at IS NOT NULL));

ALTER TABLE letter ADD COLUMN returned_what TEXT NOT NULL DEFAULT '' CHECK (returned_what IN ('', 'order', 'password', 'nothing')); -- what its return voided

CREATE INDEX letter_of_batch ON letter (batch_id, state);

CREATE INDEX letter_newest ON letter (created_at, id);

CREATE INDEX letter_state ON letter (state, created_at, id);

CREATE INDEX letter_kind ON letter (kind, created_at, id);
