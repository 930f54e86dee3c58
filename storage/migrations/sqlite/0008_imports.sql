-- Archives of other Scrims that were imported here. An import that was interrupted goes on; one that
-- is finished is never done again, so that it cannot bring back what was erased since.

CREATE TABLE tenant_import (
    -- SHA-256 of the signed manifest.
    archive     TEXT PRIMARY KEY NOT NULL,
    tenant      TEXT NOT NULL,
    begun_at    BIGINT NOT NULL,
    finished_at BIGINT
);
