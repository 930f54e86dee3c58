-- What people say to the notices of rooms, and what they refuse afterwards.

-- Something can be erased because one participant has refused it.
ALTER TABLE erasure DROP CONSTRAINT erasure_scope_check;
ALTER TABLE erasure ADD CONSTRAINT erasure_scope_check
    CHECK (scope IN ('recording', 'person', 'tenant', 'expiry', 'refusal'));

-- What one person said to the notice of one room, as it was shown.
CREATE TABLE consent (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    -- Not bound to its row: a room may be removed while its recording is kept.
    room       TEXT NOT NULL,
    -- Keyed digest of the room and of who it is there: nobody learns from it who was in two rooms.
    person     TEXT NOT NULL,
    -- Digest of the personal link, which is kept nowhere: it is made anew under the keyring.
    digest     TEXT NOT NULL UNIQUE,
    -- Notices, answers, and who the person was among the participants.
    words      BYTEA NOT NULL,
    -- Grows with every answer, so that none takes the place of another one unseen.
    revision   BIGINT NOT NULL CHECK (revision > 0),
    made_at    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (room, person)
);

CREATE INDEX consent_of_tenant ON consent (tenant, id);

-- What was recorded of which room, as the source that recordings are made from. It stays when the source
-- itself is gone, as long as there is a recording of it.
CREATE TABLE room_source (
    room          TEXT NOT NULL,
    tenant        TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    PRIMARY KEY (room, source_sha256)
);

CREATE INDEX room_source_of ON room_source (tenant, source_sha256);

-- Whose a layer of a session is, and for what it was recorded.
CREATE TABLE session_layer (
    artefact    TEXT PRIMARY KEY NOT NULL REFERENCES artefact (id) ON DELETE CASCADE,
    participant TEXT NOT NULL,
    purpose     TEXT NOT NULL
                CHECK (purpose IN ('camera', 'screen', 'voice', 'chat', 'transcript'))
);

-- What participants have refused after the meeting.
CREATE TABLE refusal (
    tenant        TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    participant   TEXT NOT NULL,
    purpose       TEXT NOT NULL
                  CHECK (purpose IN ('camera', 'screen', 'voice', 'chat', 'transcript')),
    refused_at    BIGINT NOT NULL,
    -- The erasure that destroys it. None has begun where a hold does not allow it yet.
    erasure       TEXT,
    PRIMARY KEY (tenant, source_sha256, participant, purpose)
);

CREATE INDEX refusal_open ON refusal (tenant, source_sha256) WHERE erasure IS NULL;

-- What waits to be rendered again may have been withdrawn by a participant, before anything is erased.
ALTER TABLE render_queue ALTER COLUMN erasure DROP NOT NULL;
