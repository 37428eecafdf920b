-- +goose Up
CREATE TABLE conversations (
    id            text        PRIMARY KEY,
    user_id       text        NOT NULL, -- '' for an anonymous visitor
    version       bigint      NOT NULL, -- number of stored turns
    state         bytea       NOT NULL,
    message_count integer     NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX conversations_by_user ON conversations (user_id, updated_at);

CREATE TABLE messages (
    conversation_id text        NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq             integer     NOT NULL, -- 1, 2, 3, ... within the conversation
    id              text        NOT NULL,
    role            text        NOT NULL CHECK (role IN ('user', 'assistant')),
    content         text        NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, seq)
);

CREATE TABLE idempotent_replies (
    user_id         text        NOT NULL,
    key             text        NOT NULL,
    conversation_id text        NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    request_hash    text        NOT NULL,
    reply           bytea       NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_replies_by_conversation ON idempotent_replies (conversation_id);
CREATE INDEX idempotent_replies_by_age ON idempotent_replies (created_at);
