#![allow(clippy::unwrap_used)]

mod admission;
mod breakouts;
mod consent;
mod fuzz;
mod hosting;
mod media;
mod names;
mod personal;
mod plans;
mod players;
mod staying;

use std::{collections::BTreeMap, time::Duration};

use scrim_policy::{
    ConsentPurpose, ConsentRule, Medium, Moment, ParticipantId, Pii, TimelineEvent, TrackId,
    TrackSource,
};
use uuid::Uuid;

use super::*;
use crate::{
    codec::Codec,
    signal::{Leg, PersonView},
};

const NOTICE: &str = "notice-1";

/// A room with a hand-held clock.
struct Play {
    room: Room,
    now: Moment,
    outputs: Vec<Output>,
    next: u64,
}

/// Somebody with a page.
#[derive(Clone, Copy, Debug)]
struct Page {
    id: ParticipantId,
    connection: ConnectionId,
}

fn rule() -> RecordingRule {
    RecordingRule {
        rule: ConsentRule::Explicit,
        can_refuse: true,
        notice: NOTICE.to_owned(),
        controller: "Example GmbH".to_owned(),
        contact: "dpo@example.org".to_owned(),
        purpose: "for whoever could not come".to_owned(),
        audience: "members".to_owned(),
        days: 90,
    }
}

fn settings() -> RoomSettings {
    RoomSettings {
        title: Pii::new("Beekeeping".to_owned()),
        door: Door::default(),
        is_stage_open: true,
        are_people_shown: false,
        protection: Protection::Clear(Some(rule())),
        most_people: 10,
        slots: Slots {
            audio: 2,
            vp8: 2,
            h264: 1,
        },
        without_host: Duration::from_secs(60),
    }
}

/// Returns what brings a page back, whether the room still knows it or not.
fn secret_of(participant: ParticipantId) -> Pii<String> {
    Pii::new(format!("secret-{participant}"))
}

