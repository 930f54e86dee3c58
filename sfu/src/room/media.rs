//! Who sends what, and who is shown what.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use scrim_policy::{
    ConsentPurpose, Medium, Moment, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource,
};

use super::{
    MediaInput, MediaOrder, Output, Room, Seat, TapOrder,
    person::{Line, Person, Sent},
};
use crate::codec::Codec;
use crate::signal::{ChatLine, Leg, Refusal, ServerMessage, SlotView};

/// Lines of chat that one person may write in [`CHAT_SPAN`].
const MOST_LINES: u32 = 10;
const CHAT_SPAN: Duration = Duration::from_secs(10);

/// Connections for media that one person may have made in [`MEDIA_SPAN`]. Each costs the server
/// threads and ports.
const MOST_CONNECTIONS: u32 = 20;
const MEDIA_SPAN: Duration = Duration::from_secs(60);

impl Room {
    pub(super) fn may_send(&self, id: ParticipantId) -> bool {
        let person = self.people.get(&id);
        person.is_some_and(|one| one.seat != Seat::Attendee || self.settings.is_stage_open)
    }

    pub(super) fn publish(
        &mut self,
        now: Moment,
        id: ParticipantId,
        sdp: String,
        sources: BTreeMap<String, TrackSource>,
    ) {
        if !self.may_send(id) {
            self.problem(id, "not_on_stage");
            return;
        }
        if !self.affords_connection(now, id) {
            self.problem(id, "slow_down");
            return;
        }
        // What is published anew keeps its mutes: a page says so only when they change.
        if let Some(person) = self.people.get_mut(&id) {
            for source in sources.values() {
                person.tracks.entry(*source).or_insert(Sent {
                    track: None,
                    is_muted: false,
                    is_tapped: false,
                });
            }
        }
        let person = self.people.get(&id);
        let all = person
            .into_iter()
            .flat_map(|one| one.tracks.keys().copied());
        let announced: BTreeSet<_> = sources.values().copied().collect();
        let gone: Vec<_> = all.filter(|source| !announced.contains(source)).collect();
        for source in &gone {
            self.end_source(id, *source);
        }
        if !gone.is_empty() {
            self.dirty.people();
            self.route();
        }
        self.order(MediaOrder::Publish {
            participant: id,
            sdp,
            sources,
        });
    }

    pub(super) fn unpublish(&mut self, _now: Moment, id: ParticipantId, source: TrackSource) {
        self.end_source(id, source);
        self.dirty.people();
        self.route();
    }

    /// Ends what somebody sends of a source.
    pub(super) fn end_source(&mut self, id: ParticipantId, source: TrackSource) {
        let Some(sent) = self
            .people
            .get_mut(&id)
            .and_then(|one| one.tracks.remove(&source))
        else {
            return;
        };
        self.order(MediaOrder::Unpublish {
            participant: id,
            source,
        });
        self.close_track(sent);
    }

    /// Ends all that somebody sends.
    pub(super) fn drop_tracks(&mut self, id: ParticipantId) {
        let tracks = self
            .people
            .get_mut(&id)
            .map(|one| std::mem::take(&mut one.tracks));
        for sent in tracks.into_iter().flat_map(BTreeMap::into_values) {
            self.close_track(sent);
        }
    }

    fn close_track(&mut self, sent: Sent) {
        let Some((track, _)) = sent.track else {
            return;
        };
        if sent.is_tapped {
            self.outputs.push(Output::Tap(TapOrder::Close { track }));
        }
        self.note(TimelineEvent::TrackClosed { track });
    }

    pub(super) fn mute(&mut self, id: ParticipantId, source: TrackSource, is_muted: bool) {
        let Some(sent) = self
            .people
            .get_mut(&id)
            .and_then(|one| one.tracks.get_mut(&source))
        else {
            return;
        };
        if sent.is_muted == is_muted {
            return;
        }
        sent.is_muted = is_muted;
        if let Some((track, _)) = sent.track {
            self.order(MediaOrder::Mute {
                track,
                muted: is_muted,
            });
            self.note(TimelineEvent::TrackMuted {
                track,
                muted: is_muted,
            });
        }
        self.dirty.people();
        self.route();
    }

    pub(super) fn watch(&mut self, id: ParticipantId, people: Vec<ParticipantId>) {
        if let Some(person) = self.people.get_mut(&id) {
            person.watches = people;
            self.route();
        }
    }

    pub(super) fn take(&mut self, id: ParticipantId, takes_video: bool) {
        if let Some(person) = self.people.get_mut(&id) {
            person.view.takes_video = takes_video;
            self.route();
        }
    }

