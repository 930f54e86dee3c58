//! Who may do what: every route, with every role, and with what belongs to somebody else.

use std::io::Write;

use axum::http::StatusCode;
use scrim_policy::{AccountRole, Pii, TenantId};
use scrim_storage::{
    Timestamp,
    service::{
        InvitedSeat, Invitee, NewJob, NewLink, Registrant, RoomPassword, RoomPlan,
        RoomRegistration, RoomRules, WebhookWords,
    },
    vault::HoldWords,
};
use uuid::Uuid;

use super::{super::routes::Listed, PASSWORD, Service};
use crate::serve::app::now;

/// An id for each place in a path that wants one, in the words of the place.
#[derive(Clone)]
pub(super) struct Ids(Vec<(&'static str, String)>);

impl Ids {
    /// Well-formed ids of nothing.
    pub(super) fn of_nothing() -> Self {
        let id = |prefix: &str| format!("{prefix}{}", Uuid::from_u128(7).simple());
        Self(vec![
            ("recordings", id("rec_")),
            ("accounts", id("usr_")),
            ("users", id("usr_")),
            ("tokens", id("tok_")),
            ("policies", id("pol_")),
            ("jobs", id("job_")),
            ("uploads", id("upl_")),
            ("links", id("lnk_")),
            ("webhooks", id("whk_")),
            ("holds", id("hld_")),
            ("erasures", id("era_")),
            ("rooms", id("rom_")),
            ("invitations", id("inv_")),
            ("registrations", id("reg_")),
        ])
    }

    pub(super) fn set(&mut self, place: &str, id: impl ToString) {
        for (known, kept) in &mut self.0 {
            if *known == place {
                *kept = id.to_string();
            }
        }
    }

    /// Fills a template.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut filled = Vec::new();
        let mut before = "";
        for part in template.split('/') {
            let id = self.0.iter().find(|(place, _)| *place == before);
            filled.push(match (part, id) {
                ("{id}" | "{link}" | "{invitation}" | "{registration}", Some((_, id))) => {
                    id.clone()
                }
                ("{name}", _) => "recording.mp4".to_owned(),
                ("{secret}", _) => format!("scl_{}", "A".repeat(43)),
                ("{file}", _) => "recording.mp4".to_owned(),
                ("{code}", _) => format!("scr_{}", "A".repeat(43)),
                (part, _) => part.to_owned(),
            });
            before = part;
        }
        filled.join("/")
    }
}

pub(super) fn routes(service: &Service) -> Vec<Listed> {
    let (_, _, listed) = super::super::routes(&service.app).finish();
    assert!(listed.len() > 90, "only {} routes", listed.len());
    listed
}

/// A body that is fine where one is wanted, as far as one body can be for all.
const BODY: &str = "{}";

#[test]
fn every_route_admits_those_that_it_lists_and_nobody_else() {
    let service = Service::new();
    let tokens: Vec<_> = AccountRole::ALL
        .iter()
        .map(|role| {
            (
                *role,
                service.token(TenantId::SINGLE, role.as_str(), &[*role]),
            )
        })
        .collect();
    for route in routes(&service) {
        let path = Ids::of_nothing().fill(&route.path);
        let nobody = service.ask(
            route.method,
            &path,
            &[("content-type", "application/json")],
            BODY,
        );
        let (permission, roles) = match route.who.split_once(": ") {
            Some((permission, roles)) => (permission, roles),
            None => {
                assert_ne!(nobody.status, StatusCode::FORBIDDEN, "{route:?}");
                continue;
            }
        };
        let is_sent_to_sign_in = nobody.status == StatusCode::SEE_OTHER
            && nobody.header("location").starts_with("/login?next=%2F");
        let is_sent_to_sign_in =
            is_sent_to_sign_in || nobody.header("location").starts_with("/login?next=/");
        assert!(
            nobody.status == StatusCode::UNAUTHORIZED || is_sent_to_sign_in,
            "{route:?} answers nobody with {}",
            nobody.status
        );
        for (role, token) in &tokens {
            let reply = service.api(token, route.method, &path, BODY);
            let is_listed = roles.split(", ").any(|listed| listed == role.as_str());
            assert_eq!(
                role.permissions().has(permission.parse().unwrap()),
                is_listed
            );
            let is_refused = reply.status == StatusCode::FORBIDDEN
                && (route.method == "HEAD"
                    || reply.text().contains("your account may not do this"));
            assert_eq!(
                is_refused, !is_listed,
                "{route:?} answers {role} with {}",
                reply.status
            );
            assert!(
                !reply.status.is_server_error() || reply.status == StatusCode::SERVICE_UNAVAILABLE,
                "{route:?} answers {role} with {}: {}",
                reply.status,
                reply.text()
            );
        }
    }
}

/// Everything that a tenant can have.
pub(super) fn furnish(service: &Service, tenant: TenantId) -> Ids {
    let vault = &service.app.vault;
    let owner = service.account(
        tenant,
        &format!("owner-{}", tenant.as_uuid().as_u128()),
        AccountRole::ALL,
    );
    let account = vault.account(tenant, owner).unwrap().unwrap();
    let mut ids = Ids::of_nothing();
    let mut writer = vault.create_original(tenant, now()).unwrap();
    writer
        .write_all(format!("a recording of {tenant}").as_bytes())
        .unwrap();
    let original = writer.finish(None, now()).unwrap().row().id;
    let claim = service.claim(tenant, &tenant.to_string(), now());
    ids.set("recordings", claim.recording());
    ids.set("accounts", owner);
    ids.set("users", owner);
    let times = (now(), now().plus_days(1));
    let may = account.roles.permissions();
    let (token, _) = vault.make_token(&account, "token", &may, times).unwrap();
    ids.set("tokens", token);
    let policy = vault
        .save_policy(
            tenant,
            None,
            ("stage", "schema = 1\nname = \"stage\"\n"),
            owner,
            now(),
        )
        .unwrap()
        .unwrap();
    ids.set("policies", policy.0);
    let job = NewJob {
        original,
        breakout: None,
        policy,
        roster: "",
        language: "none",
        created_by: owner,
    };
    ids.set("jobs", vault.add_job(tenant, &job, now()).unwrap());
    let upload = vault
        .begin_upload((tenant, owner), 10, "upload", now())
        .unwrap();
    ids.set("uploads", upload.id);
    let link = NewLink {
        recording: claim.recording(),
        label: "link",
        audience: "",
        allows: "play",
        password: None,
        expires_at: now().plus_days(1),
        most_uses: None,
        created_by: owner,
    };
    ids.set("links", vault.make_link(tenant, &link, now()).unwrap().0);
    let words = WebhookWords {
        url: "https://hooks.example".to_owned(),
        secret: "whsec_".to_owned(),
    };
    ids.set(
        "webhooks",
        vault
            .add_webhook(tenant, &words, "recording.ready", now())
            .unwrap(),
    );
    let words = HoldWords::new("a reason", "the board").unwrap();
    ids.set(
        "holds",
        vault
            .place_hold(tenant, Some(original), &words, now())
            .unwrap(),
    );
    let plan = RoomPlan {
        title: "room".to_owned(),
        controller: String::new(),
        contact: String::new(),
        purpose: String::new(),
        audience: String::new(),
        rules: RoomRules {
            is_registered_only: true,
            registration: RoomRegistration::Approved,
            ..RoomRules::default()
        },
        opens_at: None,
        password: RoomPassword::Nothing,
    };
    let room = vault.plan_room(tenant, owner, &plan, now()).unwrap();
    ids.set("rooms", room.id);
    let invitee = Invitee {
        name: Pii::new("somebody".to_owned()),
        email: None,
        seat: InvitedSeat::Attendee,
    };
    let invited = vault.invite_to_room(tenant, room.id, &invitee, now());
    let (invitation, _) = invited.unwrap().unwrap();
    ids.set("invitations", invitation.id);
    let who = Registrant {
        name: Pii::new("somebody else".to_owned()),
        email: Pii::new("somebody@example.eu".to_owned()),
        language: "en".to_owned(),
    };
    let (registration, _) = vault.register(&room, &who, now()).unwrap().unwrap();
    ids.set("registrations", registration);
    let asked = vault.registration(tenant, registration).unwrap().unwrap();
    let secret = asked.secret.unwrap();
    vault
        .confirm_registration(&secret, &who.name, now())
        .unwrap()
        .unwrap();
    ids
}

/// Bodies that would do something, were the thing one's own.
pub(super) fn body(route: &Listed) -> &'static str {
    match route.path.as_str() {
        path if path.ends_with("/links") => r#"{"label":"x","allows":["play"],"days":1}"#,
        path if path.ends_with("/release") => r#"{"reason":"x","approver":"y"}"#,
        path if path.ends_with("/transcript") => {
            r#"{"revision":0,"cues":[{"index":0,"text":"x"}]}"#
        }
        path if path.ends_with("/invitations") => r#"{"name":"x","seat":"attendee"}"#,
        path if path.ends_with("/override") => r#"{"reason":"because"}"#,
        path if path.ends_with("/preview") => {
            r#"{"policy":{"schema":1,"name":"s","region":[{"name":"s","kind":"stage","rect":[0,0,1,1],"action":"keep"}]}}"#
        }
        "/api/v1/policies/{id}" => {
            r#"{"after":1,"document":{"schema":1,"name":"s","region":[{"name":"s","kind":"stage","rect":[0,0,1,1],"action":"keep"}]}}"#
        }
        "/api/v1/recordings/{id}" | "/api/v1/rooms/{id}" => r#"{"title":"mine now"}"#,
        "/api/v1/accounts/{id}" => r#"{"is_disabled":true}"#,
        _ => BODY,
    }
}

