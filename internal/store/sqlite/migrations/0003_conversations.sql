-- +goose Up
-- Times are Unix microseconds in UTC.
CREATE TABLE conversations (
    id            TEXT    PRIMARY KEY,
    user_id       TEXT    NOT NULL, -- '' for an anonymous visitor
    version       INTEGER NOT NULL, -- number of stored turns
    state         BLOB    NOT NULL,
    message_count INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_by_user ON conversations (user_id, updated_at);

CREATE TABLE messages (
    conversation_id TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq             INTEGER NOT NULL, -- 1, 2, 3, ... within the conversation
    id              TEXT    NOT NULL,
    role            TEXT    NOT NULL CHECK (role IN ('user', 'assistant')),
    content         TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotent_replies (
    user_id         TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    request_hash    TEXT    NOT NULL,
    reply           BLOB    NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_replies_by_conversation ON idempotent_replies (conversation_id);
CREATE INDEX idempotent_replies_by_age ON idempotent_replies (created_at);
