//! Registering for a room: by whoever wants to come, with a mail server that is real, and by whoever
//! decides.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, Pii, TenantId};
use scrim_storage::service::{
    Bearer, InvitedSeat, LinkSecret, RegistrationMail, RegistrationState, Room,
};
use scrim_testkit::{MailEncryption, MailServer};
use serde_json::{Value, json};

use super::{
    super::{messages, registration},
    Reply, Service,
};
use crate::{
    config::Config,
    notify::{MailSettings, MailTls},
};

const TENANT: TenantId = TenantId::SINGLE;
pub(super) const ROOMS: &str = "/api/v1/rooms";
pub(super) const ADA: &str = "ada@canary.example";

pub(super) fn config(mail: &MailServer) -> Config {
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
    config
}

/// A service that sends mail, and what it was sent.
pub(super) struct House {
    pub(super) service: Service,
    pub(super) mail: MailServer,
    pub(super) token: String,
}

impl House {
    pub(super) fn new() -> Self {
        let mail = MailServer::start(MailEncryption::Plain);
        let service = Service::with(&config(&mail));
        let token = service.token(TENANT, "hanna", &[AccountRole::Organiser]);
        Self {
            service,
            mail,
            token,
        }
    }

    pub(super) fn api(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.service
            .api(&self.token, method, path, &body.to_string())
    }

    pub(super) fn plan(&self, registration: &str) -> Room {
        let wanted = json!({
            "title": "Canary briefing",
            "controller": "Example House",
            "contact": "dpo@example.eu",
            "purpose": "for colleagues who cannot come",
            "audience": "everybody who works here",
            "opens_at": "2027-01-15T10:00:00Z",
            "rules": {
                "is_registered_only": true,
                "registration": registration,
                "protection": "recorded",
                "recording": { "rule": "explicit", "can_refuse": true, "days": 30 },
            },
        });
        let made = self.api("POST", ROOMS, &wanted);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let id = made["id"].as_str().unwrap().parse().unwrap();
        self.service.app.vault.room(TENANT, id).unwrap().unwrap()
    }

    pub(super) fn register(&self, room: &Room, name: &str, email: &str, language: &str) -> Reply {
        let fields = [("name", name), ("email", email), ("language", language)];
        self.service.form("", &register_path(room), &fields)
    }

    /// The letter that what was just done is about.
    pub(super) fn letter(&mut self) -> Value {
        let app = &self.service.app;
        self.service.runtime.block_on(app.messages.notified());
        assert_eq!(messages::send_due(app).unwrap(), 1);
        self.mail.next_mail()
    }

    /// Registers somebody and returns where it is confirmed.
    pub(super) fn registered(&mut self, room: &Room, name: &str, email: &str) -> String {
        let sent = self.register(room, name, email, "en");
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
        let letter = self.letter();
        assert_eq!(letter["to"], json!([email]));
        word(&letter, "/confirm/")
    }

    fn waiting(&mut self, room: &Room, name: &str, email: &str) -> String {
        let confirm = self.registered(room, name, email);
        let done = self.service.form("", &confirm, &[("name", name)]);
        assert_eq!(done.status, StatusCode::OK, "{}", done.text());
        let all = self.service.app.vault.registrations(TENANT, room.id);
        let all = all.unwrap();
        let found = all.iter().find(|one| one.who.email.reveal() == email);
        found.unwrap().id.to_string()
    }
}

pub(super) fn register_path(room: &Room) -> String {
    format!("/register/{}", room.words.code)
}

fn text(letter: &Value) -> &str {
    letter["text"].as_str().unwrap()
}

fn subject(letter: &Value) -> &str {
    let headers = letter["headers"].as_array().unwrap();
    let found = headers.iter().find(|header| header[0] == "Subject");
    found.unwrap()[1].as_str().unwrap()
}

/// The path of the link in a letter that begins with this.
fn word(letter: &Value, begins: &str) -> String {
    let (_, after) = text(letter)
        .split_once("http://127.0.0.1:8480")
        .unwrap_or_else(|| panic!("no link: {letter}"));
    let path = after.split_whitespace().next().unwrap();
    assert!(path.starts_with(begins), "{path}");
    path.to_owned()
}

