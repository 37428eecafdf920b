-- +goose Up
-- Amounts are minor units of the currency.
CREATE TABLE customers (
    id         text        PRIMARY KEY,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE accounts (
    id          text        PRIMARY KEY,
    customer_id text        REFERENCES customers (id), -- NULL for the bank's own
    kind        text        NOT NULL,
    name        text        NOT NULL,
    number      text        NOT NULL,
    routing     text        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
    currency    text        NOT NULL,
    balance     bigint      NOT NULL, -- always the sum of the account's entries
    opened_at   timestamptz NOT NULL
);
CREATE INDEX accounts_by_customer ON accounts (customer_id);

-- The journal only grows: postings and entries are never changed or removed.
CREATE TABLE postings (
    id          text        PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    description text        NOT NULL,
    merchant    text        NOT NULL,
    category    text        NOT NULL
);

CREATE TABLE entries (
    account_id  text        NOT NULL REFERENCES accounts (id),
    occurred_at timestamptz NOT NULL, -- the posting's, here for the index
    posting_id  text        NOT NULL REFERENCES postings (id),
    amount      bigint      NOT NULL,
    PRIMARY KEY (account_id, occurred_at, posting_id)
);
CREATE INDEX entries_by_posting ON entries (posting_id);

-- +goose StatementBegin
CREATE FUNCTION journal_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is immutable'; END $$;
-- +goose StatementEnd
CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION journal_is_immutable();
