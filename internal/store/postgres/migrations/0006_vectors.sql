-- +goose Up
-- Vectors of passages, a set for each model. They are plain arrays, so that the
-- schema needs no extension and no rights to install one. Where pgvector is there,
-- each big set gets an index over a cast, made when the set is complete.
CREATE TABLE vector_sets (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model     text        NOT NULL,
    dimension integer     NOT NULL CHECK (dimension BETWEEN 1 AND 16000),
    version   bigint      NOT NULL DEFAULT 0, -- grows with every change of its vectors
    complete  boolean     NOT NULL DEFAULT false,
    used_at   timestamptz NOT NULL,
    UNIQUE (model, dimension)
);

CREATE TABLE passage_vectors (
    set_id    bigint           NOT NULL REFERENCES vector_sets (id) ON DELETE CASCADE,
    key       text COLLATE "C" NOT NULL, -- hash of what the passage says
    category  text             NOT NULL,
    stored_at timestamptz      NOT NULL,
    vector    real[]           NOT NULL,
    PRIMARY KEY (set_id, key)
);
ALTER TABLE passage_vectors ALTER COLUMN vector SET STORAGE EXTERNAL; -- compresses badly
ALTER TABLE passage_vectors ALTER COLUMN vector SET STATISTICS 0; -- no query looks for its elements

-- Which replica embeds the passages with a model.
CREATE TABLE embedding_leases (
    model  text        PRIMARY KEY,
    holder text        NOT NULL,
    until  timestamptz NOT NULL
);
