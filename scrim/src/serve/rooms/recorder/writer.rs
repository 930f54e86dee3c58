//! The thread that writes what is recorded.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use scrim_ingest::log::Chunk;
use scrim_policy::{
    ArtefactId, ConsentPurpose, Moment, ParticipantId, Pii, RecordingId, TimelineEntry,
    TimelineEvent, TrackId,
};
use scrim_sfu::tap::{RecordingFailure, RoomLink, TrackFacts};
use scrim_storage::{
    Vault, VaultError,
    session::{LayerOwner, Session},
};

use super::{
    Plan,
    hook::{Began, RecordingHook},
    inbox::{Event, Inbox, Outbox, Over},
    prelude::Prelude,
    running::RunningSession,
    sealing::Sealer,
    tracks::RecordedTrack,
};
use crate::{failure::Failure, serve::app::now};

/// How often everything is forced to disk.
const EVERY: Duration = Duration::from_secs(1);

/// How often while nothing is recorded, though it was and may be again.
const EVERY_AT_REST: Duration = Duration::from_secs(10);

/// After so long without anything the recording is at rest.
const REST_AFTER: Duration = Duration::from_secs(3);

/// How long to wait for something.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long to take what waits before it is forced to disk.
const MOST_TIME: Duration = Duration::from_millis(250);

/// How far what is promised to be complete stays behind: the 300 ms for which a missing packet is waited
/// for, and what threads may be late.
const MARGIN_NS: u64 = 700_000_000;

/// Writes what one room has to be recorded of.
pub(super) struct Writer {
    vault: Vault,
    plan: Plan,
    hook: Arc<dyn RecordingHook>,
    link: RoomLink,
    inbox: Inbox,
    prelude: Prelude,
    recording: Option<Recording>,
    /// Whether the room is being recorded now.
    is_on: bool,
}

/// A session that is being written.
struct Recording {
    session: Session,
    running: Arc<RunningSession>,
    sealer: Sealer,
    tracks: HashMap<TrackId, RecordedTrack>,
    /// Who has written something, and in which layer it is.
    chats: HashMap<ParticipantId, ArtefactId>,
    /// What happened since the last time that all was forced to disk.
    entries: Vec<TimelineEntry>,
    complete_to: Moment,
}

/// What was taken of what waits.
struct Taken {
    is_any: bool,
    is_all: bool,
}

/// Why a session cannot go on.
type Written<T> = Result<T, VaultError>;

impl Writer {
    pub(super) fn new(
        vault: Vault,
        plan: Plan,
        hook: Arc<dyn RecordingHook>,
        link: RoomLink,
        inbox: Inbox,
    ) -> Self {
        Self {
            vault,
            plan,
            hook,
            link,
            inbox,
            prelude: Prelude::default(),
            recording: None,
            is_on: false,
        }
    }

    /// Writes until the meeting is over.
    pub(super) fn run(mut self) {
        let Some(outbox) = self.inbox.outbox() else {
            return;
        };
        let mut synced = Instant::now();
        let mut active = Instant::now();
        let mut complete = Moment::START;
        loop {
            // Before the events: what came until then is among them.
            let time = self.link.clock.now();
            match self.take_all(&outbox) {
                Ok(taken) => {
                    if taken.is_all {
                        complete = time;
                    }
                    if taken.is_any {
                        active = Instant::now();
                    }
                }
                Err(Over) => {
                    self.finish();
                    return;
                }
            }
            if outbox.has_overflowed() && self.recording.is_some() {
                self.fail(RecordingFailure::TooMuch, None);
            }
            let is_at_rest = !self.is_on && active.elapsed() > REST_AFTER;
            let every = if is_at_rest { EVERY_AT_REST } else { EVERY };
            if synced.elapsed() >= every {
                self.sync(complete.earlier(MARGIN_NS));
                synced = Instant::now();
            }
        }
    }

    /// Takes everything that waits, or waits a little for something. An error is the end of the meeting.
    fn take_all(&mut self, outbox: &Outbox) -> Result<Taken, Over> {
        let Some(first) = outbox.next(PATIENCE)? else {
            return Ok(Taken {
                is_any: false,
                is_all: true,
            });
        };
        self.take(first)?;
        let begun = Instant::now();
        let mut is_all = false;
        // What is taken has to be forced to disk as well.
        while !is_all && begun.elapsed() < MOST_TIME {
            match outbox.next(Duration::ZERO)? {
                Some(event) => self.take(event)?,
                None => is_all = true,
            }
        }
        Ok(Taken {
            is_any: true,
            is_all,
        })
    }

