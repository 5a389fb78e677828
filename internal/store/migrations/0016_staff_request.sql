-- A new invitation of a supervisor waits for a second one; who of the accounts are staff is found without reading all members.

CREATE TABLE staff_request (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	asked_at   {int} NOT NULL,
	asked_by   TEXT NOT NULL CHECK (asked_by <> ''),
	until_at   {int} NOT NULL,
	closed_at  {int},
	CHECK (until_at > asked_at)
) {strict};

CREATE UNIQUE INDEX staff_request_open ON staff_request (account_id) WHERE closed_at IS NULL;

CREATE INDEX account_staff ON account (id) WHERE realm = 'staff';

CREATE INDEX staff_invitation_account ON staff_invitation (account_id, created_at);
