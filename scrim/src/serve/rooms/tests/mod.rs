//! A room that runs, and what is kept of what is answered in it.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, time::Duration};

use axum::http::StatusCode;
use scrim_policy::{ConsentPurpose, Pii, TenantId};
use scrim_sfu::{
    live::{LiveRoom, MOST_MESSAGES, Outgoing},
    room::Input,
    signal::ServerMessage,
};
use scrim_storage::service::{InvitedSeat, Invitee, LinkSecret, Room, RoomProtection};
use scrim_testkit::{MailEncryption, MailServer};
use tokio::sync::mpsc::{Receiver, channel};

use super::{
    door::{self, Knock},
    notice, registry,
};
use crate::{
    config::Config,
    notify::{MailSettings, MailTls},
    serve::{
        app::now,
        messages,
        tests::{
            Service,
            consents::{open_room, session},
        },
        texts::Language,
    },
};

const TENANT: TenantId = TenantId::SINGLE;

/// How long something may take that does not wait for anybody.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody in a room.
struct Page {
    messages: Receiver<Outgoing>,
}

impl Page {
    /// Waits until something is told.
    async fn told<T>(&mut self, wanted: impl Fn(&ServerMessage) -> Option<T>) -> T {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.messages.recv()).await;
            if let Outgoing::Message(message) = next.unwrap().unwrap()
                && let Some(found) = wanted(message.as_ref())
            {
                return found;
            }
        }
    }

    async fn link(&mut self) -> String {
        let link = self.told(|message| match message {
            ServerMessage::Personal { link } => Some(link.reveal().clone()),
            _ => None,
        });
        link.await
    }
}

fn knock(room: &Room, token: Option<&LinkSecret>, consents: &[(ConsentPurpose, bool)]) -> Knock {
    Knock {
        name: Pii::new("Ada Canary".to_owned()),
        password: None,
        token: token.map(|token| Pii::new(token.expose().to_owned())),
        consents: consents.iter().copied().collect::<BTreeMap<_, _>>(),
        notice: Some(room.notice()),
        language: Some("de"),
        guest: None,
        is_unasked: false,
    }
}

async fn join(
    service: &Service,
    room: &Room,
    token: Option<&LinkSecret>,
    consents: &[(ConsentPurpose, bool)],
) -> (LiveRoom, Page) {
    enter(service, room, knock(room, token, consents)).await
}

async fn enter(service: &Service, room: &Room, knock: Knock) -> (LiveRoom, Page) {
    let app = &service.app;
    let arrival = door::arrival(app, room, None, knock)
        .await
        .unwrap()
        .unwrap();
    let live = registry::run(app, room).await.unwrap();
    let connection = app.rooms.connection();
    let (sender, messages) = channel(MOST_MESSAGES);
    assert!(live.connect(connection, sender).await);
    let knocked = Input::Knocked {
        connection,
        arrival,
    };
    assert!(live.tell(knocked).await);
    (live, Page { messages })
}

#[test]
fn whoever_answers_is_told_a_link_and_can_take_it_back_while_the_meeting_goes_on() {
    let service = Service::new();
    let room = open_room(&service);
    let vault = &service.app.vault;
    let yes = [
        (ConsentPurpose::Camera, true),
        (ConsentPurpose::Voice, true),
    ];
    let entering = async {
        let (_, mut page) = join(&service, &room, None, &yes).await;
        let link = page.link().await;
        (page, link)
    };
    let (mut page, path) = service.runtime.block_on(entering);
    let shown = service.ask("GET", &path, &[("accept", "text/html")], "");
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert!(shown.text().contains("The meeting goes on"));
    // What was shown is what the page of the room says in that language.
    assert!(
        shown
            .text()
            .contains("<div lang=\"de\"><p>Aufzeichnung</p>")
    );

    let kept = session(&service, &room);
    let taken = service.form("", &path, &[("purpose", "camera")]);
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let told = page.told(|message| match message {
        ServerMessage::Consents { consents } => {
            Some(consents.get(&ConsentPurpose::Camera) == Some(&false)).filter(|is| *is)
        }
        _ => None,
    });
    assert!(service.runtime.block_on(told));
    // The room has heard it. Whoever makes a recording knows it as well.
    let [refusal] = vault.refusals(kept.id).unwrap()[..] else {
        panic!("one refusal")
    };
    assert_eq!(refusal.purpose, ConsentPurpose::Camera);
    service.runtime.block_on(service.app.rooms.end());
}

#[test]
fn what_somebody_refused_holds_when_they_come_again_without_a_word() {
    let service = Service::new();
    let room = open_room(&service);
    let invitee = Invitee {
        name: Pii::new("Ada Canary".to_owned()),
        email: None,
        seat: InvitedSeat::Attendee,
    };
    let vault = &service.app.vault;
    let invited = vault.invite_to_room(TENANT, room.id, &invitee, now());
    let ada = invited.unwrap().unwrap().1;
    let camera = ConsentPurpose::Camera;
    let path = service.runtime.block_on(async {
        let (_, mut page) = join(&service, &room, Some(&ada), &[(camera, true)]).await;
        page.link().await
    });
    let taken = service.form("", &path, &[("purpose", "camera")]);
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let consents = |knock| {
        let arrival = door::arrival(&service.app, &room, None, knock);
        service.runtime.block_on(arrival).unwrap().unwrap().consents
    };
    let silent = consents(knock(&room, Some(&ada), &[]));
    assert_eq!(silent, BTreeMap::from([(camera, false)]));
    // Another yes is one.
    let again = consents(knock(&room, Some(&ada), &[(camera, true)]));
    assert_eq!(again, BTreeMap::from([(camera, true)]));
    // Nobody else is meant.
    assert!(consents(knock(&room, None, &[])).is_empty());
    service.runtime.block_on(service.app.rooms.end());
}

