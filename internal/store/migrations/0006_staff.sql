-- The body's own people: accounts of a realm of their own, with roles.

-- members and staff have user names of their own; name_key tells them apart, see account.NameKey
ALTER TABLE account ADD COLUMN realm TEXT NOT NULL DEFAULT 'member' CHECK (realm IN ('member', 'staff'));

-- a supervisor's role counts from its confirmation by a second person; other roles are confirmed as they are granted
CREATE TABLE staff_role (
	account_id   TEXT NOT NULL REFERENCES account (id),
	role         TEXT NOT NULL CHECK (role IN ('service-desk', 'token-stock', 'supervisor', 'auditor')),
	granted_at   {int} NOT NULL,
	granted_by   TEXT NOT NULL CHECK (granted_by <> ''), -- an account, or "system" for the console
	confirmed_at {int},
	confirmed_by TEXT NOT NULL,
	PRIMARY KEY (account_id, role),
	CHECK ((confirmed_at IS NULL) = (confirmed_by = '')),
	CHECK (role <> 'supervisor' OR confirmed_by <> granted_by OR granted_by = 'system')
) {strict};

-- the link with which one of staff sets password and token, once
CREATE TABLE staff_invitation (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	created_at {int} NOT NULL,
	created_by TEXT NOT NULL CHECK (created_by <> ''),
	until_at   {int} NOT NULL,
	code_key   TEXT NOT NULL CHECK (code_key <> ''),
	code_salt  {blob} NOT NULL,
	code_mac   {blob} NOT NULL,
	used_at    {int},
	voided_at  {int},
	CHECK (until_at > created_at),
	CHECK (used_at IS NULL OR voided_at IS NULL)
) {strict};

CREATE UNIQUE INDEX staff_invitation_open ON staff_invitation (account_id) WHERE used_at IS NULL AND voided_at IS NULL;
