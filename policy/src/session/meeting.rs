//! A timeline, followed: who is where, sends what and agreed to what.

use std::collections::HashMap;

use super::consents::{Answers, Refusals};
use crate::{
    ConsentPurpose, Medium, ParticipantId, Pii, Role, TimelineEntry, TimelineEvent, TrackId,
    TrackSource,
};

/// A meeting at one moment. What its timeline does not name is not in it.
#[derive(Debug)]
pub(super) struct Meeting {
    refusals: Refusals,
    /// In the order in which they joined.
    people: Vec<Participant>,
    numbers: HashMap<ParticipantId, usize>,
    /// The tracks that are open, and whose they are.
    owners: HashMap<TrackId, usize>,
    /// Which of the breakouts are recorded, while they are open.
    breakouts: Vec<bool>,
    is_recording: bool,
    /// Tracks that were opened so far.
    opened: u64,
}

/// One participant at one moment.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) id: ParticipantId,
    pub(super) name: Pii<String>,
    pub(super) email: Option<Pii<String>>,
    pub(super) initials: String,
    pub(super) role: Role,
    is_here: bool,
    place: Option<u8>,
    answers: Answers,
    tracks: Vec<Track>,
}

#[derive(Clone, Copy, Debug)]
struct Track {
    id: TrackId,
    source: TrackSource,
    is_muted: bool,
    number: u64,
}

/// Whom an entry of the timeline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    Nobody,
    Somebody(usize),
    Everybody,
}

impl Meeting {
    /// Begins before the first entry.
    pub(super) fn new(timeline: &[TimelineEntry]) -> Self {
        Self {
            refusals: Refusals::read(timeline),
            people: Vec::new(),
            numbers: HashMap::new(),
            owners: HashMap::new(),
            breakouts: Vec::new(),
            is_recording: false,
            opened: 0,
        }
    }

    /// Returns everybody who has joined so far.
    pub(super) fn people(&self) -> &[Participant] {
        &self.people
    }

    /// Returns the same, when nothing more comes.
    pub(super) fn into_people(self) -> Vec<Participant> {
        self.people
    }

    /// Returns the position of somebody among those who joined.
    pub(super) fn number_of(&self, participant: ParticipantId) -> Option<usize> {
        self.numbers.get(&participant).copied()
    }

    /// Whether what happens in a place is recorded now: the main room while recording is on, a
    /// breakout while it is open and recorded as well.
    pub(super) fn is_taken(&self, place: Option<u8>) -> bool {
        let is_recorded = |index: u8| self.breakouts.get(usize::from(index)) == Some(&true);
        self.is_recording && place.is_none_or(is_recorded)
    }

    /// Takes in the entry with this number. Entries that contradict what was before change nothing.
    pub(super) fn take_in(&mut self, number: usize, event: &TimelineEvent) -> Touched {
        match event {
            TimelineEvent::Joined {
                participant,
                name,
                email,
                initials,
                role,
            } => {
                if self.numbers.contains_key(participant) {
                    return Touched::Nobody;
                }
                self.numbers.insert(*participant, self.people.len());
                self.people.push(Participant {
                    id: *participant,
                    name: name.clone(),
                    email: email.clone(),
                    initials: initials.clone(),
                    role: *role,
                    is_here: true,
                    place: None,
                    answers: self.refusals.answers_of(*participant),
                    tracks: Vec::new(),
                });
                Touched::Somebody(self.people.len() - 1)
            }
            TimelineEvent::RoleChanged { participant, role } => {
                self.change(*participant, |one| one.role = *role)
            }
            TimelineEvent::Placed {
                participant,
                breakout,
            } => self.change(*participant, |one| one.place = *breakout),
            TimelineEvent::Left { participant } => {
                self.change(*participant, |one| one.is_here = false)
            }
            TimelineEvent::Noticed { participant, .. } => {
                self.change(*participant, |one| one.answers.told())
            }
            TimelineEvent::Consented {
                participant,
                purpose,
                given,
                ..
            } => self.change(*participant, |one| {
                one.answers.said(number, *purpose, *given);
            }),
            TimelineEvent::TrackOpened {
                track,
                participant,
                source,
            } => self.open(*track, *participant, *source),
            TimelineEvent::TrackMuted { track, muted } => {
                let Some(owner) = self.owners.get(track).copied() else {
                    return Touched::Nobody;
                };
                let tracks = self.people[owner].tracks.iter_mut();
                for one in tracks.filter(|one| one.id == *track) {
                    one.is_muted = *muted;
                }
                Touched::Somebody(owner)
            }
            TimelineEvent::TrackClosed { track } => {
                let Some(owner) = self.owners.remove(track) else {
                    return Touched::Nobody;
                };
                self.people[owner].tracks.retain(|one| one.id != *track);
                Touched::Somebody(owner)
            }
            TimelineEvent::BreakoutsOpened { recorded } => {
                self.breakouts.clone_from(recorded);
                Touched::Everybody
            }
            TimelineEvent::BreakoutsClosed => {
                self.breakouts.clear();
                for one in &mut self.people {
                    one.place = None;
                }
                Touched::Everybody
            }
            TimelineEvent::RecordingStarted => {
                self.is_recording = true;
                Touched::Everybody
            }
            TimelineEvent::RecordingStopped => {
                self.is_recording = false;
                Touched::Everybody
            }
            TimelineEvent::Ended => {
                self.is_recording = false;
                for one in &mut self.people {
                    one.is_here = false;
                }
                Touched::Everybody
            }
            TimelineEvent::Opened { .. } | TimelineEvent::Speaks { .. } => Touched::Nobody,
        }
    }

