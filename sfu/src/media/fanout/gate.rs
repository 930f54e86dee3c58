//! The way into the queue of a worker, which is not endless.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{LeftOut, TrackNumber};

/// Pictures that may wait for a worker, in packets and in bytes. What is late is left out long before: this
/// is for a worker that stands still.
const MOST_PACKETS: usize = 2048;
const MOST_BYTES: usize = 2 << 20;

/// What waits for a worker.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    packets: usize,
    bytes: usize,
}

impl Waiting {
    /// Whether one more may wait. There is as much room for sound again where there is none for pictures.
    const fn has_room(self, is_picture: bool) -> bool {
        let share = if is_picture { 1 } else { 2 };
        self.packets < MOST_PACKETS * share && self.bytes < MOST_BYTES * share
    }
}

/// What found no room.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) count: LeftOut,
    /// Whose pictures.
    pub(super) tracks: BTreeSet<TrackNumber>,
}

/// Counts what waits for a worker. Nothing is locked while there is room.
#[derive(Debug, Default)]
pub(super) struct Gate {
    packets: AtomicUsize,
    bytes: AtomicUsize,
    has_refused: AtomicBool,
    refused: Mutex<Refused>,
}

impl Gate {
    /// Lets a packet in that [`leave`](Self::leave)s later, or says that there is no room for it.
    pub(super) fn enter(&self, track: TrackNumber, is_picture: bool, bytes: usize) -> bool {
        let waiting = Waiting {
            packets: self.packets.fetch_add(1, Ordering::Relaxed),
            bytes: self.bytes.fetch_add(bytes, Ordering::Relaxed),
        };
        if waiting.has_room(is_picture) {
            return true;
        }
        self.leave(bytes);
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.count.add(is_picture, 1);
        if is_picture {
            refused.tracks.insert(track);
        }
        // Set under the lock, so that nothing is there that nobody looks for.
        self.has_refused.store(true, Ordering::Relaxed);
        false
    }

    /// A packet that was let in waits no more.
    pub(super) fn leave(&self, bytes: usize) {
        self.packets.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Returns what found no room since the last time.
    pub(super) fn refused(&self) -> Option<Refused> {
        if !self.has_refused.load(Ordering::Relaxed) {
            return None;
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        self.has_refused.store(false, Ordering::Relaxed);
        Some(std::mem::take(&mut *refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: TrackNumber = 7;
    const VOICE: TrackNumber = 8;

    /// Lets in what there is room for, and returns how many that were.
    fn fill(gate: &Gate, track: TrackNumber, is_picture: bool, bytes: usize) -> usize {
        let mut count = 0;
        while gate.enter(track, is_picture, bytes) {
            count += 1;
        }
        count
    }

    #[test]
    fn where_there_is_no_room_for_pictures_there_is_some_for_sound() {
        let gate = Gate::default();
        assert_eq!(fill(&gate, SCREEN, true, 100), MOST_PACKETS);
        assert_eq!(fill(&gate, VOICE, false, 100), MOST_PACKETS);
    }

    #[test]
    fn large_packets_take_more_room_than_small_ones() {
        let gate = Gate::default();
        assert_eq!(fill(&gate, SCREEN, true, MOST_BYTES / 8), 8);
    }

    #[test]
    fn whoever_leaves_makes_room() {
        let gate = Gate::default();
        fill(&gate, SCREEN, true, 1000);
        gate.leave(1000);
        assert!(gate.enter(SCREEN, true, 1000));
        assert!(!gate.enter(SCREEN, true, 1000));
    }

    #[test]
    fn what_found_no_room_is_said_once() {
        let gate = Gate::default();
        assert!(gate.refused().is_none());
        fill(&gate, SCREEN, true, 1000);
        fill(&gate, VOICE, false, 1000);
        let refused = gate.refused();
        let refused = refused.expect("one of each found no room");
        let count = LeftOut {
            pictures: 1,
            sound: 1,
        };
        assert_eq!(refused.count, count);
        assert_eq!(refused.tracks, BTreeSet::from([SCREEN]));
        assert!(gate.refused().is_none());
    }
}
