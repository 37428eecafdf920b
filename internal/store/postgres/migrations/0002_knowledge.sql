-- +goose Up
CREATE TABLE documents (
    id         text COLLATE "C" PRIMARY KEY,
    title      text        NOT NULL,
    category   text        NOT NULL,
    url        text        NOT NULL,
    content    text        NOT NULL,
    hash       text        NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One row; revision grows with every change of any document.
CREATE TABLE knowledge_revision (revision bigint NOT NULL);
INSERT INTO knowledge_revision VALUES (0);