    fn take(&mut self, event: Event) -> Result<(), Over> {
        let taken = match event {
            Event::Noted(at, event) => self.noted(at, event),
            Event::Opened(facts, tap) => self.opened(facts, tap),
            Event::Closed(track) => self.closed(track),
            Event::Packet(track, tap, times, bytes) => self.with_track(track, |track, complete| {
                track.packet(tap, times, complete, &bytes)
            }),
            Event::Reported(track, tap, arrival, report) => self
                .with_track(track, |track, complete| {
                    track.report(tap, arrival, complete, report)
                }),
            Event::Destroyed(participant, purpose) => self.destroy(participant, purpose),
            Event::Said(at, participant, text) => self.said(at, participant, &text),
            Event::Gone(recording) => {
                self.gone(recording);
                Ok(())
            }
            Event::Finished => return Err(Over),
        };
        if let Err(error) = taken {
            self.fail(RecordingFailure::NotWritten, Some(error));
        }
        Ok(())
    }

    fn noted(&mut self, at: Moment, event: TimelineEvent) -> Written<()> {
        let entry = TimelineEntry { at, event };
        match entry.event {
            TimelineEvent::RecordingStarted => {
                self.is_on = true;
                if self.recording.is_none() {
                    self.begin();
                }
            }
            TimelineEvent::RecordingStopped => self.is_on = false,
            _ => {}
        }
        self.prelude.add(&entry);
        let Some(recording) = &mut self.recording else {
            return Ok(());
        };
        let ended = match entry.event {
            TimelineEvent::TrackClosed { track } => Some(track),
            _ => None,
        };
        let is_no = matches!(entry.event, TimelineEvent::Consented { given: false, .. });
        recording.entries.push(entry);
        if let Some(track) = ended {
            recording.end_track(track, self.link.clock.now())?;
        }
        if is_no {
            // At once: nothing of what was refused may outlive a crash.
            recording.write_entries()?;
            recording.session.sync()?;
        }
        Ok(())
    }

    /// Begins a session. Where that fails, the room is told.
    fn begin(&mut self) {
        match self.begun() {
            Ok(recording) => self.recording = Some(recording),
            Err(failure) => {
                let error = failure.whole_message();
                tracing::error!(room = %self.plan.room, %error, "a recording could not begin");
                self.link.alarm.raise(RecordingFailure::NotBegun);
            }
        }
    }

    fn begun(&self) -> Result<Recording, Failure> {
        let (session, sealing) =
            self.vault
                .begin_live_session(self.plan.tenant, self.plan.room, now())?;
        let id = session.recording();
        let titled = self.vault.set_title(self.plan.tenant, id, &self.plan.title);
        if let Err(error) = titled {
            tracing::error!(recording = %id, %error, "a session has no title");
        }
        let running = Arc::new(RunningSession::new(session.view()));
        let sealer = Sealer::start(sealing, self.inbox.clone(), self.hook.clone())
            .map_err(|error| Failure::new(scrim_policy::Kind::Unavailable, error))?;
        self.hook.began(Began {
            room: self.plan.room,
            recording: id,
            source: running.clone(),
            policy: self.plan.policy,
        });
        Ok(Recording {
            session,
            running,
            sealer,
            tracks: HashMap::new(),
            chats: HashMap::new(),
            entries: self.prelude.entries(),
            complete_to: Moment::START,
        })
    }

    fn opened(&mut self, facts: TrackFacts, tap: u64) -> Written<()> {
        let time = self.link.clock.now();
        match &mut self.recording {
            Some(recording) => recording.open_track(facts, tap, time),
            None => Ok(()),
        }
    }

    fn closed(&mut self, track: TrackId) -> Written<()> {
        let time = self.link.clock.now();
        self.with_track(track, |track, _| track.pause(time))
    }

    /// Does something with a track that is recorded, and appends the chunk that comes of it.
    fn with_track(
        &mut self,
        track: TrackId,
        act: impl FnOnce(&mut RecordedTrack, Moment) -> Option<Chunk>,
    ) -> Written<()> {
        let Some(recording) = &mut self.recording else {
            return Ok(());
        };
        let complete_to = recording.complete_to;
        let Some(track) = recording.tracks.get_mut(&track) else {
            return Ok(());
        };
        if let Some(chunk) = act(track, complete_to) {
            recording.session.append(track.layer, &chunk.bytes)?;
        }
        Ok(())
    }

    fn destroy(&mut self, participant: ParticipantId, purpose: ConsentPurpose) -> Written<()> {
        match &mut self.recording {
            Some(recording) => recording.destroy(participant, purpose),
            None => Ok(()),
        }
    }

    fn said(&mut self, at: Moment, participant: ParticipantId, text: &Pii<String>) -> Written<()> {
        match &mut self.recording {
            Some(recording) => recording.say(at, participant, text),
            None => Ok(()),
        }
    }

    fn sync(&mut self, complete_to: Moment) {
        if let Some(recording) = &mut self.recording
            && let Err(error) = recording.sync(complete_to)
        {
            self.fail(RecordingFailure::NotWritten, Some(error));
        }
    }

    /// Ends a session that was erased.
    fn gone(&mut self, erased: RecordingId) {
        let is_ours = |one: &Recording| one.session.recording() == erased;
        if self.recording.as_ref().is_some_and(is_ours) {
            self.fail(RecordingFailure::Erased, None);
        }
    }

