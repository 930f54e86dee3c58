//! The steps, one after the other.

use std::collections::{BTreeSet, HashSet};

use scrim_policy::{AuditEvent, ErasureId, TenantId, Word, audit::ErasureScope};

use super::{Certificate, ErasureError};
use crate::{
    catalog::{
        CatalogError, ErasureRow, ErasureStep, Frozen, FrozenInvited, Reach, RecordingFate,
        Selection, Tombstones,
    },
    digest::Sha256Digest,
    objects::ObjectKey,
    proof::Envelope,
    timestamp::{Timestamp, new_erasure_id},
    vault::{Vault, VaultError},
};

/// What an operator promises about what Scrim cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureTerms {
    /// For how many days backups of the key management are kept.
    pub backup_days: u32,
}

/// What an erasure would do.
#[derive(Clone, Debug, Default)]
pub struct ErasurePlan {
    /// Recordings whose rows go.
    pub deleted: u64,
    /// Recordings that are withdrawn.
    pub withdrawn: u64,
    /// Recordings that stay as they are, without some of their artefacts.
    pub kept: u64,
    /// How often a person is taken out of a recording.
    pub participations: u64,
    /// Registrations of a person for rooms that go.
    pub registrations: u64,
    /// Invitations of a person to rooms that go.
    pub invitations: u64,
    /// Artefacts that go.
    pub artefacts: u64,
    /// Their length in bytes, sealed.
    pub bytes: u64,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureProgress {
    /// The erasure.
    pub erasure: ErasureId,
    /// The step that is done.
    pub step: ErasureStep,
    /// Objects that are deleted so far, while they are.
    pub objects: u64,
}

impl Vault {
    /// Says what an erasure would do, without doing it.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others [`CatalogError::OnHold`], and
    /// [`ErasureError::NobodyFound`].
    pub fn plan_erasure(
        &self,
        tenant: TenantId,
        selection: &Selection,
    ) -> Result<ErasurePlan, VaultError> {
        let invited = self.invited_by(tenant, selection)?;
        let freezing = self.catalog().would_freeze(tenant, selection, &invited);
        let (frozen, people) = self.wait(freezing)?;
        self.refuse_nobody(tenant, selection, (&frozen, &invited))?;
        let count = |is_meant: fn(&FrozenInvited) -> bool| {
            invited.iter().filter(|one| is_meant(one)).count() as u64
        };
        let mut plan = ErasurePlan {
            registrations: count(|one| matches!(one, FrozenInvited::Registration(_))),
            invitations: count(|one| matches!(one, FrozenInvited::Invitation(_))),
            participations: people
                .iter()
                .map(|one| (one.recording, one.person))
                .collect::<BTreeSet<_>>()
                .len() as u64,
            ..ErasurePlan::default()
        };
        let subjects: Vec<_> = people.iter().map(|one| one.subject).collect();
        for one in &frozen {
            match one.fate {
                RecordingFate::Deleted => plan.deleted += 1,
                RecordingFate::Withdrawn => plan.withdrawn += 1,
                RecordingFate::Kept => plan.kept += 1,
            }
            for row in self.artefacts(one.recording)? {
                let is_of_others = one.fate == RecordingFate::Withdrawn
                    && row.kind.is_own()
                    && row
                        .subject
                        .is_some_and(|subject| !subjects.contains(&subject));
                let is_due = match selection {
                    Selection::Expiry { artefacts, .. } => artefacts.contains(&row.id),
                    _ => !is_of_others,
                };
                if is_due {
                    plan.artefacts += 1;
                    plan.bytes += row.sealed.ciphertext_bytes;
                }
            }
        }
        Ok(plan)
    }

    /// Erases, to the certificate. `progress` is called after every step and every deleted object.
    ///
    /// # Errors
    /// Those of [`Vault::plan_erasure`] before anything is done; afterwards those of
    /// [`Vault::resume_erasure`].
    pub fn erase(
        &self,
        tenant: TenantId,
        selection: &Selection,
        terms: ErasureTerms,
        now: Timestamp,
        progress: &dyn Fn(ErasureProgress),
    ) -> Result<ErasureRow, VaultError> {
        let id = new_erasure_id(now)?;
        if let Err(error) = self.begin_erasure(id, tenant, selection, now) {
            self.account_for_refusal(tenant, selection, &error, now)?;
            return Err(error);
        }
        self.resume_erasure(id, terms, now, progress)
    }

    fn begin_erasure(
        &self,
        id: ErasureId,
        tenant: TenantId,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let invited = self.invited_by(tenant, selection)?;
        let freezing = self.catalog().would_freeze(tenant, selection, &invited);
        let (frozen, _) = self.wait(freezing)?;
        self.refuse_nobody(tenant, selection, (&frozen, &invited))?;
        if let Some((scope, recording)) = scope_of(selection) {
            let event = AuditEvent::ErasureRequested {
                erasure: id,
                scope,
                recording,
                tenant: (scope == ErasureScope::Tenant).then_some(tenant),
                reason: None,
            };
            self.audit(event, now)?;
        }
        self.wait(self.catalog().freeze(id, tenant, selection, &invited, now))?;
        Ok(())
    }

