-- Originals are recordings without a policy; recordings can be withdrawn; an artefact knows whose it
-- is and who wraps its key.

ALTER TABLE recording DROP CONSTRAINT recording_state_check;
ALTER TABLE recording ADD CONSTRAINT recording_state_check
    CHECK (state IN ('planned', 'rendering', 'held', 'published', 'withdrawn', 'failed',
                     'original'));
ALTER TABLE recording ALTER COLUMN policy_sha256 DROP NOT NULL;
ALTER TABLE recording ALTER COLUMN policy_name DROP NOT NULL;
ALTER TABLE recording ADD COLUMN original TEXT REFERENCES recording (id) ON DELETE SET NULL;
ALTER TABLE recording ADD CONSTRAINT recording_original_has_no_policy
    CHECK ((state = 'original') = (policy_sha256 IS NULL));
ALTER TABLE recording ADD CONSTRAINT recording_policy_is_whole
    CHECK ((policy_sha256 IS NULL) = (policy_name IS NULL));
CREATE INDEX recording_original ON recording (original);

ALTER TABLE artefact ADD COLUMN kms TEXT NOT NULL DEFAULT 'local'
    CHECK (kms IN ('local', 'transit'));
ALTER TABLE artefact ALTER COLUMN kms DROP DEFAULT;
-- Keyed digest of the participant whose own layer it is.
ALTER TABLE artefact ADD COLUMN subject TEXT;
CREATE INDEX artefact_of_subject ON artefact (subject);

-- A recording has at most one artefact of each kind that users get.
DROP INDEX artefact_published_once;
CREATE UNIQUE INDEX artefact_published_once ON artefact (recording, kind)
    WHERE state = 'complete'
    AND kind NOT IN ('segment', 'audio', 'transcript_part', 'layer');
