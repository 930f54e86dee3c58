//! Tracks: what is taken of an offer, keyframes, and who speaks.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
    time::Duration,
};

use scrim_policy::{Medium, ParticipantId, TrackId, TrackSource};

use super::{
    Media, MediaOutput,
    events::ConnectionNumber,
    fanout::TrackNumber,
    ingress::{Ingress, IngressState},
    publisher::Publisher,
};
use crate::{
    codec::Codec,
    room::MediaInput,
    rtp::Seeker,
    sdp::{Offer, read_offer},
    signal::Leg,
    tap::Tap,
};

/// How long nothing may come of somebody who sent something.
const SILENCE: Duration = Duration::from_secs(10);

/// How often a keyframe is asked for of what is recorded. Browsers send none by themselves, and whoever
/// renders from the middle of a log has to begin with one.
pub(super) const KEYFRAME_EVERY: Duration = Duration::from_secs(10);

/// How long a player may report nothing. It reports every 7.5 s at the latest (RFC 3550, 6.2), and
/// reports may be lost.
const PLAYER_SILENCE: Duration = Duration::from_secs(20);

/// How long somebody who wants to send may take to be connected.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

/// A section of an offer, as it is taken.
pub(super) struct Wanted {
    /// Its position.
    pub(super) index: u32,
    pub(super) source: TrackSource,
    pub(super) codec: Codec,
    /// Of its media, where it sends some.
    pub(super) ssrc: Option<u32>,
    pub(super) payload_type: u8,
    /// Which header extension says how loud a packet is.
    pub(super) level: Option<u8>,
}

/// One track.
pub(super) struct Track {
    pub(super) connection: ConnectionNumber,
    pub(super) participant: ParticipantId,
    pub(super) source: TrackSource,
    /// Known once its media flow.
    pub(super) id: Option<TrackId>,
    pub(super) ingress: Arc<Ingress>,
    pub(super) keyframes: Seeker,
    /// When the next keyframe is asked for, while the track is recorded.
    pub(super) keyframe_due: Option<Duration>,
}

impl Media {
    /// Reads an offer, and says for each section what it carries.
    pub(super) fn understood(
        &self,
        sdp: &str,
        sources: &BTreeMap<String, TrackSource>,
    ) -> Option<(Offer, Vec<Wanted>)> {
        let offer = read_offer(sdp, &self.settings.limits)
            .and_then(|offer| offer.with_chosen(&[Codec::Vp8, Codec::H264, Codec::Opus]));
        let offer = match offer {
            Ok(offer) => offer,
            Err(error) => {
                tracing::debug!(%error, "an offer was refused");
                return None;
            }
        };
        let sections = (0..).zip(&offer.sections).map(|(index, section)| {
            let source = *sources.get(section.mid.as_str())?;
            let format = section.formats.first()?;
            let codec = format.codec();
            let is_right = codec.is_video() == (source.medium() == Medium::Video);
            is_right.then_some(Wanted {
                index,
                source,
                codec,
                ssrc: section.sending.map(|sending| sending.ssrc),
                payload_type: format.payload,
                level: section.audio_level,
            })
        });
        let sections = sections.collect::<Option<Vec<_>>>()?;
        Some((offer, sections))
    }

    /// Makes the place that packets of a section come to.
    pub(super) fn ingress(&self, track: TrackNumber, wanted: &Wanted) -> Ingress {
        Ingress {
            track,
            codec: wanted.codec,
            ssrc: wanted.ssrc,
            payload_type: wanted.payload_type,
            level: wanted.level,
            clock: self.clock.clone(),
            speakers: self.speakers.clone(),
            fanout: self.fanout.sender(),
            events: self.events.clone(),
            state: IngressState::default(),
        }
    }

