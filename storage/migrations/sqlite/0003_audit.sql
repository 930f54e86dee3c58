-- The audit log. Entries are added at its end, numbered from 0 without gaps, and never changed: only
-- the body of one can be blanked, together with the salt that its leaf was made with.

CREATE TABLE audit_entry (
    seq       INTEGER PRIMARY KEY NOT NULL,
    -- SHA-256 of salt and body: what the tree is made of. It stays when they go.
    leaf      TEXT NOT NULL CHECK (length(leaf) = 64),
    -- SHA-256 of the chain value before and the leaf.
    chain     TEXT NOT NULL CHECK (length(chain) = 64),
    -- 64 hexadecimal digits and a JSON object, or nothing where they were blanked.
    salt      TEXT,
    body      TEXT,
    -- What the body is blanked with.
    recording TEXT,
    tenant    TEXT,
    CHECK ((salt IS NULL) = (body IS NULL)),
    CHECK (body IS NOT NULL OR (recording IS NULL AND tenant IS NULL))
);

CREATE INDEX audit_entry_recording ON audit_entry (recording) WHERE recording IS NOT NULL;
CREATE INDEX audit_entry_tenant ON audit_entry (tenant) WHERE tenant IS NOT NULL;

-- The roots of the complete trees that make up the log, largest first, 64 digits each, so that an
-- entry is added without reading the others.
CREATE TABLE audit_tree (
    id    INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    size  BIGINT NOT NULL,
    nodes TEXT NOT NULL,
    chain TEXT NOT NULL
);

INSERT INTO audit_tree (id, size, nodes, chain)
VALUES (1, 0, '', '0000000000000000000000000000000000000000000000000000000000000000');

-- Signed notes (C2SP tlog-checkpoint), by the number of entries that they cover.
CREATE TABLE audit_checkpoint (
    size INTEGER PRIMARY KEY NOT NULL,
    note TEXT NOT NULL
);

CREATE TRIGGER audit_entry_insert BEFORE INSERT ON audit_entry
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_entry)
BEGIN SELECT RAISE(ABORT, 'the audit log has no gaps'); END;

CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
WHEN NEW.seq <> OLD.seq OR NEW.leaf <> OLD.leaf OR NEW.chain <> OLD.chain OR NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an entry of the audit log can only be blanked'); END;

CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

CREATE TRIGGER audit_tree_insert BEFORE INSERT ON audit_tree
BEGIN SELECT RAISE(ABORT, 'there is one audit log'); END;

CREATE TRIGGER audit_tree_update BEFORE UPDATE ON audit_tree
WHEN NEW.size <= OLD.size OR NEW.size <> (SELECT MAX(seq) + 1 FROM audit_entry)
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

CREATE TRIGGER audit_tree_delete BEFORE DELETE ON audit_tree
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

-- Without this, INSERT OR REPLACE would change one without firing the triggers below.
CREATE TRIGGER audit_checkpoint_insert BEFORE INSERT ON audit_checkpoint
WHEN NEW.size > (SELECT size FROM audit_tree)
    OR NEW.size <= (SELECT COALESCE(MAX(size), -1) FROM audit_checkpoint)
BEGIN SELECT RAISE(ABORT, 'checkpoints are made in order'); END;

CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;

CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
