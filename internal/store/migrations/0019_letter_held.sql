-- Neither whoever had a letter sent nor whoever gave the member its address releases it.

ALTER TABLE desk_request ADD COLUMN gave TEXT NOT NULL DEFAULT ''
	CHECK (gave = '' OR state NOT IN ('approved', 'rejected') OR decided_by <> gave);