impl Play {
    fn new(settings: RoomSettings) -> Self {
        let mut room = Room::open(settings, 1_700_000_000_000, true);
        let outputs = room.handle(
            Moment::START,
            Input::Media(MediaInput::Speaking { tracks: vec![] }),
        );
        Self {
            room,
            now: Moment::START,
            outputs,
            next: 1,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn arrival(&mut self, name: &str, pass: Pass) -> Arrival {
        let number = self.number();
        let participant = ParticipantId::from_uuid(Uuid::from_u128(number.into()));
        Arrival {
            participant,
            secret: secret_of(participant),
            name: Pii::new(name.to_owned()),
            email: None,
            pass,
            client: Client::Page,
            language: Some("en"),
            ice_servers: Vec::new(),
            identity: None,
            consents: BTreeMap::new(),
            notice: None,
        }
    }

    fn knock(&mut self, arrival: Arrival) -> Page {
        let connection = ConnectionId(self.number());
        let id = arrival.participant;
        self.put(Input::Knocked {
            connection,
            arrival,
        });
        Page { id, connection }
    }

    fn join(&mut self, name: &str, pass: Pass) -> Page {
        let arrival = self.arrival(name, pass);
        let page = self.knock(arrival);
        assert!(self.is_in(page), "{name} is not let in: {:?}", self.outputs);
        page
    }

    fn host(&mut self) -> Page {
        self.join("Hanna Holt", Pass::Host)
    }

    fn guest(&mut self, name: &str) -> Page {
        self.join(
            name,
            Pass::Guest {
                knows_password: false,
            },
        )
    }

    fn put(&mut self, input: Input) {
        let outputs = self.room.handle(self.now, input);
        self.outputs.extend(outputs);
    }

    fn say(&mut self, page: Page, message: ClientMessage) {
        self.put(Input::Said {
            connection: page.connection,
            message,
        });
    }

    /// Lets time pass, while these pages say that they are there.
    fn wait(&mut self, seconds: f64, alive: &[Page]) {
        let end = Moment(self.now.0 + (seconds * 1e9) as u64);
        while self.now < end {
            self.now = Moment((self.now.0 + 1_000_000_000).min(end.0));
            for page in alive {
                self.say(*page, ClientMessage::Ping {});
            }
            let outputs = self.room.tick(self.now);
            self.outputs.extend(outputs);
        }
    }

    fn send(&mut self, page: Page, source: TrackSource) -> TrackId {
        let mut sources: BTreeMap<_, _> = self
            .room
            .people
            .get(&page.id)
            .map(|person| {
                person
                    .tracks
                    .keys()
                    .map(|one| (one.as_str().to_owned(), *one))
            })
            .unwrap()
            .collect();
        sources.insert(source.as_str().to_owned(), source);
        self.say(
            page,
            ClientMessage::Publish {
                sdp: "v=0".to_owned(),
                sources,
            },
        );
        let track = TrackId::from_uuid(Uuid::from_u128(self.number().into()));
        self.put(Input::Media(MediaInput::Opened {
            participant: page.id,
            source,
            track,
            codec: match source.medium() {
                Medium::Audio => Codec::Opus,
                Medium::Video => Codec::Vp8,
            },
        }));
        track
    }

    fn agree(&mut self, page: Page, purpose: ConsentPurpose, given: bool) {
        self.say(
            page,
            ClientMessage::Noticed {
                notice: NOTICE.to_owned(),
            },
        );
        self.say(
            page,
            ClientMessage::Consent {
                purpose,
                given,
                notice: NOTICE.to_owned(),
            },
        );
    }

    /// Takes what happened so far.
    fn taken(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    fn told(&self, page: Page) -> Vec<&ServerMessage> {
        let told = self.outputs.iter().filter_map(|output| match output {
            Output::Tell {
                connection,
                message,
            } if *connection == page.connection => Some(message),
            _ => None,
        });
        told.collect()
    }

    fn last<'a, T: 'a>(
        &'a self,
        page: Page,
        pick: impl Fn(&'a ServerMessage) -> Option<T>,
    ) -> Option<T> {
        self.told(page).into_iter().rev().find_map(pick)
    }

    fn refusal(&self, page: Page) -> Option<Refusal> {
        self.last(page, |message| match message {
            ServerMessage::Refused { reason } => Some(*reason),
            _ => None,
        })
    }

    fn problem(&self, page: Page) -> Option<&'static str> {
        self.last(page, |message| match message {
            ServerMessage::Problem { code } => Some(*code),
            _ => None,
        })
    }

    /// Those whom a page was shown last.
    fn sees(&mut self, page: Page) -> Vec<PersonView> {
        // Views come a moment later.
        self.wait(0.2, &[]);
        let seen = self.last(page, |message| match message {
            ServerMessage::People { people, .. } => Some(people.clone()),
            _ => None,
        });
        seen.unwrap_or_default()
    }

    /// What a page is shown and hears.
    fn slots(&self, page: Page) -> Vec<(ParticipantId, TrackSource)> {
        let slots = self.last(page, |message| match message {
            ServerMessage::Slots { slots } => Some(
                slots
                    .iter()
                    .map(|one| (one.participant, one.source))
                    .collect(),
            ),
            _ => None,
        });
        slots.unwrap_or_default()
    }

    fn is_in(&self, page: Page) -> bool {
        self.room.people.contains_key(&page.id)
    }

    /// Tracks whose taps were opened and not closed, in the order of the outputs.
    fn taps(&self) -> Vec<&Consented> {
        let mut open: Vec<&Consented> = Vec::new();
        for output in &self.outputs {
            match output {
                Output::Tap(TapOrder::Open(consented)) => open.push(consented),
                Output::Tap(TapOrder::Close { track }) => open.retain(|one| one.track() != *track),
                _ => {}
            }
        }
        open
    }

    fn notes(&self) -> Vec<&TimelineEvent> {
        let notes = self.outputs.iter().filter_map(|output| match output {
            Output::Note(event) => Some(event),
            _ => None,
        });
        notes.collect()
    }
}
