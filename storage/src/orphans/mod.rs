//! Things that belong to nothing, and their removal.
//!
//! | what | how it comes to be | what is done |
//! |---|---|---|
//! | object without a row | a run was killed between two deletions | deleted |
//! | artefact that was replaced or never used | a run was killed, or the store did not answer | deleted |
//! | row without an object, not recorded | a run was killed before its object was there | deleted |
//! | row without an object, recorded | the store lost something, or is another store | reported; deleted on demand |
//! | unfinished object, upload in parts | a process was killed while it wrote | given up |
//! | foreign name in the store | somebody else put it there | reported, never touched |
//!
//! > **What a run is working on is not touched.** Rows are written before their objects, and the
//! > store is listed before the rows are read, so an object without a row belongs to no run; younger
//! > things than a day are left alone all the same.

use std::collections::{HashMap, HashSet};

use scrim_policy::{ArtefactId, TenantId};

use crate::{
    catalog::{ArtefactRow, ArtefactState, ErasureStep, RecordingRow, RecordingState},
    objects::{Listed, ObjectError, ObjectKey, StoredName, Unfinished},
    retention::{RUN_ALIVE, is_past},
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// What belongs to nothing.
#[derive(Clone, Debug, Default)]
pub struct Orphans {
    /// Objects that no row knows.
    pub objects: Vec<Listed>,
    /// Rows of artefacts that were never recorded, or replaced.
    pub rows: Vec<ArtefactRow>,
    /// Rows of artefacts that were recorded, or published, and have no object any more.
    pub lost: Vec<ArtefactRow>,
    /// Objects that were begun and neither finished nor given up.
    pub unfinished: Vec<Unfinished>,
    /// Things that are orphans as well, but younger than a day.
    pub young: u64,
    /// Names in the store that are not ours.
    pub foreign: u64,
}

impl Orphans {
    /// Says whether there is nothing to remove.
    pub fn is_empty(&self) -> bool {
        let Self {
            objects,
            rows,
            lost,
            unfinished,
            young: _,
            foreign: _,
        } = self;
        objects.is_empty() && rows.is_empty() && lost.is_empty() && unfinished.is_empty()
    }
}

impl Vault {
    /// Looks for orphans of a tenant. What a tenant has in the store is seen by nobody else.
    ///
    /// # Errors
    /// [`VaultError::Object`] and [`VaultError::Catalog`].
    pub fn orphans(&self, tenant: TenantId, now: Timestamp) -> Result<Orphans, VaultError> {
        // The store first, see above.
        let survey = self.objects().survey()?;
        let mut orphans = Orphans {
            foreign: survey.foreign,
            ..Orphans::default()
        };
        let ours = survey
            .objects
            .iter()
            .filter(|listed| listed.key.tenant == tenant);
        let stored: HashMap<ObjectKey, Listed> = ours.map(|listed| (listed.key, *listed)).collect();
        let spoken_for = self.objects_being_erased(tenant)?;
        let running = self.wait(self.catalog().running_live_sessions())?;
        let mut known: HashSet<ArtefactId> = HashSet::new();
        for row in self.wait(self.catalog().all_recordings(tenant))? {
            for artefact in self.artefacts(row.id)? {
                known.insert(artefact.id);
                if running.contains(&row.id) {
                    // Whoever records it, or finishes it, looks after it.
                    continue;
                }
                let is_there = stored.contains_key(&artefact.object_key);
                // Of what is made, a pending artefact is one that nobody waits for.
                let is_spent = artefact.state == ArtefactState::Pending && is_made(&row);
                if is_spent && is_past(artefact.created_at, RUN_ALIVE, now) {
                    orphans.objects.extend(stored.get(&artefact.object_key));
                    orphans.rows.push(artefact);
                    continue;
                }
                if is_there || spoken_for.contains(&artefact.object_key) || self.has(&artefact)? {
                    continue;
                }
                if !is_past(artefact.created_at, RUN_ALIVE, now) {
                    orphans.young += 1;
                } else if artefact.state == ArtefactState::Pending {
                    orphans.rows.push(artefact);
                } else {
                    orphans.lost.push(artefact);
                }
            }
        }
        for listed in stored.into_values() {
            if known.contains(&listed.key.artefact) || spoken_for.contains(&listed.key) {
                continue;
            }
            if is_past(listed.written_at, RUN_ALIVE, now) {
                orphans.objects.push(listed);
            } else {
                orphans.young += 1;
            }
        }
        orphans.objects.sort_unstable_by_key(|listed| listed.key);
        for begun in self.objects().unfinished()? {
            let is_ours = match &begun.name {
                Some(StoredName::Object(key)) => {
                    key.tenant == tenant && !running.contains(&key.recording)
                }
                Some(StoredName::Foreign(_)) => false,
                None => true,
            };
            if is_ours && is_past(begun.begun_at, RUN_ALIVE, now) {
                orphans.unfinished.push(begun);
            } else {
                orphans.young += u64::from(is_ours);
            }
        }
        Ok(orphans)
    }

    /// Removes orphans: objects, unfinished ones too, rows that were never recorded, and, where `with_lost` says so, rows
    /// of what was lost. Their keys are destroyed with the next erasure or sweep.
    ///
    /// # Errors
    /// [`VaultError::Object`] and [`VaultError::Catalog`].
    pub fn remove_orphans(&self, orphans: &Orphans, with_lost: bool) -> Result<(), VaultError> {
        for listed in &orphans.objects {
            self.objects().delete(&listed.key)?;
        }
        for begun in &orphans.unfinished {
            self.objects().abort(begun)?;
        }
        let lost = orphans.lost.iter().filter(|_| with_lost);
        for row in orphans.rows.iter().chain(lost) {
            self.wait(self.catalog().remove_artefact(row.id))?;
        }
        Ok(())
    }

    /// Looks for one object: the list of a store may be behind.
    fn has(&self, row: &ArtefactRow) -> Result<bool, VaultError> {
        match self.objects().size(&row.object_key) {
            Ok(_) => Ok(true),
            Err(ObjectError::NotFound { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// What an erasure has on its list is its business.
    fn objects_being_erased(&self, tenant: TenantId) -> Result<HashSet<ObjectKey>, VaultError> {
        let mut keys = HashSet::new();
        for erasure in self.erasures(tenant)? {
            if erasure.step != ErasureStep::Certified {
                let places = self.wait(self.catalog().places(erasure.id))?;
                keys.extend(places.iter().map(|place| place.object_key));
            }
        }
        Ok(keys)
    }
}

/// Whether no run works on a recording any more.
fn is_made(row: &RecordingRow) -> bool {
    row.state.has_outputs() || row.state == RecordingState::Withdrawn
}
