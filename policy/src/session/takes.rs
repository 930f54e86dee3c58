//! The recorded spans of a room, cut together.

use super::Take;
use crate::Moment;

/// The takes so far.
#[derive(Debug, Default)]
pub(super) struct Takes {
    ended: Vec<Take>,
    /// When the take began that goes on, on the clock of the room.
    since: Option<Moment>,
}

impl Takes {
    /// Returns where a moment of the take that goes on lies in the recording; nothing where none does.
    pub(super) fn recorded_at(&self, now: Moment) -> Option<Moment> {
        let since = self.since?;
        Some(self.length().later(now.0.saturating_sub(since.0)))
    }

    /// A take begins.
    pub(super) const fn begin(&mut self, now: Moment) {
        self.since = Some(now);
    }

    /// The take that goes on ends. One without any length is none.
    pub(super) fn end(&mut self, now: Moment) {
        let at = self.length();
        if let Some(from) = self.since.take().filter(|from| *from < now) {
            self.ended.push(Take { from, to: now, at });
        }
    }

    /// Returns all takes that have ended.
    pub(super) fn ended(self) -> Vec<Take> {
        self.ended
    }

    fn length(&self) -> Moment {
        self.ended.last().map_or(Moment::START, |last| {
            last.at.later(last.to.0.saturating_sub(last.from.0))
        })
    }
}
