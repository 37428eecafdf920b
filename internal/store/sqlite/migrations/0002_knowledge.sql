-- +goose Up
-- Times are Unix microseconds in UTC.
CREATE TABLE documents (
    id         TEXT    PRIMARY KEY,
    title      TEXT    NOT NULL,
    category   TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    content    TEXT    NOT NULL,
    hash       TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One row; revision grows with every change of any document.
CREATE TABLE knowledge_revision (revision INTEGER NOT NULL) STRICT;
INSERT INTO knowledge_revision VALUES (0);
