//! Who may be recorded, and the proof that a tap wants.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use scrim_policy::{ConsentPurpose, ConsentRule, ParticipantId, TrackId};

use super::RecordingRule;

/// What one participant said to the notice.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Whether the notice was shown.
    pub(super) was_told: bool,
    given: BTreeMap<ConsentPurpose, bool>,
    /// What ends with a no.
    permits: Vec<(ConsentPurpose, Arc<AtomicBool>)>,
}

/// The proof that a track may be recorded. Only a room makes one, for a participant whose answer
/// under a recording rule allows it. It is good until the participant says no.
///
/// > **No tap without one.** It cannot be copied, and rooms that are encrypted end to end have no rule
/// > that it could be made from.
#[derive(Debug)]
pub struct Consented {
    participant: ParticipantId,
    track: TrackId,
    purpose: ConsentPurpose,
    is_good: Arc<AtomicBool>,
}

impl Consented {
    /// Returns whose track it is.
    pub const fn participant(&self) -> ParticipantId {
        self.participant
    }

    /// Returns which track it is.
    pub const fn track(&self) -> TrackId {
        self.track
    }

    /// Returns for what the participant may be recorded.
    pub const fn purpose(&self) -> ConsentPurpose {
        self.purpose
    }

    /// Whether the answer still allows it. A tap asks before every packet.
    pub fn is_good(&self) -> bool {
        self.is_good.load(Ordering::Acquire)
    }
}

impl PartialEq for Consented {
    fn eq(&self, other: &Self) -> bool {
        self.track == other.track && Arc::ptr_eq(&self.is_good, &other.is_good)
    }
}

impl Answers {
    pub(super) const fn all(&self) -> &BTreeMap<ConsentPurpose, bool> {
        &self.given
    }

    /// Notes an answer. A no ends at once whatever rests on the yes before.
    pub(super) fn note(&mut self, purpose: ConsentPurpose, is_given: bool) {
        self.given.insert(purpose, is_given);
        if !is_given {
            self.permits.retain(|(of, is_good)| {
                if *of == purpose {
                    is_good.store(false, Ordering::Release);
                }
                *of != purpose
            });
        }
    }

    /// Whether the participant is recorded for a purpose under a rule.
    pub(super) fn allows(&self, rule: &RecordingRule, purpose: ConsentPurpose) -> bool {
        match (rule.rule, self.given.get(&purpose)) {
            (_, Some(is_given)) => *is_given && self.was_told,
            (ConsentRule::Explicit, None) => false,
            // Whoever was not told yet is not recorded: GDPR Art. 13 comes before Art. 21.
            (ConsentRule::Inform, None) => self.was_told,
        }
    }

    /// Whether the participant said no to everything that there is.
    pub(super) fn refuses_all(&self) -> bool {
        let mut all = ConsentPurpose::ALL.iter();
        all.all(|purpose| self.given.get(purpose) == Some(&false))
    }

    /// Returns the proof for a track, where the answers allow it.
    pub(super) fn permit(
        &mut self,
        rule: &RecordingRule,
        participant: ParticipantId,
        track: TrackId,
        purpose: ConsentPurpose,
    ) -> Option<Consented> {
        if !self.allows(rule, purpose) {
            return None;
        }
        let is_good = Arc::new(AtomicBool::new(true));
        self.permits.push((purpose, is_good.clone()));
        Some(Consented {
            participant,
            track,
            purpose,
            is_good,
        })
    }

    /// Ends all proofs: the recording stops, or the participant is gone.
    pub(super) fn end_permits(&mut self) {
        for (_, is_good) in self.permits.drain(..) {
            is_good.store(false, Ordering::Release);
        }
    }
}
