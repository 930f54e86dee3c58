-- Somebody decides about recordings: they wait for it, are withdrawn by it, and their transcripts are
-- revised.

ALTER TABLE recording DROP CONSTRAINT recording_state_check;
ALTER TABLE recording ADD CONSTRAINT recording_state_check
    CHECK (state IN ('planned', 'rendering', 'held', 'ready', 'published', 'withdrawn', 'failed',
                     'original'));

-- How often the transcript was revised.
ALTER TABLE recording ADD COLUMN revision BIGINT NOT NULL DEFAULT 0 CHECK (revision >= 0);

-- Sources that no batch publishes, because a person has withdrawn a recording of them. Not bound to
-- the row of the recording: it still holds when retention has taken that.
CREATE TABLE withdrawn_source (
    tenant       TEXT NOT NULL,
    -- The source as a keyed digest.
    source       TEXT NOT NULL,
    recording    TEXT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, source, recording)
);
