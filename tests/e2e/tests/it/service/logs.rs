//! Personal data and secrets are searched in what the service writes down, at its most talkative.

use std::fs;

use scrim_policy::TenantId;
use scrim_testkit::{Canaries, Home, committed_sample, program};
use serde_json::{Value, json};

use super::{Service, cookie_of, published::vault};
use crate::answer::{Answer, process, recording_of};

const NAME: &str = "Kunegunda Wyzłowska";
const ADDRESS: &str = "kunegunda.wyzlowska@sekretny-urzad.example";
const PASSWORD: &str = "tajne-haslo-czterdziesci";
const WRONG_PASSWORD: &str = "zle-haslo-siedemnascie";
const TITLE: &str = "Zaklinacz Tytularny";
const LABEL: &str = "Etykietka Rzadkości";
const AUDIENCE: &str = "Publiczność Niezwykła";
const LINK_PASSWORD: &str = "haslo-odnosnika-osobliwe";
const WEBHOOK: &str = "wlochaty-haczyk-niepowtarzalny";
const SEARCHED: &str = "Szukajka Nadzwyczajna";
const CUE: &str = "Słowotwór Nieporównywalny";
const PATH: &str = "niedoistniejaca-sciezka";
const HEADER: &str = "naglowkowa-osobliwosc";
const UPLOAD: &str = "Przeslany Tytul Ogromny";
/// [`UPLOAD`] as tus sends it.
const UPLOAD_BASE64: &str = "UHJ6ZXNsYW55IFR5dHVsIE9ncm9tbnk=";
const NO_TOKEN: &str = "sct_niepoprawnyZetonNiepoprawnyZetonNiepoprawny";

/// A published recording with a transcript.
fn published(home: &Home) -> String {
    let mut command = process(home, &committed_sample().media, "webinar-initials");
    command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
    command.args(["--model", "tiny.en", "--language", "en"]);
    recording_of(&Answer::of(&mut command).expect(0))
}

/// Does with an account what people do, right and wrong, and returns the secrets that it was given.
fn live_with_the_account(service: &Service) -> Vec<String> {
    let account = json!({ "name": NAME, "email": format!("2.{ADDRESS}"), "roles": ["organiser"] });
    let made = service.api("POST", "/api/v1/accounts", &account);
    let url = made["invitation_url"].as_str().unwrap();
    let invitation = url.rsplit('/').next().unwrap();
    let chosen = format!("password={PASSWORD}&password_again={PASSWORD}");
    let signed_in = service.form(&format!("/invite/{invitation}"), &chosen);
    let session = cookie_of(&signed_in.expect(303));
    // Until somebody is told that passwords are being tried.
    for address in [ADDRESS, &format!("2.{ADDRESS}")] {
        for _ in 0..12 {
            let words = format!("email={address}&password={WRONG_PASSWORD}&next=");
            service.form("/login", &words);
        }
    }
    let bearer = format!("Bearer {NO_TOKEN}");
    let fields = [("authorization", bearer.as_str())];
    service.get("/api/v1/recordings", &fields).expect(401);
    let (_, session) = session.split_once('=').unwrap();
    vec![invitation.to_owned(), session.to_owned()]
}

/// Does with a link what attendees do, right and wrong, and returns its secret and that of its pass.
fn live_with_a_link(service: &Service, recording: &str) -> Vec<String> {
    let wishes = json!({
        "label": LABEL,
        "audience": AUDIENCE,
        "password": LINK_PASSWORD,
        "allows": ["play", "txt", "vtt"],
    });
    let (link, _) = service.link(recording, &wishes);
    service
        .form(&link, &format!("password={WRONG_PASSWORD}"))
        .expect(401);
    let right = service.form(&link, &format!("password={LINK_PASSWORD}"));
    let cookie = cookie_of(&right.expect(303));
    let files = [
        "recording.mp4",
        "transcript.vtt",
        "transcript.txt?download",
        PATH,
    ];
    for file in files {
        service.get(&format!("{link}/{file}"), &[("cookie", &cookie)]);
    }
    service.get(&link, &[("cookie", &cookie)]).expect(200);
    let (_, pass) = cookie.split_once('=').unwrap();
    let (_, secret) = link.rsplit_once('/').unwrap();
    vec![secret.to_owned(), pass.to_owned()]
}

