-- +goose Up
-- What was done to the system: starts, stops, backups, restores.
CREATE TABLE events (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    kind     text        NOT NULL,
    service  text        NOT NULL,
    version  text        NOT NULL,
    config   text        NOT NULL,
    instance text        NOT NULL,
    ok       boolean     NOT NULL,
    took     bigint      NOT NULL, -- microseconds
    summary  text        NOT NULL
);
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_kind ON events (kind, at);

CREATE TABLE incidents (
    id         text        PRIMARY KEY,
    group_key  text        NOT NULL,
    status     text        NOT NULL CHECK (status IN ('open', 'resolved')),
    started_at timestamptz NOT NULL,
    content    bytea       NOT NULL -- everything about it, as JSON
);
CREATE INDEX incidents_by_group ON incidents (group_key, started_at);
CREATE INDEX incidents_by_time ON incidents (started_at);
CREATE UNIQUE INDEX incidents_open ON incidents (group_key) WHERE status = 'open';
