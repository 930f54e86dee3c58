//! A room with its media, as a task: the state machine at work.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use scrim_policy::ParticipantId;
use tokio::{
    sync::mpsc::{self, Receiver, Sender, UnboundedReceiver, UnboundedSender},
    time::{Duration, Instant, interval, sleep_until},
};

use crate::{
    media::{Media, MediaError, MediaEvents, MediaOutput, MediaSettings, RoomClock, TICK},
    room::{Answered, ConnectionId, Input, Output, Room, RoomSettings, TapOrder},
    signal::ServerMessage,
    tap::{Alarm, Recorder, RecordingFailure, RoomLink, Tap, TrackFacts},
};

/// Things that may wait for a room. Whoever brings more has to wait.
const MOST_CALLS: usize = 1024;

/// Messages that may wait for a page. One that takes nothing is cut off.
pub const MOST_MESSAGES: usize = 512;

/// What a page is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// A message.
    Message(Box<ServerMessage>),
    /// Nothing more comes: close the connection.
    Close,
}

/// A room that runs. Cheap to clone; the room ends by itself.
#[derive(Clone)]
pub struct LiveRoom {
    calls: Sender<Call>,
    is_closed: Arc<AtomicBool>,
}

enum Call {
    /// A connection is there. What its page is told goes here.
    Connected(ConnectionId, Sender<Outgoing>),
    Input(Box<Input>),
}

impl LiveRoom {
    /// Opens a room and lets it run, on the runtime that this is called on. Without a recorder nothing
    /// can be recorded, whatever its rule says.
    ///
    /// `ended` is called when the room is closed and the recorder knows it, with whether there was a
    /// meeting.
    ///
    /// # Errors
    /// [`MediaError`] where GStreamer is not usable.
    pub fn open(
        settings: RoomSettings,
        media: Arc<MediaSettings>,
        recorder: Option<Box<dyn Recorder>>,
        ended: impl FnOnce(bool) + Send + 'static,
    ) -> Result<Self, MediaError> {
        Self::open_heard(settings, media, recorder, None, ended)
    }

    /// Opens a room like [`LiveRoom::open`] whose answers to the notice go to `answers` as well.
    /// The channel is closed once nothing more comes.
    ///
    /// # Errors
    /// Those of [`LiveRoom::open`].
    pub fn open_heard(
        settings: RoomSettings,
        media: Arc<MediaSettings>,
        mut recorder: Option<Box<dyn Recorder>>,
        answers: Option<UnboundedSender<Answered>>,
        ended: impl FnOnce(bool) + Send + 'static,
    ) -> Result<Self, MediaError> {
        let clock = RoomClock::start()?;
        let (media, events) = Media::start(media, clock.clone());
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        let room = Room::open(settings, millis, recorder.is_some());
        let (calls, receiver) = mpsc::channel(MOST_CALLS);
        let (alarm, alarms) = Alarm::new();
        if let Some(recorder) = &mut recorder {
            let clock = clock.clone();
            recorder.attach(RoomLink { clock, alarm });
        }
        let is_closed = Arc::new(AtomicBool::new(room.is_closed()));
        let task = Task {
            room,
            is_closed: is_closed.clone(),
            media,
            clock,
            recorder,
            answers,
            pages: HashMap::new(),
            owners: HashMap::new(),
            had_meeting: false,
        };
        tokio::spawn(async move {
            let had_meeting = task.run(receiver, events, alarms).await;
            ended(had_meeting);
        });
        Ok(Self { calls, is_closed })
    }

    /// A connection is there. What its page is told goes to `page`, which should hold
    /// [`MOST_MESSAGES`]. False where the meeting is over.
    pub async fn connect(&self, connection: ConnectionId, page: Sender<Outgoing>) -> bool {
        let call = Call::Connected(connection, page);
        self.calls.send(call).await.is_ok()
    }

    /// Whether nobody new is let in at the moment.
    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Tells the room what happened. False where the meeting is over.
    pub async fn tell(&self, input: Input) -> bool {
        self.calls.send(Call::Input(Box::new(input))).await.is_ok()
    }
}

struct Task {
    room: Room,
    /// What others are told of the door.
    is_closed: Arc<AtomicBool>,
    media: Media,
    clock: RoomClock,
    recorder: Option<Box<dyn Recorder>>,
    /// Where answers go. A page says so little that what waits there is little.
    answers: Option<UnboundedSender<Answered>>,
    pages: HashMap<ConnectionId, Sender<Outgoing>>,
    /// Where each participant listens.
    owners: HashMap<ParticipantId, ConnectionId>,
    had_meeting: bool,
}

