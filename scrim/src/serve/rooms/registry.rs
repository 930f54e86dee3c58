//! The rooms that run.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;
use scrim_policy::{Pii, RoomId};
use scrim_sfu::{
    live::LiveRoom,
    media::{MediaSettings, rehearse, wait_for_ends},
    room::{ConnectionId, Door, Input, Protection, RecordingRule, RoomSettings, Slots},
    signal::IceServer,
    tap::Recorder,
};
use scrim_storage::service::{Room, RoomProtection, RoomState};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc::unbounded_channel},
};

use super::{
    super::{
        app::{App, now},
        problem::Problem,
    },
    consents,
    recorder::{Plan, Recordings, RoomRecorder},
    recording::SessionJobs,
    session::Sessions,
    turn::Turn,
};

/// How long a meeting goes on without a host.
const WITHOUT_HOST: Duration = Duration::from_secs(120);

/// How long the service waits for what was recorded to be sealed before it stops.
const SEALED_WITHIN: Duration = Duration::from_secs(20);

/// How long it waits for connections to end.
const HUNG_UP_WITHIN: Duration = Duration::from_secs(5);

/// What a page is shown at once where only some are on the stage.
const STAGE: Slots = Slots {
    audio: 3,
    vp8: 4,
    h264: 2,
};

/// What a page is shown at once where everybody may speak: a grid of three by three.
const OPEN_STAGE: Slots = Slots {
    audio: 6,
    vp8: 9,
    h264: 1,
};

/// Pages at once, in all rooms. A connection that has become a WebSocket is no request any more, so it
/// is counted here.
const MOST_PAGES: usize = 4096;

/// The rooms that run.
pub(crate) struct Registry {
    media: Arc<MediaSettings>,
    rooms: Mutex<HashMap<RoomId, LiveRoom>>,
    is_rehearsed: AtomicBool,
    connections: AtomicU64,
    places: Arc<Semaphore>,
    turn: Option<Turn>,
    /// What is recorded of them.
    pub(crate) recordings: Recordings,
    /// Those of encoders and players.
    pub(super) sessions: Sessions,
}

impl Registry {
    pub(crate) fn new(media: MediaSettings, turn: Option<Turn>) -> Self {
        Self {
            media: Arc::new(media),
            rooms: Mutex::default(),
            is_rehearsed: AtomicBool::new(false),
            connections: AtomicU64::new(1),
            places: Arc::new(Semaphore::new(MOST_PAGES)),
            turn,
            recordings: Recordings::default(),
            sessions: Sessions::default(),
        }
    }

    /// Somebody looks at a room, and wants to be connected soon. The first time everything is made ready for
    /// it meanwhile; nothing waits for that.
    pub(super) fn expect_somebody(&self) {
        if self.is_rehearsed.swap(true, Ordering::Relaxed) {
            return;
        }
        let media = self.media.clone();
        tokio::spawn(async move {
            if let Err(error) = rehearse(media).await {
                tracing::warn!(%error, "a first connection for media could not be made");
            }
        });
    }

    /// Returns a number for a connection that nothing else has.
    pub(super) fn connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns a place for a page, as long as it is held. None where there are too many.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    /// Returns servers for a page that cannot reach this one directly. There are none but those of the
    /// configuration: a STUN server of somebody else would be told who meets.
    pub(super) fn ice_servers(&self) -> Vec<IceServer> {
        self.turn.iter().map(|turn| turn.server(now())).collect()
    }

    /// Returns a room that runs.
    pub(super) fn running(&self, id: RoomId) -> Option<LiveRoom> {
        self.lock().get(&id).cloned()
    }

    /// Whether a room runs and lets nobody new in.
    pub(crate) fn is_closed(&self, id: RoomId) -> bool {
        self.lock().get(&id).is_some_and(LiveRoom::is_closed)
    }

