//! What is to be shown and heard of a session, and who was there.

use scrim_ingest::SessionState;
use scrim_policy::{
    Attendance, ConsentPurpose, Moment, ParticipantId, PersonId, Roster, SessionPlan,
    TimelineEntry, TimelineEvent, session,
};
use scrim_storage::{RecordingRow, Vault};

use super::{
    super::{JobError, JobSpec, SessionInput},
    Spoken,
};

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
        // Whoever was erased may be on the roster of the job only: the timeline has no name of them.
        let named = everybody.roster.with_hidden(spec.roster);
        let erased = vault.erased_from(spec.tenant, &original.source_sha256, &named)?;
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
            // Whoever was erased has refused everything by now, and is hidden.
            roster: people.roster.with_hidden(spec.roster),
            attendance: people.attendance,
            persons: people.persons,
            refused_later,
            timeline,
        })
    }

    /// Returns how often somebody has refused something.
    pub(super) fn refusals(&self) -> usize {
        let refuses = |entry: &&TimelineEntry| {
            matches!(entry.event, TimelineEvent::Consented { given: false, .. })
        };
        self.timeline.iter().filter(refuses).count()
    }

    /// Leaves out of what somebody said whatever may not be written down. Says whether something was.
    pub(crate) fn leave_out(&self, spoken: &mut Spoken) -> bool {
        let Some(participant) = spoken.participant else {
            return false;
        };
        let part = &mut spoken.part;
        let before = (part.words.len(), part.speech_ms);
        if !self.may_hear(participant, part.start_ms(), part.end_ms()) {
            part.words.clear();
            // Speech without words would look like a failure of the recogniser.
            part.speech_ms = 0;
        }
        part.words
            .retain(|word| self.may_write(participant, word.start_ms, word.end_ms));
        before != (part.words.len(), part.speech_ms)
    }

    /// Whether anything that somebody says between two moments may be written down.
    fn may_hear(&self, participant: ParticipantId, from_ms: u64, to_ms: u64) -> bool {
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
    fn may_write(&self, participant: ParticipantId, from_ms: u64, to_ms: u64) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::session::Voice;
    use scrim_redact::text::Word;

    use super::*;
    use crate::transcribe::TranscriptPart;

    fn participant() -> ParticipantId {
        "par_00000000000000000000000000000007".parse().unwrap()
    }

    /// What may be written down, in seconds.
    fn script(spans: &[(u64, u64)]) -> Script {
        let voice = |(from, to): &(u64, u64)| Voice {
            track: "trk_00000000000000000000000000000001".parse().unwrap(),
            participant: participant(),
            from: Moment(from * 1_000_000_000),
            to: Moment(to * 1_000_000_000),
            is_transcribed: true,
        };
        Script {
            timeline: Vec::new(),
            plan: SessionPlan {
                voices: spans.iter().map(voice).collect(),
                ..SessionPlan::default()
            },
            roster: Roster::default(),
            attendance: Attendance::from_roster(&Roster::default()),
            persons: std::collections::BTreeMap::new(),
            refused_later: Vec::new(),
        }
    }

    fn spoken(words: &[(&str, u64)]) -> Spoken {
        let words = words
            .iter()
            .map(|(text, at)| Word::new(*text, *at, *at + 300));
        Spoken {
            participant: Some(participant()),
            part: TranscriptPart {
                index: 0,
                start_sample: 0,
                end_sample: 160_000,
                language: "en".to_owned(),
                language_probability: 1.0,
                words: words.collect(),
                speech_ms: 4_000,
                is_doubtful: false,
            },
        }
    }

    fn texts(spoken: &Spoken) -> Vec<&str> {
        let words = spoken.part.words.iter();
        words.map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn nothing_is_left_of_what_was_said_before_a_refusal() {
        let said = spoken(&[("before", 1_000), ("after", 7_000)]);
        let mut all = said.clone();
        assert!(!script(&[(0, 10)]).leave_out(&mut all));
        assert_eq!(texts(&all), ["before", "after"]);
        // They said no, and yes again after five seconds.
        let mut later = said.clone();
        assert!(script(&[(5, 10)]).leave_out(&mut later));
        assert_eq!(texts(&later), ["after"]);
        let mut nothing = said;
        assert!(script(&[]).leave_out(&mut nothing));
        assert_eq!((texts(&nothing).len(), nothing.part.speech_ms), (0, 0));
        assert!(!script(&[]).leave_out(&mut nothing));
    }
}
