-- Somebody decides about recordings: they wait for it, are withdrawn by it, and their transcripts are
-- revised.

-- SQLite cannot change a CHECK. No stored row depends on this one, so only the text of the table is
-- changed, as section 7 of <https://www.sqlite.org/lang_altertable.html> describes: making the table
-- anew would mean to make all tables anew that refer to it. What follows changes the layout as well,
-- by which other connections notice.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, '''held'', ''published''', '''held'', ''ready'', ''published''')
WHERE type = 'table' AND name = 'recording';
PRAGMA writable_schema = RESET;

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
