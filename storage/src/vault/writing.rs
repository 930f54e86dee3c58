//! Artefacts on their way in.

use std::io::{self, Write};

use scrim_policy::{RecordingId, TenantId};

use super::{Vault, VaultError};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, CatalogError, Claim},
    digest::KeyedDigest,
    keyring::{KeyContext, WrappedKey},
    objects::{ObjectKey, PendingObject},
    seal::{FORMAT, PlaintextHash, SealContext, Sealer},
    secret::DataKey,
    timestamp::{Timestamp, new_artefact_id},
};

/// Seals what is written to it into a new artefact. **Without [`ArtefactWriter::finish`] nothing is
/// left of it.**
pub struct ArtefactWriter {
    vault: Vault,
    claim: Claim,
    sealing: Sealing,
}

impl std::fmt::Debug for ArtefactWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArtefactWriter")
            .field("key", &self.sealing.key)
            .finish_non_exhaustive()
    }
}

/// An object that is being sealed, and what its row will say. No row knows it yet.
pub(crate) struct Sealing {
    key: ObjectKey,
    kind: ArtefactKind,
    subject: Option<KeyedDigest>,
    /// Kept until the row is in the catalog: an erasure epoch may destroy what wraps it.
    data_key: DataKey,
    key_context: KeyContext,
    wrapped_key: WrappedKey,
    created_at: Timestamp,
    sealer: Sealer<Box<dyn PendingObject>>,
}

/// A row that is in the catalog, and its object, which is not visible yet.
type Entered<T> = (T, ArtefactRow, Box<dyn PendingObject>);

impl Vault {
    /// Starts an artefact with a data key of its own.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`], [`VaultError::Object`] and
    /// [`VaultError::Seal`].
    pub fn create_artefact(
        &self,
        claim: &Claim,
        kind: ArtefactKind,
        now: Timestamp,
    ) -> Result<ArtefactWriter, VaultError> {
        let (tenant, recording) = (claim.tenant(), claim.recording());
        Ok(ArtefactWriter {
            vault: self.clone(),
            claim: claim.clone(),
            sealing: self.start_sealing(tenant, recording, kind, None, now)?,
        })
    }

    /// Starts the own layer of one participant: it goes when they do.
    ///
    /// # Errors
    /// Those of [`Vault::create_artefact`].
    pub fn create_layer(
        &self,
        claim: &Claim,
        subject: KeyedDigest,
        now: Timestamp,
    ) -> Result<ArtefactWriter, VaultError> {
        let (tenant, recording) = (claim.tenant(), claim.recording());
        let kind = ArtefactKind::Layer;
        Ok(ArtefactWriter {
            vault: self.clone(),
            claim: claim.clone(),
            sealing: self.start_sealing(tenant, recording, kind, Some(subject), now)?,
        })
    }

    /// Starts an object with a data key of its own.
    pub(crate) fn start_sealing(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        kind: ArtefactKind,
        subject: Option<KeyedDigest>,
        now: Timestamp,
    ) -> Result<Sealing, VaultError> {
        self.recheck_residency_if_due(now)?;
        let artefact = new_artefact_id(now)?;
        let data_key = DataKey::random()?;
        let key_context = KeyContext::new(tenant, recording, artefact, subject);
        // At once, so that a key management that is down stops a job at its start.
        let wrapped_key = self.kms().wrap_key(&key_context, &data_key)?;
        let key = ObjectKey {
            tenant,
            recording,
            artefact,
        };
        let context = SealContext::new(tenant, recording, artefact, kind);
        let hash = if kind.has_plaintext_hash() {
            PlaintextHash::Sha256
        } else {
            PlaintextHash::Skip
        };
        let sealer = Sealer::new(self.objects().put(&key)?, &data_key, &context, hash)?;
        Ok(Sealing {
            key,
            kind,
            subject,
            data_key,
            key_context,
            wrapped_key,
            created_at: now,
            sealer,
        })
    }
}

impl Sealing {
    /// Seals the rest and lets `enter` put the row into the catalog. The object is not visible yet:
    /// its row comes first. Should the key version that wraps the data key be destroyed meanwhile,
    /// `enter` is asked again with a newer one.
    pub(crate) fn finish<T>(
        self,
        vault: &Vault,
        enter: impl Fn(&ArtefactRow) -> Result<T, VaultError>,
    ) -> Result<Entered<T>, VaultError> {
        let (sealed, object) = self.sealer.finish()?;
        let mut row = ArtefactRow {
            id: self.key.artefact,
            recording: self.key.recording,
            kind: self.kind,
            object_key: self.key,
            format: FORMAT.to_owned(),
            sealed,
            wrapped_key: self.wrapped_key,
            subject: self.subject,
            created_at: self.created_at,
            state: ArtefactState::Pending,
        };
        loop {
            match enter(&row) {
                Ok(entered) => return Ok((entered, row, object)),
                // Each epoch asks for this once.
                Err(VaultError::Catalog(CatalogError::StaleKey { oldest, .. })) => {
                    row.wrapped_key = vault.wrap_from(&self.key_context, &self.data_key, oldest)?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Write for Sealing {
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        self.sealer.write(plaintext)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}

impl ArtefactWriter {
    /// Seals the rest, makes the object durable and returns its row. The artefact is pending until
    /// it is recorded as the result of a stage or published.
    ///
    /// # Errors
    /// [`VaultError::Object`], [`VaultError::Seal`] and [`VaultError::Catalog`], among others where
    /// another run has taken over. Nothing is left of the artefact then.
    pub fn finish(self) -> Result<ArtefactRow, VaultError> {
        let Self {
            vault,
            claim,
            sealing,
        } = self;
        let add = |row: &ArtefactRow| {
            Ok(vault.wait(vault.catalog().add_artefact(&claim, row, row.created_at))?)
        };
        let ((), row, object) = sealing.finish(&vault, add)?;
        if let Err(error) = object.commit() {
            // Should this fail as well, the next run of the job removes the row.
            let _ = vault.wait(vault.catalog().remove_artefact(row.id));
            return Err(error.into());
        }
        // Another run may have taken over and swept the row before the object was there.
        if vault.artefact(row.id)?.is_none() {
            vault.objects().delete(&row.object_key)?;
            let (recording, artefact) = (row.recording, row.id);
            return Err(CatalogError::NoArtefact {
                recording,
                artefact,
            }
            .into());
        }
        Ok(row)
    }

    /// Sorts an error that writing has given, for messages: a full disk is a full disk.
    pub fn explain(error: io::Error) -> VaultError {
        crate::seal::SealError::Write { source: error }.into()
    }
}

impl Write for ArtefactWriter {
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        self.sealing.write(plaintext)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealing.flush()
    }
}
