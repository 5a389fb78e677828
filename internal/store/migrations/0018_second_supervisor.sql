-- Every role of staff counts from its confirmation by a second person, unless the console gave it; a second supervisor is also asked
-- whether one is deactivated, or loses the role.

CREATE TABLE staff_role_two (
	account_id   TEXT NOT NULL REFERENCES account (id),
	role         TEXT NOT NULL CHECK (role IN ('service-desk', 'token-stock', 'supervisor', 'auditor')),
	granted_at   {int} NOT NULL,
	granted_by   TEXT NOT NULL CHECK (granted_by <> ''), -- an account, or "system" for the console
	confirmed_at {int},
	confirmed_by TEXT NOT NULL,
	PRIMARY KEY (account_id, role),
	CHECK ((confirmed_at IS NULL) = (confirmed_by = '')),
	CHECK (confirmed_by <> granted_by OR granted_by = 'system')
) {strict};

-- what one supervisor gave alone waits
INSERT INTO staff_role_two (account_id, role, granted_at, granted_by, confirmed_at, confirmed_by)
	SELECT account_id, role, granted_at, granted_by,
		CASE WHEN confirmed_by = granted_by AND granted_by <> 'system' THEN NULL ELSE confirmed_at END,
		CASE WHEN confirmed_by = granted_by AND granted_by <> 'system' THEN '' ELSE confirmed_by END
	FROM staff_role;

DROP TABLE staff_role;

ALTER TABLE staff_role_two RENAME TO staff_role;

ALTER TABLE staff_request ADD COLUMN wish TEXT NOT NULL DEFAULT 'invite' CHECK (wish IN ('invite', 'deactivate', 'take-supervisor'));

DROP INDEX staff_request_open;

CREATE UNIQUE INDEX staff_request_open ON staff_request (account_id, wish) WHERE closed_at IS NULL;
