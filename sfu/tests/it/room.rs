//! A room that runs, with people whose pages are the test.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use scrim_policy::{ConsentPurpose, ConsentRule, ParticipantId, Pii, TrackSource};
use scrim_sfu::{
    live::{LiveRoom, MOST_MESSAGES, Outgoing},
    media::{MediaSettings, wait_for_ends},
    room::{
        Arrival, Client, ConnectionId, Door, Input, Pass, PlayOffer, Protection, RecordingRule,
        RoomSettings, Slots,
    },
    sdp::{Limits, read_play_offer},
    signal::{ClientMessage, ServerMessage},
    tap::Recorder,
};
use tokio::{
    sync::mpsc::{Receiver, channel},
    task::AbortHandle,
};
use uuid::Uuid;

use crate::peer::{PATIENCE, Peer, Sends};

pub(crate) const NOTICE: &str = "notice-1";

/// A room in which everybody may send.
pub(crate) fn settings() -> RoomSettings {
    RoomSettings {
        title: Pii::new("Beekeeping".to_owned()),
        door: Door {
            opens_without_host: true,
            ..Door::default()
        },
        is_stage_open: true,
        are_people_shown: false,
        protection: Protection::Clear(Some(RecordingRule {
            rule: ConsentRule::Explicit,
            can_refuse: true,
            notice: NOTICE.to_owned(),
            controller: "Example GmbH".to_owned(),
            contact: "dpo@example.org".to_owned(),
            purpose: "for whoever could not come".to_owned(),
            audience: "members".to_owned(),
            days: 90,
        })),
        most_people: 100,
        slots: Slots {
            audio: 2,
            vp8: 2,
            h264: 1,
        },
        without_host: Duration::from_secs(60),
    }
}

pub(crate) fn media() -> Arc<MediaSettings> {
    Arc::new(MediaSettings {
        addresses: vec!["127.0.0.1".parse().unwrap()],
        limits: Limits {
            loopback: true,
            ..MediaSettings::default().limits
        },
        ..MediaSettings::default()
    })
}

/// Lets a test end only after its connections: a process that ends before takes away what their threads use.
struct Ends;

impl Drop for Ends {
    fn drop(&mut self) {
        wait_for_ends(Duration::from_secs(10));
    }
}

thread_local! {
    /// Goes with the thread of a test, and so after the runtime that its rooms end with.
    static ENDS: Ends = const { Ends };
}

/// A room.
pub(crate) struct TestRoom {
    pub(crate) room: LiveRoom,
    next: AtomicU64,
}

/// Somebody in a room.
pub(crate) struct Page {
    room: LiveRoom,
    connection: ConnectionId,
    pub(crate) id: ParticipantId,
    messages: Receiver<Outgoing>,
    /// Says that it is there, as long as it is.
    heart: Option<AbortHandle>,
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(heart) = &self.heart {
            heart.abort();
        }
    }
}

impl TestRoom {
    pub(crate) fn open(settings: RoomSettings, recorder: Option<Box<dyn Recorder>>) -> Self {
        ENDS.with(|_| ());
        let room = LiveRoom::open(settings, media(), recorder, |_| ()).unwrap();
        Self {
            room,
            next: AtomicU64::new(1),
        }
    }

    pub(crate) fn unrecorded() -> Self {
        Self::open(settings(), None)
    }

    pub(crate) async fn join(&self, name: &str, pass: Pass) -> Page {
        let mut page = self.knock(name, pass, Client::Page).await;
        // It has to say that it is there.
        let (room, connection) = (self.room.clone(), page.connection);
        let ping = ClientMessage::Ping {};
        let heart = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(2));
            loop {
                ticks.tick().await;
                let message = ping.clone();
                let said = Input::Said {
                    connection,
                    message,
                };
                if !room.tell(said).await {
                    break;
                }
            }
        });
        page.heart = Some(heart.abort_handle());
        page
    }

    async fn knock(&self, name: &str, pass: Pass, client: Client) -> Page {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = ConnectionId(number);
        let id = ParticipantId::from_uuid(Uuid::from_u128(number.into()));
        let (sender, messages) = channel(MOST_MESSAGES);
        self.room.connect(connection, sender).await;
        let arrival = Arrival {
            participant: id,
            secret: Pii::new(format!("secret-{number}")),
            name: Pii::new(name.to_owned()),
            email: None,
            pass,
            client,
            language: Some("en"),
            ice_servers: Vec::new(),
            identity: None,
            consents: BTreeMap::new(),
            notice: None,
        };
        let knocked = Input::Knocked {
            connection,
            arrival,
        };
        self.room.tell(knocked).await;
        Page {
            room: self.room.clone(),
            connection,
            id,
            messages,
            heart: None,
        }
    }

    /// Lets a player in that takes this, and changes its offer on the way.
    pub(crate) async fn play(
        &self,
        takes: &'static [&'static str],
        change: impl FnOnce(&str) -> String,
    ) -> (Page, Peer) {
        let (peer, offer) = blocking(move || {
            let peer = Peer::player(takes);
            let offer = peer.offer();
            (peer, offer)
        })
        .await;
        let sdp = change(&offer);
        let played = read_play_offer(&sdp, &Limits::default()).unwrap().played();
        let formats = played.unwrap().into_iter().flat_map(|one| one.formats);
        let takes = formats.map(|format| format.codec()).collect();
        let client = Client::Player(PlayOffer { sdp, takes });
        let mut page = self.knock("Cy Moor", Pass::Registered, client).await;
        let answer = page.answered().await;
        let peer = blocking(move || {
            peer.take(gstreamer_webrtc::WebRTCSDPType::Answer, &answer);
            peer
        });
        (page, peer.await)
    }
}

