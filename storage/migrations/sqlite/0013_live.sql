-- Live sessions: originals that are recorded as they go on.

CREATE TABLE live_session (
    recording TEXT PRIMARY KEY NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    tenant    TEXT NOT NULL,
    begun_at  BIGINT NOT NULL,
    -- When all of it was sealed. Before that it lies in the spool of the machine that records it.
    ended_at  BIGINT
);

-- A session has the chat of many people, each by itself.
DROP INDEX artefact_published_once;
CREATE UNIQUE INDEX artefact_published_once ON artefact (recording, kind)
    WHERE state = 'complete'
    AND kind NOT IN ('segment', 'audio', 'transcript_part', 'layer', 'chat', 'upload_piece');
