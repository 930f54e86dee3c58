//! Who works on what when: at most so many at once, within the memory there is, and again after a
//! pause what did not answer.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The first pause before something is tried again. Pauses double.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// One try at one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// Which item.
    pub(super) index: usize,
    /// Bytes of memory that it is expected to need.
    pub(super) memory: u64,
    /// How often it was tried before.
    pub(super) tries: u64,
    /// What it failed with the last time.
    pub(super) last_failure: Option<String>,
    ready_at: Option<Instant>,
}

impl Task {
    pub(super) const fn new(index: usize, memory: u64) -> Self {
        Self {
            index,
            memory,
            tries: 0,
            last_failure: None,
            ready_at: None,
        }
    }
}

/// What happens to a task that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is over.
    Over,
    /// It is tried again after a pause, because something did not answer.
    Again {
        /// What it failed with.
        failure: String,
    },
    /// It is tried again once nothing else is worked on: another run of the same job was in the way.
    Alone {
        /// What it failed with.
        failure: String,
    },
}

#[derive(Default)]
struct State {
    waiting: Vec<Task>,
    /// Those that are tried alone, after all others.
    last: Vec<Task>,
    running: usize,
    memory: u64,
}

/// The queue.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    memory: u64,
}

impl Queue {
    /// Takes tasks in the order in which they are to be worked on, and the memory that all of them
    /// together may need.
    pub(super) fn new(tasks: Vec<Task>, memory: u64) -> Self {
        let state = State {
            waiting: tasks,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            memory,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next task; `None` when there will be none.
    pub(super) fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if let Some(task) = state.next(now, self.memory) {
                state.running += 1;
                state.memory += task.memory;
                return Some(task);
            }
            if state.running == 0 && state.waiting.is_empty() && state.last.is_empty() {
                // Whoever else waits has nothing to wait for either.
                self.changed.notify_all();
                return None;
            }
            // What is ready and does not fit waits for whoever is done.
            let later = state.waiting.iter().filter_map(|task| task.ready_at);
            let ready_at = later.filter(|at| *at > now).min();
            let pause = ready_at.map_or(LONGEST_PAUSE, |at| at.saturating_duration_since(now));
            let pause = pause.max(Duration::from_millis(1));
            state = self
                .changed
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Gives a task back.
    pub(super) fn done(&self, mut task: Task, next: Next) {
        let mut state = self.lock();
        state.running -= 1;
        state.memory -= task.memory;
        task.tries += 1;
        match next {
            Next::Over => {}
            Next::Again { failure } => {
                task.last_failure = Some(failure);
                task.ready_at = Some(Instant::now() + pause(task.tries));
                state.waiting.push(task);
            }
            Next::Alone { failure } => {
                task.last_failure = Some(failure);
                state.last.push(task);
            }
        }
        drop(state);
        self.changed.notify_all();
    }
}

impl State {
    fn next(&mut self, now: Instant, memory: u64) -> Option<Task> {
        let is_ready = |task: &Task| task.ready_at.is_none_or(|at| at <= now);
        // What needs more than there is gets it when nobody else does.
        let fits = |task: &Task| self.running == 0 || self.memory + task.memory <= memory;
        let index = self
            .waiting
            .iter()
            .position(|task| is_ready(task) && fits(task));
        if let Some(index) = index {
            return Some(self.waiting.remove(index));
        }
        let is_alone = self.waiting.is_empty() && self.running == 0;
        (is_alone && !self.last.is_empty()).then(|| self.last.remove(0))
    }
}

/// How long to wait after so many tries.
fn pause(tries: u64) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn failure() -> String {
        "the store does not answer".to_owned()
    }

    fn indexes(queue: &Queue) -> Vec<usize> {
        let state = queue.lock();
        state.waiting.iter().map(|task| task.index).collect()
    }

    #[test]
    fn what_does_not_fit_into_memory_waits_and_smaller_ones_go_before_it() {
        let queue = Queue::new(
            vec![Task::new(0, 60), Task::new(1, 60), Task::new(2, 30)],
            100,
        );
        let first = queue.take().unwrap();
        assert_eq!(first.index, 0);
        assert_eq!(queue.take().unwrap().index, 2);
        assert_eq!(indexes(&queue), [1]);
        queue.done(first, Next::Over);
        assert_eq!(queue.take().unwrap().index, 1);
    }

    #[test]
    fn what_needs_more_than_there_is_runs_alone() {
        let queue = Queue::new(vec![Task::new(0, 500), Task::new(1, 1)], 100);
        assert_eq!(queue.take().unwrap().memory, 500);
        assert_eq!(indexes(&queue), [1]);
    }

    #[test]
    fn what_did_not_answer_comes_again_after_a_pause_and_after_the_others() {
        let queue = Queue::new(vec![Task::new(0, 1), Task::new(1, 1)], 100);
        let first = queue.take().unwrap();
        queue.done(first, Next::Again { failure: failure() });
        let second = queue.take().unwrap();
        assert_eq!(second.index, 1);
        queue.done(second, Next::Over);
        let again = queue.take().unwrap();
        assert_eq!((again.index, again.tries), (0, 1));
        assert_eq!(again.last_failure, Some(failure()));
        queue.done(again, Next::Over);
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn what_was_in_the_way_of_another_is_tried_when_nobody_else_is() {
        let queue = Queue::new(vec![Task::new(0, 1), Task::new(1, 1), Task::new(2, 1)], 100);
        let (first, second) = (queue.take().unwrap(), queue.take().unwrap());
        queue.done(first, Next::Alone { failure: failure() });
        let third = queue.take().unwrap();
        assert_eq!(third.index, 2);
        queue.done(second, Next::Over);
        queue.done(third, Next::Over);
        assert_eq!(queue.take().unwrap().index, 0);
    }

    #[test]
    fn pauses_double_up_to_a_minute() {
        let seconds = [1, 2, 3, 6, 7, 1000].map(|tries| pause(tries).as_secs());
        assert_eq!(seconds, [1, 2, 4, 32, 60, 60]);
    }
}
