-- Ids are texts, times are microseconds since 1970-01-01 UTC, hashes are 64 lower-case hexadecimal
-- digits. No table holds a name, an e-mail address or the name of a source file.

CREATE TABLE recording (
    id            TEXT PRIMARY KEY NOT NULL,
    tenant        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    state         TEXT NOT NULL
                  CHECK (state IN ('planned', 'rendering', 'held', 'published', 'failed')),
    -- Keyed digest of everything that decides the result. The same job resumes, it never runs twice.
    job_key       TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    policy_sha256 TEXT NOT NULL,
    policy_name   TEXT NOT NULL,
    duration_ns   BIGINT,
    -- Grows with every run. Writes of earlier runs are refused.
    generation    BIGINT NOT NULL CHECK (generation > 0),
    failure_kind  TEXT,
    failure_stage TEXT,
    UNIQUE (tenant, job_key),
    CHECK ((state = 'failed') = (failure_kind IS NOT NULL AND failure_stage IS NOT NULL))
);

CREATE INDEX recording_newest ON recording (tenant, created_at DESC, id DESC);

CREATE TABLE artefact (
    id                TEXT PRIMARY KEY NOT NULL,
    recording         TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    kind              TEXT NOT NULL,
    object_key        TEXT NOT NULL UNIQUE,
    format            TEXT NOT NULL,
    plaintext_bytes   BIGINT NOT NULL,
    ciphertext_bytes  BIGINT NOT NULL,
    segments          BIGINT NOT NULL,
    plaintext_sha256  TEXT,
    ciphertext_sha256 TEXT NOT NULL,
    commitment        TEXT NOT NULL,
    wrapped_key       BYTEA NOT NULL,
    key_version       BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    -- A pending artefact belongs to nothing yet and is swept by the next run.
    state             TEXT NOT NULL CHECK (state IN ('pending', 'complete'))
);

CREATE INDEX artefact_of_recording ON artefact (recording, kind);

-- A recording has at most one artefact of each kind that users get.
CREATE UNIQUE INDEX artefact_published_once ON artefact (recording, kind)
    WHERE state = 'complete' AND kind NOT IN ('segment', 'audio', 'transcript_part');

CREATE TABLE stage_result (
    recording   TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    stage       TEXT NOT NULL,
    part        BIGINT NOT NULL,
    -- Keyed digest of the inputs, parameters and versions of this part.
    key         TEXT NOT NULL,
    artefact    TEXT REFERENCES artefact (id) ON DELETE CASCADE,
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (recording, stage, part)
);

CREATE INDEX stage_result_artefact ON stage_result (artefact);
