//! A bound on the bytes of packets that wait for their worker.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that may wait. A segment of 10 s at 8 Mbit/s has 10 MB.
const LIMIT: usize = 48 << 20;

/// Counts waiting bytes.
///
/// The dispatcher feeds segments strictly in order and workers take them in order, so whenever it
/// has to wait, the segments that are being worked on have all or the newest of their packets.
#[derive(Debug, Default)]
pub(super) struct Budget {
    waiting: Mutex<usize>,
    freed: Condvar,
}

impl Budget {
    /// Waits until there is room, or until `stop` says that waiting is in vain.
    pub(super) fn take(&self, bytes: usize, stop: impl Fn() -> bool) {
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

    /// Gives room back.
    pub(super) fn free(&self, bytes: usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(bytes);
        self.freed.notify_one();
    }
}
