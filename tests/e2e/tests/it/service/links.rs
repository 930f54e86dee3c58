//! What somebody gets who has a link, and until when.

use std::{fs, time::SystemTime};

use scrim_policy::TenantId;
use scrim_storage::{Timestamp, service::NewLink};
use scrim_testkit::{Home, committed_sample};
use serde_json::{Value, json};

use super::{
    Service, cookie_of,
    published::{publish, vault},
};

/// A service with one published recording.
struct Given {
    service: Service,
    recording: String,
    whole: Vec<u8>,
}

impl Given {
    fn new() -> Self {
        let home = Home::new();
        let whole = fs::read(committed_sample().media).unwrap();
        let recording = publish(&home, &mut whole.as_slice());
        let service = Service::with(home, "Ola", "ola@example.org", "warn");
        Self {
            service,
            recording,
            whole,
        }
    }

    /// The only link with this id, as the API lists it.
    fn listed(&self, id: &str) -> Value {
        let links = format!("/api/v1/recordings/{}/links", self.recording);
        let links = self.service.api("GET", &links, &Value::Null);
        let mut entries = links["entries"].as_array().unwrap().iter();
        entries.find(|link| link["id"] == id).unwrap().clone()
    }
}

#[test]
fn a_file_is_answered_as_http_wants_it_and_kept_by_nobody() {
    let Given {
        service,
        recording,
        whole,
    } = Given::new();
    let (link, _) = service.link(&recording, &json!({}));
    let file = format!("{link}/recording.mp4");
    service.get(&file, &[]).expect(403);
    let cookie = service.opened(&link);
    let ask = |method: &str, more: &[(&str, &str)]| {
        let fields = [&[("cookie", cookie.as_str())][..], more].concat();
        service.send(method, &file, &fields, "")
    };

    let reply = ask("GET", &[]).expect(200);
    let tag = reply.field("etag").to_owned();
    let (etag, length) = (tag.as_str(), whole.len().to_string());
    let expected = [
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-store"),
        ("content-disposition", "inline; filename=\"recording.mp4\""),
        ("content-length", length.as_str()),
        ("content-type", "video/mp4"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow, noarchive, nosnippet"),
    ];
    for (name, value) in expected {
        assert_eq!(reply.field(name), value, "{name}");
    }
    assert!(reply.rest() == whole, "the file differs");

    let head = ask("HEAD", &[]).expect(200);
    for (name, value) in expected {
        assert_eq!(head.field(name), value, "{name} of HEAD");
    }
    assert_eq!(head.field("etag"), etag);
    assert!(head.rest().is_empty());

    let known = ask("GET", &[("if-none-match", etag)]).expect(304);
    assert_eq!(known.field("etag"), etag);
    assert!(known.rest().is_empty());
    ask("GET", &[("if-none-match", "\"another\"")]).expect(200);

    let part = ask("GET", &[("range", "bytes=-10"), ("if-range", etag)]).expect(206);
    assert_eq!(part.rest(), whole[whole.len() - 10..]);
    let other = [("range", "bytes=-10"), ("if-range", "\"another\"")];
    assert!(ask("GET", &other).expect(200).rest() == whole);
    let beyond = format!("bytes={length}-");
    let nothing = ask("GET", &[("range", beyond.as_str())]).expect(416);
    assert_eq!(nothing.field("content-range"), format!("bytes */{length}"));
}

#[test]
fn a_link_gives_what_it_allows_to_whoever_has_opened_it() {
    let Given {
        service, recording, ..
    } = Given::new();
    let (plays, _) = service.link(&recording, &json!({}));
    let (keeps, _) = service.link(&recording, &json!({ "allows": ["mp4"] }));
    let get = |path: &str, cookie: &str| service.get(path, &[("cookie", cookie)]);
    let (of_plays, of_keeps) = (service.opened(&plays), service.opened(&keeps));
    get(&format!("{plays}/recording.mp4"), &of_keeps).expect(403);
    get(&format!("{plays}/recording.mp4?download"), &of_plays).expect(403);
    get(&format!("{plays}/transcript.txt"), &of_plays).expect(403);
    // It would be allowed, and there is none.
    get(&format!("{plays}/transcript.vtt"), &of_plays).expect(404);
    get(&format!("{plays}/proof.json"), &of_plays).expect(403);
    let kept = get(&format!("{keeps}/recording.mp4?download"), &of_keeps).expect(200);
    let disposition = "attachment; filename=\"recording.mp4\"";
    assert_eq!(kept.field("content-disposition"), disposition);
}

#[test]
fn a_link_is_counted_once_for_each_browser_and_ends() {
    let given = Given::new();
    let (service, recording) = (&given.service, &given.recording);
    let get = |path: &str, cookie: &str| service.get(path, &[("cookie", cookie)]);

    let (link, id) = service.link(recording, &json!({ "most_uses": 2 }));
    let file = format!("{link}/recording.mp4");
    let cookie = service.opened(&link);
    get(&link, &cookie).expect(200);
    assert_eq!(given.listed(&id)["uses"], 1);
    service.opened(&link);
    service.get(&link, &[]).expect(410);
    let used = given.listed(&id);
    assert_eq!(used["uses"], 2);
    assert_eq!(used["state"], "used_up");
    // Whoever is inside stays.
    get(&link, &cookie).expect(200);
    get(&file, &cookie).expect(200);

    service.api("DELETE", &format!("/api/v1/links/{id}"), &Value::Null);
    assert_eq!(given.listed(&id)["state"], "revoked");
    for path in [&link, &file] {
        get(path, &cookie).expect(410);
        get(path, "").expect(410);
    }

    let vault = vault(&service.home);
    let now = Timestamp::from(SystemTime::now());
    let over = NewLink {
        recording: recording.parse().unwrap(),
        label: "over",
        audience: "",
        allows: "play",
        password: None,
        expires_at: now.minus_days(1),
        most_uses: None,
        created_by: vault.accounts(TenantId::SINGLE).unwrap()[0].id,
    };
    let (id, secret) = vault
        .make_link(TenantId::SINGLE, &over, now.minus_days(2))
        .unwrap();
    let link = format!("/d/{}", secret.expose());
    service.get(&link, &[]).expect(410);
    service
        .get(&format!("{link}/recording.mp4"), &[])
        .expect(410);
    assert_eq!(given.listed(&id.to_string())["uses"], 0);
    assert_eq!(given.listed(&id.to_string())["state"], "expired");
}

#[test]
fn a_password_stands_before_everything_behind_a_link() {
    let given = Given::new();
    let (service, recording) = (&given.service, &given.recording);
    let (link, id) = service.link(recording, &json!({ "password": "correct horse" }));
    let file = format!("{link}/recording.mp4");
    let asked = service.get(&link, &[]).expect(200);
    assert_eq!(asked.field("set-cookie"), "");
    let wrong = service.form(&link, "password=wrong+horse").expect(401);
    assert_eq!(wrong.field("set-cookie"), "");
    service.get(&file, &[]).expect(403);
    assert_eq!(given.listed(&id)["uses"], 0);
    let cookie = cookie_of(&service.form(&link, "password=correct+horse").expect(303));
    let got = service.get(&file, &[("cookie", &cookie)]).expect(200);
    assert!(got.rest() == given.whole);
    assert_eq!(given.listed(&id)["uses"], 1);
}
