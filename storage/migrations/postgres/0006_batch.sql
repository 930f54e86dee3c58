-- Batches: many sources that are processed together. A source is known by a keyed digest of where it
-- lies; its path, its address and its name are nowhere.

CREATE TABLE batch (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    -- Keyed digest of the folder, the list or the address. The same one is the same batch, whatever
    -- the policy.
    key        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant, key)
);

CREATE INDEX batch_newest ON batch (tenant, updated_at DESC, id DESC);

CREATE TABLE batch_item (
    batch         TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    -- Keyed digest of where the source lies.
    locator       TEXT NOT NULL,
    -- Keyed digest of policy, roster, parameters and the revision of the source.
    recipe        TEXT NOT NULL,
    state         TEXT NOT NULL
                  CHECK (state IN ('waiting', 'running', 'published', 'held', 'failed')),
    tries         BIGINT NOT NULL,
    -- What the last run made that made something.
    recording     TEXT REFERENCES recording (id) ON DELETE SET NULL,
    failure_kind  TEXT,
    failure_stage TEXT,
    duration_ns   BIGINT,
    -- How long that run took, in microseconds.
    worked_us     BIGINT,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (batch, locator),
    CHECK ((state = 'failed') = (failure_kind IS NOT NULL AND failure_stage IS NOT NULL))
);

CREATE INDEX batch_item_recording ON batch_item (recording);

-- Every recording that a batch has made or found made.
CREATE TABLE batch_recording (
    batch         TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    recording     TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    -- When the batch withdrew it because of a later verdict on the same source. A recording that is
    -- withdrawn without it was withdrawn by a person.
    superseded_at BIGINT,
    PRIMARY KEY (batch, recording)
);

CREATE INDEX batch_recording_of ON batch_recording (recording);
CREATE INDEX recording_source ON recording (tenant, source_sha256);