#[test]
fn a_guest_who_comes_again_has_the_same_link_and_what_was_refused_by_it_holds() {
    let service = Service::new();
    let room = open_room(&service);
    let camera = ConsentPurpose::Camera;
    let guest = |secret: &str, consents: &[(ConsentPurpose, bool)]| Knock {
        guest: Some(Pii::new(secret.repeat(32))),
        ..knock(&room, None, consents)
    };
    let entered = |knock| {
        service.runtime.block_on(async {
            let (_, mut page) = enter(&service, &room, knock).await;
            page.link().await
        })
    };
    let path = entered(guest("a", &[(camera, true)]));
    assert_eq!(path, entered(guest("a", &[(camera, true)])));
    assert_ne!(path, entered(guest("b", &[(camera, true)])));
    let taken = service.form("", &path, &[("purpose", "camera")]);
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let consents = |knock| {
        let arrival = door::arrival(&service.app, &room, None, knock);
        service.runtime.block_on(arrival).unwrap().unwrap().consents
    };
    let no = BTreeMap::from([(camera, false)]);
    assert_eq!(consents(guest("a", &[])), no);
    // A page that stood still meanwhile still says yes, and nobody has asked it to.
    let by_itself = Knock {
        is_unasked: true,
        ..guest("a", &[(camera, true)])
    };
    assert_eq!(consents(by_itself), no);
    // Another yes is one.
    let yes = BTreeMap::from([(camera, true)]);
    assert_eq!(consents(guest("a", &[(camera, true)])), yes);
    // Somebody else at the same page is somebody else.
    let other = Knock {
        name: Pii::new("Bo Canary".to_owned()),
        ..guest("a", &[])
    };
    assert!(consents(other).is_empty());
    service.runtime.block_on(service.app.rooms.end());
}

#[test]
fn whoever_was_invited_is_written_to_after_a_recorded_meeting() {
    let mut mail = MailServer::start(MailEncryption::Plain);
    let mut config = Config::default();
    config.mail = Some(MailSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(mail.port()),
        tls: MailTls::None,
        from: Pii::new("scrim@house.example".to_owned()),
        user: None,
        password_file: None,
        ca_file: None,
    });
    let service = Service::with(&config);
    let room = open_room(&service);
    let (app, vault) = (&service.app, &service.app.vault);
    let invite = |name: &str, email: Option<&str>| {
        let invitee = Invitee {
            name: Pii::new(name.to_owned()),
            email: email.map(|email| Pii::new(email.to_owned())),
            seat: InvitedSeat::Attendee,
        };
        let invited = vault.invite_to_room(TENANT, room.id, &invitee, now());
        invited.unwrap().unwrap().1
    };
    let ada = invite("Ada Canary", Some("ada@example.eu"));
    // Nobody writes to those who did not come.
    invite("Bo Canary", Some("bo@example.eu"));
    session(&service, &room);
    let path = service.runtime.block_on(async {
        let yes = [(ConsentPurpose::Chat, true)];
        let (live, mut page) = join(&service, &room, Some(&ada), &yes).await;
        let link = page.link().await;
        let settled = app.messages.notified();
        live.tell(Input::End).await;
        tokio::time::timeout(PATIENCE, settled).await.unwrap();
        link
    });
    assert_eq!(messages::send_due(app).unwrap(), 1);
    let letter = mail.next_mail();
    assert_eq!(letter["to"], serde_json::json!(["ada@example.eu"]));
    let text = letter["text"].as_str().unwrap();
    assert!(
        text.contains(&format!("http://127.0.0.1:8480{path}")),
        "{text}"
    );
    // In the language in which the notice was shown.
    assert!(
        text.contains("Geben Sie diese Nachricht nicht weiter"),
        "{text}"
    );
    assert!(!text.contains("Canary"), "{text}");
    assert_eq!(messages::send_due(app).unwrap(), 0);
}

#[test]
fn a_notice_is_kept_as_the_page_says_it() {
    let service = Service::new();
    let room = open_room(&service);
    let code = format!("/r/{}", room.words.code);
    for language in Language::ALL {
        let shown = notice::shown(&room, language, now()).unwrap();
        assert_eq!(shown.notice, room.notice());
        let page = service.ask("GET", &format!("{code}?lang={}", language.tag()), &[], "");
        let page = page.text();
        for line in shown.text.lines() {
            let said = line
                .split_once(": ")
                .filter(|(label, _)| page.contains(&format!("<dt>{label}</dt>")));
            let parts = match said {
                Some((label, said)) => vec![label, said],
                None => vec![line.strip_prefix("- ").unwrap_or(line)],
            };
            for part in parts {
                assert!(page.contains(part), "{language:?}: {part}");
            }
        }
    }
    let mut unrecorded = room;
    unrecorded.rules.protection = RoomProtection::Unrecorded;
    assert!(notice::shown(&unrecorded, Language::En, now()).is_none());
}
