-- Which key management has ever wrapped something of a tenant. It stays when nothing there is in use any
-- more, because copies of the catalog may still be opened with it: an erasure is only complete when it
-- has been destroyed there too.

CREATE TABLE tenant_key (
    tenant TEXT NOT NULL,
    kms    TEXT NOT NULL CHECK (kms IN ('local', 'transit')),
    PRIMARY KEY (tenant, kms)
);

INSERT INTO tenant_key (tenant, kms)
SELECT recording.tenant, artefact.kms FROM artefact JOIN recording ON recording.id = artefact.recording
UNION SELECT tenant, kms FROM key_epoch
UNION SELECT tenant, kms FROM legal_hold;
