//! The thread that seals what is spooled.

use std::{
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use scrim_policy::RecordingId;
use scrim_storage::{
    CatalogError, VaultError,
    session::{SealingState, SessionSealing},
};

use super::{
    hook::RecordingHook,
    inbox::{Event, Inbox},
};
use crate::serve::app::now;

/// How often it is looked for what is spooled.
const EVERY: Duration = Duration::from_secs(1);

/// How long to wait after a failure: twice as long each time, up to this.
const MOST_PATIENCE: Duration = Duration::from_secs(60);

/// Wakes the thread up: the session is over. It is never stopped; what it has not done when the program
/// ends is done by the next start.
pub(super) struct Sealer(Sender<()>);

impl Sealer {
    /// Begins to seal, until all of the session is sealed.
    pub(super) fn start(
        sealing: SessionSealing,
        inbox: Inbox,
        hook: Arc<dyn RecordingHook>,
    ) -> std::io::Result<Self> {
        let (wake, woken) = channel();
        let thread = thread::Builder::new().name("scrim-sealing".to_owned());
        thread.spawn(move || {
            let recording = sealing.recording();
            let wait = |span| {
                // Whoever has woken it up may be gone. Then it is not waited for.
                if woken.recv_timeout(span) == Err(RecvTimeoutError::Disconnected) {
                    thread::sleep(span.min(EVERY));
                }
            };
            seal(sealing, &inbox, wait);
            hook.ended(recording);
        })?;
        Ok(Self(wake))
    }

    /// The session is over: there is something to do.
    pub(super) fn wake(&self) {
        // It is done already where nobody listens.
        let _ = self.0.send(());
    }
}

fn seal(mut sealing: SessionSealing, inbox: &Inbox, wait: impl Fn(Duration)) {
    let recording = sealing.recording();
    let mut patience = EVERY;
    loop {
        match sealing.advance(now()) {
            Ok(SealingState::Over) => {
                tracing::info!(%recording, "a session is sealed");
                return;
            }
            Ok(SealingState::More) => patience = EVERY,
            Ok(SealingState::UpToDate) => {
                patience = EVERY;
                wait(EVERY);
            }
            Err(VaultError::Catalog(CatalogError::NotRunning { .. })) => {
                gone(recording, inbox);
                return;
            }
            Err(error) => {
                let error = crate::failure::Failure::from(error);
                let error = error.whole_message();
                tracing::error!(%recording, %error, "a session cannot be sealed for now");
                wait(patience);
                patience = (2 * patience).min(MOST_PATIENCE);
            }
        }
    }
}

/// The session was erased while it was recorded.
fn gone(recording: RecordingId, inbox: &Inbox) {
    tracing::warn!(%recording, "a session was erased while it was recorded");
    inbox.put(Event::Gone(recording));
}