    pub(super) fn media(&mut self, now: Moment, input: MediaInput) {
        match input {
            MediaInput::Opened {
                participant,
                source,
                track,
                codec,
            } => self.opened(participant, source, (track, codec)),
            MediaInput::Closed { track } => self.closed(track),
            MediaInput::Speaking { tracks } => self.spoke(now, &tracks),
            MediaInput::Capacity {
                participant,
                pictures,
            } => {
                if let Some(person) = self.people.get_mut(&participant)
                    && person.view.most_video != pictures
                {
                    person.view.most_video = pictures;
                    self.route();
                }
            }
            MediaInput::Failed { participant, leg } => self.failed(now, participant, leg),
            MediaInput::Silent { participant } => {
                // A page says itself that it is there.
                if self.is_program(participant) {
                    self.dismiss(now, participant, Refusal::Silent);
                }
            }
        }
    }

    fn opened(&mut self, id: ParticipantId, source: TrackSource, (track, codec): (TrackId, Codec)) {
        // Somebody who sends without being asked onto the stage is not heard.
        let sent = self
            .people
            .get_mut(&id)
            .and_then(|one| one.tracks.get_mut(&source));
        let Some(sent) = sent else {
            self.order(MediaOrder::Unpublish {
                participant: id,
                source,
            });
            return;
        };
        let before = std::mem::replace(
            sent,
            Sent {
                track: Some((track, codec)),
                is_muted: sent.is_muted,
                is_tapped: false,
            },
        );
        let is_muted = sent.is_muted;
        self.close_track(before);
        self.note(TimelineEvent::TrackOpened {
            track,
            participant: id,
            source,
        });
        if is_muted {
            self.order(MediaOrder::Mute { track, muted: true });
            self.note(TimelineEvent::TrackMuted { track, muted: true });
        }
        self.dirty.people();
        self.route();
        self.tap();
    }

    fn closed(&mut self, track: TrackId) {
        let mut owner = self.people.values_mut();
        let owner = owner.find_map(|one| Some((one.source_of(track)?, one)));
        let Some((source, person)) = owner else {
            return;
        };
        // The page may send it again, so it stays announced.
        if let Some(sent) = person.tracks.get_mut(&source) {
            let before = *sent;
            (sent.track, sent.is_tapped) = (None, false);
            self.close_track(before);
        }
        self.dirty.people();
        self.route();
    }

    fn spoke(&mut self, now: Moment, tracks: &[TrackId]) {
        let voices = tracks.iter().filter_map(|track| {
            let mut people = self.people.values();
            people.find_map(|one| Some((one.id, one.source_of(*track)?)))
        });
        let voices: Vec<_> = voices.collect();
        let speakers: Vec<_> = voices.iter().map(|(id, _)| *id).collect();
        for id in &speakers {
            if let Some(person) = self.people.get_mut(id) {
                person.last_spoke = Some(now);
            }
        }
        let is_led_by_another = self.lead(now, &voices);
        let floor = speakers.first().copied();
        if floor != self.floor {
            self.floor = floor;
            self.note(TimelineEvent::Speaks { participant: floor });
            self.route();
        } else if is_led_by_another {
            self.route();
        }
        if speakers != self.speaking {
            self.speaking = speakers;
            let people: Vec<_> = self.people.keys().copied().collect();
            for id in people {
                let people = self.speaking_near(id);
                self.tell(id, ServerMessage::Speaking { people });
            }
        }
    }

    fn speaking_near(&self, id: ParticipantId) -> Vec<ParticipantId> {
        let place = self.people.get(&id).map(|one| one.breakout);
        let near = self.speaking.iter().copied();
        near.filter(|other| self.people.get(other).map(|one| one.breakout) == place)
            .collect()
    }

    fn affords_connection(&mut self, now: Moment, id: ParticipantId) -> bool {
        let person = self.people.get_mut(&id);
        person.is_some_and(|one| one.media.affords(now, MOST_CONNECTIONS, MEDIA_SPAN))
    }

    fn is_program(&self, id: ParticipantId) -> bool {
        self.people.get(&id).is_some_and(Person::is_program)
    }

