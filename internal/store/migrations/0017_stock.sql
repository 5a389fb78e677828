-- The stock of devices: what goes out next, and the devices of a batch, a model or with a battery near its end.

CREATE INDEX device_batch_stock ON device (batch_id, serial_key) WHERE state = 'stock';

CREATE INDEX device_battery ON device (battery_end) WHERE battery_end IS NOT NULL;

-- counted so that the overview of the stock reads the index and no device
CREATE INDEX device_model ON device (manufacturer, model, state);

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
