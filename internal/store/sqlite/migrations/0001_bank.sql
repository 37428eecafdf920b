-- +goose Up
-- Times are Unix microseconds in UTC, amounts minor units of the currency.
CREATE TABLE customers (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    id          TEXT    PRIMARY KEY,
    customer_id TEXT    REFERENCES customers (id), -- NULL for the bank's own
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    number      TEXT    NOT NULL,
    routing     TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
    currency    TEXT    NOT NULL,
    balance     INTEGER NOT NULL, -- always the sum of the account's entries
    opened_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_customer ON accounts (customer_id);

-- The journal only grows: postings and entries are never changed or removed.
CREATE TABLE postings (
    id          TEXT    PRIMARY KEY,
    occurred_at INTEGER NOT NULL,
    description TEXT    NOT NULL,
    merchant    TEXT    NOT NULL,
    category    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    account_id  TEXT    NOT NULL REFERENCES accounts (id),
    occurred_at INTEGER NOT NULL, -- the posting's, here for the index
    posting_id  TEXT    NOT NULL REFERENCES postings (id),
    amount      INTEGER NOT NULL,
    PRIMARY KEY (account_id, occurred_at, posting_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_posting ON entries (posting_id);

-- +goose StatementBegin
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;
-- +goose StatementEnd
