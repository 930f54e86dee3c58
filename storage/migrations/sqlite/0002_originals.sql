-- Originals are recordings without a policy; recordings can be withdrawn; an artefact knows whose it
-- is and who wraps its key. SQLite cannot change a CHECK, so the tables are made anew, children
-- dropped first so that no ON DELETE fires.

CREATE TABLE recording_new (
    id            TEXT PRIMARY KEY NOT NULL,
    tenant        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    state         TEXT NOT NULL
                  CHECK (state IN ('planned', 'rendering', 'held', 'published', 'withdrawn',
                                   'failed', 'original')),
    -- Keyed digest of everything that decides the result. The same job resumes, it never runs twice.
    job_key       TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    policy_sha256 TEXT,
    policy_name   TEXT,
    original      TEXT REFERENCES recording_new (id) ON DELETE SET NULL,
    duration_ns   BIGINT,
    -- Grows with every run. Writes of earlier runs are refused.
    generation    BIGINT NOT NULL CHECK (generation > 0),
    failure_kind  TEXT,
    failure_stage TEXT,
    UNIQUE (tenant, job_key),
    CHECK ((state = 'failed') = (failure_kind IS NOT NULL AND failure_stage IS NOT NULL)),
    CHECK ((state = 'original') = (policy_sha256 IS NULL)),
    CHECK ((policy_sha256 IS NULL) = (policy_name IS NULL))
);

CREATE TABLE artefact_new (
    id                TEXT PRIMARY KEY NOT NULL,
    recording         TEXT NOT NULL REFERENCES recording_new (id) ON DELETE CASCADE,
    kind              TEXT NOT NULL,
    object_key        TEXT NOT NULL UNIQUE,
    format            TEXT NOT NULL,
    plaintext_bytes   BIGINT NOT NULL,
    ciphertext_bytes  BIGINT NOT NULL,
    segments          BIGINT NOT NULL,
    plaintext_sha256  TEXT,
    ciphertext_sha256 TEXT NOT NULL,
    commitment        TEXT NOT NULL,
    wrapped_key       BLOB NOT NULL,
    key_version       BIGINT NOT NULL,
    kms               TEXT NOT NULL CHECK (kms IN ('local', 'transit')),
    -- Keyed digest of the participant whose own layer it is.
    subject           TEXT,
    created_at        BIGINT NOT NULL,
    -- A pending artefact belongs to nothing yet and is swept by the next run.
    state             TEXT NOT NULL CHECK (state IN ('pending', 'complete'))
);

CREATE TABLE stage_result_new (
    recording   TEXT NOT NULL REFERENCES recording_new (id) ON DELETE CASCADE,
    stage       TEXT NOT NULL,
    part        BIGINT NOT NULL,
    -- Keyed digest of the inputs, parameters and versions of this part.
    key         TEXT NOT NULL,
    artefact    TEXT REFERENCES artefact_new (id) ON DELETE CASCADE,
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (recording, stage, part)
);

INSERT INTO recording_new (id, tenant, created_at, updated_at, state, job_key, source_sha256,
    policy_sha256, policy_name, duration_ns, generation, failure_kind, failure_stage)
SELECT id, tenant, created_at, updated_at, state, job_key, source_sha256, policy_sha256,
    policy_name, duration_ns, generation, failure_kind, failure_stage FROM recording;

INSERT INTO artefact_new (id, recording, kind, object_key, format, plaintext_bytes,
    ciphertext_bytes, segments, plaintext_sha256, ciphertext_sha256, commitment, wrapped_key,
    key_version, kms, created_at, state)
SELECT id, recording, kind, object_key, format, plaintext_bytes, ciphertext_bytes, segments,
    plaintext_sha256, ciphertext_sha256, commitment, wrapped_key, key_version, 'local', created_at,
    state FROM artefact;

INSERT INTO stage_result_new (recording, stage, part, key, artefact, finished_at)
SELECT recording, stage, part, key, artefact, finished_at FROM stage_result;

DROP TABLE stage_result;
DROP TABLE artefact;
DROP TABLE recording;
ALTER TABLE recording_new RENAME TO recording;
ALTER TABLE artefact_new RENAME TO artefact;
ALTER TABLE stage_result_new RENAME TO stage_result;

CREATE INDEX recording_newest ON recording (tenant, created_at DESC, id DESC);
CREATE INDEX recording_original ON recording (original);
CREATE INDEX artefact_of_recording ON artefact (recording, kind);
CREATE INDEX artefact_of_subject ON artefact (subject);
CREATE INDEX stage_result_artefact ON stage_result (artefact);

-- A recording has at most one artefact of each kind that users get.
CREATE UNIQUE INDEX artefact_published_once ON artefact (recording, kind)
    WHERE state = 'complete'
    AND kind NOT IN ('segment', 'audio', 'transcript_part', 'layer');
