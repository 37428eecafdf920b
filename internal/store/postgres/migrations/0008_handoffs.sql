-- +goose Up
CREATE TABLE handoffs (
    id           text        PRIMARY KEY,
    session_id   text        NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_id      text        NOT NULL, -- '' for an anonymous visitor
    state        text        NOT NULL CHECK (state IN ('waiting', 'human', 'closed')),
    reason       text        NOT NULL,
    summary      text        NOT NULL,
    agent        text        NOT NULL,
    changed_by   text        NOT NULL,
    requested_at timestamptz NOT NULL,
    claimed_at   timestamptz, -- NULL until then
    closed_at    timestamptz  -- NULL until then
);
CREATE UNIQUE INDEX handoffs_open ON handoffs (session_id) WHERE state <> 'closed';
CREATE INDEX handoffs_by_session ON handoffs (session_id);
CREATE INDEX handoffs_by_state ON handoffs (state, requested_at, id);
CREATE INDEX handoffs_by_age ON handoffs (requested_at, id);

-- The agent who wrote a message; '' for the assistant and the customer.
ALTER TABLE messages ADD COLUMN author text NOT NULL DEFAULT '';
