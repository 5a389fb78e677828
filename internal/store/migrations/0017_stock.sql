-- The stock of devices: what goes out next, and the devices of a batch, a model or with a battery near its end.

CREATE INDEX device_of_batch ON device (batch_id, serial_key);

CREATE INDEX device_batch_imported ON device_batch (imported_at, id);

CREATE INDEX device_battery ON device (state, battery_end) WHERE battery_end IS NOT NULL;

-- counted so that the overview of the stock reads the index and no device
CREATE INDEX device_model ON device (manufacturer, model, state);

-- the history of a device
CREATE INDEX audit_event_token ON audit_event (token_id, seq) WHERE token_id <> '';

CREATE INDEX device_since ON device (state, state_at, serial_key) WHERE state IN ('assigned', 'awaited');

-- a file that was handed in and waits for its owner to say that it shall be carried out; read with its parts only
CREATE TABLE upload (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	purpose    TEXT NOT NULL CHECK (purpose IN ('members', 'tokens', 'letters')),
	name       TEXT NOT NULL,
	note       {blob} NOT NULL, -- sealed
	created_at {int} NOT NULL,
	size       {int} NOT NULL CHECK (size >= 0),
	sum        TEXT NOT NULL, -- empty until the file is complete
	UNIQUE (account_id, purpose)
) {strict};

CREATE TABLE upload_part (
	upload_id TEXT NOT NULL REFERENCES upload (id),
	part      {int} NOT NULL CHECK (part >= 0),
	sealed    {blob} NOT NULL,
	PRIMARY KEY (upload_id, part)
) {strict};

-- an import of devices while it runs, and its devices until they are carried out
CREATE TABLE stock_import (
	slot     {int} PRIMARY KEY CHECK (slot = 1),
	id       TEXT NOT NULL,
	begun_at {int} NOT NULL
) {strict};

CREATE TABLE device_row (
	serial_key   TEXT PRIMARY KEY,
	serial       TEXT NOT NULL,
	manufacturer TEXT NOT NULL,
	model        TEXT NOT NULL,
	mode         TEXT NOT NULL,
	algorithm    TEXT NOT NULL,
	digits       {int} NOT NULL,
	period       {int} NOT NULL,
	counter      {int} NOT NULL,
	battery_end  TEXT NOT NULL,
	sealed       {blob} NOT NULL
) {strict};