impl Task {
    async fn run(
        mut self,
        mut calls: Receiver<Call>,
        mut events: MediaEvents,
        mut alarms: UnboundedReceiver<RecordingFailure>,
    ) -> bool {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // What the opening itself has to say.
        let outputs = self.room.tick(self.clock.now());
        self.act(outputs);
        while !self.room.has_ended() {
            let due = self.due();
            tokio::select! {
                call = calls.recv() => match call {
                    Some(call) => self.take(call),
                    // Nobody can come any more.
                    None => self.put(Input::End),
                },
                Some(failure) = alarms.recv() => self.put(Input::RecordingFailed { failure }),
                Some(event) = events.next() => {
                    let outputs = self.media.event(event);
                    self.heed(outputs);
                }
                _ = ticks.tick() => {
                    let outputs = self.media.tick();
                    self.heed(outputs);
                }
                () = sleep_until(due) => {
                    // Whoever has said something is not silent because this task was kept from hearing it.
                    for _ in 0..calls.len() {
                        if let Ok(call) = calls.try_recv() {
                            self.take(call);
                        }
                    }
                    let outputs = self.room.tick(self.clock.now());
                    self.act(outputs);
                }
            }
        }
        // Whoever knocks while the last things are done is told that it is over.
        calls.close();
        while let Some(call) = calls.recv().await {
            self.take(call);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.finish();
        }
        self.had_meeting
    }

    fn due(&self) -> Instant {
        let due = self.room.next_due();
        let wait = due.map_or(Duration::from_secs(3600), |due| {
            Duration::from_nanos(due.0.saturating_sub(self.clock.now().0))
        });
        Instant::now() + wait
    }

    fn take(&mut self, call: Call) {
        match call {
            Call::Connected(connection, page) => {
                self.pages.insert(connection, page);
            }
            Call::Input(input) => self.put(*input),
        }
    }

    fn put(&mut self, input: Input) {
        let outputs = self.room.handle(self.clock.now(), input);
        self.act(outputs);
    }

    /// Does what the room wants.
    fn act(&mut self, outputs: Vec<Output>) {
        self.is_closed
            .store(self.room.is_closed(), Ordering::Relaxed);
        for output in outputs {
            match output {
                Output::Tell {
                    connection,
                    message,
                } => {
                    if let ServerMessage::Welcome { you, .. } = &message {
                        self.owners.insert(*you, connection);
                    }
                    self.tell(connection, message);
                }
                Output::Hang { connection } => self.hang(connection),
                Output::Media(order) => {
                    let outputs = self.media.order(order);
                    self.heed(outputs);
                }
                Output::Tap(order) => self.tap(order),
                Output::Note(event) => {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.note(self.clock.now(), &event);
                    }
                }
                Output::Answered(answered) => {
                    if let Some(answers) = &self.answers {
                        // Whoever has stopped keeping them has said why.
                        let _ = answers.send(answered);
                    }
                }
                Output::Ended { had_meeting } => self.had_meeting = had_meeting,
            }
        }
    }

    /// Takes notice of what media say.
    fn heed(&mut self, outputs: Vec<MediaOutput>) {
        for output in outputs {
            match output {
                MediaOutput::Input(input) => self.put(Input::Media(input)),
                MediaOutput::Tell {
                    participant,
                    message,
                } => {
                    if let Some(connection) = self.owners.get(&participant).copied() {
                        self.tell(connection, *message);
                    }
                }
                // It was logged, and the connection fails.
                MediaOutput::Impostor { .. } => {}
            }
        }
    }

    fn tap(&mut self, order: TapOrder) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        match order {
            TapOrder::Open(consented) => {
                let track = consented.track();
                let Some((source, codec, payload_type)) = self.media.source(track) else {
                    return;
                };
                let facts = TrackFacts {
                    track,
                    participant: consented.participant(),
                    purpose: consented.purpose(),
                    source,
                    codec,
                    payload_type,
                };
                if let Some(sink) = recorder.open(&facts) {
                    self.media.tap(Tap::new(consented, sink));
                }
            }
            TapOrder::Close { track } => {
                self.media.untap(track);
                recorder.close(track);
            }
            TapOrder::Destroy {
                participant,
                purpose,
            } => recorder.destroy(participant, purpose),
            TapOrder::Chat { participant, text } => {
                recorder.chat(self.clock.now(), participant, &text);
            }
        }
    }

    fn tell(&mut self, connection: ConnectionId, message: ServerMessage) {
        let Some(page) = self.pages.get(&connection) else {
            return;
        };
        if page.try_send(Outgoing::Message(Box::new(message))).is_err() {
            // It takes nothing, or is gone. Its connection ends, and the room is told by it.
            self.pages.remove(&connection);
        }
    }

    fn hang(&mut self, connection: ConnectionId) {
        if let Some(page) = self.pages.remove(&connection) {
            // Without a sender it is closed as well.
            let _ = page.try_send(Outgoing::Close);
        }
    }
}
