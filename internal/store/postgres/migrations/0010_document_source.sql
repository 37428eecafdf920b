-- +goose Up
-- What keeps a document up to date: a name, a colon and a path there; empty for none.
ALTER TABLE documents ADD COLUMN source text NOT NULL DEFAULT '';
