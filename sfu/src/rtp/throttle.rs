//! How often a keyframe is asked for.
//!
//! A keyframe costs as much as many pictures, and whoever cannot decode asks for one all the time.
//! So requests are spread. But none is forgotten: a viewer whose request was swallowed would see
//! nothing until the next one.

use std::time::Duration;

/// Requests of one viewer, or for one source: at most one per interval. One that comes too early is
/// sent at the end of the interval.
#[derive(Clone, Debug)]
pub struct Throttle {
    interval: Duration,
    sent: Option<Duration>,
    is_pending: bool,
}

impl Throttle {
    /// Interval that keeps both viewers and senders well.
    pub const INTERVAL: Duration = Duration::from_millis(500);

    /// Makes a throttle with this interval.
    pub const fn new(interval: Duration) -> Self {
        Self {
            interval,
            sent: None,
            is_pending: false,
        }
    }

    /// A keyframe is wanted. Whether to ask for it now; otherwise it is asked for when it is
    /// [`due`](Self::due).
    #[must_use]
    pub fn ask(&mut self, now: Duration) -> bool {
        self.is_pending = true;
        self.due(now)
    }

    /// Whether to send now what had to wait.
    #[must_use]
    pub fn due(&mut self, now: Duration) -> bool {
        let is_due = self.next().is_some_and(|next| next <= now);
        if is_due {
            self.sent = Some(now);
            self.is_pending = false;
        }
        is_due
    }

    /// Returns when [`due`](Self::due) has to be asked again; `None` while nothing waits.
    pub fn next(&self) -> Option<Duration> {
        let end = |sent: Duration| sent.saturating_add(self.interval);
        self.is_pending
            .then(|| self.sent.map_or(Duration::ZERO, end))
    }

    /// Forgets what waits. The interval goes on.
    pub fn forget(&mut self) {
        self.is_pending = false;
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new(Self::INTERVAL)
    }
}

/// Requests for one source: spread as by a [`Throttle`], and repeated until a keyframe was seen or
/// nobody waits any more. A request can be lost, and so can the keyframe.
#[derive(Clone, Debug, Default)]
pub struct Seeker {
    throttle: Throttle,
    /// When the request was sent that is not answered yet.
    sought: Option<Duration>,
}

impl Seeker {
    /// After this time without a keyframe the request is sent again.
    pub const REPEAT: Duration = Duration::from_secs(1);

    /// Somebody waits for a keyframe. Whether to ask for it now.
    #[must_use]
    pub fn ask(&mut self, now: Duration) -> bool {
        let is_now = self.throttle.ask(now);
        self.take_note(is_now, now)
    }

    /// Whether to send a request now, one that had to wait or one again.
    #[must_use]
    pub fn due(&mut self, now: Duration) -> bool {
        let is_again = self.repeat().is_some_and(|repeat| repeat <= now);
        let is_due = if is_again {
            self.throttle.ask(now)
        } else {
            self.throttle.due(now)
        };
        self.take_note(is_due, now)
    }

    fn take_note(&mut self, is_sent: bool, now: Duration) -> bool {
        if is_sent {
            self.sought = Some(now);
        }
        is_sent
    }

    /// Returns when [`due`](Self::due) has to be asked again; `None` while nobody waits.
    pub fn next(&self) -> Option<Duration> {
        self.throttle.next().into_iter().chain(self.repeat()).min()
    }

    fn repeat(&self) -> Option<Duration> {
        let again = |sought: Duration| sought.saturating_add(Self::REPEAT);
        self.sought.map(again)
    }

    /// A keyframe started. Whoever asked before has it.
    pub fn seen(&mut self) {
        self.rest();
    }

    /// Nobody waits any more.
    pub fn nobody_waits(&mut self) {
        self.rest();
    }

    fn rest(&mut self) {
        self.throttle.forget();
        self.sought = None;
    }
}
