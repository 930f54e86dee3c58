//! What is due, and sweeping it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use scrim_policy::{
    ArtefactId, RecordingId, RetentionClass, TenantId,
    retention::{Fate, Kept, due},
};

use crate::{
    artefact::ArtefactKind,
    catalog::{
        ErasureRow, ErasureStep, HoldRow, KeptArtefact, Reach, RecordingFate, RecordingRow,
        RecordingState, Selection,
    },
    erasure::{ErasureProgress, ErasureTerms},
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// For how long after its last step a run is taken to be alive.
pub(crate) const RUN_ALIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the class that decides how long a kind of artefact is kept.
pub const fn class_of(kind: ArtefactKind) -> RetentionClass {
    match kind {
        ArtefactKind::Recording
        | ArtefactKind::ReportJson
        | ArtefactKind::ReportHtml
        | ArtefactKind::Proof
        | ArtefactKind::ImportProof
        | ArtefactKind::Review => RetentionClass::Published,
        ArtefactKind::TranscriptTxt
        | ArtefactKind::TranscriptVtt
        | ArtefactKind::TranscriptSrt
        | ArtefactKind::TranscriptJson => RetentionClass::Transcript,
        ArtefactKind::Attendance => RetentionClass::Attendance,
        ArtefactKind::Original
        | ArtefactKind::Layer
        | ArtefactKind::Chat
        | ArtefactKind::Timeline
        | ArtefactKind::Segment
        | ArtefactKind::Audio
        | ArtefactKind::TranscriptPart
        | ArtefactKind::UploadPiece => RetentionClass::Raw,
    }
}

/// What is due at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueSummary {
    /// Artefacts that are due, by class.
    pub due: BTreeMap<RetentionClass, u64>,
    /// Artefacts that would be due if no hold kept them.
    pub held: u64,
    /// Recordings whose rows go.
    pub recordings: u64,
    artefacts: Vec<ArtefactId>,
    fates: Vec<(RecordingId, RecordingFate)>,
}

impl DueSummary {
    /// Says whether anything is due.
    pub fn is_empty(&self) -> bool {
        self.fates.is_empty()
    }

    /// Returns the recordings that something is due of, with what becomes of their rows.
    pub fn fates(&self) -> &[(RecordingId, RecordingFate)] {
        &self.fates
    }

    /// Counts the artefacts that are due.
    pub fn count(&self) -> u64 {
        self.artefacts.len() as u64
    }
}

/// What a sweep has done.
#[derive(Clone, Debug)]
pub struct SweepReport {
    /// What was due.
    pub due: DueSummary,
    /// The sweep, certified.
    pub erasure: ErasureRow,
    /// Earlier sweeps that had been interrupted and are certified now.
    pub resumed: Vec<ErasureRow>,
}

/// Whether a sweep is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness {
    /// When the last sweep was certified.
    pub last: Option<Timestamp>,
    /// Whether that is too long ago, or there is something to sweep and never was a sweep.
    pub is_late: bool,
}