#[test]
fn what_another_tenant_has_is_not_there() {
    let service = Service::new();
    let other = TenantId::from_uuid(Uuid::from_u128(42));
    let theirs = furnish(&service, other);
    let before = everything(&service);
    let token = service.token(TenantId::SINGLE, "intruder", AccountRole::ALL);
    let mut asked = 0;
    for route in routes(&service) {
        if !route.path.contains("{id}") || !route.path.starts_with("/api/") {
            continue;
        }
        asked += 1;
        let path = theirs.fill(&route.path);
        let body = body(&route);
        let reply = service.api(&token, route.method, &path, body);
        let is_unknown = reply.status == StatusCode::NOT_FOUND
            // Found wrong before anything was looked for.
            || reply.status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        assert!(
            is_unknown,
            "{route:?} answers with {}: {}",
            reply.status,
            reply.text()
        );
    }
    assert!(asked > 25, "only {asked} routes were asked");
    // Pages as well, with a session.
    service.account(TenantId::SINGLE, "visitor", AccountRole::ALL);
    let cookies = service.sign_in("visitor");
    let csrf = service.csrf(&cookies, "/account");
    for route in routes(&service) {
        if !route.path.contains("{id}") || route.path.starts_with("/api/") {
            continue;
        }
        let path = theirs.fill(&route.path);
        let reply = match route.method {
            "GET" => service.ask("GET", &path, &[("cookie", &cookies)], ""),
            _ => {
                let fields = [
                    ("csrf", csrf.as_str()),
                    ("title", "mine now"),
                    ("reason", "because I can"),
                    ("approver", "me"),
                    ("sure", "yes"),
                    ("label", "mine"),
                    ("days", "3"),
                    ("role", "attendee"),
                    ("name", "mine"),
                    ("seat", "attendee"),
                ];
                service.form(&cookies, &path, &fields)
            }
        };
        let is_nothing = reply.status == StatusCode::NOT_FOUND
            // One's own, of which there is none with this id.
            || route.path == "/account/tokens/{id}/revoke";
        assert!(
            is_nothing,
            "{route:?} answers with {}: {}",
            reply.status,
            reply.text()
        );
    }
    assert_eq!(
        everything(&service),
        before,
        "something of the other tenant was changed"
    );
    assert!(
        service
            .app
            .vault
            .authenticate("owner-42@example.eu", PASSWORD)
            .unwrap()
            .is_some()
    );
}

