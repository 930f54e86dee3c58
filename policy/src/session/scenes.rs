//! What is seen when, without flicker.

use super::stage::Spot;
use crate::Moment;

/// A scene that is shorter is left out where that is possible, in nanoseconds: 0.2 s.
const SHORTEST_NS: u64 = 200_000_000;

/// A scene before anything is written on its tiles. All moments are those of the recording.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) from: Moment,
    pub(super) to: Moment,
    pub(super) spots: Vec<Spot>,
}

/// The scenes so far.
#[derive(Debug, Default)]
pub(super) struct Scenes {
    /// Those of the takes that have ended.
    ended: Vec<Span>,
    /// Those of the take that goes on; the end of the last one is not known yet.
    take: Vec<Span>,
}

impl Scenes {
    /// From now on, this is seen. It begins a take where none goes on.
    pub(super) fn show(&mut self, spots: Vec<Spot>, now: Moment) {
        if self.take.last().is_some_and(|last| last.spots == spots) {
            return;
        }
        self.cut(now);
        if self.take.last().is_some_and(|last| last.spots == spots) {
            return;
        }
        self.take.push(Span {
            from: now,
            to: now,
            spots,
        });
    }

    /// The take that goes on ends.
    pub(super) fn end_take(&mut self, now: Moment) {
        self.cut(now);
        let take = std::mem::take(&mut self.take);
        self.ended.extend(calmed(take));
    }

    /// Returns the scenes of all takes that have ended.
    pub(super) fn ended(self) -> Vec<Span> {
        self.ended
    }

    /// Ends the last scene, or forgets it where it has no length.
    fn cut(&mut self, now: Moment) {
        let is_empty = self.take.last_mut().is_some_and(|last| {
            last.to = now;
            last.from >= now
        });
        if is_empty {
            self.take.pop();
        }
    }
}

/// Leaves out short scenes, as far as nothing is shown for longer by that: what takes the place of a
/// short scene is all in it. The last scene stays, since nobody knows what follows.
fn calmed(take: Vec<Span>) -> Vec<Span> {
    let mut calm: Vec<Span> = Vec::new();
    let mut take = take.into_iter().peekable();
    while let Some(scene) = take.next() {
        let is_short = scene.to.0 - scene.from.0 < SHORTEST_NS;
        if let Some(next) = take.peek_mut().filter(|_| is_short) {
            if has_all_of(&scene, next) {
                next.from = scene.from;
                continue;
            }
            if let Some(last) = calm.last_mut().filter(|last| has_all_of(&scene, last)) {
                last.to = scene.to;
                continue;
            }
        }
        match calm.last_mut() {
            Some(last) if last.spots == scene.spots => last.to = scene.to,
            _ => calm.push(scene),
        }
    }
    calm
}

/// Whether everything of another scene is in a scene, wherever it is.
fn has_all_of(scene: &Span, other: &Span) -> bool {
    let is_there = |spot: &Spot| {
        let mut all = scene.spots.iter();
        all.any(|one| (one.who, one.content) == (spot.who, spot.content))
    };
    other.spots.iter().all(is_there)
}
