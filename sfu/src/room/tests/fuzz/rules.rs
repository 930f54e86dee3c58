//! What always has to be true of a room, and of what it wants to be done.

use super::super::*;
use super::world::World;

/// What somebody was told; nobody who was let in, where there is no id.
type Told = (Option<ParticipantId>, ServerMessage);

impl World {
    /// Does what the room wants, as far as an onlooker can, and holds the rules against it.
    pub(super) fn look(&mut self) {
        let mut told = Vec::new();
        for output in self.play.taken() {
            match output {
                Output::Tell {
                    connection,
                    message,
                } => told.push(self.tell(connection, message)),
                Output::Hang { connection } => {
                    self.live.remove(&connection);
                }
                Output::Tap(order) => self.tap(order),
                Output::Media(order) => self.order(order),
                Output::Note(_) => {}
                Output::Answered(answered) => {
                    let can_be_recorded = self.play.room.settings.protection.recording().is_some();
                    assert!(
                        can_be_recorded,
                        "{answered:?} in a room that nobody records"
                    );
                }
                Output::Ended { .. } => self.seen.ends += 1,
            }
        }
        told.iter().for_each(|told| self.check_told(told));
        self.check_connections();
        self.check_taps();
        let people = self.play.room.people.values();
        people
            .filter(|one| one.is_watching())
            .for_each(|one| self.check_slots(one));
        self.check_places();
        let people = self.play.room.people.values();
        self.seats = people.map(|one| (one.id, one.seat)).collect();
        let mut shown = self.shown.values();
        self.seen.slots += usize::from(shown.any(|slots| !slots.is_empty()));
    }

    /// Nobody is told anything whose connection is gone.
    fn tell(&mut self, connection: ConnectionId, message: ServerMessage) -> Told {
        let Some(before) = self.live.get(&connection).copied() else {
            panic!("{connection:?} is gone, and is told {message:?}");
        };
        let ServerMessage::Welcome { you, is_back, .. } = &message else {
            return (before, message);
        };
        let you = *you;
        self.hear_welcome(connection, you, *is_back);
        (Some(you), message)
    }

    fn tap(&mut self, order: TapOrder) {
        match order {
            TapOrder::Open(consented) => {
                self.seen.taps += 1;
                let before = self.taps.insert(consented.track(), consented);
                assert_eq!(before, None, "a track has one tap");
            }
            TapOrder::Close { track } => {
                assert!(self.taps.remove(&track).is_some(), "{track} has no tap");
            }
            TapOrder::Destroy {
                participant,
                purpose,
            } => {
                let of = (participant, purpose);
                let mut open = self.taps.values();
                assert!(!open.any(|one| (one.participant(), one.purpose()) == of));
            }
            TapOrder::Chat { participant, .. } => {
                self.seen.chats += 1;
                assert!(self.play.room.is_recording());
                self.check_agreed(participant, ConsentPurpose::Chat);
            }
        }
    }

    fn order(&mut self, order: MediaOrder) {
        match order {
            MediaOrder::OpenViewer { participant, .. } => {
                self.shown.insert(participant, BTreeMap::new());
            }
            MediaOrder::Close { participant } => {
                self.shown.remove(&participant);
            }
            MediaOrder::Fill {
                participant,
                slot,
                track,
            } => {
                let slots = self.shown.get_mut(&participant);
                let slots = slots.expect("only what was offered is filled");
                match track {
                    Some(track) => slots.insert(slot, track),
                    None => slots.remove(&slot),
                };
            }
            _ => {}
        }
    }

    /// Whether somebody was, before or after the step, in a seat like this.
    fn sits(&self, id: ParticipantId, is_such: impl Fn(Seat) -> bool) -> bool {
        let now = self.play.room.people.get(&id).map(|one| one.seat);
        let seats = [now, self.seats.get(&id).copied()];
        seats.into_iter().flatten().any(is_such)
    }

    /// Attendees are told no name of another one, and only hosts who waits and who is where.
    fn check_told(&self, (to, message): &Told) {
        let is_host = to.is_some_and(|to| self.sits(to, |seat| seat == Seat::Host));
        match message {
            ServerMessage::Hosting(_) => assert!(is_host),
            ServerMessage::People { people, .. } => {
                let is_told = people.iter().any(|one| one.breakout.is_some());
                assert!(is_host || !is_told);
            }
            ServerMessage::Slots { slots } => {
                let different: BTreeSet<_> = slots.iter().map(|slot| slot.index).collect();
                assert_eq!(different.len(), slots.len(), "a slot holds two tracks");
                assert!(slots.iter().all(|slot| Some(slot.participant) != *to));
            }
            _ => {}
        }
        if to.is_some_and(|to| self.sits(to, Seat::is_on_stage)) {
            return;
        }
        let text = message.write();
        for one in &self.newcomers {
            let id = one.arrival.participant;
            let is_open = Some(id) == *to || self.sits(id, Seat::is_on_stage);
            let is_named = text.contains(&one.surname);
            assert!(is_open || !is_named, "{to:?} is told the name of {id}");
        }
    }

