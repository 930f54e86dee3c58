-- What the service keeps: who may sign in, what they have asked for, and what is on its way.
--
-- Texts about people and things (names, addresses, titles, policies, messages) are `words`: sealed under
-- one data key per tenant. Addresses are found by keyed digests. Secrets that were given out (of
-- sessions, tokens, invitations and links) are here as digests only.

-- The data key of a tenant's words. An erasure epoch replaces it and seals all words anew, so that what
-- was erased cannot be read in an old copy.
CREATE TABLE tenant_words (
    tenant      TEXT PRIMARY KEY NOT NULL,
    -- Grows with every new key. Words that were sealed under an older one are refused.
    epoch       BIGINT NOT NULL CHECK (epoch > 0),
    wrapped_key BLOB NOT NULL,
    key_version BIGINT NOT NULL,
    kms         TEXT NOT NULL CHECK (kms IN ('local', 'transit'))
);

CREATE TABLE account (
    id          TEXT PRIMARY KEY NOT NULL,
    tenant      TEXT NOT NULL,
    -- Keyed digest of the e-mail address.
    login       TEXT NOT NULL UNIQUE,
    -- Name and address.
    words       BLOB NOT NULL,
    -- Argon2id, where a password was chosen.
    password    TEXT,
    -- Keyed digest of issuer and subject, for whoever signs in elsewhere.
    outside     TEXT UNIQUE,
    roles       TEXT NOT NULL,
    language    TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE INDEX account_of_tenant ON account (tenant, created_at);

CREATE TABLE session (
    digest     TEXT PRIMARY KEY NOT NULL,
    account    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX session_of_account ON session (account);

-- Links by which a password is chosen, once. Without an account, it makes the first administrator.
CREATE TABLE invitation (
    digest     TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    account    TEXT REFERENCES account (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

CREATE TABLE api_token (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    account    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest     TEXT NOT NULL UNIQUE,
    -- What its owner calls it.
    words      BLOB NOT NULL,
    scopes     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE INDEX api_token_of_account ON api_token (account, created_at);

-- What a recording or an original is called.
CREATE TABLE recording_words (
    recording TEXT PRIMARY KEY NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    tenant    TEXT NOT NULL,
    words     BLOB NOT NULL
);

CREATE TABLE saved_policy (
    id         TEXT NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    tenant     TEXT NOT NULL,
    -- Name and text.
    words      BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE INDEX saved_policy_of_tenant ON saved_policy (tenant, id, version);

-- Originals on their way. The pieces are artefacts of the recording that stands for the upload.
CREATE TABLE upload (
    id        TEXT PRIMARY KEY NOT NULL,
    recording TEXT NOT NULL,
    tenant    TEXT NOT NULL,
    account   TEXT NOT NULL,
    bytes     BIGINT NOT NULL CHECK (bytes > 0),
    received  BIGINT NOT NULL CHECK (received >= 0 AND received <= bytes),
    pieces    BIGINT NOT NULL CHECK (pieces >= 0),
    -- Title.
    words     BLOB NOT NULL,
    begun_at  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('receiving', 'finishing', 'done', 'failed')),
    -- The original that it has become.
    original  TEXT,
    failure   TEXT
);

CREATE INDEX upload_of_tenant ON upload (tenant, begun_at);

CREATE TABLE job (
    id             TEXT PRIMARY KEY NOT NULL,
    tenant         TEXT NOT NULL,
    original       TEXT NOT NULL,
    policy         TEXT NOT NULL,
    policy_version BIGINT NOT NULL,
    -- Roster.
    words          BLOB NOT NULL,
    -- `none` makes no transcript.
    language       TEXT NOT NULL,
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    state          TEXT NOT NULL
                   CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    -- Grows with every try. What an earlier try says is not heard.
    tries          BIGINT NOT NULL,
    -- Until when the running try is taken to be alive.
    lease_until    BIGINT,
    started_at     BIGINT,
    finished_at    BIGINT,
    stage          TEXT,
    done           BIGINT NOT NULL,
    total          BIGINT,
    recording      TEXT,
    failure_kind   TEXT,
    failure_stage  TEXT,
    failure_words  BLOB
);

CREATE INDEX job_next ON job (state, created_at);
CREATE INDEX job_of_tenant ON job (tenant, created_at);
CREATE INDEX job_of_original ON job (original);
CREATE INDEX job_of_recording ON job (recording);

CREATE TABLE link (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    recording  TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    digest     TEXT NOT NULL UNIQUE,
    -- Label, audience, and the secret itself, for whoever wants to copy it again.
    words      BLOB NOT NULL,
    password   TEXT,
    -- What may be had: play mp4 txt vtt srt.
    allows     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    most_uses  BIGINT,
    uses       BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX link_of_recording ON link (recording, created_at);

CREATE TABLE webhook (
    id          TEXT PRIMARY KEY NOT NULL,
    tenant      TEXT NOT NULL,
    -- Address and secret.
    words       BLOB NOT NULL,
    events      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE INDEX webhook_of_tenant ON webhook (tenant);

-- Messages on their way, written in the transaction that they speak of.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    channel    TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    -- The account or the webhook that it goes to.
    target     TEXT NOT NULL,
    words      BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    -- What went wrong the last time, in a word.
    failure    TEXT
);

CREATE INDEX outbox_next ON outbox (state, next_at);

-- Answers to requests that may be repeated.
CREATE TABLE answered_request (
    account    TEXT NOT NULL,
    key        TEXT NOT NULL,
    request    TEXT NOT NULL,
    tenant     TEXT NOT NULL,
    status     BIGINT NOT NULL,
    words      BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);

-- A recording that stands for an upload has many pieces.
DROP INDEX artefact_published_once;
CREATE UNIQUE INDEX artefact_published_once ON artefact (recording, kind)
    WHERE state = 'complete'
    AND kind NOT IN ('segment', 'audio', 'transcript_part', 'layer', 'upload_piece');