    /// Ends the session with what was written of it, and tells the room.
    fn fail(&mut self, failure: RecordingFailure, error: Option<VaultError>) {
        let error = error.map_or_else(String::new, |error| Failure::from(error).whole_message());
        let room = self.plan.room;
        tracing::error!(%room, failure = failure.as_str(), %error, "a recording has ended early");
        self.link.alarm.raise(failure);
        let time = self.link.clock.now();
        let was_on = std::mem::replace(&mut self.is_on, false);
        if let Some(mut recording) = self.recording.take() {
            if was_on {
                recording.entries.push(TimelineEntry {
                    at: time,
                    event: TimelineEvent::RecordingStopped,
                });
            }
            let running = recording.running.clone();
            // What could be written was written, and what was promised is there.
            let _ = recording.end(time);
            running.end();
        }
    }

    /// The meeting is over.
    fn finish(mut self) {
        let Some(recording) = self.recording.take() else {
            return;
        };
        let running = recording.running.clone();
        if let Err(error) = recording.end(self.link.clock.now()) {
            let error = Failure::from(error).whole_message();
            tracing::error!(room = %self.plan.room, %error, "the end of a recording is lost");
        }
        running.end();
    }
}

impl Recording {
    fn open_track(&mut self, facts: TrackFacts, tap: u64, time: Moment) -> Written<()> {
        if let Some(track) = self.tracks.get_mut(&facts.track)
            && track.goes_on_as(&facts)
        {
            if let Some(chunk) = track.resume(tap, time) {
                self.session.append(track.layer, &chunk.bytes)?;
            }
            return Ok(());
        }
        self.end_track(facts.track, time)?;
        let owner = LayerOwner {
            participant: facts.participant,
            purpose: facts.purpose,
            track: Some(facts.track),
        };
        // Whose it is has to be known before.
        self.write_entries()?;
        let layer = self.session.open_layer(owner, now())?;
        match RecordedTrack::new(facts, layer, tap) {
            Ok(track) => {
                self.tracks.insert(facts.track, track);
                self.running.add_track(facts.track, layer);
            }
            Err(error) => tracing::error!(%error, "a track cannot be recorded"),
        }
        Ok(())
    }

    fn end_track(&mut self, track: TrackId, time: Moment) -> Written<()> {
        let Some(track) = self.tracks.remove(&track) else {
            return Ok(());
        };
        let (layer, chunk) = track.finish(time);
        self.session.append(layer, &chunk.bytes)?;
        self.session.close_layer(layer)
    }

    fn destroy(&mut self, participant: ParticipantId, purpose: ConsentPurpose) -> Written<()> {
        let is_meant =
            |facts: &TrackFacts| facts.participant == participant && facts.purpose == purpose;
        let tracks = self.tracks.values().filter(|one| is_meant(&one.facts));
        let tracks: Vec<_> = tracks.map(|one| one.facts.track).collect();
        self.tracks.retain(|track, _| !tracks.contains(track));
        if purpose == ConsentPurpose::Chat {
            self.chats.remove(&participant);
        }
        let destroyed = self.session.destroy(participant, purpose);
        // Also those that had ended: nothing is found of them any more.
        self.running.forget_tracks(&tracks);
        self.sealer.wake();
        destroyed
    }

    fn say(&mut self, at: Moment, participant: ParticipantId, text: &Pii<String>) -> Written<()> {
        let layer = match self.chats.get(&participant) {
            Some(layer) => *layer,
            None => {
                self.write_entries()?;
                let owner = LayerOwner {
                    participant,
                    purpose: ConsentPurpose::Chat,
                    track: None,
                };
                let layer = self.session.open_layer(owner, now())?;
                self.chats.insert(participant, layer);
                layer
            }
        };
        let line = serde_json::json!({ "at": at, "text": text.reveal() });
        self.session.append(layer, line.to_string().as_bytes())?;
        Ok(())
    }

    /// Gives what happened to the session.
    fn write_entries(&mut self) -> Written<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.entries);
        self.session.happened(self.complete_to, entries.clone())?;
        self.running.extend(&entries, self.complete_to);
        Ok(())
    }

    /// Forces everything to disk, and says that it is complete up to a moment.
    fn sync(&mut self, complete_to: Moment) -> Written<()> {
        for track in self.tracks.values_mut() {
            if let Some(chunk) = track.flush() {
                self.session.append(track.layer, &chunk.bytes)?;
            }
        }
        let complete_to = self.complete_to.max(complete_to);
        let entries = std::mem::take(&mut self.entries);
        self.session.happened(complete_to, entries.clone())?;
        self.session.sync()?;
        self.complete_to = complete_to;
        self.running.extend(&entries, complete_to);
        Ok(())
    }

    /// Ends all logs and the session.
    fn end(mut self, time: Moment) -> Written<()> {
        let tracks: Vec<_> = self.tracks.keys().copied().collect();
        let mut ended = Ok(());
        for track in tracks {
            ended = ended.and(self.end_track(track, time));
        }
        let ended = ended.and(self.sync(time));
        let synced = self.session.end();
        self.sealer.wake();
        ended.and(synced)
    }
}
