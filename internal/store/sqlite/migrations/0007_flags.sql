-- +goose Up
-- Times are Unix microseconds in UTC. Each change of a flag stays; the newest is in force.
CREATE TABLE flag_changes (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL UNIQUE,
    name     TEXT    NOT NULL,
    is_on    INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    reason   TEXT    NOT NULL,
    operator TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX flag_changes_by_name ON flag_changes (name, seq);

-- What is in force, so that reading it costs the same however often it changed.
CREATE TABLE flags (
    name   TEXT    PRIMARY KEY,
    change INTEGER NOT NULL REFERENCES flag_changes (seq)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER flag_changes_never_change BEFORE UPDATE ON flag_changes
BEGIN SELECT RAISE(ABORT, 'changes of flags are immutable'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER flag_changes_never_go BEFORE DELETE ON flag_changes
BEGIN SELECT RAISE(ABORT, 'changes of flags are immutable'); END;
-- +goose StatementEnd
