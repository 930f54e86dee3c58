//! A room, everybody who ever came to it, and what an onlooker knows: who said what, and which
//! connections are there.

use super::super::*;
use crate::tap::RecordingFailure;

/// More do not come.
const MOST_NEWCOMERS: usize = 40;

/// The longest time between two steps, in milliseconds, and the longest while everybody is alive.
const MOST_MILLIS: u64 = 120_000;
const MOST_ALIVE: u64 = 5000;

/// Somebody who knocked once.
pub(super) struct Newcomer {
    pub(super) arrival: Arrival,
    /// Where they were last.
    connection: ConnectionId,
    /// Stands in the name, and in no other text.
    pub(super) surname: String,
}

/// What somebody said to the notice.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) is_told: bool,
    pub(super) given: BTreeMap<ConsentPurpose, bool>,
}

/// How much happened.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) taps: usize,
    pub(super) slots: usize,
    pub(super) chats: usize,
    pub(super) ends: usize,
}

pub(super) struct World {
    pub(super) play: Play,
    pub(super) newcomers: Vec<Newcomer>,
    /// Connections that are there, and who was told there that they are in.
    pub(super) live: BTreeMap<ConnectionId, Option<ParticipantId>>,
    pub(super) answers: BTreeMap<ParticipantId, Answered>,
    pub(super) taps: BTreeMap<TrackId, Consented>,
    /// What the slots of each page hold, by what was ordered.
    pub(super) shown: BTreeMap<ParticipantId, BTreeMap<usize, TrackId>>,
    /// What everybody was before the step.
    pub(super) seats: BTreeMap<ParticipantId, Seat>,
    pub(super) seen: Seen,
    tracks: Vec<TrackId>,
}

impl World {
    /// Opens a room that differs from others in this.
    pub(super) fn open(line: &str) -> Self {
        let has = |word: &str| line.split_ascii_whitespace().any(|one| one == word);
        let recording = RecordingRule {
            rule: match has("inform") {
                true => ConsentRule::Inform,
                false => ConsentRule::Explicit,
            },
            can_refuse: !has("strict"),
            ..rule()
        };
        let protection = match (has("sealed"), has("unrecorded")) {
            (true, _) => Protection::EndToEnd,
            (_, true) => Protection::Clear(None),
            _ => Protection::Clear(Some(recording)),
        };
        let mut world = Self {
            play: Play::new(RoomSettings {
                door: Door {
                    has_waiting_room: has("waiting"),
                    locks_after_start: has("locks"),
                    ..Door::default()
                },
                is_stage_open: !has("stage"),
                are_people_shown: has("shown"),
                protection,
                ..settings()
            }),
            newcomers: Vec::new(),
            live: BTreeMap::new(),
            answers: BTreeMap::new(),
            taps: BTreeMap::new(),
            shown: BTreeMap::new(),
            seats: BTreeMap::new(),
            seen: Seen::default(),
            tracks: Vec::new(),
        };
        world.look();
        world
    }

    pub(super) fn had_somebody(&self) -> bool {
        self.play.room.had_people
    }

    pub(super) fn take(&mut self, step: &str) {
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        let _ = match word {
            "knock" => self.knock(&words),
            "back" => self.come_back(&words),
            "said" => self.say(rest),
            "lost" => self.lose(&words),
            "refused" => self.refuse(&words),
            "beat" => self.beat(&words),
            "pass" => self.pass(&words),
            "broken" => self.put(Input::RecordingFailed {
                failure: RecordingFailure::NotWritten,
            }),
            "end" => self.put(Input::End),
            _ => self.media(word, &words),
        };
        self.look();
    }

    fn put(&mut self, input: Input) -> Option<()> {
        self.play.put(input);
        Some(())
    }

    fn knock(&mut self, words: &[&str]) -> Option<()> {
        if self.newcomers.len() == MOST_NEWCOMERS {
            return None;
        }
        let has = |word: &str| words.contains(&word);
        let pass = match *words.first()? {
            "host" => Pass::Host,
            "presenter" => Pass::Presenter,
            "registered" => Pass::Registered,
            _ => Pass::Guest {
                knows_password: false,
            },
        };
        let consents: BTreeMap<_, _> = match (has("yes"), has("no"), has("some")) {
            (true, ..) => ConsentPurpose::ALL.map(|purpose| (purpose, true)).into(),
            (_, true, _) => ConsentPurpose::ALL.map(|purpose| (purpose, false)).into(),
            (.., true) => [
                (ConsentPurpose::Voice, true),
                (ConsentPurpose::Camera, false),
            ]
            .into(),
            _ => BTreeMap::new(),
        };
        let identity = words
            .iter()
            .find_map(|word| word.strip_prefix("id")?.parse().ok());
        let arrival = self.play.arrival("", pass);
        let surname = format!("Krol{}q", self.play.next);
        let arrival = Arrival {
            name: Pii::new(format!("Ada {surname}")),
            client: match has("encoder") {
                true => Client::Encoder,
                false => Client::Page,
            },
            identity: identity.map(Identity),
            consents,
            notice: has("told").then(|| NOTICE.to_owned()),
            ..arrival
        };
        let connection = self.connect();
        self.newcomers.push(Newcomer {
            arrival: arrival.clone(),
            connection,
            surname,
        });
        self.put(Input::Knocked {
            connection,
            arrival,
        })
    }

