//! What happened is told to people and to programs, by servers that are real.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, Pii, TenantId};
use scrim_storage::service::{MessageState, WebhookWords};
use scrim_testkit::{MailEncryption, MailServer, WebhookReceiver};
use serde_json::Value;

use super::{
    super::{
        app::now,
        messages::{self, Happened, Receivers},
    },
    Service,
};
use crate::{
    config::Config,
    notify::{MailSettings, MailTls, WebhookSecret, WebhookSettings},
};

const TENANT: TenantId = TenantId::SINGLE;

fn config(mail: &MailServer, hooks: &WebhookReceiver) -> Config {
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
    config.webhooks = WebhookSettings {
        allow_loopback: true,
        ca_file: Some(hooks.ca_file()),
        ..WebhookSettings::default()
    };
    config
}

#[test]
fn who_asked_gets_mail_and_programs_get_the_event_until_it_has_arrived() {
    let secret = WebhookSecret::random().unwrap().expose();
    let mut hooks = WebhookReceiver::start(&secret);
    let mut mail = MailServer::start(MailEncryption::Plain);
    let service = Service::with(&config(&mail, &hooks));
    let (app, vault) = (&service.app, &service.app.vault);
    let anna = service.account(TENANT, "anna", &[AccountRole::Organiser]);
    service.account(TENANT, "bert", &[AccountRole::Organiser]);
    vault.set_account_language(anna, "de").unwrap();
    let hook = |url: String, events| {
        let words = WebhookWords {
            url,
            secret: secret.clone(),
        };
        vault.add_webhook(TENANT, &words, events, now()).unwrap()
    };
    let taken = hook(hooks.url("/taken"), "recording.held recording.ready");
    hook(hooks.url("/other"), "recording.failed");
    let happened = Happened {
        event: "recording.ready",
        alert: None,
        data: serde_json::json!({ "recording": "rec_1" }),
        page: "/recordings/rec_1".to_owned(),
        to: Receivers::Account(anna),
    };
    messages::tell(app, TENANT, &happened);
    assert_eq!(messages::send_due(app).unwrap(), 2);
    let request = hooks.next_request();
    assert_eq!(request["verified"], true);
    assert_eq!(request["path"], "/taken");
    let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["type"], "recording.ready");
    assert_eq!(body["data"]["recording"], "rec_1");
    let letter = mail.next_mail();
    assert_eq!(letter["to"], serde_json::json!(["anna@example.eu"]));
    let text = letter["text"].as_str().unwrap();
    assert!(text.contains("wartet auf Ihre Entscheidung"), "{text}");
    assert!(
        text.contains("http://127.0.0.1:8480/recordings/rec_1"),
        "{text}"
    );
    let standing = vault.messages_to(TENANT, &taken.to_string()).unwrap();
    assert_eq!(
        (standing[0].state, standing[0].tries),
        (MessageState::Sent, 1)
    );
    assert_eq!(messages::send_due(app).unwrap(), 0);
}

#[test]
fn who_does_not_answer_is_asked_later_and_who_is_gone_never_again() {
    let secret = WebhookSecret::random().unwrap().expose();
    let mut hooks = WebhookReceiver::start(&secret);
    let mail = MailServer::start(MailEncryption::Plain);
    let service = Service::with(&config(&mail, &hooks));
    let (app, vault) = (&service.app, &service.app.vault);
    let hook = |path: &str| {
        let words = WebhookWords {
            url: hooks.url(path),
            secret: secret.clone(),
        };
        let added = vault.add_webhook(TENANT, &words, "security.alert", now());
        added.unwrap().to_string()
    };
    let (busy, gone) = (hook("/status/503"), hook("/status/410"));
    messages::tell(
        app,
        TENANT,
        &messages::alert(messages::Alert::SignInLocked, "/admin/users"),
    );
    assert_eq!(messages::send_due(app).unwrap(), 2);
    let mut paths = [hooks.next_request(), hooks.next_request()]
        .map(|request| request["path"].as_str().unwrap().to_owned());
    paths.sort();
    assert_eq!(paths, ["/status/410", "/status/503"]);
    let standing = vault.messages_to(TENANT, &busy).unwrap()[0];
    assert_eq!(standing.state, MessageState::Waiting);
    assert!(standing.at > now(), "it is asked again after a pause");
    let standing = vault.messages_to(TENANT, &gone).unwrap()[0];
    assert_eq!(standing.state, MessageState::Failed);
    let webhooks = vault.webhooks(TENANT).unwrap();
    let is_disabled = |webhook: &&scrim_storage::service::Webhook| webhook.disabled_at.is_some();
    assert_eq!(webhooks.iter().filter(is_disabled).count(), 1);
}

#[test]
fn guards_are_told_of_somebody_who_tries_passwords() {
    let secret = WebhookSecret::random().unwrap().expose();
    let hooks = WebhookReceiver::start(&secret);
    let mut mail = MailServer::start(MailEncryption::Plain);
    let service = Service::with(&config(&mail, &hooks));
    service.account(TENANT, "anna", &[AccountRole::Organiser]);
    service.account(TENANT, "dora", &[AccountRole::Dpo]);
    for _ in 0..12 {
        let fields = [
            ("email", "anna@example.eu"),
            ("password", "wrong horse battery"),
            ("next", ""),
        ];
        let reply = service.form("", "/login", &fields);
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    let told = service.app.messages.notified();
    service.runtime.block_on(told);
    assert_eq!(messages::send_due(&service.app).unwrap(), 1);
    let letter = mail.next_mail();
    assert_eq!(letter["to"], serde_json::json!(["dora@example.eu"]));
    let text = letter["text"].as_str().unwrap();
    assert!(!text.contains("anna"), "{text}");
}
