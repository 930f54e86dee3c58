//! The life of one connection, as a task of its own: GStreamer blocks, and steps have an order.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    MediaError, MediaSettings, RoomClock,
    capacity::Capacity,
    events::{ConnectionNumber, MediaEvent},
    fanout::FanoutSender,
    publisher::{Publisher, Taken},
    viewer::Viewer,
};
use crate::{
    codec::Codec,
    sdp::{Candidate, Offer},
};

/// How often the receiver's reports are looked at. It sends one every second to every five.
const REPORTS_EVERY: Duration = Duration::from_secs(2);

/// The task of one connection. The connection ends when it is dropped.
pub(super) struct LegTask(UnboundedSender<Command>);

enum Command {
    Answer(String),
    Candidate(Candidate),
}

impl LegTask {
    /// Makes a connection for what a participant sends, and answers.
    pub(super) fn publish(
        settings: Arc<MediaSettings>,
        clock: RoomClock,
        number: ConnectionNumber,
        offer: Offer,
        taken: BTreeMap<u32, Taken>,
        events: UnboundedSender<MediaEvent>,
    ) -> Self {
        let (commands, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let life = publish(&settings, clock, number, offer, taken, &events, receiver);
            if let Err(error) = life.await {
                failed(&events, number, &error, "bad_offer");
            }
        });
        Self(commands)
    }

    /// Makes a connection for what a participant is shown, and offers slots.
    pub(super) fn view(
        settings: Arc<MediaSettings>,
        clock: RoomClock,
        number: ConnectionNumber,
        codecs: Vec<Codec>,
        fanout: FanoutSender,
        events: UnboundedSender<MediaEvent>,
    ) -> Self {
        let (commands, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let life = view(&settings, clock, number, codecs, &fanout, &events, receiver);
            if let Err(error) = life.await {
                failed(&events, number, &error, "bad_answer");
            }
        });
        Self(commands)
    }

    pub(super) fn answer(&self, sdp: String) {
        let _ = self.0.send(Command::Answer(sdp));
    }

    pub(super) fn candidate(&self, candidate: Candidate) {
        let _ = self.0.send(Command::Candidate(candidate));
    }
}

async fn publish(
    settings: &Arc<MediaSettings>,
    clock: RoomClock,
    number: ConnectionNumber,
    offer: Offer,
    taken: BTreeMap<u32, Taken>,
    events: &UnboundedSender<MediaEvent>,
    mut commands: UnboundedReceiver<Command>,
) -> Result<(), MediaError> {
    let (opens, says, offered) = (settings.clone(), events.clone(), offer.clone());
    let publisher =
        blocking(move || Publisher::open(&opens, &clock, number, &offered, taken, &says));
    let publisher = publisher.await?;
    let sdp = publisher.answer(&offer, settings).await?;
    let _ = events.send(MediaEvent::Described {
        connection: number,
        sdp,
    });
    while let Some(command) = commands.recv().await {
        if let Command::Candidate(candidate) = command {
            publisher.add_candidate(&candidate);
        }
    }
    Ok(())
}

async fn view(
    settings: &Arc<MediaSettings>,
    clock: RoomClock,
    number: ConnectionNumber,
    codecs: Vec<Codec>,
    fanout: &FanoutSender,
    events: &UnboundedSender<MediaEvent>,
    mut commands: UnboundedReceiver<Command>,
) -> Result<(), MediaError> {
    let pictures = codecs.iter().filter(|codec| codec.is_video()).count();
    let (opens, says) = (settings.clone(), events.clone());
    let opened = blocking(move || Viewer::open(&opens, &clock, number, &codecs, &says));
    let (mut viewer, outlets) = opened.await?;
    fanout.attach(number, outlets);
    let sdp = viewer.offer(settings).await?;
    let _ = events.send(MediaEvent::Described {
        connection: number,
        sdp,
    });
    let mut capacity = Capacity::new(pictures);
    let mut reports = tokio::time::interval(REPORTS_EVERY);
    loop {
        let command = tokio::select! {
            command = commands.recv() => command,
            _ = reports.tick() => {
                let pictures = viewer.lost().and_then(|lost| capacity.report(lost));
                if let Some(pictures) = pictures {
                    let _ = events.send(MediaEvent::Capacity { connection: number, pictures });
                }
                continue;
            }
        };
        match command {
            Some(Command::Answer(text)) => viewer.answer(&text, &settings.answer_limits()).await?,
            Some(Command::Candidate(candidate)) => viewer.add_candidate(&candidate),
            None => return Ok(()),
        }
    }
}

async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    match tokio::task::spawn_blocking(open).await {
        Ok(opened) => opened,
        Err(_) => Err(MediaError::Step { step: "be made" }),
    }
}

fn failed(
    events: &UnboundedSender<MediaEvent>,
    connection: ConnectionNumber,
    error: &MediaError,
    bad: &'static str,
) {
    use std::error::Error as _;
    let cause = error.source().map(ToString::to_string);
    tracing::warn!(%error, cause, "a connection for media could not be made");
    let code = match error {
        MediaError::Description { .. } => bad,
        _ => "media_failed",
    };
    let _ = events.send(MediaEvent::Failed { connection, code });
}
