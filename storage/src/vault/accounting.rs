//! The audit log, seen from a thread.

use std::io::Write;

use scrim_policy::{AuditEvent, RecordingId};

use super::{Vault, VaultError};
use crate::{
    audit::Deed,
    audit::{
        About, AuditError, Checker, Consistency, EntryProof, Exporter, Leaves, Record, SignedNote,
        Verdict, VerifierKey,
    },
    catalog::{CatalogError, Wanted},
    timestamp::Timestamp,
};

impl Vault {
    /// Writes an event to the audit log and returns the number of its entry. It is durable then.
    /// **Call it before the effect**, unless both are one transaction.
    ///
    /// # Errors
    /// [`VaultError::Audit`]. What the event is about must not be done then.
    pub fn audit(&self, event: AuditEvent, now: Timestamp) -> Result<u64, VaultError> {
        self.audit_all(vec![event], now)
    }

    /// Writes several events in one piece and returns the number of the first one.
    ///
    /// # Errors
    /// Those of [`Vault::audit`]. No event is written then.
    pub fn audit_all(&self, events: Vec<AuditEvent>, now: Timestamp) -> Result<u64, VaultError> {
        let actor = self.author().actor;
        let deed = |event| Deed {
            actor: actor.clone(),
            event,
            at: now,
        };
        let wanted = events.into_iter().map(deed).collect();
        let keyring = self.keyring();
        let write = |deeds: &[_]| self.wait(self.catalog().append_deeds(keyring, deeds));
        Ok(self.shared.audit.append(wanted, write)?)
    }

    /// Returns the key under which checkpoints of the log are checked.
    pub fn audit_key(&self) -> VerifierKey {
        VerifierKey::new(self.keyring().public_key())
    }