#[test]
fn whoever_registers_confirms_by_mail_and_gets_the_way_in() {
    let mut house = House::new();
    let room = house.plan("open");
    let shown: Value = {
        let path = format!("{ROOMS}/{}", room.id);
        serde_json::from_slice(&house.api("GET", &path, &Value::Null).body).unwrap()
    };
    let url = format!(
        "{}{}",
        house.service.app.settings.url(),
        register_path(&room)
    );
    assert_eq!(shown["register_url"], url);
    assert_eq!(shown["rules"]["registration"], "open");

    let page = house.service.ask("GET", &register_path(&room), &[], "");
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Canary briefing",
        "15 Jan 2027, 10:00 UTC",
        "hanna",
        "Example House",
        "for colleagues who cannot come",
        "everybody who works here",
        "30 days",
        "dpo@example.eu",
    ] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert!(!page.text().contains("<script"), "{}", page.text());
    let refused = house.register(&room, "Ada Canary", "nowhere", "en");
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("value=\"Ada Canary\""));

    let sent = house.register(&room, "Ada Canary", ADA, "pl");
    assert_eq!(sent.status, StatusCode::OK);
    assert!(!sent.text().contains(ADA), "{}", sent.text());
    let letter = house.letter();
    assert_eq!(letter["to"], json!([ADA]));
    assert_eq!(subject(&letter), "Potwierdź swoją rejestrację");
    assert!(text(&letter).contains("15.01.2027"), "{}", text(&letter));
    assert!(!text(&letter).contains("Canary"), "{}", text(&letter));
    let confirm = word(&letter, "/confirm/scc_");

    // Whatever opens the link confirms nothing by that.
    let vault = house.service.app.vault.clone();
    let page = house.service.ask("GET", &confirm, &[], "");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("value=\"Ada Canary\""));
    assert!(vault.registrations(TENANT, room.id).unwrap().is_empty());
    let nameless = house.service.form("", &confirm, &[("name", " ")]);
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);

    let done = house
        .service
        .form("", &confirm, &[("name", "Ada K. Canary")]);
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let letter = house.letter();
    assert_eq!(letter["to"], json!([ADA]));
    assert!(!text(&letter).contains("Canary"), "{}", text(&letter));
    let way_in = word(&letter, &format!("/r/{}#t=", room.words.code));
    let (_, secret) = way_in.split_once("#t=").unwrap();
    let secret = LinkSecret::parse(Bearer::Invitation, secret).unwrap();
    let (invitation, of) = vault.room_invitation(&secret).unwrap().unwrap();
    assert_eq!((of.id, invitation.seat), (room.id, InvitedSeat::Attendee));
    assert_eq!(invitation.name.reveal(), "Ada K. Canary");

    // Doing it again does nothing, and says how far one is.
    for again in [
        house.service.ask("GET", &confirm, &[], ""),
        house.service.form("", &confirm, &[("name", "Eve")]),
    ] {
        assert_eq!(again.status, StatusCode::OK);
        assert!(again.text().contains("You are registered"), "{again:?}");
    }
    assert_eq!(vault.room_invitations(TENANT, room.id).unwrap().len(), 1);
    assert_eq!(messages::send_due(&house.service.app).unwrap(), 0);
    // A letter that waits for the mail server while the person is erased is never sent.
    let target = vault.registrations(TENANT, room.id).unwrap()[0].id;
    let again = registration::send(&house.service.app, TENANT, target, RegistrationMail::WayIn);
    house.service.runtime.block_on(again).unwrap();
    let erase = json!({ "email": ADA });
    let officer = house.service.token(TENANT, "dora", &[AccountRole::Dpo]);
    let asked = |body: &Value| {
        let reply = house
            .service
            .api(&officer, "POST", "/api/v1/erasures", &body.to_string());
        serde_json::from_slice::<Value>(&reply.body).unwrap()
    };
    let plan = asked(&json!({ "email": ADA, "dry_run": true }));
    assert_eq!(
        (&plan["registrations"], &plan["invitations"]),
        (&json!(1), &json!(1))
    );
    let erased = asked(&erase);
    assert_eq!(erased["erasure"]["step"], "certified", "{erased}");
    assert_eq!(messages::send_due(&house.service.app).unwrap(), 0);
    assert!(vault.room_invitation(&secret).unwrap().is_none());
}

#[test]
fn nobody_learns_whether_an_address_is_known() {
    let mut house = House::new();
    let room = house.plan("approved");
    house.waiting(&room, "Ada Canary", ADA);
    house.registered(&room, "Bo Canary", "bo@canary.example");
    // One who waits, one who has not confirmed, one who was never here.
    let answers: Vec<Reply> = [ADA, "bo@canary.example", "cleo@canary.example"]
        .iter()
        .map(|email| house.register(&room, "Eve Canary", email, "en"))
        .collect();
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text(), answers[0].text());
        let names = |reply: &Reply| -> Vec<String> {
            reply.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(names(answer), names(&answers[0]));
    }
}

