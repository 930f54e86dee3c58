-- The newest erasure epoch of each tenant's key. Versions below it are destroyed, or are about to be,
-- so that nothing new may be wrapped by one.

CREATE TABLE key_epoch (
    tenant      TEXT NOT NULL,
    kms         TEXT NOT NULL CHECK (kms IN ('local', 'transit')),
    -- The oldest version that is left when the epoch is finished.
    version     BIGINT NOT NULL CHECK (version > 0),
    began_at    BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant, kms)
);

CREATE INDEX artefact_of_key ON artefact (kms, key_version);