/// Does with a recording what organisers do, right and wrong.
fn live_with_the_recording(service: &Service, recording: &str) {
    let path = format!("/api/v1/recordings/{recording}");
    service.api("PATCH", &path, &json!({ "title": TITLE }));
    let transcript = format!("{path}/transcript");
    let searched = SEARCHED.replace(' ', "%20");
    service.api("GET", &format!("{transcript}?q={searched}"), &Value::Null);
    let change = json!({ "revision": 0, "cues": [{ "index": 0, "text": CUE }] });
    service.api("PUT", &transcript, &change);
    service.with_token("PUT", &transcript, &format!("{{\"revision\":\"{CUE}\"}}"));
    service.with_token("GET", &format!("/api/v1/recordings/{PATH}"), "");
    service.get(&format!("/{PATH}?{PATH}={PATH}"), &[]);
    let fields = ["user-agent", "referer", "x-request-id", "x-forwarded-for"];
    let fields = fields.map(|name| (name, HEADER));
    service.get("/healthz", &fields).expect(200);
    let bearer = format!("Bearer {}", service.token);
    let metadata = format!("title {UPLOAD_BASE64}");
    let fields = [
        ("authorization", bearer.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-length", "10"),
        ("upload-metadata", metadata.as_str()),
    ];
    service
        .send("POST", "/api/v1/uploads", &fields, "")
        .expect(201);
}

#[test]
fn logs_and_metrics_hold_no_secret_and_nothing_about_people() {
    let home = Home::new();
    let recording = published(&home);
    let service = Service::with(home, NAME, ADDRESS, "trace");
    let webhook = json!({
        "url": format!("https://{WEBHOOK}.invalid/{WEBHOOK}"),
        "events": ["recording.ready", "recording.held", "recording.failed", "security.alert"],
    });
    let webhook = service.api("POST", "/api/v1/webhooks", &webhook);
    live_with_the_recording(&service, &recording);
    let mut secrets = live_with_a_link(&service, &recording);
    secrets.extend(live_with_the_account(&service));
    secrets.push(service.token.clone());
    secrets.push(webhook["secret"].as_str().unwrap().to_owned());
    // Nobody is at the address of the webhook, which is a reason to complain in the log.
    let target = webhook["id"].as_str().unwrap();
    let vault = vault(&service.home);
    while vault
        .messages_to(TenantId::SINGLE, target)
        .unwrap()
        .iter()
        .all(|message| message.tries == 0)
    {}

    let metrics = service.with_token("GET", "/metrics", "").expect(200).text();
    let (printed, log) = service.written();
    let mut further = vec![
        NAME,
        ADDRESS,
        PASSWORD,
        WRONG_PASSWORD,
        TITLE,
        LABEL,
        AUDIENCE,
        LINK_PASSWORD,
        WEBHOOK,
        SEARCHED,
        CUE,
        PATH,
        HEADER,
        UPLOAD,
        NO_TOKEN,
    ];
    further.extend(secrets.iter().map(String::as_str));
    // A word of several is enough.
    further.extend(["Wyzłowska", "Kunegunda", "Etykietka", "Słowotwór"]);
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    let canaries = Canaries::new(&roster, &further);
    assert!(log.len() > 10_000, "the log is silent");
    canaries.assert_absent_in_bytes("standard output", &printed);
    canaries.assert_absent_in_bytes("the log", &log);
    canaries.assert_absent_in_bytes("the metrics", metrics.as_bytes());
    assert!(metrics.contains("scrim_downloads_total{extent=\"whole\"} 3"));
}
