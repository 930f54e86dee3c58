//! Breakouts: parts of a room on their own.

use scrim_policy::{ParticipantId, Pii, TimelineEvent};

use super::Room;
use crate::signal::{Assignment, ServerMessage};

/// One breakout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Breakout {
    pub(super) name: Pii<String>,
    /// Whether it is recorded while the room is.
    pub(super) is_recorded: bool,
}

impl Room {
    pub(super) fn open_breakouts(&mut self, by: ParticipantId, breakouts: Vec<Assignment>) {
        if !self.breakouts.is_empty() {
            self.problem(by, "breakouts_are_open");
            return;
        }
        let can_record = self.settings.protection.recording().is_some();
        self.note(TimelineEvent::BreakoutsOpened {
            recorded: breakouts
                .iter()
                .map(|one| one.recorded && can_record)
                .collect(),
        });
        let mut sent = Vec::new();
        for (index, assignment) in (0..).zip(breakouts) {
            self.breakouts.push(Breakout {
                name: assignment.name,
                is_recorded: assignment.recorded && can_record,
            });
            sent.extend(assignment.people.into_iter().map(|one| (one, index)));
        }
        for (participant, index) in sent {
            self.place(by, participant, Some(index));
        }
        self.dirty.room();
    }

    /// Sends somebody to a breakout, or back to the main room.
    pub(super) fn place(
        &mut self,
        by: ParticipantId,
        participant: ParticipantId,
        breakout: Option<u8>,
    ) {
        if breakout.is_some_and(|index| usize::from(index) >= self.breakouts.len()) {
            self.problem(by, "no_such_breakout");
            return;
        }
        let Some(person) = self.people.get_mut(&participant) else {
            return;
        };
        if person.breakout == breakout {
            return;
        }
        person.breakout = breakout;
        self.note(TimelineEvent::Placed {
            participant,
            breakout,
        });
        self.tell(participant, ServerMessage::Moved { breakout });
        self.dirty.people();
        self.dirty.room();
        self.route();
        self.tap();
    }

    pub(super) fn close_breakouts(&mut self) {
        let away = self.people.values().filter(|one| one.breakout.is_some());
        let away: Vec<_> = away.map(|one| one.id).collect();
        for participant in away {
            self.place(participant, participant, None);
        }
        if !self.breakouts.is_empty() {
            self.breakouts.clear();
            self.note(TimelineEvent::BreakoutsClosed);
            self.dirty.room();
        }
    }

    /// Whether what happens in a place is recorded while the room is.
    pub(super) fn is_recorded_in(&self, breakout: Option<u8>) -> bool {
        match breakout {
            None => true,
            Some(index) => {
                let breakout = self.breakouts.get(usize::from(index));
                breakout.is_some_and(|one| one.is_recorded)
            }
        }
    }
}
