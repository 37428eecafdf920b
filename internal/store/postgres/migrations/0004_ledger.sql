-- +goose Up
-- Amounts are minor units of the currency.
ALTER TABLE accounts
    ADD COLUMN held bigint NOT NULL DEFAULT 0, -- always the sum of the account's holds
    ADD COLUMN floor bigint NOT NULL DEFAULT 0,
    ADD COLUMN limit_each bigint NOT NULL DEFAULT 0,
    ADD COLUMN limit_daily bigint NOT NULL DEFAULT 0;

-- Whatever a program does, no account falls below its floor.
-- +goose StatementBegin
CREATE FUNCTION accounts_keep_floor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'accounts_keep_floor' USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_keep_floor'; END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_keep_floor BEFORE UPDATE OF balance, held ON accounts FOR EACH ROW
    WHEN (NEW.kind <> 'internal' AND NEW.balance - NEW.held < NEW.floor AND NEW.balance - NEW.held < OLD.balance - OLD.held)
    EXECUTE FUNCTION accounts_keep_floor();

ALTER TABLE postings ADD COLUMN digest bytea NOT NULL DEFAULT ''::bytea;
CREATE TRIGGER postings_never_change BEFORE UPDATE ON postings FOR EACH ROW
    WHEN (OLD.digest <> ''::bytea) EXECUTE FUNCTION journal_is_immutable();
CREATE TRIGGER postings_never_go BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION journal_is_immutable();

CREATE TABLE holds (
    id         text        PRIMARY KEY,
    account_id text        NOT NULL REFERENCES accounts (id),
    amount     bigint      NOT NULL CHECK (amount > 0),
    merchant   text        NOT NULL,
    category   text        NOT NULL,
    placed_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    released   boolean     NOT NULL DEFAULT false
);
CREATE INDEX holds_by_account ON holds (account_id) WHERE NOT released;

CREATE TABLE cards (
    id          text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers (id),
    account_id  text NOT NULL REFERENCES accounts (id),
    name        text NOT NULL,
    ending      text NOT NULL,
    status      text NOT NULL CHECK (status IN ('active', 'frozen', 'canceled'))
);
CREATE INDEX cards_by_customer ON cards (customer_id);

CREATE TABLE payees (
    id          text        PRIMARY KEY,
    customer_id text        NOT NULL REFERENCES customers (id),
    name        text        NOT NULL,
    bank        text        NOT NULL,
    ending      text        NOT NULL,
    settles_to  text        NOT NULL REFERENCES accounts (id),
    added_at    timestamptz NOT NULL
);
CREATE INDEX payees_by_customer ON payees (customer_id);

CREATE TABLE bills (
    id          text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers (id),
    name        text NOT NULL,
    biller      text NOT NULL,
    category    text NOT NULL,
    ending      text NOT NULL,
    settles_to  text NOT NULL REFERENCES accounts (id),
    due         bigint, -- NULL when nothing is known to be due
    due_on      text NOT NULL
);
CREATE INDEX bills_by_customer ON bills (customer_id);

-- What was carried out for a customer, once for each id.
CREATE TABLE orders (
    id           text        PRIMARY KEY,
    customer_id  text        NOT NULL REFERENCES customers (id),
    kind         text        NOT NULL,
    digest       text        NOT NULL,
    from_account text        NOT NULL,
    target       text        NOT NULL,
    amount       bigint      NOT NULL,
    currency     text        NOT NULL,
    available    bigint, -- on the paying account afterwards; NULL where no money moved
    executed_at  timestamptz NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id, executed_at);

-- What was refused, so that the same id is never carried out later.
CREATE TABLE refusals (
    order_id   text        PRIMARY KEY,
    digest     text        NOT NULL,
    class      text        NOT NULL,
    reason     text        NOT NULL,
    detail     text        NOT NULL,
    refused_at timestamptz NOT NULL
);

CREATE TABLE disputes (
    id             text        PRIMARY KEY, -- the order's
    customer_id    text        NOT NULL REFERENCES customers (id),
    transaction_id text        NOT NULL REFERENCES postings (id),
    reason         text        NOT NULL,
    status         text        NOT NULL CHECK (status IN ('open', 'closed')),
    opened_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX disputes_open ON disputes (customer_id, transaction_id) WHERE status = 'open';

-- Orders that wait for their customer's yes, and what became of them.
CREATE TABLE actions (
    id          text        PRIMARY KEY,
    customer_id text        NOT NULL,
    session_id  text        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('pending', 'executing', 'executed', 'refused', 'canceled', 'replaced')),
    expires_at  timestamptz NOT NULL,
    tried_at    timestamptz NOT NULL,
    content     bytea       NOT NULL -- everything about it, as JSON
);
CREATE UNIQUE INDEX actions_pending ON actions (customer_id, session_id) WHERE status = 'pending';
CREATE INDEX actions_executing ON actions (tried_at) WHERE status = 'executing';

-- The audit log only grows. A record's seq and link are set once, by the sealer.
CREATE TABLE audit_log (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    kind    text        NOT NULL,
    actor   text        NOT NULL,
    subject text        NOT NULL,
    digest  bytea       NOT NULL,
    seq     bigint      UNIQUE,
    link    bytea
);
CREATE INDEX audit_unsealed ON audit_log (id) WHERE seq IS NULL;
CREATE INDEX audit_postings ON audit_log (subject) WHERE kind = 'posting';
-- +goose StatementBegin
CREATE FUNCTION audit_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is immutable'; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit_log FOR EACH ROW
    WHEN (OLD.seq IS NOT NULL OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind OR NEW.actor <> OLD.actor OR NEW.subject <> OLD.subject OR NEW.digest <> OLD.digest)
    EXECUTE FUNCTION audit_is_immutable();
CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_is_immutable();