#[test]
fn an_organiser_approves_and_refuses_with_the_api() {
    let mut house = House::new();
    let room = house.plan("approved");
    let ada = house.waiting(&room, "Ada Canary", ADA);
    let bo = house.waiting(&room, "Bo Canary", "bo@canary.example");
    let cleo = house.waiting(&room, "Cleo Canary", "cleo@canary.example");
    let path = format!("{ROOMS}/{}/registrations", room.id);
    let list = |house: &House| -> Vec<(String, String)> {
        let listed = house.api("GET", &path, &Value::Null);
        let listed: Value = serde_json::from_slice(&listed.body).unwrap();
        let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        let entries = listed["entries"].as_array().unwrap();
        entries
            .iter()
            .map(|one| (text(one, "id"), text(one, "state")))
            .collect()
    };
    assert_eq!(list(&house).len(), 3);
    let decide = |house: &House, id: &str, what: &str, body: Value| {
        house
            .api("POST", &format!("{path}/{id}/{what}"), &body)
            .status
    };
    let gone = StatusCode::NO_CONTENT;
    assert_eq!(decide(&house, &ada, "approve", json!({})), gone);
    let letter = house.letter();
    assert_eq!(letter["to"], json!([ADA]));
    word(&letter, &format!("/r/{}#t=sci_", room.words.code));
    let again = decide(&house, &ada, "approve", json!({}));
    assert_eq!(again, StatusCode::NOT_FOUND);
    let late = decide(&house, &ada, "refuse", json!({}));
    assert_eq!(late, StatusCode::NOT_FOUND);

    let wrong = decide(&house, &bo, "refuse", json!({ "send_mail": "yes" }));
    assert_eq!(wrong, StatusCode::UNPROCESSABLE_ENTITY);
    let refuse = json!({ "send_mail": true });
    assert_eq!(decide(&house, &bo, "refuse", refuse), gone);
    let vault = house.service.app.vault.clone();
    let known = |id: &str| vault.registration(TENANT, id.parse().unwrap()).unwrap();
    assert_eq!(known(&bo).unwrap().state, RegistrationState::Refused);
    let letter = house.letter();
    assert_eq!(letter["to"], json!(["bo@canary.example"]));
    assert_eq!(subject(&letter), "Your registration");
    assert!(!text(&letter).contains("http"), "{}", text(&letter));
    assert!(known(&bo).is_none(), "the words go with the mail");

    assert_eq!(decide(&house, &cleo, "refuse", json!({})), gone);
    assert!(known(&cleo).is_none());
    assert_eq!(messages::send_due(&house.service.app).unwrap(), 0);
    assert_eq!(list(&house), [(ada, "invited".to_owned())]);
}

#[test]
fn an_organiser_plans_and_decides_with_the_pages() {
    let mut house = House::new();
    house
        .service
        .account(TENANT, "berta", &[AccountRole::Organiser]);
    let cookies = house.service.sign_in("berta");
    let csrf = house.service.csrf(&cookies, "/rooms/new");
    let fields = |registration, most| {
        [
            ("csrf", csrf.as_str()),
            ("title", "Canary briefing"),
            ("most", "50"),
            ("door", "registered"),
            ("registration", registration),
            ("most_registrations", most),
            ("protection", "unrecorded"),
        ]
    };
    let plan = |registration, most| {
        let fields = fields(registration, most);
        house.service.form(&cookies, "/rooms/new", &fields)
    };
    for (registration, most) in [("ajar", ""), ("open", "0"), ("open", "5001"), ("open", "x")] {
        let refused = plan(registration, most).status;
        assert_eq!(
            refused,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{registration} {most}"
        );
    }
    let planned = plan("approved", "30");
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text());
    let path = planned.header("location").to_owned();
    let rooms = house.service.app.vault.rooms(TENANT, None, 10).unwrap();
    let [room] = rooms.as_slice() else {
        panic!("one room: {rooms:?}")
    };
    let room = room.clone();
    assert_eq!(
        (room.rules.registrations(), room.rules.most_people),
        (30, 50)
    );
    let ada = house.waiting(&room, "Ada Canary", ADA);
    let bo = house.waiting(&room, "Bo Canary", "bo@canary.example");

    let page = |house: &House| {
        let reply = house.service.ask("GET", &path, &[("cookie", &cookies)], "");
        reply.text()
    };
    let facts = page(&house);
    for words in [
        &register_path(&room),
        "Ada Canary",
        ADA,
        "Places taken: 2 of 30",
    ] {
        assert!(facts.contains(words), "{words}: {facts}");
    }
    let decide = |house: &House, id: &str, what: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("csrf", csrf.as_str())];
        fields.extend_from_slice(more);
        let path = format!("{path}/registrations/{id}/{what}");
        house.service.form(&cookies, &path, &fields)
    };
    let approved = decide(&house, &ada, "approve", &[]);
    assert_eq!(approved.header("location"), path, "{}", approved.text());
    house.letter();
    let refused = decide(&house, &bo, "refuse", &[("mail", "yes")]);
    assert_eq!(refused.header("location"), path, "{}", refused.text());
    assert_eq!(house.letter()["to"], json!(["bo@canary.example"]));
    let facts = page(&house);
    assert!(!facts.contains("bo@canary.example"), "{facts}");
    // Who was approved is invited like everybody else.
    assert!(
        facts.contains("Ada Canary") && facts.contains("/withdraw"),
        "{facts}"
    );
}
