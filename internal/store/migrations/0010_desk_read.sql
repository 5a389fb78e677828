-- What the service desk looks members up by. Each list has an index in its own order.

-- the name as it is looked for, see account.SearchKey; empty until the portal has started once after this migration, and for staff
ALTER TABLE account ADD COLUMN search_name TEXT {bytewise} NOT NULL DEFAULT '';

ALTER TABLE register_row ADD COLUMN search_name TEXT {bytewise} NOT NULL DEFAULT '';

-- whether there is a row of the table password: a list of those without one could not be read in order otherwise
ALTER TABLE account ADD COLUMN has_password {int} NOT NULL DEFAULT 0 CHECK (has_password IN (0, 1));

UPDATE account SET has_password = 1 WHERE id IN (SELECT account_id FROM password);

CREATE INDEX account_unnamed ON account (id) WHERE realm = 'member' AND search_name = '';

CREATE INDEX account_named ON account (search_name, id) WHERE realm = 'member';

CREATE INDEX account_deactivated ON account (search_name, id) WHERE realm = 'member' AND state = 'deactivated';

CREATE INDEX account_no_password ON account (search_name, id) WHERE realm = 'member' AND has_password = 0;

-- a number of the register however it is typed, see desk.Terms
CREATE INDEX account_number_typed ON account (upper(replace(replace(replace(number, '.', ''), '/', ''), '-', '')), id) WHERE realm = 'member';

CREATE INDEX account_email ON account (lower(email), id) WHERE realm = 'member';

CREATE INDEX token_stopped ON token (serial) WHERE state IN ('suspended', 'blocked');

CREATE INDEX token_order_waiting ON token_order (placed_at, id) WHERE state = 'placed' AND route = 'letter';

CREATE INDEX one_time_password_waiting ON one_time_password (created_at, id) WHERE used_at IS NULL AND voided_at IS NULL AND way = 'letter';

CREATE INDEX letter_account ON letter (account_id, created_at, id)
