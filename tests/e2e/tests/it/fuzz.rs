//! What a program of others makes of the description of the API, with a token of each role.

use std::{fs, io::Write, process::Command, time::SystemTime};

use scrim_policy::{AccountRole, AccountRoles, Pii, TenantId};
use scrim_storage::{
    Begun, Job, Sha256Digest, Timestamp, Vault,
    service::{Account, AccountWords, NewAccount, NewJob, NewLink, WebhookWords},
    vault::HoldWords,
};
use scrim_testkit::{Home, Service, committed_sample, peer, workspace};
use serde_json::Value;

use crate::answer::{Answer, process_silently};

/// Nobody waits for a limit here.
const LIMITS: &str = "[limits]\n\
    address = { requests = 1000000, seconds = 1 }\n\
    token = { requests = 1000000, seconds = 1 }\n";

/// The tenant of somebody else.
const OTHER: &str = "ten_0000000000000000000000000000002a";

fn now() -> Timestamp {
    SystemTime::now().into()
}

fn account(vault: &Vault, tenant: TenantId, name: &str, roles: &[AccountRole]) -> Account {
    let account = NewAccount {
        tenant,
        words: AccountWords {
            name: Pii::new(name.to_owned()),
            address: Pii::new(format!("{name}@example.eu")),
        },
        roles: AccountRoles::of(roles),
        language: "en",
        password: None,
        outside: None,
    };
    let id = vault.add_account(&account, now()).unwrap().unwrap();
    vault.account(tenant, id).unwrap().unwrap()
}

fn token(vault: &Vault, account: &Account) -> String {
    let may = account.roles.permissions();
    let times = (now(), now().plus_days(1));
    let (_, secret) = vault.make_token(account, "fuzz", &may, times).unwrap();
    secret.expose().to_owned()
}

/// Gives another tenant one of each thing, and returns ids and words by which they are known.
fn furnish_other(vault: &Vault) -> Vec<String> {
    let tenant: TenantId = OTHER.parse().unwrap();
    let owner = account(vault, tenant, "their-owner", AccountRole::ALL);
    let mut writer = vault.create_original(tenant, now()).unwrap();
    writer.write_all(b"a recording of another house").unwrap();
    let original = writer.finish(None, now()).unwrap().row().id;
    let work = Job {
        tenant,
        key: vault.keyring().keyed_digest("job", &["theirs".as_bytes()]),
        source_sha256: Sha256Digest::of(b"source"),
        policy_sha256: Sha256Digest::of(b"policy"),
        policy_name: "their-policy".to_owned(),
        original: None,
    };
    let Begun::New(claim) = vault.begin_or_resume(&work, now()).unwrap() else {
        panic!("it is not new");
    };
    let recording = claim.recording();
    vault.set_title(tenant, recording, "their-title").unwrap();
    let text = "schema = 1\nname = \"their-policy\"\n";
    let saved = vault.save_policy(tenant, None, ("their-policy", text), owner.id, now());
    let policy = saved.unwrap().unwrap();
    let job = NewJob {
        original,
        breakout: None,
        policy,
        roster: "",
        language: "none",
        created_by: owner.id,
    };
    let job = vault.add_job(tenant, &job, now()).unwrap();
    assert!(vault.cancel_job(tenant, job).unwrap());
    let link = NewLink {
        recording,
        label: "their-link",
        audience: "their-audience",
        allows: "play",
        password: None,
        expires_at: now().plus_days(1),
        most_uses: None,
        created_by: owner.id,
    };
    let (link, secret) = vault.make_link(tenant, &link, now()).unwrap();
    let words = WebhookWords {
        url: "https://their-hook.example".to_owned(),
        secret: "whsec_their-secret".to_owned(),
    };
    let webhook = vault.add_webhook(tenant, &words, "recording.ready", now());
    let words = HoldWords::new("their-reason", "their-approver").unwrap();
    let hold = vault.place_hold(tenant, Some(original), &words, now());
    let upload = vault.begin_upload((tenant, owner.id), 10, "their-upload", now());
    let mut known = vec![
        owner.id.to_string(),
        original.to_string(),
        recording.to_string(),
        policy.0.to_string(),
        job.to_string(),
        link.to_string(),
        secret.expose().to_owned(),
        webhook.unwrap().to_string(),
        hold.unwrap().to_string(),
        upload.unwrap().id.to_string(),
    ];
    let words = [
        "owner", "title", "policy", "link", "audience", "hook", "secret", "reason", "approver",
        "upload",
    ];
    known.extend(words.iter().map(|word| format!("their-{word}")));
    known
}

#[test]
fn every_answer_is_described_and_holds_nothing_of_another_tenant() {
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("config.toml"), LIMITS).unwrap();
    let media = committed_sample().media;
    Answer::of(&mut process_silently(&home, &media, "webinar")).expect(0);
    Answer::of(home.scrim().arg("ingest").arg(&media)).expect(0);

    let state = home.state();
    let vault = Vault::open(&state, Vault::default_unlock(&state)).unwrap();
    let others = furnish_other(&vault);
    let mut tokens = String::new();
    for role in AccountRole::ALL {
        let account = account(&vault, TenantId::SINGLE, role.as_str(), &[*role]);
        let token = token(&vault, &account);
        tokens += &format!("{role}: {token}\n", role = role.as_str());
    }
    vault.close();
    let token_file = home.path().join("tokens");
    fs::write(&token_file, tokens).unwrap();

    let service = Service::start(&home);
    let ran = Command::new(peer::programs("schemathesis").join("python"))
        .arg(workspace::root().join("tests/peers/schemathesis/fuzz_peer.py"))
        .args(["--url", &format!("http://{}", service.address())])
        .arg("--openapi")
        .arg(workspace::root().join("docs/reference/openapi.json"))
        .arg("--token-file")
        .arg(&token_file)
        .arg("--other")
        .args(&others)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the interpreter was just installed");
    let printed = String::from_utf8_lossy(&ran.stdout);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{printed}{said}");
    let lines: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), AccountRole::ALL.len());
    for line in lines {
        assert!(line["cases"].as_u64().unwrap() > 100, "{line}");
    }
}