    pub(super) fn opened(
        &mut self,
        connection: ConnectionNumber,
        source: TrackSource,
        number: TrackNumber,
    ) {
        self.ready(connection);
        let Some(track) = self.tracks.get_mut(&number) else {
            return;
        };
        let mut bytes = [0; 16];
        for part in bytes.chunks_exact_mut(4) {
            part.copy_from_slice(&gstreamer::glib::random_int().to_be_bytes());
        }
        let id = TrackId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid());
        track.id = Some(id);
        self.outputs.push(MediaOutput::Input(MediaInput::Opened {
            participant: track.participant,
            source,
            track: id,
            codec: track.ingress.codec,
        }));
    }

    pub(super) fn drop_tracks(&mut self, is_it: impl Fn(&Track) -> bool) {
        let gone = self.tracks.iter().filter(|(_, track)| is_it(track));
        let gone: Vec<_> = gone.map(|(number, _)| *number).collect();
        for number in gone {
            let Some(track) = self.tracks.remove(&number) else {
                continue;
            };
            track.ingress.state.unlink();
            let mut speakers = self.speakers.lock().unwrap_or_else(PoisonError::into_inner);
            speakers.forget(number);
            drop(speakers);
            if let Some(track) = track.id {
                self.outputs
                    .push(MediaOutput::Input(MediaInput::Closed { track }));
            }
        }
    }

    pub(super) fn ask_keyframe(&mut self, number: TrackNumber) {
        let now = self.clock.elapsed();
        if let Some(track) = self.tracks.get_mut(&number)
            && track.ingress.codec.is_video()
            && track.keyframes.ask(now)
        {
            track.seek();
        }
    }

    /// Says of whom nothing came for long.
    pub(super) fn notice_silence(&mut self, now: Duration) {
        let mut heard: BTreeMap<ParticipantId, Duration> = BTreeMap::new();
        for track in self.tracks.values().filter(|track| track.id.is_some()) {
            let last = heard.entry(track.participant).or_default();
            *last = (*last).max(track.ingress.state.heard());
        }
        let silent = heard
            .iter()
            .filter(|(_, last)| now.saturating_sub(**last) > SILENCE);
        let silent = silent.map(|(participant, _)| *participant);
        let dead = self.legs.values().filter(|leg| match &leg.heard {
            Some(heard) => now.saturating_sub(heard.at()) > PLAYER_SILENCE,
            None => {
                let is_sending = leg.owner.leg == Leg::Publish;
                is_sending && !leg.is_ready && now.saturating_sub(leg.since) > CONNECT_WITHIN
            }
        });
        let dead = dead.map(|leg| leg.owner.participant);
        let silent: BTreeSet<_> = silent.chain(dead).collect();
        for participant in silent {
            let silent = MediaInput::Silent { participant };
            self.outputs.push(MediaOutput::Input(silent));
        }
    }

    /// Says who speaks, where that has changed.
    pub(super) fn listen(&mut self, now: Duration) {
        let speakers = self.speakers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut numbers = speakers.speaking(now);
        if let Some(active) = speakers.active() {
            numbers.retain(|one| *one != active);
            numbers.insert(0, active);
        }
        drop(speakers);
        let tracks = numbers
            .iter()
            .filter_map(|number| self.tracks.get(number)?.id);
        let tracks: Vec<_> = tracks.collect();
        if tracks != self.speaking {
            self.speaking.clone_from(&tracks);
            self.outputs
                .push(MediaOutput::Input(MediaInput::Speaking { tracks }));
        }
    }

    /// Records a track, whose participant agreed, into its log.
    pub fn tap(&mut self, tap: Tap) {
        let now = self.clock.elapsed();
        let id = tap.track();
        let track = self.tracks.values_mut().find(|one| one.id == Some(id));
        if let Some(track) = track {
            track.ingress.record(tap);
            track.keyframe_due = Some(now.saturating_add(KEYFRAME_EVERY));
            let number = track.ingress.track;
            // A log of pictures begins with a keyframe.
            self.ask_keyframe(number);
        }
    }

    /// Records a track no more.
    pub fn untap(&mut self, id: TrackId) {
        let track = self.tracks.values_mut().find(|one| one.id == Some(id));
        if let Some(track) = track {
            track.ingress.state.untap();
            track.keyframe_due = None;
        }
    }

    /// Returns what has to be known of a track to keep it: from where it comes, in which codec, and
    /// the payload type of its packets.
    pub fn source(&self, id: TrackId) -> Option<(TrackSource, Codec, u8)> {
        let track = self.track(id)?;
        let ingress = &track.ingress;
        Some((track.source, ingress.codec, ingress.payload_type))
    }

    pub(super) fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.values().find(|track| track.id == Some(id))
    }
}

impl Track {
    /// Asks the sender for a keyframe, and looks for it.
    pub(super) fn seek(&self) {
        self.ingress.state.seek();
        if let Some(pad) = self.ingress.state.pad() {
            Publisher::ask_keyframe(&pad);
        }
    }
}
