-- +goose Up
-- Times are Unix microseconds in UTC; 0 for what hasn't happened.
CREATE TABLE handoffs (
    id           TEXT    PRIMARY KEY,
    session_id   TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_id      TEXT    NOT NULL, -- '' for an anonymous visitor
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'human', 'closed')),
    reason       TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    agent        TEXT    NOT NULL,
    changed_by   TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    claimed_at   INTEGER NOT NULL,
    closed_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX handoffs_open ON handoffs (session_id) WHERE state <> 'closed';
CREATE INDEX handoffs_by_session ON handoffs (session_id);
CREATE INDEX handoffs_by_state ON handoffs (state, requested_at, id);
CREATE INDEX handoffs_by_age ON handoffs (requested_at, id);

-- The agent who wrote a message; '' for the assistant and the customer.
ALTER TABLE messages ADD COLUMN author TEXT NOT NULL DEFAULT '';
