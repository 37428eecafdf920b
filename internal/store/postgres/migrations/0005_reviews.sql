-- +goose Up
-- Texts that the guardrails blocked or flagged, without personal data. Lists of
-- categories are joined by commas.
CREATE TABLE reviews (
    id             text    PRIMARY KEY, -- a digest of direction and words
    direction      text    NOT NULL CHECK (direction IN ('input', 'output')),
    text           text    NOT NULL,
    categories     text    NOT NULL,
    score          double precision   NOT NULL,
    policy_version text    NOT NULL,
    status         text    NOT NULL CHECK (status IN ('pending', 'approved', 'confirmed')),
    approved       text    NOT NULL,
    note           text    NOT NULL,
    reviewer       text    NOT NULL,
    count          bigint  NOT NULL,
    first_seen     timestamptz NOT NULL,
    last_seen      timestamptz NOT NULL,
    decided_at     timestamptz -- NULL while nobody has decided
);
CREATE INDEX reviews_by_status ON reviews (status, last_seen, id);
CREATE INDEX reviews_by_time ON reviews (last_seen, id);
