//! What a worker leaves out when it is late, as rules without a clock.
//!
//! A queue that grows is a delay that grows, for everybody whom the worker serves. So what comes too
//! late is not sent at all. Pictures are left out first, because a meeting goes on without them and not
//! without words. Where that was not enough, and the worker is late by its own work, some viewers get none
//! for a while, see [`Share`].

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use super::{TrackNumber, share::Share};

/// A picture that waited for so long is not begun any more.
const LATE_PICTURE: Duration = Duration::from_millis(400);

/// Sound that waited for so long is left out, and so is the rest of a picture that was begun.
const LATE_SOUND: Duration = Duration::from_secs(1);

/// Where nothing waits for longer, a worker has caught up.
const CAUGHT_UP: Duration = Duration::from_millis(100);

/// How long a worker that had caught up has to keep up before it counts as fast enough.
const CALM: Duration = Duration::from_secs(10);

/// A worker that is at work for less of its time than this is late because others have the processors.
/// Leaving viewers out would give it none.
const BUSY: f64 = 0.25;

/// How long pictures rest where a worker was late again that has few viewers left to leave out, at first and
/// at most. It is doubled each time: every new beginning costs a keyframe, which is more work for all workers.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(8);

/// A packet that waited, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waited {
    pub(super) track: TrackNumber,
    pub(super) is_picture: bool,
    /// All packets of a picture have one timestamp, and no other picture of the track has it.
    pub(super) timestamp: u32,
    /// When it came in.
    pub(super) came: Duration,
}

/// What becomes of a packet that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Fate {
    /// It is sent.
    Send,
    /// It is left out.
    LeaveOut,
}

/// How late a worker is, and what that means.
///
/// Slots notice by themselves that packets are missing: the rewriter shows nothing from the gap to the
/// next keyframe, and has no hole in its numbers. Here is decided which packets are missing, and when a
/// keyframe is of use again.
#[derive(Debug, Default)]
pub(super) struct Lateness {
    /// Where pictures are left out: until when they rest. They go on as soon as the worker has caught up
    /// then.
    rests_until: Option<Duration>,
    /// How long they rested the last time.
    rest: Duration,
    /// When pictures went on the last time, or more viewers were sent them.
    went_on: Option<Duration>,
    /// Whether others have the processors.
    is_starved: bool,
    /// Which viewers are sent pictures at all.
    share: Share,
    /// Whether sound is left out until the worker has caught up.
    is_silent: bool,
    /// Of each track, the picture that was begun. What was begun is ended, so that whole pictures are
    /// missing. It has as many entries as the room had tracks.
    begun: HashMap<TrackNumber, u32>,
    /// Tracks of which pictures were left out. Who sees them needs keyframes.
    owed: BTreeSet<TrackNumber>,
}

impl Lateness {
    /// The worker was at work for this share of its time lately.
    pub(super) const fn note_load(&mut self, load: f64) {
        self.is_starved = load < BUSY;
    }

    /// Decides about a packet.
    pub(super) fn fate(&mut self, now: Duration, packet: Waited) -> Fate {
        let age = now.saturating_sub(packet.came);
        let is_late = if packet.is_picture {
            self.leaves_out_picture(now, age, packet)
        } else {
            self.leaves_out_sound(age)
        };
        if is_late { Fate::LeaveOut } else { Fate::Send }
    }

    /// Sound is left out in one piece: a bit of it every now and then would stay late, and nobody would
    /// understand a word.
    fn leaves_out_sound(&mut self, age: Duration) -> bool {
        let most = if self.is_silent {
            CAUGHT_UP
        } else {
            LATE_SOUND
        };
        self.is_silent = age > most;
        self.is_silent
    }

    fn leaves_out_picture(&mut self, now: Duration, age: Duration, packet: Waited) -> bool {
        let is_begun = self.begun.get(&packet.track) == Some(&packet.timestamp);
        let is_late = match (is_begun, self.rests_until) {
            (true, _) => age > LATE_SOUND,
            (false, Some(_)) => true,
            (false, None) => age > LATE_PICTURE,
        };
        if is_late {
            self.begun.remove(&packet.track);
            self.leave_out(now, [packet.track]);
        } else {
            self.begun.insert(packet.track, packet.timestamp);
        }
        is_late
    }

    /// Pictures of these tracks were left out, or found no place in the queue.
    pub(super) fn leave_out(
        &mut self,
        now: Duration,
        tracks: impl IntoIterator<Item = TrackNumber>,
    ) {
        self.owed.extend(tracks);
        if self.rests_until.is_some() {
            return;
        }
        let is_again = self
            .went_on
            .is_some_and(|since| now.saturating_sub(since) < CALM);
        self.rest = if is_again && !self.is_starved && !self.share.shrink(now) {
            (self.rest * 2).clamp(FIRST_REST, LONGEST_REST)
        } else {
            Duration::ZERO
        };
        self.rests_until = Some(now.saturating_add(self.rest));
    }

    /// Looks whether pictures can go on, by when the oldest packet that waits came in. Returns the tracks
    /// to ask for a keyframe of, which is of no use before: it would be left out as well.
    ///
    /// They are asked for without waiting for a packet that shows the gap: a screen that stands still
    /// sends none.
    pub(super) fn catch_up(
        &mut self,
        now: Duration,
        oldest: Option<Duration>,
    ) -> BTreeSet<TrackNumber> {
        let age = oldest.map_or(Duration::ZERO, |came| now.saturating_sub(came));
        let Some(until) = self.rests_until else {
            if self.share.widen(now) {
                self.went_on = Some(now);
            }
            return BTreeSet::new();
        };
        if age > CAUGHT_UP || until > now {
            return BTreeSet::new();
        }
        self.rests_until = None;
        self.went_on = Some(now);
        std::mem::take(&mut self.owed)
    }

    /// Returns which viewers are sent pictures.
    pub(super) const fn share(&self) -> Share {
        self.share
    }

    /// Returns when to [`catch_up`](Self::catch_up) at the latest, also where nothing comes. `None` while
    /// nothing is left out.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.rests_until.or(self.share.next_due())
    }
}