    /// Finds what an erasure takes of rooms: what names the person who is looked for.
    fn invited_by(
        &self,
        tenant: TenantId,
        selection: &Selection,
    ) -> Result<Vec<FrozenInvited>, VaultError> {
        match selection {
            Selection::Person(subjects) => self.invited_who_are(tenant, subjects),
            Selection::Recording(_) | Selection::Tenant | Selection::Expiry { .. } => {
                Ok(Vec::new())
            }
        }
    }

    /// Goes on with an erasure after the last step that was recorded, to the certificate. One that
    /// is certified is returned as it is.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], [`VaultError::Object`], [`VaultError::Key`], [`VaultError::Audit`]
    /// and [`VaultError::Erasure`]. Going on later is always possible.
    pub fn resume_erasure(
        &self,
        id: ErasureId,
        terms: ErasureTerms,
        now: Timestamp,
        progress: &dyn Fn(ErasureProgress),
    ) -> Result<ErasureRow, VaultError> {
        loop {
            let erasure = self.wait(self.catalog().erasure(id))?;
            let report = |objects| {
                progress(ErasureProgress {
                    erasure: id,
                    step: erasure.step,
                    objects,
                });
            };
            report(0);
            match erasure.step {
                ErasureStep::Frozen => self.list_places(&erasure, now)?,
                ErasureStep::Listed => self.delete_objects(&erasure, &report, now)?,
                ErasureStep::ObjectsDeleted => self.delete_rows(&erasure, now)?,
                ErasureStep::RowsDeleted => self.shred(&erasure, now)?,
                ErasureStep::Shredded => {
                    self.prove(&erasure)?;
                    self.wait(self.catalog().step_done(&erasure, ErasureStep::Proven))?;
                }
                ErasureStep::Proven => self.certify(&erasure, terms, now)?,
                ErasureStep::Certified => return Ok(erasure),
            }
        }
    }

    /// Returns the signed certificate of an erasure.
    ///
    /// # Errors
    /// [`ErasureError::NotCertified`], [`VaultError::Catalog`] and [`VaultError::Proof`].
    pub fn certificate(&self, id: ErasureId) -> Result<Envelope, VaultError> {
        let erasure = self.wait(self.catalog().erasure(id))?;
        let json = erasure
            .certificate
            .ok_or(ErasureError::NotCertified { erasure: id })?;
        Ok(Envelope::parse(json.as_bytes())?)
    }

    /// Returns an erasure.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn erasure(&self, id: ErasureId) -> Result<ErasureRow, VaultError> {
        Ok(self.wait(self.catalog().erasure(id))?)
    }

