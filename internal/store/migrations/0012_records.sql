-- What auditors and supervisors ask of the audit: by person, by deed and by time; verifications asked for on the page; and figures,
-- counted as the chain grows, so that no page has to walk it.

CREATE INDEX audit_event_at ON audit_event (at, seq);

CREATE INDEX audit_event_account ON audit_event (account_id, at, seq) WHERE account_id <> '';

-- what somebody did to others; what members did to themselves, nearly all there is, stands in the index before
CREATE INDEX audit_event_actor ON audit_event (actor, at, seq) WHERE actor <> account_id;

CREATE INDEX audit_event_kind ON audit_event (kind, at, seq);

CREATE TABLE audit_check (
	id       TEXT PRIMARY KEY,
	asked_at {int} NOT NULL,
	asked_by TEXT NOT NULL CHECK (asked_by <> ''),
	seen_at  {int} NOT NULL, -- when it last told how far it is
	done     {int} NOT NULL CHECK (done >= 0),
	total    {int} NOT NULL CHECK (total >= 0),
	ended_at {int},
	outcome  TEXT NOT NULL CHECK (outcome IN ('', 'whole', 'broken', 'unknown')),
	vouched  {int} NOT NULL CHECK (vouched >= 0), -- the last record that a signed head vouches for
	place    {int},          -- the first record that does not hold
	damage   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	CHECK ((ended_at IS NULL) = (outcome = '')),
	CHECK ((place IS NOT NULL) = (outcome = 'broken')),
	CHECK ((damage <> '') = (outcome = 'broken'))
) {strict};

-- one at a time
CREATE UNIQUE INDEX audit_check_open ON audit_check (outcome) WHERE outcome = '';

CREATE INDEX audit_check_asked ON audit_check (asked_at);

-- how many events of a kind a day in Berlin had, of members' accounts and of staff's
CREATE TABLE figure_day (
	day   TEXT NOT NULL, -- ISO 8601
	realm TEXT NOT NULL CHECK (realm IN ('member', 'staff')),
	kind  TEXT NOT NULL,
	count {int} NOT NULL CHECK (count > 0),
	PRIMARY KEY (day, realm, kind)
) {strict};

-- how things stood when a day ended, or now: tokens by kind and state, letters under way and late
CREATE TABLE figure_stand (
	day   TEXT NOT NULL,
	what  TEXT NOT NULL,
	count {int} NOT NULL CHECK (count >= 0),
	PRIMARY KEY (day, what)
) {strict};

-- how far the chain is counted, and when things were last looked at
CREATE TABLE figure_mark (
	id       {int} PRIMARY KEY CHECK (id = 1),
	seq      {int} NOT NULL CHECK (seq >= 0),
	stand_at {int}
) {strict};

INSERT INTO figure_mark (id, seq) VALUES (1, 0);

CREATE INDEX token_kind_state ON token (kind, state);

CREATE INDEX letter_under_way ON letter (created_at) WHERE state IN ('queued', 'rendered');
