-- The audit log. Entries are added at its end, numbered from 0 without gaps, and never changed: only
-- the body of one can be blanked, together with the salt that its leaf was made with.

CREATE TABLE audit_entry (
    seq       BIGINT PRIMARY KEY NOT NULL,
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
    id    BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    size  BIGINT NOT NULL,
    nodes TEXT NOT NULL,
    chain TEXT NOT NULL
);

INSERT INTO audit_tree (id, size, nodes, chain)
VALUES (1, 0, '', '0000000000000000000000000000000000000000000000000000000000000000');

-- Signed notes (C2SP tlog-checkpoint), by the number of entries that they cover.
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY NOT NULL,
    note TEXT NOT NULL
);

-- Refusals carry SQLSTATE 23000, integrity_constraint_violation, as those of SQLite do.
CREATE FUNCTION audit_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_entry) THEN
        RAISE EXCEPTION 'the audit log has no gaps' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> OLD.seq OR NEW.leaf <> OLD.leaf OR NEW.chain <> OLD.chain
        OR NEW.body IS NOT NULL THEN
        RAISE EXCEPTION 'an entry of the audit log can only be blanked' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_tree_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= OLD.size OR NEW.size <> (SELECT MAX(seq) + 1 FROM audit_entry) THEN
        RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_checkpoint_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size > (SELECT size FROM audit_tree)
        OR NEW.size <= (SELECT COALESCE(MAX(size), -1) FROM audit_checkpoint) THEN
        RAISE EXCEPTION 'checkpoints are made in order' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = '23000';
END $$;

CREATE TRIGGER audit_entry_insert BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_insert();
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_update();
CREATE TRIGGER audit_entry_delete BEFORE DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused();
CREATE TRIGGER audit_tree_insert BEFORE INSERT OR DELETE OR TRUNCATE ON audit_tree
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused();
CREATE TRIGGER audit_tree_update BEFORE UPDATE ON audit_tree
    FOR EACH ROW EXECUTE FUNCTION audit_tree_update();
CREATE TRIGGER audit_checkpoint_insert BEFORE INSERT ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_insert();
CREATE TRIGGER audit_checkpoint_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused();