#[test]
fn the_log_says_nothing_of_another_tenant() {
    let service = Service::new();
    let own = furnish(&service, TenantId::SINGLE);
    let token = service.token(TenantId::SINGLE, "officer", &[AccountRole::Dpo]);
    let listed = |path: &str| service.api(&token, "GET", path, "").text();
    let ids = |ids: &Ids| ids.0.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
    let alone = listed("/api/v1/audit?limit=200");
    let seen = |text: &str, all: &[String]| all.iter().filter(|id| text.contains(*id)).count();
    assert!(seen(&alone, &ids(&own)) > 3, "{alone}");
    let other = TenantId::from_uuid(Uuid::from_u128(42));
    // Somebody who has nothing yet is somebody else already.
    let lone = service.account(other, "lone", &[AccountRole::Auditor]);
    let early = listed("/api/v1/audit?limit=200");
    assert!(!early.contains(&lone.to_string()), "{early}");
    let theirs = furnish(&service, other);
    let both = listed("/api/v1/audit?limit=200");
    let fill = own.fill("/api/v1/recordings/{id}");
    let recording = fill.rsplit('/').next().unwrap();
    assert!(both.contains(recording), "{both}");
    let foreign: Vec<String> = ids(&theirs)
        .into_iter()
        .filter(|id| !ids(&Ids::of_nothing()).contains(id))
        .collect();
    assert_eq!(seen(&both, &foreign), 0, "{both}");
    assert!(!both.contains(&other.to_string()), "{both}");
    let path = theirs.fill("/api/v1/recordings/{id}");
    let asked = format!(
        "/api/v1/audit?recording={}",
        path.rsplit('/').next().unwrap()
    );
    let reply = service.api(&token, "GET", &asked, "");
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "{}", reply.text());
    let cookies = {
        service.account(TenantId::SINGLE, "watcher", &[AccountRole::Dpo]);
        service.sign_in("watcher")
    };
    let page = service
        .ask("GET", "/dpo/audit", &[("cookie", &cookies)], "")
        .text();
    assert_eq!(seen(&page, &foreign), 0, "{page}");
    let export = service.ask("GET", "/dpo/audit/export", &[("cookie", &cookies)], "");
    assert_eq!(export.status, StatusCode::CONFLICT);
}

