//! People and sources as the catalog may know them: digests under a key.

use std::collections::{BTreeMap, BTreeSet};

use scrim_policy::{Attendance, PersonId, Roster, SubjectText, TenantId};

use super::ErasureError;
use crate::{
    catalog::{Arrival, Begun, Claim, Job, Participant},
    digest::{KeyedDigest, Sha256Digest},
    keyring::Keyring,
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// How a source is remembered that was erased, or of which a recording was withdrawn.
pub(crate) fn source_digest(
    keyring: &Keyring,
    tenant: TenantId,
    source: &Sha256Digest,
) -> KeyedDigest {
    let parts: [&[u8]; 2] = [tenant.as_uuid().as_bytes(), source.as_bytes()];
    keyring.keyed_digest("scrim/erased-source/v1", &parts)
}

impl Vault {
    /// Returns what a person is found by in the catalog.
    pub fn subject(&self, text: &SubjectText) -> KeyedDigest {
        self.keyring()
            .keyed_digest("scrim/subject/v1", &[text.reveal().as_bytes()])
    }

    /// Returns how an erased source is remembered.
    pub(crate) fn source_digest(&self, tenant: TenantId, source: &Sha256Digest) -> KeyedDigest {
        source_digest(self.keyring(), tenant, source)
    }

    /// Returns how somebody is remembered who was erased from a source. It is another digest for
    /// every source.
    pub(crate) fn erased_person_digest(
        &self,
        source: &KeyedDigest,
        subject: &KeyedDigest,
    ) -> KeyedDigest {
        let parts: [&[u8]; 2] = [source.as_bytes(), subject.as_bytes()];
        self.keyring()
            .keyed_digest("scrim/erased-person/v1", &parts)
    }

    /// Returns who on a roster was erased from a source and must not be shown when it is processed
    /// again.
    ///
    /// # Errors
    /// [`ErasureError::NotOnRoster`] where somebody was erased whom the roster does not list: their
    /// name could not be found in what is said. And [`VaultError::Catalog`].
    pub fn erased_from(
        &self,
        tenant: TenantId,
        source: &Sha256Digest,
        roster: &Roster,
    ) -> Result<BTreeSet<PersonId>, VaultError> {
        let source = self.source_digest(tenant, source);
        let rows = self.wait(self.catalog().erased_people(tenant, source))?;
        if rows.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut found = BTreeSet::new();
        let mut wanted: BTreeMap<i64, bool> = rows.iter().map(|(one, _)| (*one, false)).collect();
        for person in roster.people() {
            for text in person.subject_texts() {
                let digest = self.erased_person_digest(&source, &self.subject(&text));
                for (erased, _) in rows.iter().filter(|(_, subject)| *subject == digest) {
                    found.insert(person.id());
                    wanted.insert(*erased, true);
                }
            }
        }
        let missing = wanted.values().filter(|is_found| !**is_found).count() as u64;
        if missing > 0 {
            return Err(ErasureError::NotOnRoster { missing }.into());
        }
        Ok(found)
    }

    /// Returns who took part, as the catalog may know them.
    pub(crate) fn participants(&self, attendance: &Attendance) -> Vec<Participant> {
        let people = attendance.people.iter();
        people
            .map(|one| self.participant(one.person, &one.subject_texts()))
            .collect()
    }

    fn participant(&self, person: PersonId, texts: &[SubjectText]) -> Participant {
        Participant {
            person,
            subjects: texts.iter().map(|text| self.subject(text)).collect(),
        }
    }

    /// Begins a job like [`Vault::begin_or_resume`], and lists who takes part, so that they can be
    /// found again. Whoever is erased is not listed.
    ///
    /// # Errors
    /// Those of [`Vault::begin_or_resume`].
    pub fn begin_or_resume_with(
        &self,
        job: &Job,
        roster: &Roster,
        now: Timestamp,
    ) -> Result<Begun, VaultError> {
        self.begin_arrived(job, &self.arrival(job, roster), now)
    }

    /// Lists who takes part once that is known, which for a session is at its end.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others where somebody of them is being erased at this moment, or
    /// another run has taken over.
    pub fn list_participants(
        &self,
        claim: &Claim,
        job: &Job,
        roster: &Roster,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let arrival = self.arrival(job, roster);
        let listed = self.catalog().note_participants(claim, job, &arrival, now);
        Ok(self.wait(listed)?)
    }

    fn arrival(&self, job: &Job, roster: &Roster) -> Arrival {
        let shown = roster.people().iter().filter(|person| !person.is_erased());
        Arrival {
            source: self.source_digest(job.tenant, &job.source_sha256),
            participants: shown
                .map(|person| self.participant(person.id(), &person.subject_texts()))
                .collect(),
        }
    }
}
