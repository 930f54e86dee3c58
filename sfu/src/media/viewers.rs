//! Those who are shown something: pages, and players.

use scrim_policy::{ParticipantId, TrackId};

use super::{Media, leg::LegTask, player::Play, reports::Heard};
use crate::{
    codec::Codec,
    room::Slots,
    sdp::read_play_offer,
    signal::{Leg, ServerMessage},
};

/// Codecs of a player's sections, what webrtcbin negotiates first.
const PLAYED: [Codec; 3] = [Codec::Opus, Codec::Vp8, Codec::H264];

impl Media {
    /// Offers slots to a page.
    pub(super) fn open_viewer(&mut self, participant: ParticipantId, slots: Slots) {
        if let Some(before) = self.number(participant, Leg::Subscribe) {
            self.close(before);
        }
        let number = self.take_number();
        let codecs: Vec<_> = slots.codecs().collect();
        self.fanout.sender().expect(number, codecs.len());
        let task = LegTask::view(
            self.settings.clone(),
            self.clock.clone(),
            number,
            codecs,
            self.fanout.sender(),
            self.events.clone(),
        );
        self.add_leg(number, participant, Leg::Subscribe, task);
    }

    /// Takes the offer of a player.
    pub(super) fn play(&mut self, participant: ParticipantId, sdp: &str) {
        let Some(play) = self.playable(sdp) else {
            self.tell(participant, ServerMessage::Problem { code: "bad_offer" });
            return;
        };
        let number = self.take_number();
        self.fanout.sender().expect(number, play.played.len());
        let heard = play.heard.clone();
        let task = LegTask::play(
            self.settings.clone(),
            self.clock.clone(),
            number,
            play,
            self.fanout.sender(),
            self.events.clone(),
        );
        self.add_leg(number, participant, Leg::Subscribe, task);
        if let Some(leg) = self.legs.get_mut(&number) {
            leg.heard = Some(heard);
        }
    }

    fn playable(&self, sdp: &str) -> Option<Play> {
        let offer = read_play_offer(sdp, &self.settings.limits);
        let play = offer.and_then(|offer| {
            let played = offer.played()?;
            Ok(Play {
                offer: offer.with_chosen(&PLAYED)?,
                played,
                heard: Heard::now(&self.clock),
            })
        });
        play.inspect_err(|error| tracing::debug!(%error, "the offer of a player was refused"))
            .ok()
    }

    /// Puts a track into a slot, or empties it.
    pub(super) fn fill(&mut self, participant: ParticipantId, slot: usize, track: Option<TrackId>) {
        let track = track.and_then(|id| self.track(id).map(|track| track.ingress.track));
        let Some(number) = self.number(participant, Leg::Subscribe) else {
            return;
        };
        if let Some(leg) = self.legs.get_mut(&number) {
            match track {
                Some(track) => leg.slots.insert(slot, track),
                None => leg.slots.remove(&slot),
            };
        }
        self.fanout.sender().fill(number, slot, track);
    }
}
