-- +goose Up
-- Vectors of passages, a set for each model. Times are Unix microseconds in UTC.
CREATE TABLE vector_sets (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    model     TEXT    NOT NULL,
    dimension INTEGER NOT NULL CHECK (dimension BETWEEN 1 AND 16000),
    version   INTEGER NOT NULL DEFAULT 0, -- grows with every change of its vectors
    complete  INTEGER NOT NULL DEFAULT 0,
    used_at   INTEGER NOT NULL,
    UNIQUE (model, dimension)
) STRICT;

CREATE TABLE passage_vectors (
    set_id    INTEGER NOT NULL REFERENCES vector_sets (id) ON DELETE CASCADE,
    key       TEXT    NOT NULL, -- hash of what the passage says
    category  TEXT    NOT NULL,
    stored_at INTEGER NOT NULL,
    vector    BLOB    NOT NULL, -- 32-bit floats, the lowest byte first
    PRIMARY KEY (set_id, key)
) STRICT;

-- Which replica embeds the passages with a model.
CREATE TABLE embedding_leases (
    model  TEXT    PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