    fn connect(&mut self) -> ConnectionId {
        let connection = ConnectionId(self.play.number());
        self.live.insert(connection, None);
        connection
    }

    /// The place of somebody among those who knocked. Too high a number is one of them as well.
    fn whom(&self, word: Option<&&str>) -> Option<usize> {
        let number: usize = word?.parse().ok()?;
        number.checked_rem(self.newcomers.len())
    }

    fn id(&self, word: Option<&&str>) -> Option<ParticipantId> {
        let at = self.whom(word)?;
        Some(self.newcomers[at].arrival.participant)
    }

    fn track(&self, word: &str) -> Option<TrackId> {
        let number: usize = word.parse().ok()?;
        let at = number.checked_rem(self.tracks.len())?;
        Some(self.tracks[at])
    }

    fn come_back(&mut self, words: &[&str]) -> Option<()> {
        let at = self.whom(words.first())?;
        let connection = self.connect();
        self.put(Input::CameBack {
            connection,
            secret: self.newcomers[at].arrival.secret.clone(),
            has_media: words.contains(&"media"),
        })
    }

    /// A connection ends. The room hears of it also where it has ended it itself.
    fn lose(&mut self, words: &[&str]) -> Option<()> {
        let at = self.whom(words.first())?;
        let connection = self.newcomers[at].connection;
        self.live.remove(&connection);
        self.put(Input::Lost { connection })
    }

    /// Somebody says something. Of a connection that is gone it may still be on its way.
    fn say(&mut self, rest: &str) -> Option<()> {
        let (who, text) = rest.split_once(' ')?;
        let at = self.whom(Some(&who))?;
        let connection = self.newcomers[at].connection;
        let message = ClientMessage::read(&self.named(text)).ok()?;
        match (self.live.get(&connection).copied(), &message) {
            (
                Some(Some(id)),
                ClientMessage::Consent {
                    purpose,
                    given,
                    notice,
                },
            ) => self.hear_answer(id, *purpose, *given, notice),
            (Some(Some(id)), ClientMessage::Noticed { notice }) => self.hear_noticed(id, notice),
            // Whoever waits and goes has gone.
            (Some(None), ClientMessage::Leave {}) => {
                self.live.remove(&connection);
            }
            _ => {}
        }
        self.put(Input::Said {
            connection,
            message,
        })
    }

