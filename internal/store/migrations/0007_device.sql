-- Hard tokens: the stock of devices, and what a token of one has beyond a soft token.

CREATE TABLE device_batch (
	id          TEXT PRIMARY KEY,
	file        TEXT NOT NULL,
	format      TEXT NOT NULL CHECK (format IN ('pskc', 'csv')),
	imported_at {int} NOT NULL,
	imported_by TEXT NOT NULL CHECK (imported_by <> ''), -- an account, or "system" for the console
	devices     {int} NOT NULL CHECK (devices > 0)
) {strict};

-- a device keeps its secret until it is assigned; then the token has it
CREATE TABLE device (
	serial       TEXT PRIMARY KEY, -- as printed on it
	serial_key   TEXT {bytewise} NOT NULL UNIQUE CHECK (serial_key <> ''), -- upper case, without blanks and hyphens
	batch_id     TEXT NOT NULL REFERENCES device_batch (id),
	manufacturer TEXT NOT NULL,
	model        TEXT NOT NULL,
	mode         TEXT NOT NULL CHECK (mode IN ('totp', 'hotp')),
	algorithm    TEXT NOT NULL CHECK (algorithm IN ('SHA1', 'SHA256', 'SHA512')),
	digits       {int} NOT NULL CHECK (digits BETWEEN 6 AND 8),
	period       {int} NOT NULL CHECK (period > 0),    -- seconds; 30 where mode is hotp
	counter      {int} NOT NULL CHECK (counter >= 0),  -- of the next code, where mode is hotp
	battery_end  TEXT,                                  -- ISO 8601 day; NULL where the maker names none
	state        TEXT NOT NULL CHECK (state IN ('stock', 'assigned', 'shipped', 'in-use', 'awaited', 'returned', 'scrapped')),
	state_at     {int} NOT NULL,
	token_id     TEXT UNIQUE REFERENCES token (id),
	sealed       {blob},
	CHECK (state <> 'stock' OR token_id IS NULL),
	CHECK ((state = 'stock') = (sealed IS NOT NULL)),
	CHECK (state NOT IN ('assigned', 'shipped', 'in-use', 'awaited') OR token_id IS NOT NULL)
) {strict};

CREATE INDEX device_state ON device (state, serial_key);

ALTER TABLE token ADD COLUMN mode TEXT NOT NULL DEFAULT 'totp' CHECK (mode IN ('totp', 'hotp'));

ALTER TABLE token ADD COLUMN battery_end TEXT;
