//! Backing up, restoring and checking the catalog of a vault.

use std::io::{BufRead, Write};

use scrim_policy::{AuditEvent, RecordingId, TenantId, Word};
use uuid::Uuid;

use super::{Settings, Vault, VaultError, catalog_threads};
use crate::{
    audit::Author,
    catalog::{Account, ArtefactRow, BackupSummary, Catalog, CatalogError, CatalogFinding, TABLES},
    durable,
    keyring::{KeyContext, Keyring},
    objects::ObjectError,
    timestamp::Timestamp,
};

impl Vault {
    /// Writes everything that the catalog holds at one moment, signed. Wrapped keys are in it, so
    /// that whoever has the backup, the keyring and the objects can open them; names and words are
    /// not.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], and those of [`Vault::audit`] where the audit log does not learn of it.
    pub fn back_up_catalog(
        &self,
        out: &mut dyn Write,
        now: Timestamp,
    ) -> Result<BackupSummary, VaultError> {
        let keyring = self.keyring();
        let sign = |bytes: &[u8]| keyring.sign(bytes);
        let (summary, last_line) = self.wait(self.catalog().back_up(out, &sign))?;
        let sha256 = Word::new(summary.sha256);
        self.audit(AuditEvent::CatalogBackup { sha256 }, now)?;
        // A stream cannot be taken back, but without this line nobody can restore it.
        writeln!(out, "{last_line}")
            .and_then(|()| out.flush())
            .map_err(|source| CatalogError::BackupFile { source })?;
        Ok(summary)
    }

    /// Returns the names of the tables that a backup holds.
    pub fn tables_in_a_backup() -> Vec<&'static str> {
        TABLES.iter().map(|(name, _)| *name).collect()
    }

    /// Makes the catalog of a vault from a backup. The keyring has to be there, and the catalog must
    /// not. The audit log says where it came from. Open the vault afterwards and bring it up to date:
    /// [`Vault::adopt_wrapped_keys`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`], [`VaultError::Keyring`], [`VaultError::Home`] and
    /// [`VaultError::Threads`]. There is no new catalog then.
    pub fn restore_catalog(
        settings: &Settings,
        backup: &mut dyn BufRead,
        now: Timestamp,
    ) -> Result<BackupSummary, VaultError> {
        let home = &settings.home;
        durable::ensure_folder(home).map_err(|source| VaultError::Home {
            path: home.clone(),
            source,
        })?;
        let keyring = Keyring::open(&home.join("keyring.json"), &settings.unlock)?;
        let key = keyring.public_key();
        let verify = |bytes: &[u8], signature: &[u8; 64]| key.verifies(bytes, signature);
        let author = Author {
            keyring: &keyring,
            actor: &settings.actor,
        };
        let account = Account { author, now };
        let restoring = Catalog::restore(&settings.catalog, backup, &verify, account);
        Ok(catalog_threads()?.wait(restoring)?)
    }

    /// Looks at every row, every object's length and every wrapped key, and returns what is not as it
    /// should be. No plaintext is read. `progress` gets the number of artefacts looked at so far.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], those of [`Vault::audit`], and [`VaultError::Object`] and
    /// [`VaultError::Key`] where the store or the key management cannot be asked.
    pub fn check_catalog(
        &self,
        now: Timestamp,
        progress: &dyn Fn(u64),
    ) -> Result<Vec<CatalogFinding>, VaultError> {
        let mut findings = self.wait(self.catalog().check_structure())?;
        findings.extend(self.wait(self.catalog().check_recordings())?);
        let (mut after, mut done) = (String::new(), 0);
        loop {
            let (rows, unreadable, next) = self.wait(self.catalog().artefact_page(&after))?;
            findings.extend(unreadable);
            for row in &rows {
                findings.extend(self.check_object(row)?);
                findings.extend(self.check_key(row)?);
                done += 1;
                progress(done);
            }
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        let event = AuditEvent::CatalogChecked {
            findings: findings.len() as u64,
        };
        self.audit(event, now)?;
        Ok(findings)
    }

    /// Says whether the store of objects answers.
    ///
    /// # Errors
    /// [`VaultError::Object`].
    pub fn reach_store(&self) -> Result<(), VaultError> {
        // Nothing is kept under this id, so that the list is empty and quickly told.
        let nothing = RecordingId::from_uuid(Uuid::nil());
        self.objects().list(TenantId::SINGLE, nothing)?;
        Ok(())
    }

    /// Says whether the key management answers that wraps new data keys.
    ///
    /// # Errors
    /// [`VaultError::Key`].
    pub fn reach_keys(&self) -> Result<(), VaultError> {
        self.kms().key_versions(TenantId::SINGLE)?;
        Ok(())
    }

    fn check_object(&self, row: &ArtefactRow) -> Result<Option<CatalogFinding>, VaultError> {
        if row.is_spooled() {
            return Ok(None);
        }
        let (recording, artefact) = (row.recording, row.id);
        let stated = row.sealed.ciphertext_bytes;
        match self.objects().size(&row.object_key) {
            Ok(found) if found == stated => Ok(None),
            Ok(found) => Ok(Some(CatalogFinding::WrongLength {
                recording,
                artefact,
                found,
                stated,
            })),
            Err(ObjectError::NotFound { .. }) => Ok(Some(CatalogFinding::MissingObject {
                recording,
                artefact,
            })),
            Err(error) => Err(error.into()),
        }
    }

    /// An unwrapped key is dropped at once; nothing is opened with it.
    fn check_key(&self, row: &ArtefactRow) -> Result<Option<CatalogFinding>, VaultError> {
        let key = row.object_key;
        let context = KeyContext::new(key.tenant, key.recording, key.artefact, row.subject);
        let unwrapped = self
            .kms_of(row.wrapped_key.kms)
            .and_then(|kms| kms.unwrap_key(&context, &row.wrapped_key));
        match unwrapped {
            Ok(_) => Ok(None),
            Err(error) if error.kind() == scrim_policy::Kind::Unavailable => Err(error.into()),
            Err(error) => Ok(Some(CatalogFinding::LostKey {
                recording: row.recording,
                artefact: row.id,
                reason: error.to_string(),
            })),
        }
    }
}
