-- Hard tokens in the hands of members: shipping, exchange, clocks that go wrong, batteries that end.

-- when the device was handed to the post; and the defective token that it takes the place of
ALTER TABLE token_order ADD COLUMN shipped_at {int} CHECK (shipped_at IS NULL OR kind = 'hard');

ALTER TABLE token_order ADD COLUMN instead_id TEXT REFERENCES token (id) CHECK (instead_id IS NULL OR kind = 'hard');

-- the hard token whose code opened the set-up
ALTER TABLE token_order ADD COLUMN setup_proof TEXT REFERENCES token (id) CHECK (setup_proof IS NULL OR kind = 'soft');

-- time steps by which the clock of a hard token is ahead of the portal's, as its last code showed
ALTER TABLE token ADD COLUMN drift {int} NOT NULL DEFAULT 0;

-- when its holder was told that the battery ends
ALTER TABLE token ADD COLUMN battery_told_at {int};

CREATE INDEX token_battery ON token (battery_end) WHERE kind = 'hard' AND state = 'active' AND battery_told_at IS NULL;
