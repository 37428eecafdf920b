-- +goose Up
-- Each change of a flag stays; the newest is in force.
CREATE TABLE flag_changes (
    seq      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       text        NOT NULL UNIQUE,
    name     text        NOT NULL,
    is_on    boolean     NOT NULL,
    reason   text        NOT NULL,
    operator text        NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX flag_changes_by_name ON flag_changes (name, seq);

-- What is in force, so that reading it costs the same however often it changed.
CREATE TABLE flags (
    name   text   PRIMARY KEY,
    change bigint NOT NULL REFERENCES flag_changes (seq)
);

-- +goose StatementBegin
CREATE FUNCTION flag_changes_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'changes of flags are immutable'; END $$;
-- +goose StatementEnd
CREATE TRIGGER flag_changes_never_change BEFORE UPDATE OR DELETE ON flag_changes
    FOR EACH ROW EXECUTE FUNCTION flag_changes_are_immutable();