    /// A message with ids in the place of numbers.
    fn named(&self, text: &str) -> String {
        let mut parts = text.split("\"@");
        let mut named = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(end);
            match self.id(Some(&number)) {
                Some(id) => named += &format!("\"{id}{rest}"),
                None => named += &format!("\"@{part}"),
            }
        }
        named
    }

    /// Somebody says no by the personal link, from inside or after having left.
    fn refuse(&mut self, words: &[&str]) -> Option<()> {
        let id = self.id(words.first())?;
        let purposes: Vec<_> = match words.get(1) {
            Some(word) => vec![
                *ConsentPurpose::ALL
                    .iter()
                    .find(|one| one.as_str() == *word)?,
            ],
            None => ConsentPurpose::ALL.into(),
        };
        for purpose in &purposes {
            self.hear_answer(id, *purpose, false, NOTICE);
        }
        let participants = self.same_person(id).into_iter().collect();
        self.put(Input::Refused {
            participants,
            purposes,
        })
    }

    fn beat(&mut self, words: &[&str]) -> Option<()> {
        let millis: u64 = words.first()?.parse().ok()?;
        self.play.now = self.play.now.later(millis.min(MOST_ALIVE) * 1_000_000);
        let live: Vec<_> = self.live.keys().copied().collect();
        for connection in live {
            self.put(Input::Said {
                connection,
                message: ClientMessage::Ping {},
            });
        }
        self.tick()
    }

    fn pass(&mut self, words: &[&str]) -> Option<()> {
        let millis: u64 = words.first()?.parse().ok()?;
        self.play.now = self.play.now.later(millis.min(MOST_MILLIS) * 1_000_000);
        self.tick()
    }

    fn tick(&mut self) -> Option<()> {
        let now = self.play.now;
        let outputs = self.play.room.tick(now);
        self.play.outputs.extend(outputs);
        // Otherwise a room would be busy without end.
        let due = self.play.room.next_due();
        assert!(due.is_none_or(|due| due > now), "{due:?} at {now:?}");
        Some(())
    }

    fn media(&mut self, word: &str, words: &[&str]) -> Option<()> {
        let input = match word {
            "opened" => self.opened(words)?,
            "closed" => MediaInput::Closed {
                track: self.track(words.first()?)?,
            },
            "speaking" => MediaInput::Speaking {
                tracks: words.iter().filter_map(|word| self.track(word)).collect(),
            },
            "capacity" => MediaInput::Capacity {
                participant: self.id(words.first())?,
                pictures: words.get(1)?.parse().ok()?,
            },
            "failed" => MediaInput::Failed {
                participant: self.id(words.first())?,
                leg: match *words.get(1)? {
                    "publish" => Leg::Publish,
                    _ => Leg::Subscribe,
                },
            },
            "silent" => MediaInput::Silent {
                participant: self.id(words.first())?,
            },
            _ => return None,
        };
        self.put(Input::Media(input))
    }

    fn opened(&mut self, words: &[&str]) -> Option<MediaInput> {
        let participant = self.id(words.first())?;
        let source = match *words.get(1)? {
            "microphone" => TrackSource::Microphone,
            "camera" => TrackSource::Camera,
            "screen" => TrackSource::Screen,
            "screen_sound" => TrackSource::ScreenSound,
            _ => return None,
        };
        let track = TrackId::from_uuid(Uuid::from_u128(self.play.number().into()));
        self.tracks.push(track);
        Some(MediaInput::Opened {
            participant,
            source,
            track,
            codec: match (source.medium(), words.get(2)) {
                (Medium::Audio, _) => Codec::Opus,
                (Medium::Video, Some(&"h264")) => Codec::H264,
                (Medium::Video, _) => Codec::Vp8,
            },
        })
    }

    // What an onlooker hears.

    pub(super) fn newcomer(&self, id: ParticipantId) -> Option<&Newcomer> {
        let mut all = self.newcomers.iter();
        all.find(|one| one.arrival.participant == id)
    }

    /// Everybody in the room who is the same person, in the order in which they came.
    fn same_person(&self, id: ParticipantId) -> Vec<ParticipantId> {
        let identity = self.newcomer(id).and_then(|one| one.arrival.identity);
        let all = self.newcomers.iter().map(|one| &one.arrival);
        let same = all.filter(|one| identity.is_some() && one.identity == identity);
        let ids = same.map(|one| one.participant);
        let mut ids: BTreeSet<_> = ids
            .filter(|one| self.play.room.people.contains_key(one))
            .collect();
        ids.insert(id);
        ids.into_iter().collect()
    }

    fn hear_noticed(&mut self, id: ParticipantId, notice: &str) {
        if notice == NOTICE {
            for one in self.same_person(id) {
                self.answers.entry(one).or_default().is_told = true;
            }
        }
    }

    /// A no is a no to whatever notice.
    fn hear_answer(&mut self, id: ParticipantId, of: ConsentPurpose, given: bool, notice: &str) {
        if !given || notice == NOTICE {
            for one in self.same_person(id) {
                let answered = self.answers.entry(one).or_default();
                answered.given.insert(of, given);
            }
        }
    }

    /// Somebody is told that they are in, for the first time or again.
    pub(super) fn hear_welcome(&mut self, at: ConnectionId, id: ParticipantId, is_back: bool) {
        self.live.insert(at, Some(id));
        let mut all = self.newcomers.iter_mut();
        let newcomer = all.find(|one| one.arrival.participant == id).unwrap();
        newcomer.connection = at;
        if is_back {
            return;
        }
        let arrival = newcomer.arrival.clone();
        if let Some(notice) = &arrival.notice {
            self.hear_noticed(id, notice);
            for (purpose, given) in arrival.consents {
                self.hear_answer(id, purpose, given, notice);
            }
        }
        // An encoder has no page on which it could answer.
        let mut others = self.same_person(id).into_iter().filter(|one| *one != id);
        if arrival.client == Client::Encoder
            && let Some(twin) = others.next_back()
        {
            let answered = self.answers.get(&twin).cloned().unwrap_or_default();
            self.answers.insert(id, answered);
        }
    }
}
