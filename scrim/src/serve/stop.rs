//! How the service ends: it takes nothing new, finishes what it can, and says when it is done.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

/// Told to everybody who has to know. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    is_told: AtomicBool,
    waiting: Notify,
}

impl Stop {
    /// Tells everybody.
    pub(crate) fn tell(&self) {
        self.0.is_told.store(true, Ordering::SeqCst);
        self.0.waiting.notify_waiters();
    }

    /// Says whether it was told.
    pub(crate) fn is_told(&self) -> bool {
        self.0.is_told.load(Ordering::SeqCst)
    }

    /// Waits until it is told.
    pub(crate) async fn told(&self) {
        let mut waiting = std::pin::pin!(self.0.waiting.notified());
        // Before the question, so that nothing is missed in between.
        waiting.as_mut().enable();
        if !self.is_told() {
            waiting.await;
        }
    }
}

/// Waits for SIGTERM or SIGINT.
pub(crate) async fn asked_by_system() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        // Without handlers the system ends the program itself.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