    /// Returns the recordings that an erasure touches, until it is certified.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn frozen_by(&self, id: ErasureId) -> Result<Vec<Frozen>, VaultError> {
        Ok(self.wait(self.catalog().frozen(id))?)
    }

    /// Returns all erasures of a tenant, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn erasures(&self, tenant: TenantId) -> Result<Vec<ErasureRow>, VaultError> {
        Ok(self.wait(self.catalog().erasures(tenant))?)
    }

    /// Finds what the store has and the catalog does not know, and writes everything down.
    fn list_places(&self, erasure: &ErasureRow, now: Timestamp) -> Result<(), VaultError> {
        if erasure.reach == Reach::Person {
            self.take_out_of_timelines(erasure, now)?;
        }
        let frozen = self.wait(self.catalog().frozen(erasure.id))?;
        let mut unknown = Vec::new();
        if erasure.reach == Reach::Tenant {
            let objects = self.objects().survey()?.objects.into_iter();
            let ours = objects.filter(|listed| listed.key.tenant == erasure.tenant);
            unknown.extend(ours.map(|listed| (listed.key, listed.bytes)));
        } else {
            let gone = frozen.iter().filter(|one| one.fate != RecordingFate::Kept);
            for one in gone {
                let known: HashSet<ObjectKey> = self
                    .artefacts(one.recording)?
                    .iter()
                    .map(|row| row.object_key)
                    .collect();
                for key in self.objects().list(erasure.tenant, one.recording)? {
                    if !known.contains(&key) {
                        unknown.push((key, self.objects().size(&key)?));
                    }
                }
            }
        }
        Ok(self.wait(self.catalog().list_places(erasure, &unknown))?)
    }

    fn delete_objects(
        &self,
        erasure: &ErasureRow,
        report: &dyn Fn(u64),
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let places = self.wait(self.catalog().places(erasure.id))?;
        self.account_for_step(
            erasure,
            ErasureStep::ObjectsDeleted,
            places.len() as u64,
            now,
        )?;
        for (place, count) in places.iter().zip(1..) {
            self.objects().delete(&place.object_key)?;
            report(count);
        }
        let frozen = self.wait(self.catalog().frozen(erasure.id))?;
        for begun in self.begun_of(erasure, &frozen)? {
            self.objects().abort(&begun)?;
        }
        self.forget_spools(erasure)?;
        let done = ErasureStep::ObjectsDeleted;
        Ok(self.wait(self.catalog().step_done(erasure, done))?)
    }

    fn delete_rows(&self, erasure: &ErasureRow, now: Timestamp) -> Result<(), VaultError> {
        let frozen = self.wait(self.catalog().frozen(erasure.id))?;
        let invited = self.wait(self.catalog().frozen_invited(erasure.id))?;
        let count = (frozen.len() + invited.len()) as u64;
        self.account_for_step(erasure, ErasureStep::RowsDeleted, count, now)?;
        let tombstones = self.tombstones(erasure, &frozen)?;
        Ok(self.wait(
            self.catalog()
                .delete_rows(erasure, &tombstones, self.author(), now),
        )?)
    }

    fn tombstones(
        &self,
        erasure: &ErasureRow,
        frozen: &[Frozen],
    ) -> Result<Tombstones, VaultError> {
        let mut tombstones = Tombstones::default();
        let source_of = |one: &Frozen| self.source_digest(erasure.tenant, &one.source_sha256);
        match erasure.reach {
            Reach::Recording => tombstones.sources = frozen.iter().map(source_of).collect(),
            Reach::Person => {
                for person in self.wait(self.catalog().frozen_people(erasure.id))? {
                    let Some(one) = frozen.iter().find(|one| one.recording == person.recording)
                    else {
                        continue;
                    };
                    let source = source_of(one);
                    let digest = self.erased_person_digest(&source, &person.subject);
                    tombstones.people.push((source, person.person, digest));
                }
            }
            Reach::Tenant | Reach::Expiry | Reach::Refusal => {}
        }
        Ok(tombstones)
    }

    fn certify(
        &self,
        erasure: &ErasureRow,
        terms: ErasureTerms,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let frozen = self.wait(self.catalog().frozen(erasure.id))?;
        let people = self.wait(self.catalog().frozen_people(erasure.id))?;
        let invited = self.wait(self.catalog().frozen_invited(erasure.id))?;
        let places = self.wait(self.catalog().places(erasure.id))?;
        let people = (people.as_slice(), invited.as_slice());
        let certificate = Certificate::new(erasure, &frozen, people, &places, terms, now);
        let json = self.keyring().sign_certificate(&certificate).to_json();
        let hash = Word::new(Sha256Digest::of(json.as_bytes()));
        let event = match erasure.reach {
            Reach::Expiry => AuditEvent::RetentionSwept {
                due: places.len() as u64,
                erased: places.len() as u64,
                held: self.due(erasure.tenant, now)?.held,
                certificate: Some(hash),
            },
            _ => AuditEvent::ErasureFinished {
                erasure: erasure.id,
                certificate: hash,
            },
        };
        self.audit(event, now)?;
        Ok(self.wait(self.catalog().certify(erasure, &json, now))?)
    }

    fn refuse_nobody(
        &self,
        tenant: TenantId,
        selection: &Selection,
        (frozen, invited): (&[Frozen], &[FrozenInvited]),
    ) -> Result<(), VaultError> {
        let is_found = !frozen.is_empty() || !invited.is_empty();
        if selection.reach() != Reach::Person || is_found {
            return Ok(());
        }
        let unlisted = self.wait(self.catalog().count_unlisted(tenant))?;
        Err(ErasureError::NobodyFound { unlisted }.into())
    }

    fn account_for_step(
        &self,
        erasure: &ErasureRow,
        step: ErasureStep,
        count: u64,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let event = AuditEvent::ErasureStep {
            erasure: erasure.id,
            step: Word::new(step),
            count,
        };
        self.audit(event, now).map(drop)
    }

    fn account_for_refusal(
        &self,
        tenant: TenantId,
        selection: &Selection,
        error: &VaultError,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let (Some((scope, recording)), VaultError::Catalog(CatalogError::OnHold { hold, .. })) =
            (scope_of(selection), error)
        else {
            return Ok(());
        };
        let event = AuditEvent::ErasureRefused {
            scope,
            recording,
            tenant: (scope == ErasureScope::Tenant).then_some(tenant),
            hold: Some(*hold),
        };
        self.audit(event, now).map(drop)
    }
}

/// What the audit log calls it. A sweep has an event of its own.
fn scope_of(selection: &Selection) -> Option<(ErasureScope, Option<scrim_policy::RecordingId>)> {
    match selection {
        Selection::Recording(recording) => Some((ErasureScope::Recording, Some(*recording))),
        Selection::Person(_) => Some((ErasureScope::Participant, None)),
        Selection::Tenant => Some((ErasureScope::Tenant, None)),
        Selection::Expiry { .. } => None,
    }
}
