-- +goose Up
-- Times are Unix microseconds in UTC, amounts minor units of the currency.
ALTER TABLE accounts ADD COLUMN held INTEGER NOT NULL DEFAULT 0; -- always the sum of the account's holds
ALTER TABLE accounts ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN limit_each INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN limit_daily INTEGER NOT NULL DEFAULT 0;

-- Whatever a program does, no account falls below its floor.
-- +goose StatementBegin
CREATE TRIGGER accounts_keep_floor BEFORE UPDATE OF balance, held ON accounts
WHEN NEW.kind <> 'internal' AND NEW.balance - NEW.held < NEW.floor AND NEW.balance - NEW.held < OLD.balance - OLD.held
BEGIN SELECT RAISE(ABORT, 'accounts_keep_floor'); END;
-- +goose StatementEnd

ALTER TABLE postings ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
-- +goose StatementBegin
CREATE TRIGGER postings_never_change BEFORE UPDATE ON postings WHEN OLD.digest <> x''
BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_never_go BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;
-- +goose StatementEnd

CREATE TABLE holds (
    id         TEXT    PRIMARY KEY,
    account_id TEXT    NOT NULL REFERENCES accounts (id),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    merchant   TEXT    NOT NULL,
    category   TEXT    NOT NULL,
    placed_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    released   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_by_account ON holds (account_id) WHERE released = 0;

CREATE TABLE cards (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    account_id  TEXT NOT NULL REFERENCES accounts (id),
    name        TEXT NOT NULL,
    ending      TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('active', 'frozen', 'canceled'))
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_by_customer ON cards (customer_id);

CREATE TABLE payees (
    id          TEXT    PRIMARY KEY,
    customer_id TEXT    NOT NULL REFERENCES customers (id),
    name        TEXT    NOT NULL,
    bank        TEXT    NOT NULL,
    ending      TEXT    NOT NULL,
    settles_to  TEXT    NOT NULL REFERENCES accounts (id),
    added_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payees_by_customer ON payees (customer_id);

CREATE TABLE bills (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    name        TEXT NOT NULL,
    biller      TEXT NOT NULL,
    category    TEXT NOT NULL,
    ending      TEXT NOT NULL,
    settles_to  TEXT NOT NULL REFERENCES accounts (id),
    due         INTEGER, -- NULL when nothing is known to be due
    due_on      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bills_by_customer ON bills (customer_id);

-- What was carried out for a customer, once for each id.
CREATE TABLE orders (
    id           TEXT    PRIMARY KEY,
    customer_id  TEXT    NOT NULL REFERENCES customers (id),
    kind         TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    from_account TEXT    NOT NULL,
    target       TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    available    INTEGER, -- on the paying account afterwards; NULL where no money moved
    executed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_customer ON orders (customer_id, executed_at);

-- What was refused, so that the same id is never carried out later.
CREATE TABLE refusals (
    order_id   TEXT    PRIMARY KEY,
    digest     TEXT    NOT NULL,
    class      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    refused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE disputes (
    id             TEXT    PRIMARY KEY, -- the order's
    customer_id    TEXT    NOT NULL REFERENCES customers (id),
    transaction_id TEXT    NOT NULL REFERENCES postings (id),
    reason         TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('open', 'closed')),
    opened_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX disputes_open ON disputes (customer_id, transaction_id) WHERE status = 'open';

-- Orders that wait for their customer's yes, and what became of them.
CREATE TABLE actions (
    id             TEXT    PRIMARY KEY,
    customer_id    TEXT    NOT NULL,
    session_id     TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('pending', 'executing', 'executed', 'refused', 'canceled', 'replaced')),
    expires_at     INTEGER NOT NULL,
    tried_at       INTEGER NOT NULL,
    content        BLOB    NOT NULL -- everything about it, as JSON
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX actions_pending ON actions (customer_id, session_id) WHERE status = 'pending';
CREATE INDEX actions_executing ON actions (tried_at) WHERE status = 'executing';

-- The audit log only grows. A record's seq and link are set once, by the sealer.
CREATE TABLE audit_log (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    digest  BLOB    NOT NULL,
    seq     INTEGER UNIQUE,
    link    BLOB
) STRICT;
CREATE INDEX audit_unsealed ON audit_log (id) WHERE seq IS NULL;
CREATE INDEX audit_postings ON audit_log (subject) WHERE kind = 'posting';
-- +goose StatementBegin
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit_log
WHEN OLD.seq IS NOT NULL OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind OR NEW.actor <> OLD.actor OR NEW.subject <> OLD.subject OR NEW.digest <> OLD.digest
BEGIN SELECT RAISE(ABORT, 'the audit log is immutable'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is immutable'); END;
-- +goose StatementEnd