/// What the other tenant has, as far as it could be changed.
fn everything(service: &Service) -> String {
    let vault = &service.app.vault;
    let tenant = TenantId::from_uuid(Uuid::from_u128(42));
    let page = vault.recordings(tenant, None, 100).unwrap();
    let links: Vec<_> = page
        .recordings
        .iter()
        .flat_map(|row| {
            vault
                .links(tenant, row.id, Timestamp::from_micros(0))
                .unwrap()
        })
        .map(|link| (link.id, link.uses, link.state))
        .collect();
    let rooms: Vec<_> = vault
        .rooms(tenant, None, 100)
        .unwrap()
        .iter()
        .map(|room| {
            let invitations = vault.room_invitations(tenant, room.id).unwrap();
            let invitations: Vec<_> = invitations
                .iter()
                .map(|one| (one.id, one.withdrawn_at))
                .collect();
            let registrations = vault.registrations(tenant, room.id).unwrap();
            let registrations: Vec<_> = registrations
                .iter()
                .map(|one| (one.id, one.state))
                .collect();
            let title = room.words.title.clone();
            (room.id, room.state, title, invitations, registrations)
        })
        .collect();
    format!(
        "{:?} {:?} {links:?} {:?} {:?} {:?} {:?} {:?} {rooms:?}",
        page.recordings,
        vault.titles(tenant).unwrap(),
        vault
            .jobs(tenant, None, 100)
            .unwrap()
            .iter()
            .map(|job| (job.id, job.state))
            .collect::<Vec<_>>(),
        vault
            .saved_policies(tenant)
            .unwrap()
            .iter()
            .map(|kept| (kept.id, kept.version))
            .collect::<Vec<_>>(),
        vault.webhooks(tenant).unwrap().len(),
        vault.holds(tenant).unwrap(),
        vault
            .accounts(tenant)
            .unwrap()
            .iter()
            .map(|one| (one.id, one.disabled_at))
            .collect::<Vec<_>>(),
    )
}
