-- How long things are kept, what must not go, and what has gone. Reasons and approvers of holds are
-- sealed; people are keyed digests; everything else is ids, words of Scrim and numbers.

CREATE TABLE recording_tag (
    recording TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    tag       TEXT NOT NULL,
    PRIMARY KEY (recording, tag)
);

CREATE TABLE retention_rule (
    tenant TEXT NOT NULL,
    class  TEXT NOT NULL
           CHECK (class IN ('raw', 'published', 'transcript', 'attendance', 'log')),
    -- The empty text is the rule for the class as a whole.
    tag    TEXT NOT NULL,
    days   BIGINT NOT NULL CHECK (days > 0),
    PRIMARY KEY (tenant, class, tag)
);

-- Not bound to the row of the recording: a released hold is evidence after the recording is gone.
CREATE TABLE legal_hold (
    id             TEXT PRIMARY KEY NOT NULL,
    tenant         TEXT NOT NULL,
    -- Nothing is everything of the tenant.
    recording      TEXT,
    placed_at      BIGINT NOT NULL,
    released_at    BIGINT,
    -- Reason and approver, each time sealed under one data key that the key management has wrapped.
    placed_words   BLOB NOT NULL,
    released_words BLOB,
    wrapped_key    BLOB NOT NULL,
    key_version    BIGINT NOT NULL,
    kms            TEXT NOT NULL CHECK (kms IN ('local', 'transit')),
    CHECK ((released_at IS NULL) = (released_words IS NULL))
);

CREATE INDEX legal_hold_of_tenant ON legal_hold (tenant, released_at);

-- A hold that a program forgets is remembered here.
CREATE TRIGGER recording_on_hold BEFORE DELETE ON recording
WHEN EXISTS (
    SELECT 1 FROM legal_hold
    WHERE released_at IS NULL AND tenant = OLD.tenant
    AND (recording IS NULL OR recording = OLD.id)
)
BEGIN
    SELECT RAISE (ABORT, 'the recording is under legal hold');
END;

-- Who took part, as keyed digests of name and e-mail address: how a person is found again.
CREATE TABLE participant (
    recording TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    -- Position in the roster.
    person    BIGINT NOT NULL,
    subject   TEXT NOT NULL,
    PRIMARY KEY (recording, person, subject)
);

CREATE INDEX participant_subject ON participant (subject);

CREATE TABLE erasure (
    id          TEXT PRIMARY KEY NOT NULL,
    tenant      TEXT NOT NULL,
    scope       TEXT NOT NULL CHECK (scope IN ('recording', 'person', 'tenant', 'expiry')),
    -- The step that is done.
    step        TEXT NOT NULL CHECK (step IN ('frozen', 'listed', 'objects_deleted', 'rows_deleted',
                                              'shredded', 'proven', 'certified')),
    begun_at    BIGINT NOT NULL,
    shredded_at BIGINT,
    finished_at BIGINT,
    -- The oldest version of the tenant's key that unwraps since, where it still has one.
    key_oldest  BIGINT,
    -- A signed statement of ids and counts.
    certificate TEXT,
    CHECK ((step = 'certified') = (certificate IS NOT NULL)),
    CHECK ((step = 'certified') = (finished_at IS NOT NULL))
);

CREATE INDEX erasure_of_tenant ON erasure (tenant, scope, finished_at);

-- The recordings that an erasure touches, and what becomes of their rows.
CREATE TABLE erasure_recording (
    erasure       TEXT NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
    recording     TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    fate          TEXT NOT NULL CHECK (fate IN ('deleted', 'withdrawn', 'kept')),
    -- Nobody gets it back by an erasure of somebody else.
    was_withdrawn BIGINT NOT NULL CHECK (was_withdrawn IN (0, 1)),
    PRIMARY KEY (erasure, recording)
);

CREATE INDEX erasure_recording_source ON erasure_recording (source_sha256);

-- Everything that has to go, frozen, so that a run that was killed goes on with the same list. It is
-- emptied with the certificate.
CREATE TABLE erasure_place (
    erasure     TEXT NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
    object_key  TEXT NOT NULL,
    -- Nothing where the catalog knew nothing of the object.
    kind        TEXT,
    subject     TEXT,
    bytes       BIGINT NOT NULL,
    -- To prove that it opens nothing any more.
    wrapped_key BLOB,
    key_version BIGINT,
    kms         TEXT,
    PRIMARY KEY (erasure, object_key)
);

-- Whom an erasure is about, until it is certified.
CREATE TABLE erasure_person (
    erasure   TEXT NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
    recording TEXT NOT NULL,
    person    BIGINT NOT NULL,
    subject   TEXT NOT NULL,
    PRIMARY KEY (erasure, recording, person, subject)
);

CREATE INDEX erasure_person_subject ON erasure_person (subject);

-- Sources that are not to be processed again, as keyed digests.
CREATE TABLE erased_source (
    tenant    TEXT NOT NULL,
    source    TEXT NOT NULL,
    erasure   TEXT NOT NULL,
    erased_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, source)
);

-- People who are not to be shown when a source is processed again, as keyed digests of source and
-- person together: nobody learns from it who was in two recordings.
CREATE TABLE erased_person (
    tenant  TEXT NOT NULL,
    source  TEXT NOT NULL,
    person  BIGINT NOT NULL,
    -- Of the source and one text that the person is found by.
    subject TEXT NOT NULL,
    erasure TEXT NOT NULL,
    PRIMARY KEY (tenant, source, subject)
);

-- Recordings that were withdrawn because of somebody who was in them, to be rendered again without.
CREATE TABLE render_queue (
    recording TEXT PRIMARY KEY NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    tenant    TEXT NOT NULL,
    erasure   TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    -- What it is rendered from: the layers that are left, or the source, once more.
    basis     TEXT NOT NULL CHECK (basis IN ('layers', 'source'))
);
