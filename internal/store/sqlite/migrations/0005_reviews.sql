-- +goose Up
-- Texts that the guardrails blocked or flagged, without personal data. Lists of
-- categories are joined by commas, times Unix microseconds.
CREATE TABLE reviews (
    id             TEXT    PRIMARY KEY, -- a digest of direction and words
    direction      TEXT    NOT NULL CHECK (direction IN ('input', 'output')),
    text           TEXT    NOT NULL,
    categories     TEXT    NOT NULL,
    score          REAL    NOT NULL,
    policy_version TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('pending', 'approved', 'confirmed')),
    approved       TEXT    NOT NULL,
    note           TEXT    NOT NULL,
    reviewer       TEXT    NOT NULL,
    count          INTEGER NOT NULL,
    first_seen     INTEGER NOT NULL,
    last_seen      INTEGER NOT NULL,
    decided_at     INTEGER -- NULL while nobody has decided
) STRICT, WITHOUT ROWID;
CREATE INDEX reviews_by_status ON reviews (status, last_seen, id);
CREATE INDEX reviews_by_time ON reviews (last_seen, id);
