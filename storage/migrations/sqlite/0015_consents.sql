-- What people say to the notices of rooms, and what they refuse afterwards.

-- Something can be erased because one participant has refused it. SQLite cannot change a CHECK. No stored
-- row depends on this one, so only the text of the table is changed, as section 7 of
-- <https://www.sqlite.org/lang_altertable.html> describes. What follows changes the layout as well, by which
-- other connections notice.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, '''tenant'', ''expiry''', '''tenant'', ''expiry'', ''refusal''')
WHERE type = 'table' AND name = 'erasure';
PRAGMA writable_schema = RESET;

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
    words      BLOB NOT NULL,
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
CREATE TABLE render_queue_new (
    recording TEXT PRIMARY KEY NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    tenant    TEXT NOT NULL,
    erasure   TEXT,
    queued_at BIGINT NOT NULL,
    -- What it is rendered from: the layers that are left, or the source, once more.
    basis     TEXT NOT NULL CHECK (basis IN ('layers', 'source'))
);

INSERT INTO render_queue_new (recording, tenant, erasure, queued_at, basis)
SELECT recording, tenant, erasure, queued_at, basis FROM render_queue;

DROP TABLE render_queue;
ALTER TABLE render_queue_new RENAME TO render_queue;
