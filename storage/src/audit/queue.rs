//! Entries of many threads in one transaction.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{AuditError, Deed};
use crate::catalog::CatalogError;

/// What one thread wants written, in one piece.
type Wanted = Vec<Deed>;

/// Where its first entry is, or why there is none.
type Outcome = Result<u64, Arc<CatalogError>>;

/// Where the outcome is put for the thread that waits for it.
type Slot = Arc<Mutex<Option<Outcome>>>;

/// Threads that wait to write to the log.
///
/// Making a transaction durable takes a disk far longer than filling it. So whoever gets the turn
/// writes for all who wait, in one transaction. The others find their outcome when it is done, and
/// may wait for the next one while somebody else has the turn.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    written: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<(Wanted, Slot)>,
    is_writing: bool,
}

/// The turn, given back however it ends.
struct Turn<'a>(&'a Queue);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).is_writing = false;
        self.0.written.notify_all();
    }
}

impl Queue {
    /// Writes events, and with them those of all threads that wait. Returns the number of the first
    /// entry of ours.
    ///
    /// `write` gets the deeds of one transaction and returns the number of the first one.
    pub(crate) fn append(
        &self,
        wanted: Wanted,
        write: impl FnOnce(&[Deed]) -> Result<u64, CatalogError>,
    ) -> Result<u64, AuditError> {
        let slot = Slot::default();
        let mut state = locked(&self.state);
        state.waiting.push((wanted, slot.clone()));
        while state.is_writing && locked(&slot).is_none() {
            let woken = self.written.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        if locked(&slot).is_none() {
            state.is_writing = true;
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            let turn = Turn(self);
            write_all(waiting, write);
            drop(turn);
        } else {
            drop(state);
        }
        let outcome = locked(&slot).take();
        outcome
            .expect("whoever had the turn wrote for all who waited")
            .map_err(|source| AuditError::Unwritable { source })
    }
}

fn write_all(
    waiting: Vec<(Wanted, Slot)>,
    write: impl FnOnce(&[Deed]) -> Result<u64, CatalogError>,
) {
    let (counts, events): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .map(|(wanted, slot)| ((wanted.len() as u64, slot), wanted))
        .unzip();
    let outcome = write(&events.concat()).map_err(Arc::new);
    let mut before = 0;
    for (count, slot) in counts {
        *locked(&slot) = Some(match &outcome {
            Ok(first) => Ok(first + before),
            Err(error) => Err(error.clone()),
        });
        before += count;
    }
}

/// Only a bug panics while it has the turn; whoever waited for that transaction panics as well, and
/// the next one starts anew.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