impl Page {
    pub(crate) async fn say(&self, message: ClientMessage) {
        let connection = self.connection;
        let said = Input::Said {
            connection,
            message,
        };
        self.room.tell(said).await;
    }

    /// Waits for a message.
    pub(crate) async fn hear<T>(&mut self, pick: impl Fn(ServerMessage) -> Option<T>) -> T {
        let heard = async {
            while let Some(outgoing) = self.messages.recv().await {
                if let Outgoing::Message(message) = outgoing
                    && let Some(picked) = pick(*message)
                {
                    return picked;
                }
            }
            panic!("the room closed the connection");
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap()
    }

    /// Publishes, and returns the peer that sends.
    pub(crate) async fn publish(&mut self, sends: Sends) -> Peer {
        let (peer, sdp) = blocking(move || {
            let peer = Peer::publisher(&sends);
            let offer = peer.offer();
            (peer, offer)
        })
        .await;
        self.publish_as(peer, sdp).await
    }

    /// Publishes what a peer sends by an offer that need not be the one that it has made, and gives it
    /// the answer.
    pub(crate) async fn publish_as(&mut self, peer: Peer, sdp: String) -> Peer {
        let answer = self.offer(sdp).await;
        blocking(move || {
            peer.take(gstreamer_webrtc::WebRTCSDPType::Answer, &answer);
            peer
        })
        .await
    }

    /// Offers a microphone and maybe a camera, and returns the answer.
    pub(crate) async fn offer(&mut self, sdp: String) -> String {
        let sources = [
            ("audio0", TrackSource::Microphone),
            ("video1", TrackSource::Camera),
        ];
        let sources = sources.into_iter();
        let offered = sources.filter(|(mid, _)| sdp.contains(&format!("a=mid:{mid}")));
        let sources = offered.map(|(mid, source)| (mid.to_owned(), source));
        let sources = sources.collect();
        self.say(ClientMessage::Publish { sdp, sources }).await;
        self.answered().await
    }

    /// Waits until something could not be done, and returns what.
    pub(crate) async fn problem(&mut self) -> &'static str {
        self.hear(|message| match message {
            ServerMessage::Problem { code } => Some(code),
            _ => None,
        })
        .await
    }

    /// Waits for the answer to an offer.
    pub(crate) async fn answered(&mut self) -> String {
        self.hear(|message| match message {
            ServerMessage::Answer { sdp } => Some(sdp),
            ServerMessage::Problem { code } => panic!("{code}"),
            _ => None,
        })
        .await
    }

    /// Waits for the offer of slots.
    pub(crate) async fn offered(&mut self) -> String {
        self.hear(|message| match message {
            ServerMessage::Offer { sdp } => Some(sdp),
            ServerMessage::Problem { code } => panic!("{code}"),
            _ => None,
        })
        .await
    }

    /// Waits for the offer and answers it.
    pub(crate) async fn watch(&mut self) -> Peer {
        let offer = self.offered().await;
        let (peer, sdp) = blocking(move || {
            let peer = Peer::viewer();
            let answer = peer.answer(&offer);
            (peer, answer)
        })
        .await;
        self.say(ClientMessage::Answer { sdp }).await;
        peer
    }

    pub(crate) async fn agree(&self, purpose: ConsentPurpose, given: bool) {
        let notice = NOTICE.to_owned();
        self.say(ClientMessage::Noticed {
            notice: notice.clone(),
        })
        .await;
        self.say(ClientMessage::Consent {
            purpose,
            given,
            notice,
        })
        .await;
    }
}

/// webrtcbin answers on threads of its own, for which the test waits.
pub(crate) async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        let mut looks = tokio::time::interval(Duration::from_millis(10));
        while !holds() {
            looks.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "{what}");
}