    /// Returns a checkpoint over all entries, to be kept elsewhere. That it was made is one of them.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn audit_checkpoint(&self, now: Timestamp) -> Result<SignedNote, VaultError> {
        let seq = self.audit(AuditEvent::AuditCheckpoint {}, now)?;
        self.newest_checkpoint(seq)
    }

    /// Walks the whole log and compares it with its checkpoints and with those that were kept
    /// elsewhere.
    ///
    /// # Errors
    /// [`AuditError::Note`] where one that was kept elsewhere is none of this log, and
    /// [`VaultError::Catalog`]. What is wrong with the log is in the verdict.
    pub fn verify_audit(&self, kept: &[SignedNote]) -> Result<Verdict, VaultError> {
        self.wait(async {
            let mut snapshot = self.catalog().audit_snapshot().await?;
            let stored = snapshot.checkpoints().await?;
            let mut checker =
                Checker::new(&self.audit_key(), &stored, kept).map_err(AuditError::from)?;
            let end = match snapshot.end().await {
                // It is checked like everything else.
                Err(CatalogError::Unreadable { .. }) => None,
                end => Some(end?),
            };
            snapshot
                .each::<CatalogError>(|record| {
                    checker.entry(&record);
                    Ok(())
                })
                .await?;
            Ok(checker.finish(end.as_ref()))
        })
    }

    /// Returns the last `limit` entries before entry `before`, in order, and where a recording is
    /// given only those about it.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn audit_records(
        &self,
        recording: Option<RecordingId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Record>, VaultError> {
        let wanted = Wanted {
            recording,
            before,
            limit,
        };
        Ok(self.wait(self.catalog().audit_records(wanted))?)
    }

    /// Proves that an entry is in the log, and that the log goes on from a checkpoint that was kept
    /// elsewhere, where one is given.
    ///
    /// # Errors
    /// [`AuditError::NoEntry`], [`AuditError::Note`] and [`VaultError::Catalog`].
    pub fn prove_audit_entry(
        &self,
        seq: u64,
        kept: Option<&SignedNote>,
    ) -> Result<EntryProof, VaultError> {
        let key = self.audit_key();
        let kept = kept.map(|note| note.verify(&key)).transpose();
        let kept = kept.map_err(AuditError::from)?;
        let size = self
            .wait(async { self.catalog().audit_snapshot().await?.end().await })?
            .size;
        let missing = |seq| AuditError::NoEntry { seq, size };
        if seq >= size {
            return Err(missing(seq).into());
        }
        let wanted = Wanted {
            before: Some(seq + 1),
            limit: 1,
            ..Wanted::default()
        };
        let mut records = self.wait(self.catalog().audit_records(wanted))?;
        let record = records.pop().filter(|record| record.seq == seq);
        let record = record.ok_or_else(|| missing(seq))?;
        let note = self.newest_checkpoint(seq.max(kept.map_or(0, |kept| kept.size)))?;
        let covered = note.verify(&key).map_err(AuditError::from)?.size;
        let leaves = self.leaves(covered)?;
        let consistency = kept.map(|kept| {
            leaves.consistency(kept.size).map(|proof| Consistency {
                size: kept.size,
                root: kept.root,
                proof,
            })
        });
        let unreadable = CatalogError::Unreadable { column: "leaf" };
        Ok(EntryProof {
            seq,
            leaf: record.leaf.parse().map_err(|_| unreadable)?,
            salt: record.salt,
            body: record.body,
            checkpoint: note.to_string(),
            inclusion: leaves.inclusion(seq).ok_or_else(|| missing(seq))?,
            consistency: match consistency {
                Some(None) => return Err(missing(kept.map_or(0, |kept| kept.size)).into()),
                given => given.flatten(),
            },
        })
    }

    /// Writes the whole log as JSON lines. That it was is the last entry of it.
    ///
    /// # Errors
    /// [`AuditError::Export`], [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn export_audit(&self, out: impl Write, now: Timestamp) -> Result<(), VaultError> {
        self.audit(AuditEvent::AuditExported {}, now)?;
        let failed = |source| AuditError::Export { source };
        self.wait(async {
            let mut snapshot = self.catalog().audit_snapshot().await?;
            let (end, checkpoints) = (snapshot.end().await?, snapshot.checkpoints().await?);
            let origin = self.audit_key().origin();
            let mut exporter = Exporter::start(out, origin, end, checkpoints).map_err(failed)?;
            snapshot
                .each::<VaultError>(|record| Ok(exporter.entry(record).map_err(failed)?))
                .await?;
            Ok(exporter.finish().map_err(failed)?)
        })
    }

    /// Blanks the bodies and salts of all entries about something and returns how many there were.
    /// The log still verifies, and says that they were blanked.
    ///
    /// # Errors
    /// [`VaultError::Catalog`]. Nothing is blanked then.
    pub fn blank_audit_bodies(&self, about: About, now: Timestamp) -> Result<u64, VaultError> {
        let blanked = self.catalog().blank_audit_bodies(about, self.author(), now);
        Ok(self.wait(blanked)?)
    }

    /// Returns the newest checkpoint that covers entry `seq`, after signing one if there is none.
    fn newest_checkpoint(&self, seq: u64) -> Result<SignedNote, VaultError> {
        let newest = || {
            self.wait(async {
                let mut snapshot = self.catalog().audit_snapshot().await?;
                snapshot.newest_checkpoint().await
            })
        };
        let mut record = newest()?;
        if record.as_ref().is_none_or(|record| record.size <= seq) {
            self.wait(self.catalog().cover_audit(self.author()))?;
            record = newest()?;
        }
        let unreadable = CatalogError::Unreadable { column: "note" };
        let note = record.and_then(|record| record.note().ok());
        Ok(note.ok_or(unreadable)?)
    }

    /// Returns the first `count` leaves.
    fn leaves(&self, count: u64) -> Result<Leaves, VaultError> {
        let mut leaves = Leaves::default();
        let unreadable = |_| CatalogError::Unreadable { column: "leaf" };
        self.wait(async {
            let mut snapshot = self.catalog().audit_snapshot().await?;
            snapshot
                .each::<CatalogError>(|record| {
                    if record.seq < count {
                        leaves.push(&record.leaf.parse().map_err(unreadable)?);
                    }
                    Ok(())
                })
                .await
        })?;
        Ok(leaves)
    }
}
