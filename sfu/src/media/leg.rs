//! The life of one connection, as a task of its own: GStreamer blocks, and steps have an order.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    MediaError, MediaSettings, RoomClock,
    capacity::Capacity,
    events::{ConnectionNumber, MediaEvent},
    fanout::FanoutSender,
    player::{Play, Player},
    publisher::{Publisher, Taken},
    viewer::Viewer,
};
use crate::{
    codec::Codec,
    sdp::{Candidate, Media, Offer},
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

    /// Makes a connection for what a player is sent, and answers it.
    pub(super) fn play(
        settings: Arc<MediaSettings>,
        clock: RoomClock,
        number: ConnectionNumber,
        play: Play,
        fanout: FanoutSender,
        events: UnboundedSender<MediaEvent>,
    ) -> Self {
        let (commands, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let life = self::play(&settings, clock, number, play, &fanout, &events, receiver);
            if let Err(error) = life.await {
                failed(&events, number, &error, "bad_offer");
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

/// Makes a connection that nobody uses, and ends it. GStreamer loads its plugins with the first one, which
/// takes seconds where a machine is busy, and whoever came first to a room would wait for it.
///
/// # Errors
/// [`MediaError`] where no connection can be made.
pub async fn rehearse(settings: Arc<MediaSettings>) -> Result<(), MediaError> {
    let clock = RoomClock::start()?;
    let (events, _heard) = unbounded_channel();
    let opens = settings.clone();
    let codecs = [Codec::Opus, Codec::Vp8, Codec::H264];
    let opened = blocking(move || Viewer::open(&opens, &clock, 0, &codecs, &events));
    let (mut viewer, _outlets) = opened.await?;
    viewer.offer(&settings).await.map(|_| ())
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
                let lost = viewer.lost();
                look(lost, &mut capacity, number, events);
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

async fn play(
    settings: &Arc<MediaSettings>,
    clock: RoomClock,
    number: ConnectionNumber,
    play: Play,
    fanout: &FanoutSender,
    events: &UnboundedSender<MediaEvent>,
    mut commands: UnboundedReceiver<Command>,
) -> Result<(), MediaError> {
    let (opens, says, times) = (settings.clone(), events.clone(), clock.clone());
    let opened = blocking(move || {
        let opened = Player::open(&opens, &times, number, &play, &says)?;
        Ok((opened, play))
    });
    let ((mut player, outlets), play) = opened.await?;
    fanout.attach(number, outlets);
    let sdp = player.answer(&play, settings, &clock).await?;
    let _ = events.send(MediaEvent::Described {
        connection: number,
        sdp,
    });
    let pictures = play.played.iter().filter(|one| one.media == Media::Video);
    let mut capacity = Capacity::new(pictures.count());
    let mut reports = tokio::time::interval(REPORTS_EVERY);
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(Command::Candidate(candidate)) => player.add_candidate(&candidate),
                // It has offered, so there is nothing that it could answer.
                Some(Command::Answer(_)) => {}
                None => return Ok(()),
            },
            _ = reports.tick() => look(player.lost(), &mut capacity, number, events),
        }
    }
}

/// Looks at a report, and says how many pictures the line is good for where that has changed.
fn look(
    lost: Option<f64>,
    capacity: &mut Capacity,
    connection: ConnectionNumber,
    events: &UnboundedSender<MediaEvent>,
) {
    if let Some(pictures) = lost.and_then(|lost| capacity.report(lost)) {
        let _ = events.send(MediaEvent::Capacity {
            connection,
            pictures,
        });
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
    let refused = matches!(error, MediaError::Description { .. }).then_some(bad);
    let _ = events.send(MediaEvent::Failed {
        connection,
        refused,
    });
}