    /// Ends all meetings: the service stops. What is recorded of them is sealed, as far as that does not
    /// take long; the next start does the rest.
    pub(crate) async fn end(&self) {
        let rooms: Vec<_> = self.lock().drain().map(|(_, room)| room).collect();
        for room in rooms {
            room.tell(Input::End).await;
        }
        let sealed = tokio::time::timeout(SEALED_WITHIN, self.recordings.all_ended()).await;
        if sealed.is_err() {
            tracing::warn!("recordings are not sealed yet; the next start does it");
        }
        // They have threads that must not outlive what they use.
        let ends = tokio::task::spawn_blocking(|| wait_for_ends(HUNG_UP_WITHIN)).await;
        if !ends.unwrap_or_default() {
            tracing::warn!("connections for media have not ended yet");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RoomId, LiveRoom>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a room that runs, or lets it run.
pub(super) async fn run(app: &App, room: &Room) -> Result<LiveRoom, Problem> {
    if let Some(running) = app.rooms.running(room.id) {
        return Ok(running);
    }
    let id = room.id;
    if room.state == RoomState::Planned {
        app.ask(move |vault| Ok(vault.note_room_opened(id, now())?))
            .await?;
    }
    let mut rooms = app.rooms.lock();
    // Two may come at once.
    if let Some(running) = rooms.get(&id) {
        return Ok(running.clone());
    }
    let ends = app.clone();
    let (answers, answered) = unbounded_channel();
    let live = LiveRoom::open_heard(
        settings(room),
        app.rooms.media.clone(),
        recorder(app, room),
        Some(answers),
        move |had| closed(ends, id, had),
    );
    let live = live.map_err(|error| {
        tracing::error!(room = %id, %error, "a room could not be opened");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the room cannot be opened")
    })?;
    rooms.insert(id, live.clone());
    tokio::spawn(consents::keep(
        app.clone(),
        room.clone(),
        live.clone(),
        answered,
    ));
    Ok(live)
}

/// Returns whoever records a room, where it may be recorded.
fn recorder(app: &App, room: &Room) -> Option<Box<dyn Recorder>> {
    let RoomProtection::Recorded { policy, .. } = &room.rules.protection else {
        return None;
    };
    let plan = Plan {
        tenant: room.tenant,
        room: room.id,
        title: room.words.title.clone(),
        policy: *policy,
    };
    let jobs = SessionJobs {
        app: app.clone(),
        threads: Handle::current(),
        room: room.clone(),
    };
    let recorder = RoomRecorder::new(app.vault.clone(), plan, Arc::new(jobs));
    Some(Box::new(recorder))
}

/// A room is closed. Where nobody was in it, it may be opened again.
fn closed(app: App, id: RoomId, had_meeting: bool) {
    app.rooms.lock().remove(&id);
    if !had_meeting {
        return;
    }
    tokio::task::spawn_blocking(move || {
        if let Err(error) = app.vault.note_room_ended(id, now()) {
            tracing::error!(room = %id, %error, "could not note that a meeting is over");
        }
    });
}

fn settings(room: &Room) -> RoomSettings {
    let rules = &room.rules;
    RoomSettings {
        title: Pii::new(room.words.title.clone()),
        door: Door {
            has_password: room.has_password,
            is_registered_only: rules.is_registered_only,
            has_waiting_room: rules.has_waiting_room,
            locks_after_start: rules.locks_after_start,
            opens_without_host: rules.opens_without_host,
        },
        is_stage_open: rules.is_stage_open,
        are_people_shown: rules.are_people_shown,
        protection: match &rules.protection {
            RoomProtection::Unrecorded => Protection::Clear(None),
            RoomProtection::EndToEnd => Protection::EndToEnd,
            RoomProtection::Recorded {
                rule,
                can_refuse,
                days,
                ..
            } => Protection::Clear(Some(RecordingRule {
                rule: *rule,
                can_refuse: *can_refuse,
                notice: room.notice(),
                controller: room.words.controller.clone(),
                contact: room.words.contact.clone(),
                purpose: room.words.purpose.clone(),
                audience: room.words.audience.clone(),
                days: *days,
            })),
        },
        most_people: rules.most_people.into(),
        slots: if rules.is_stage_open {
            OPEN_STAGE
        } else {
            STAGE
        },
        without_host: WITHOUT_HOST,
    }
}
