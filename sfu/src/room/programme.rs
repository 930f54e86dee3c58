//! The programme: what players are shown. It is one voice and one picture of whoever is on the stage.
//!
//! Of those on the stage who speak, one leads: whoever has the floor, or else whoever speaks once the one
//! before has stopped. Nobody leads any less for being silent.
//!
//! > **Nothing of an attendee is in the programme**, also where attendees may speak, and nothing from
//! > another place than the one that the player is in.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use scrim_policy::{Moment, ParticipantId, TrackId, TrackSource};

use super::{Room, person::Person};
use crate::codec::Codec;

/// A breakout; none is the main room.
type Place = Option<u8>;

impl Room {
    /// Notes who leads the programme of each place now, by who can be heard, the one with the floor first.
    /// Whether that has changed.
    pub(super) fn lead(&mut self, now: Moment, voices: &[(ParticipantId, TrackSource)]) -> bool {
        let before = self.leaders();
        let mut decided: BTreeSet<Place> = BTreeSet::new();
        for (rank, (id, source)) in voices.iter().enumerate() {
            let Some(person) = self.people.get_mut(id) else {
                continue;
            };
            let place = person.breakout;
            if !person.seat.is_on_stage() || !decided.insert(place) {
                continue;
            }
            let leader = before.get(&place).map(|(leader, _)| *leader);
            let still_speaks = voices.iter().any(|(other, _)| Some(*other) == leader);
            // Without the floor, nobody is cut off.
            if rank == 0 || leader == Some(*id) || !still_speaks {
                person.led = Some((now, *source));
            }
        }
        self.leaders() != before
    }

    /// Who leads in each place, and with which source.
    fn leaders(&self) -> BTreeMap<Place, (ParticipantId, TrackSource)> {
        let mut leaders = BTreeMap::new();
        for one in self.stage() {
            if let Some((_, source)) = one.led {
                leaders.entry(one.breakout).or_insert((one.id, source));
            }
        }
        leaders
    }

    /// Everybody on the stage, whoever led last first.
    fn stage(&self) -> Vec<&Person> {
        let mut stage: Vec<&Person> = self.people.values().collect();
        stage.retain(|one| one.seat.is_on_stage());
        stage.sort_by_key(|one| (Reverse(one.led.map(|(at, _)| at)), one.id));
        stage
    }

    /// Returns what a player is sent: a voice, and a picture where its line is good enough.
    pub(super) fn programme(&self, viewer: &Person) -> Vec<(TrackId, Codec)> {
        let mut stage = self.stage();
        stage.retain(|one| one.breakout == viewer.breakout);
        let view = &viewer.view;
        let of = |one: &Person, wanted: TrackSource| {
            let mut tracks = one.live_tracks();
            let (_, track, codec) =
                tracks.find(|(source, _, codec)| *source == wanted && view.slots.takes(*codec))?;
            Some((track, codec))
        };
        let voice = stage.iter().find_map(|one| {
            let led = one.led.map(|(_, source)| source);
            let sources = [TrackSource::Microphone, TrackSource::ScreenSound];
            led.into_iter()
                .chain(sources)
                .find_map(|source| of(one, source))
        });
        // A screen comes before all faces, also of somebody else than who leads.
        let pictures = [TrackSource::Screen, TrackSource::Camera].into_iter();
        let mut pictures =
            pictures.filter_map(|source| stage.iter().find_map(|one| of(one, source)));
        let takes_picture = view.takes_video && view.most_video > 0;
        let picture = pictures.next().filter(|_| takes_picture);
        voice.into_iter().chain(picture).collect()
    }
}
