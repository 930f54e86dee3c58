//! Whether a recording of a session names only who agreed.
//!
//! The plan that was rendered is held against the timeline, entry by entry, by other rules than those
//! that made it: for each span of each track, the answers of its participant are read again.

use std::collections::BTreeMap;

use scrim_policy::{
    ConsentPurpose, ConsentRule, Moment, ParticipantId, SessionPlan, TimelineEntry, TimelineEvent,
    TrackId, TrackSource, session::Shows,
};

use super::Check;

const NAME: &str = "consents";

/// Holds the plan of a session against the answers of its participants.
pub fn consents(plan: &SessionPlan, timeline: &[TimelineEntry]) -> Check {
    let answers = Answers::read(timeline);
    let mut spans = 0_u64;
    let mut wrong = 0_u64;
    let mut held = |track: TrackId, from: Moment, to: Moment, transcribed: bool| {
        for (from, to) in in_room(plan, from, to) {
            spans += 1;
            wrong += u64::from(!answers.allow(track, from, to, transcribed));
        }
    };
    for scene in &plan.scenes {
        for tile in &scene.tiles {
            if let Shows::Track(track) = tile.shows {
                held(track, scene.from, scene.to, false);
            }
        }
    }
    for voice in &plan.voices {
        held(voice.track, voice.from, voice.to, voice.is_transcribed);
    }
    let how = "every span of every track in the plan against the answers of its participant in the \
               timeline, read anew";
    let outcome = match (wrong, spans) {
        (0, 0) => Err("nothing of anybody is in the plan".to_owned()),
        (0, _) => Ok(format!(
            "{spans} spans, each with a yes and without a later no"
        )),
        _ => Err(format!("{wrong} of {spans} spans without consent")),
    };
    Check::new(NAME, how, outcome)
}

/// Returns the spans of the room that a span of the recording was cut from.
fn in_room(plan: &SessionPlan, from: Moment, to: Moment) -> Vec<(Moment, Moment)> {
    let cut = plan.between(from, to);
    cut.takes.iter().map(|take| (take.from, take.to)).collect()
}

#[derive(Default)]
struct Answers {
    rule: ConsentRule,
    tracks: BTreeMap<TrackId, (ParticipantId, TrackSource, Moment)>,
    closed: BTreeMap<TrackId, Moment>,
    noticed: BTreeMap<ParticipantId, Moment>,
    said: BTreeMap<(ParticipantId, ConsentPurpose), Vec<(Moment, bool)>>,
}

impl Answers {
    fn read(timeline: &[TimelineEntry]) -> Self {
        let mut answers = Self::default();
        for TimelineEntry { at, event } in timeline {
            match event {
                TimelineEvent::Opened { rule, .. } => answers.rule = *rule,
                TimelineEvent::TrackOpened {
                    track,
                    participant,
                    source,
                } => {
                    answers.tracks.insert(*track, (*participant, *source, *at));
                }
                TimelineEvent::TrackClosed { track } => {
                    answers.closed.insert(*track, *at);
                }
                TimelineEvent::Noticed { participant, .. } => {
                    answers.noticed.entry(*participant).or_insert(*at);
                }
                TimelineEvent::Consented {
                    participant,
                    purpose,
                    given,
                    ..
                } => answers
                    .said
                    .entry((*participant, *purpose))
                    .or_default()
                    .push((*at, *given)),
                _ => {}
            }
        }
        answers
    }

    fn allow(&self, track: TrackId, from: Moment, to: Moment, transcribed: bool) -> bool {
        let Some((participant, source, opened)) = self.tracks.get(&track) else {
            return false;
        };
        let closed = self.closed.get(&track).copied().unwrap_or(Moment::END);
        let is_open = *opened <= from && to <= closed;
        is_open
            && self.agreed(*participant, source.purpose(), from)
            && (!transcribed || self.agreed(*participant, ConsentPurpose::Transcript, from))
    }

    /// Whether somebody had agreed by then, and did not refuse since.
    fn agreed(&self, participant: ParticipantId, purpose: ConsentPurpose, by: Moment) -> bool {
        let said = self.said.get(&(participant, purpose));
        let said = said.map_or(&[][..], Vec::as_slice);
        let refused = said.iter().rposition(|(_, given)| !given);
        let after = refused.map_or(said, |last| &said[last + 1..]);
        let says_yes = after.iter().any(|(at, _)| *at <= by);
        let was_told = self.noticed.get(&participant).is_some_and(|at| *at <= by);
        says_yes || (self.rule == ConsentRule::Inform && refused.is_none() && was_told)
    }
}
