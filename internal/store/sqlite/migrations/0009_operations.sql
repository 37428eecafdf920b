-- +goose Up
-- What was done to the system: starts, stops, backups, restores.
CREATE TABLE events (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL, -- Unix microseconds
    kind     TEXT    NOT NULL,
    service  TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    config   TEXT    NOT NULL,
    instance TEXT    NOT NULL,
    ok       INTEGER NOT NULL,
    took     INTEGER NOT NULL, -- microseconds
    summary  TEXT    NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_kind ON events (kind, at);

CREATE TABLE incidents (
    id         TEXT    PRIMARY KEY,
    group_key  TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('open', 'resolved')),
    started_at INTEGER NOT NULL,
    content    BLOB    NOT NULL -- everything about it, as JSON
) STRICT;
CREATE INDEX incidents_by_group ON incidents (group_key, started_at);
CREATE INDEX incidents_by_time ON incidents (started_at);
CREATE UNIQUE INDEX incidents_open ON incidents (group_key) WHERE status = 'open';
