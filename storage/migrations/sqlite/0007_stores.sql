-- What the probes of object stores have found, newest last.

CREATE TABLE store_capability (
    -- Host and bucket, `host/bucket`.
    store     TEXT NOT NULL,
    probed_at BIGINT NOT NULL,
    -- JSON. These very bytes are signed.
    payload   TEXT NOT NULL,
    -- Ed25519, base64.
    signature TEXT NOT NULL,
    PRIMARY KEY (store, probed_at)
);