    /// Everybody whose connection is there is in the room or before the door, and nobody else is.
    fn check_connections(&self) {
        let room = &self.play.room;
        let inside = room.connections.iter().map(|(at, id)| (*at, Some(*id)));
        let waiting = room.waiting.iter().map(|one| (one.connection, None));
        let expected: BTreeMap<_, _> = inside.chain(waiting).collect();
        assert_eq!(self.live, expected);
        for (at, id) in &room.connections {
            let person = room.people.get(id).unwrap();
            assert_eq!(person.connection(), Some(*at));
        }
        if room.has_ended() {
            assert!(room.people.is_empty() && self.live.is_empty() && self.taps.is_empty());
        }
    }

    /// What is recorded is a track that flows, of somebody who agreed to that, in a place that is
    /// recorded.
    fn check_taps(&self) {
        let room = &self.play.room;
        assert!(self.taps.is_empty() || room.is_recording());
        for consented in self.taps.values() {
            let id = consented.participant();
            assert!(consented.is_good());
            self.check_agreed(id, consented.purpose());
            let person = room.people.get(&id).expect("only who is there is recorded");
            let source = person.source_of(consented.track()).unwrap();
            assert_eq!(source.purpose(), consented.purpose());
            assert!(room.is_recorded_in(person.breakout));
        }
        for person in room.people.values() {
            for sent in person.tracks.values() {
                let track = sent.track.map(|(track, _)| track);
                let has_tap = track.is_some_and(|track| self.taps.contains_key(&track));
                assert_eq!(has_tap, sent.is_tapped);
            }
        }
    }

    /// Whether somebody said what the rule of the room wants.
    fn check_agreed(&self, id: ParticipantId, purpose: ConsentPurpose) {
        let rule = self.play.room.settings.protection.recording();
        let rule = rule.expect("without a rule nothing is recorded").rule;
        let answered = self.answers.get(&id).cloned().unwrap_or_default();
        let has_agreed = match (rule, answered.given.get(&purpose)) {
            (_, Some(is_given)) => *is_given,
            (ConsentRule::Explicit, None) => false,
            (ConsentRule::Inform, None) => true,
        };
        let is_right = answered.is_told && has_agreed;
        assert!(is_right, "{id}: {purpose:?} after {answered:?}");
    }

    /// A page is shown what others in the same place send and have not muted, each once, in a slot
    /// for it; and what was ordered is what the room believes.
    fn check_slots(&self, viewer: &Person) {
        let room = &self.play.room;
        let filled: BTreeMap<usize, TrackId> = viewer.view.slots.filled().collect();
        assert_eq!(self.shown.get(&viewer.id), Some(&filled));
        let different: BTreeSet<_> = filled.values().collect();
        assert_eq!(different.len(), filled.len(), "a track is in two slots");
        let mut pictures = 0;
        for (slot, track) in &filled {
            let mut owners = room.people.values();
            let owner = owners.find(|one| one.source_of(*track).is_some());
            let owner = owner.expect("only what somebody sends is shown");
            assert!(owner.id != viewer.id && owner.breakout == viewer.breakout);
            let live = owner.live_tracks().find(|(_, live, _)| live == track);
            let (source, _, codec) = live.expect("what is muted is not shown");
            assert_eq!(room.settings.slots.codecs().nth(*slot), Some(codec));
            pictures += usize::from(source.medium() == Medium::Video);
        }
        let most = if viewer.view.takes_video {
            viewer.view.most_video
        } else {
            0
        };
        assert!(pictures <= most);
    }

    /// Hosts always come in; with all others there are no more than there are places.
    fn check_places(&self) {
        let room = &self.play.room;
        let others = self.newcomers.iter().map(|one| &one.arrival);
        let others = others.filter(|one| {
            let mut waiting = room.waiting.iter();
            let is_waiting = waiting.any(|of| of.arrival.participant == one.participant);
            one.pass != Pass::Host && (is_waiting || room.people.contains_key(&one.participant))
        });
        assert!(others.count() <= room.settings.most_people);
    }
}
