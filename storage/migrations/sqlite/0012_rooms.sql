-- Rooms: meetings that are planned, go on or are over, and who was invited to them.

CREATE TABLE room (
    id        TEXT PRIMARY KEY NOT NULL,
    tenant    TEXT NOT NULL,
    -- Digest of the code that leads to it.
    digest    TEXT NOT NULL UNIQUE,
    -- Title, what people are told about recording, and the code itself, for whoever wants to copy it again.
    words     BLOB NOT NULL,
    -- Argon2id, where guests have to know one.
    password  TEXT,
    -- Who is let in and what is recorded, as JSON. It names nobody.
    rules     TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('planned', 'open', 'ended')),
    made_by   TEXT NOT NULL,
    made_at   BIGINT NOT NULL,
    opens_at  BIGINT,
    opened_at BIGINT,
    ended_at  BIGINT
);

CREATE INDEX room_of_tenant ON room (tenant, id);
CREATE INDEX room_by_state ON room (state);

CREATE TABLE room_invitation (
    id           TEXT PRIMARY KEY NOT NULL,
    tenant       TEXT NOT NULL,
    room         TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    -- Digest of the secret that was given out with it, which is kept nowhere else.
    digest       TEXT NOT NULL UNIQUE,
    -- Name and address.
    words        BLOB NOT NULL,
    seat         TEXT NOT NULL CHECK (seat IN ('presenter', 'attendee')),
    invited_at   BIGINT NOT NULL,
    withdrawn_at BIGINT
);

CREATE INDEX room_invitation_of_room ON room_invitation (room, id);
