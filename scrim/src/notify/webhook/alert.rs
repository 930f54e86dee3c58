//! Telling the operator from a command that ends, and so has no outbox.

use std::{
    thread,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use super::{Event, Message, Sender, Target, WebhookError, WebhookUrl, sender};

/// How often it is tried, and how long the first pause is. Each further one is twice as long.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Posts an event to an address of the configuration, and again after a pause where it is not taken.
///
/// # Errors
/// [`WebhookError`] of the last try.
pub(crate) fn alert(
    url: WebhookUrl,
    event: &Event<'_, impl Serialize>,
) -> Result<(), WebhookError> {
    let body = serde_json::to_string(event).expect("an event holds only texts and numbers");
    let id = sender::new_id()?;
    let sender = Sender::of_operator();
    let target = Target { url, secret: None };
    let mut pause = FIRST_PAUSE;
    let mut tries = 0;
    loop {
        tries += 1;
        let message = Message {
            id: &id,
            sent_at: SystemTime::now(),
            body: &body,
        };
        match sender.deliver(&target, &message) {
            Err(error) if tries < TRIES && !error.is_final() => thread::sleep(pause),
            outcome => return outcome,
        }
        pause *= 2;
    }
}
