//! Who had agreed to what, as far as no later no has wiped it.

use std::collections::HashMap;

use crate::{ConsentPurpose, ConsentRule, ParticipantId, TimelineEntry, TimelineEvent};

const PURPOSES: usize = ConsentPurpose::ALL.len();

/// The last no of everybody, for each purpose.
///
/// A no wipes what was recorded before it, also in earlier takes. So it is looked for in the whole
/// timeline before anything else is.
#[derive(Debug)]
pub(super) struct Refusals {
    rule: ConsentRule,
    /// By the number of the entry in the timeline.
    last: HashMap<ParticipantId, [Option<usize>; PURPOSES]>,
}

impl Refusals {
    /// Looks through a timeline. One that does not say who is recorded means: only who said yes.
    pub(super) fn read(timeline: &[TimelineEntry]) -> Self {
        let rule = match timeline.first().map(|entry| &entry.event) {
            Some(TimelineEvent::Opened { rule, .. }) => *rule,
            _ => ConsentRule::Explicit,
        };
        let mut last = HashMap::<_, [Option<usize>; PURPOSES]>::new();
        for (number, entry) in timeline.iter().enumerate() {
            if let TimelineEvent::Consented {
                participant,
                purpose,
                given: false,
                ..
            } = &entry.event
            {
                last.entry(*participant).or_default()[*purpose as usize] = Some(number);
            }
        }
        Self { rule, last }
    }

    /// Returns the answers of somebody who has said nothing yet.
    pub(super) fn answers_of(&self, participant: ParticipantId) -> Answers {
        Answers {
            rule: self.rule,
            was_told: false,
            last_no: self.last.get(&participant).copied().unwrap_or_default(),
            says_yes: [false; PURPOSES],
        }
    }
}

/// What one participant was told and said, up to a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers {
    rule: ConsentRule,
    was_told: bool,
    last_no: [Option<usize>; PURPOSES],
    says_yes: [bool; PURPOSES],
}

impl Answers {
    /// A notice was shown.
    pub(super) const fn told(&mut self) {
        self.was_told = true;
    }

    /// Something was said, in the entry with this number. A yes before a later no is none.
    pub(super) fn said(&mut self, entry: usize, purpose: ConsentPurpose, is_given: bool) {
        let purpose = purpose as usize;
        let is_last_word = self.last_no[purpose].is_none_or(|no| entry > no);
        self.says_yes[purpose] = is_given && is_last_word;
    }

    /// Whether the participant may be recorded for a purpose from now on. The room asks the same
    /// before it opens a tap: whoever was not told is not recorded under any rule.
    pub(super) fn allows(&self, purpose: ConsentPurpose) -> bool {
        let purpose = purpose as usize;
        let may_be_silent = self.rule == ConsentRule::Inform && self.last_no[purpose].is_none();
        self.was_told && (self.says_yes[purpose] || may_be_silent)
    }
}