impl Vault {
    /// Says what is due, without touching it.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn due(&self, tenant: TenantId, now: Timestamp) -> Result<DueSummary, VaultError> {
        let rules = self.retention_rules(tenant)?;
        let tags = self.wait(self.catalog().all_tags(tenant))?;
        let holds = self.holds(tenant)?;
        let mut kept: BTreeMap<RecordingId, Vec<KeptArtefact>> = BTreeMap::new();
        for artefact in self.wait(self.catalog().kept_artefacts(tenant))? {
            kept.entry(artefact.recording).or_default().push(artefact);
        }
        let being_erased = self.being_erased(tenant)?;
        let running = self.wait(self.catalog().running_live_sessions())?;
        let mut summary = DueSummary::default();
        let no_tags = BTreeSet::new();
        for row in self.wait(self.catalog().all_recordings(tenant))? {
            let is_running = running.contains(&row.id);
            if is_worked_on(&row, is_running, now) || being_erased.contains(&row.id) {
                continue;
            }
            let tags = tags.get(&row.id).unwrap_or(&no_tags);
            let fate_of = |class, is_on_hold| {
                let kept = Kept {
                    class,
                    tags,
                    since_us: row.created_at.as_micros(),
                    is_on_hold,
                };
                due(&rules, kept, now.as_micros())
            };
            let is_on_hold = holds.iter().any(|hold: &HoldRow| hold.covers(row.id));
            let artefacts = kept.remove(&row.id).unwrap_or_default();
            summary.add(&row, &artefacts, is_on_hold, &fate_of);
        }
        Ok(summary)
    }

    /// What an erasure has frozen goes with that, however old it is.
    fn being_erased(&self, tenant: TenantId) -> Result<BTreeSet<RecordingId>, VaultError> {
        let mut recordings = BTreeSet::new();
        for erasure in self.erasures(tenant)? {
            if erasure.step != ErasureStep::Certified {
                let frozen = self.frozen_by(erasure.id)?;
                recordings.extend(frozen.iter().map(|one| one.recording));
            }
        }
        Ok(recordings)
    }

    /// Goes on with sweeps that were interrupted, then sweeps what is due. A sweep in which nothing
    /// was due is certified as well: it shows that somebody looked.
    ///
    /// # Errors
    /// Those of [`Vault::erase`] and [`Vault::resume_erasure`].
    pub fn sweep(
        &self,
        tenant: TenantId,
        terms: ErasureTerms,
        now: Timestamp,
        progress: &dyn Fn(ErasureProgress),
    ) -> Result<SweepReport, VaultError> {
        let mut resumed = Vec::new();
        for erasure in self.erasures(tenant)? {
            if erasure.reach == Reach::Expiry && erasure.step != ErasureStep::Certified {
                resumed.push(self.resume_erasure(erasure.id, terms, now, progress)?);
            }
        }
        let due = self.due(tenant, now)?;
        let selection = Selection::Expiry {
            artefacts: due.artefacts.clone(),
            recordings: due.fates.clone(),
        };
        let erasure = self.erase(tenant, &selection, terms, now, progress)?;
        let log = self.retention_rules(tenant)?;
        let log = log.period(RetentionClass::Log, &BTreeSet::new());
        self.wait(
            self.catalog()
                .forget_holds(tenant, now.minus_days(log.count())),
        )?;
        Ok(SweepReport {
            due,
            erasure,
            resumed,
        })
    }

    /// Says whether the last sweep is longer ago than allowed. Before the first one, it counts from
    /// the oldest recording.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn sweep_lateness(
        &self,
        tenant: TenantId,
        allowed: Duration,
        now: Timestamp,
    ) -> Result<Lateness, VaultError> {
        let (last, oldest) = self.wait(self.catalog().sweep_times(tenant))?;
        let is_late = last
            .or(oldest)
            .is_some_and(|since| is_past(since, allowed, now));
        Ok(Lateness { last, is_late })
    }
}

impl DueSummary {
    fn add(
        &mut self,
        row: &RecordingRow,
        artefacts: &[KeptArtefact],
        is_on_hold: bool,
        fate_of: &dyn Fn(RetentionClass, bool) -> Fate,
    ) {
        let of_class = |is_on_hold| {
            artefacts
                .iter()
                .filter(move |artefact| fate_of(class_of(artefact.kind), is_on_hold).is_due())
        };
        if is_on_hold {
            self.held += of_class(false).count() as u64;
        }
        let due: Vec<&KeptArtefact> = of_class(is_on_hold).collect();
        let is_row_due = fate_of(RetentionClass::Published, is_on_hold).is_due();
        let fate = if due.len() == artefacts.len() && (is_row_due || !due.is_empty()) {
            RecordingFate::Deleted
        } else if due.is_empty() {
            return;
        } else if due
            .iter()
            .any(|artefact| artefact.kind == ArtefactKind::Recording)
        {
            RecordingFate::Withdrawn
        } else {
            RecordingFate::Kept
        };
        for artefact in due {
            *self.due.entry(class_of(artefact.kind)).or_default() += 1;
            self.artefacts.push(artefact.id);
        }
        self.recordings += u64::from(fate == RecordingFate::Deleted);
        self.fates.push((row.id, fate));
    }
}

/// Says whether a run may be alive that works on a recording, or that records it.
fn is_worked_on(row: &RecordingRow, is_running: bool, now: Timestamp) -> bool {
    let is_made = matches!(
        row.state,
        RecordingState::Planned | RecordingState::Rendering
    );
    (is_made || is_running) && !is_past(row.updated_at, RUN_ALIVE, now)
}

pub(crate) fn is_past(since: Timestamp, allowed: Duration, now: Timestamp) -> bool {
    let allowed = i64::try_from(allowed.as_micros()).unwrap_or(i64::MAX);
    now.as_micros() > since.as_micros().saturating_add(allowed)
}