    fn change(
        &mut self,
        participant: ParticipantId,
        change: impl FnOnce(&mut Participant),
    ) -> Touched {
        let Some(number) = self.number_of(participant) else {
            return Touched::Nobody;
        };
        change(&mut self.people[number]);
        Touched::Somebody(number)
    }

    fn open(&mut self, track: TrackId, participant: ParticipantId, source: TrackSource) -> Touched {
        let is_new = !self.owners.contains_key(&track);
        let Some(owner) = self.number_of(participant).filter(|_| is_new) else {
            return Touched::Nobody;
        };
        self.owners.insert(track, owner);
        self.opened += 1;
        self.people[owner].tracks.push(Track {
            id: track,
            source,
            is_muted: false,
            number: self.opened,
        });
        Touched::Somebody(owner)
    }
}

impl Participant {
    /// Whether they are in the main room, or in a breakout.
    pub(super) fn is_in(&self, place: Option<u8>) -> bool {
        self.is_here && self.place == place
    }

    /// Whether anything of them may be seen or heard in a recording.
    pub(super) fn may_be_recorded(&self) -> bool {
        use ConsentPurpose::{Camera, Screen, Voice};
        let purposes = [Camera, Screen, Voice];
        purposes.iter().any(|purpose| self.answers.allows(*purpose))
    }

    /// Returns the track of a picture that they send and that may be seen, the newest of its kind,
    /// and how late it was opened.
    pub(super) fn picture(&self, source: TrackSource) -> Option<(u64, TrackId)> {
        let open = self.tracks.iter().filter(|one| one.source == source);
        let flowing = open.filter(|one| !one.is_muted);
        let newest = flowing.max_by_key(|one| one.number)?;
        let may_be_seen = self.answers.allows(source.purpose());
        may_be_seen.then_some((newest.number, newest.id))
    }

    /// Whether a plate may stand for them: they could be heard, muted or not.
    pub(super) fn may_have_plate(&self) -> bool {
        let mut open = self.tracks.iter();
        self.answers.allows(ConsentPurpose::Voice)
            && open.any(|one| one.source == TrackSource::Microphone)
    }

    /// Returns the tracks of sound that they send and that may be heard, and whether what is said may
    /// be written down.
    pub(super) fn voices(&self) -> impl Iterator<Item = (TrackId, bool)> + '_ {
        let flowing = self.tracks.iter().filter(|one| !one.is_muted);
        flowing
            .filter(|one| one.source.medium() == Medium::Audio)
            .filter(|one| self.answers.allows(one.source.purpose()))
            .map(|one| {
                let is_speech = one.source == TrackSource::Microphone;
                let may_write = self.answers.allows(ConsentPurpose::Transcript);
                (one.id, is_speech && may_write)
            })
    }
}
