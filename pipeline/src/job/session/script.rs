//! What is to be shown and heard of a session, and who was there.

use scrim_ingest::SessionState;
use scrim_policy::{
    Attendance, ConsentPurpose, Moment, ParticipantId, PersonId, Roster, SessionPlan,
    TimelineEntry, TimelineEvent, session,
};
use scrim_storage::{RecordingRow, Vault};

use super::super::{JobError, JobSpec, SessionInput};

/// How much later than the sound a word may end: the recogniser rounds.
const WORD_SLACK_NS: u64 = 1_000_000_000;

/// What is to be shown and heard of a session, as far as it has come.
pub(crate) struct Script {
    /// What happened, and what was refused later.
    pub(crate) timeline: Vec<TimelineEntry>,
    /// The plan.
    pub(crate) plan: SessionPlan,
    /// Who was there. Whoever is not recorded is known only to be hidden.
    pub(crate) roster: Roster,
    /// Who of them is recorded, and agreed to what.
    pub(crate) attendance: Attendance,
    /// Who is which person of the roster.
    pub(crate) persons: std::collections::BTreeMap<ParticipantId, PersonId>,
    /// What was refused after the session, and whose erasure is older than this job.
    pub(crate) refused_later: Vec<(ParticipantId, ConsentPurpose)>,
}

impl Script {
    /// Compiles what is known by now.
    pub(super) fn write(
        vault: &Vault,
        spec: &JobSpec<'_>,
        session: &SessionInput,
        original: &RecordingRow,
        state: &SessionState,
    ) -> Result<Self, JobError> {
        let mut timeline = state.timeline.to_vec();
        let mut refused_later = Vec::new();
        let everybody = session::people(&timeline, session.breakout);
        let erased = vault.erased_from(spec.tenant, &original.source_sha256, &everybody.roster)?;
        for (participant, person) in &everybody.persons {
            if erased.contains(person) {
                let all = ConsentPurpose::ALL.into_iter();
                refused_later.extend(all.map(|purpose| (*participant, purpose)));
            }
        }
        refused_later.sort_unstable();
        refused_later.dedup();
        let end = timeline.last().map_or(state.complete_to, |last| last.at);
        timeline.extend(
            refused_later
                .iter()
                .map(|(participant, purpose)| TimelineEntry {
                    at: end.max(state.complete_to),
                    event: TimelineEvent::Consented {
                        participant: *participant,
                        purpose: *purpose,
                        given: false,
                        notice: String::new(),
                    },
                }),
        );
        let plan =
            SessionPlan::compile(spec.policy, &timeline, state.complete_to, session.breakout);
        let people = session::people(&timeline, session.breakout);
        Ok(Self {
            plan,
            roster: people.roster.with_erased(&erased),
            attendance: people.attendance,
            persons: people.persons,
            refused_later,
            timeline,
        })
    }

    /// Whether anything that somebody says between two moments may be written down.
    pub(crate) fn may_hear(&self, participant: ParticipantId, from_ms: u64, to_ms: u64) -> bool {
        let moment = |ms: u64| Moment(ms.saturating_mul(1_000_000));
        let (from, to) = (moment(from_ms), moment(to_ms));
        let mut theirs = self
            .plan
            .voices
            .iter()
            .filter(|voice| voice.participant == participant && voice.is_transcribed);
        theirs.any(|voice| voice.from < to && from < voice.to)
    }

    /// Whether a word of somebody may be written down, as far as the plan says.
    pub(crate) fn may_write(&self, participant: ParticipantId, from_ms: u64, to_ms: u64) -> bool {
        let moment = |ms: u64| Moment(ms.saturating_mul(1_000_000));
        let (from, to) = (moment(from_ms), moment(to_ms));
        let mut theirs = self
            .plan
            .voices
            .iter()
            .filter(|voice| voice.participant == participant && voice.is_transcribed);
        theirs.any(|voice| voice.from <= from && to <= voice.to.later(WORD_SLACK_NS))
    }
}