    fn failed(&mut self, now: Moment, id: ParticipantId, leg: Leg) {
        let slots = self.settings.slots;
        match leg {
            // A program has one connection, and makes another one with a session of its own.
            _ if self.is_program(id) => self.dismiss(now, id, Refusal::Silent),
            // What was sent on it was closed with it; another connection may work meanwhile.
            Leg::Publish => self.problem(id, "publish_failed"),
            // One that fails again and again is not made again and again.
            Leg::Subscribe if !self.affords_connection(now, id) => {
                self.dismiss(now, id, Refusal::Silent);
            }
            Leg::Subscribe => {
                if self
                    .people
                    .get(&id)
                    .is_some_and(|one| one.connection().is_some())
                {
                    if let Some(person) = self.people.get_mut(&id) {
                        person.view = super::person::Viewing::new(slots);
                    }
                    self.order(MediaOrder::OpenViewer {
                        participant: id,
                        slots,
                    });
                    self.route();
                }
            }
        }
    }

    /// Fills the slots of everybody with what they should see and hear now.
    pub(super) fn route(&mut self) {
        let viewers = self.people.values().filter(|one| one.is_watching());
        let viewers: Vec<_> = viewers.map(|one| one.id).collect();
        for id in viewers {
            let wanted = self.wanted(id);
            let Some(person) = self.people.get_mut(&id) else {
                continue;
            };
            let changes = person.view.slots.fit(&wanted);
            if changes.is_empty() {
                continue;
            }
            for (slot, track) in changes {
                self.order(MediaOrder::Fill {
                    participant: id,
                    slot,
                    track,
                });
            }
            self.tell_slots(id);
        }
    }

    /// Returns what somebody should hear and see, the most important first.
    fn wanted(&self, id: ParticipantId) -> Vec<(TrackId, Codec)> {
        let Some(viewer) = self.people.get(&id) else {
            return Vec::new();
        };
        if matches!(viewer.line, Line::Player(_)) {
            return self.programme(viewer);
        }
        let others = self.people.values();
        let others = others.filter(|one| one.id != id && one.breakout == viewer.breakout);
        let mut all: Vec<_> = others
            .flat_map(|one| {
                let tracks = one.live_tracks();
                tracks.map(move |(source, track, codec)| (one, source, track, codec))
            })
            .collect();
        // Screens first, then who is watched, then who spoke last, then who came first.
        all.sort_by_key(|(one, source, ..)| {
            let watched = viewer.watches.iter().position(|wanted| *wanted == one.id);
            (
                source.purpose() != ConsentPurpose::Screen,
                watched.unwrap_or(usize::MAX),
                std::cmp::Reverse(one.last_spoke),
                one.id,
            )
        });
        let mut pictures = if viewer.view.takes_video {
            viewer.view.most_video
        } else {
            0
        };
        // Where the line is slow, pictures go first and sound never.
        all.retain(|(_, source, ..)| match source.medium() {
            Medium::Audio => true,
            Medium::Video => {
                let is_shown = pictures > 0;
                pictures = pictures.saturating_sub(1);
                is_shown
            }
        });
        all.into_iter()
            .map(|(_, _, track, codec)| (track, codec))
            .collect()
    }

    pub(super) fn tell_slots(&mut self, id: ParticipantId) {
        let Some(viewer) = self.people.get(&id) else {
            return;
        };
        let slots = viewer.view.slots.filled().filter_map(|(index, track)| {
            let mut people = self.people.values();
            let (owner, source) = people.find_map(|one| Some((one.id, one.source_of(track)?)))?;
            Some(SlotView {
                index: u32::try_from(index).ok()?,
                medium: source.medium(),
                participant: owner,
                source,
            })
        });
        let slots = slots.collect();
        self.tell(id, ServerMessage::Slots { slots });
    }

    pub(super) fn chat(&mut self, now: Moment, id: ParticipantId, text: Pii<String>) {
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        if !person.chat.affords(now, MOST_LINES, CHAT_SPAN) {
            self.problem(id, "slow_down");
            return;
        }
        let place = person.breakout;
        let near = self.people.values().filter(|one| one.breakout == place);
        let near: Vec<_> = near.map(|one| one.id).collect();
        for reader in near {
            let Some(label) = self.label(reader, id) else {
                continue;
            };
            self.tell(
                reader,
                ServerMessage::Chat(ChatLine {
                    from: id,
                    label,
                    text: text.clone(),
                    at: now.0 / 1_000_000_000,
                }),
            );
        }
        let is_kept = self.is_recording
            && self.is_recorded_in(place)
            && self.settings.protection.recording().is_some_and(|rule| {
                let person = self.people.get(&id);
                person
                    .is_some_and(|one| one.answers.allows(rule, scrim_policy::ConsentPurpose::Chat))
            });
        if is_kept {
            self.outputs.push(Output::Tap(TapOrder::Chat {
                participant: id,
                text,
            }));
        }
    }
}
