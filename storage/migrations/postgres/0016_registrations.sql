-- People who register for a room by themselves, and what an erasure of somebody takes of rooms.

CREATE TABLE room_registration (
    id           TEXT PRIMARY KEY NOT NULL,
    tenant       TEXT NOT NULL,
    room         TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    -- Keyed digest of room and address together: nobody registers twice, and nobody learns from it who
    -- registered for two rooms.
    person       TEXT NOT NULL,
    -- Digest of the secret that confirms it.
    digest       TEXT NOT NULL UNIQUE,
    -- Name, address, language, and the secret that the next mail has to hold.
    words        BYTEA NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'invited', 'refused')),
    asked_at     BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- How many mails it was sent in this state, and when the last one was asked for.
    mails        BIGINT NOT NULL CHECK (mails >= 0),
    sent_at      BIGINT NOT NULL,
    invitation   TEXT REFERENCES room_invitation (id) ON DELETE CASCADE,
    UNIQUE (room, person),
    CHECK ((state = 'unconfirmed') = (confirmed_at IS NULL)),
    CHECK ((state = 'invited') = (invitation IS NOT NULL))
);

CREATE INDEX room_registration_by_state ON room_registration (state, asked_at);
CREATE INDEX room_registration_of_invitation ON room_registration (invitation);

-- Registrations and invitations of whom an erasure is about, until it is certified.
CREATE TABLE erasure_invited (
    erasure TEXT NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL CHECK (kind IN ('registration', 'invitation')),
    entry   TEXT NOT NULL,
    PRIMARY KEY (erasure, entry)
);
