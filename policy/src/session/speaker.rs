//! Whom to look at: the floor, without its haste.
//!
//! Whoever takes the floor is shown once they have held it for a while, and then stays for a while. All
//! of it follows from what was before: no later event changes who was shown.

use super::stage::Seen;
use crate::Moment;

/// How long somebody holds the floor before they count as the speaker, in nanoseconds: 1.5 s.
const HOLD_NS: u64 = 1_500_000_000;

/// How long whoever is shown stays, in nanoseconds: 3 s.
const STAY_NS: u64 = 3_000_000_000;

/// How long somebody can be gone and still be shown again at once, in nanoseconds: 0.5 s. Whoever
/// turns on another camera ends one track before the next begins.
const GONE_NS: u64 = 500_000_000;

/// Who has the floor, who is shown, and who spoke when. People are numbers: positions in the order of
/// joining.
#[derive(Debug, Default)]
pub(super) struct Floor {
    holder: Option<Holder>,
    shown: Option<Shown>,
    gone: Option<(Shown, Moment)>,
    /// For each person, the number of their last turn; 0 for whoever had none.
    turns: Vec<u64>,
    count: u64,
    due: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    who: usize,
    since: Moment,
    /// Whether they have held it for long enough.
    counts: bool,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    who: usize,
    since: Moment,
}

impl Floor {
    /// Somebody takes the floor, or nobody has it.
    pub(super) fn speaks(&mut self, who: Option<usize>, now: Moment) {
        if self.holder.map(|holder| holder.who) != who {
            self.holder = who.map(|who| Holder {
                who,
                since: now,
                counts: false,
            });
        }
    }

    /// Returns whom to look at.
    pub(super) fn shown(&self) -> Option<usize> {
        self.shown.map(|shown| shown.who)
    }

    /// Returns when something changes by itself, which is later than the last time that it settled.
    pub(super) const fn due(&self) -> Option<Moment> {
        self.due
    }

    /// Returns how late somebody had their last turn; 0 for whoever had none.
    pub(super) fn turn_of(&self, who: usize) -> u64 {
        self.turns.get(who).copied().unwrap_or(0)
    }

    /// Finds out whom to look at now, of those who can be seen.
    pub(super) fn settle(&mut self, now: Moment, seen: &[Seen]) {
        self.count_turn(now);
        let is_seen = |who: usize| seen.iter().any(|one| one.who == who);
        if let Some(lost) = self.shown.take_if(|shown| !is_seen(shown.who)) {
            self.gone = Some((lost, now));
        }
        let back = self.gone.take_if(|(shown, _)| is_seen(shown.who));
        if let Some((shown, at)) = back
            && now <= at.later(GONE_NS)
        {
            self.shown = Some(shown);
        }
        let wanted = self.holder.filter(|one| one.counts && is_seen(one.who));
        let wanted = wanted.map(|holder| holder.who);
        self.due = self
            .holder
            .filter(|one| !one.counts)
            .map(|one| one.since.later(HOLD_NS));
        match (self.shown, wanted) {
            (None, _) => {
                let next = self.next(seen);
                self.shown = next.map(|who| Shown { who, since: now });
            }
            (Some(shown), Some(wanted)) if shown.who != wanted => {
                let leaves = shown.since.later(STAY_NS);
                if leaves <= now {
                    self.shown = Some(Shown {
                        who: wanted,
                        since: now,
                    });
                } else {
                    self.due = Some(leaves);
                }
            }
            _ => {}
        }
    }

    fn count_turn(&mut self, now: Moment) {
        let Some(holder) = &mut self.holder else {
            return;
        };
        if holder.counts || now < holder.since.later(HOLD_NS) {
            return;
        }
        holder.counts = true;
        self.count += 1;
        if self.turns.len() <= holder.who {
            self.turns.resize(holder.who + 1, 0);
        }
        self.turns[holder.who] = self.count;
    }

    /// Whoever spoke last; of those who never did, one with a camera, then who joined first.
    fn next(&self, seen: &[Seen]) -> Option<usize> {
        let best = seen.iter().min_by_key(|one| self.order_of(one));
        best.map(|one| one.who)
    }

    /// The latest speakers come first; of those who never spoke, who has a camera, then who joined
    /// first.
    pub(super) fn order_of(&self, one: &Seen) -> impl Ord + use<> {
        let turn = std::cmp::Reverse(self.turn_of(one.who));
        (turn, !one.has_camera(), one.who)
    }
}
