//! A bound on the memory of packets that wait for their worker.

use std::sync::{Condvar, Mutex, PoisonError};

/// Memory that waiting packets may take. A segment of 10 s at 8 Mbit/s has 10 MB.
const LIMIT: usize = 48 << 20;

/// Memory that a packet takes beside its bytes. A slide that stands still has packets of 50 bytes,
/// of which hours would fit into the limit.
const BESIDE: usize = 1 << 10;

/// Counts the memory of waiting packets.
///
/// The dispatcher feeds segments strictly in order and workers take them in order, so whenever it
/// has to wait, the segments that are being worked on have all or the newest of their packets.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    waiting: Mutex<usize>,
    freed: Condvar,
}

impl Budget {
    /// Waits until there is room for a packet of so many bytes, or until `stop` says that waiting
    /// is in vain.
    pub(crate) fn take(&self, bytes: usize, stop: impl Fn() -> bool) {
        let bytes = bytes + BESIDE;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting > 0 && *waiting + bytes > LIMIT && !stop() {
            let patience = std::time::Duration::from_millis(200);
            waiting = self
                .freed
                .wait_timeout(waiting, patience)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *waiting += bytes;
    }

    /// Gives back the room of a packet of so many bytes.
    pub(crate) fn free(&self, bytes: usize) {
        let bytes = bytes + BESIDE;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(bytes);
        self.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn many_small_packets_are_bounded_as_few_large_ones_are() {
        let budget = Budget::default();
        let waits = Cell::new(false);
        let mut packets = 0;
        while !waits.get() {
            budget.take(50, || waits.replace(true));
            packets += 1;
        }
        assert!(packets <= LIMIT / BESIDE, "{packets} packets");
        for _ in 0..packets {
            budget.free(50);
        }
        budget.take(LIMIT, || unreachable!("there is room again"));
    }
}
