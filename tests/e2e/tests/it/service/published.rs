//! Recordings that are published without being rendered: the service does not ask what is in them.

use std::{
    io::{self, Read},
    time::SystemTime,
};

use scrim_policy::TenantId;
use scrim_storage::{
    ArtefactKind, Begun, Job, Proof, Sha256Digest, Timestamp, Vault,
    proof::{Gate, GateVerdict, Output, PolicyUsed, Source},
    residency::StorageVerdict,
};
use scrim_testkit::Home;

/// The vault of a home.
pub(super) fn vault(home: &Home) -> Vault {
    let state = home.state();
    Vault::open(&state, Vault::default_unlock(&state)).unwrap()
}

/// Publishes these bytes as the recording of a home, and returns its id.
pub(super) fn publish(home: &Home, media: &mut impl Read) -> String {
    let (vault, now) = (vault(home), Timestamp::from(SystemTime::now()));
    let (source, policy) = (Sha256Digest::of(b"source"), Sha256Digest::of(b"policy"));
    let job = Job {
        tenant: TenantId::SINGLE,
        key: vault.keyring().keyed_digest("job", &[b"published"]),
        source_sha256: source,
        policy_sha256: policy,
        policy_name: "published".to_owned(),
        original: None,
    };
    let Begun::New(claim) = vault.begin_or_resume(&job, now).unwrap() else {
        panic!("something was published before");
    };
    vault.start_rendering(&claim, 256_000_000_000, now).unwrap();
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Recording, now)
        .unwrap();
    let bytes = io::copy(media, &mut writer).unwrap();
    let recording = writer.finish().unwrap();
    let proof = Proof {
        schema: 1,
        recording: claim.recording(),
        created_at: now.to_string(),
        source: Source {
            sha256: source,
            bytes,
        },
        policy: PolicyUsed {
            name: "published".to_owned(),
            sha256: policy,
        },
        plan: serde_json::Value::Null,
        tools: Default::default(),
        models: Vec::new(),
        outputs: Output::of(&recording).into_iter().collect(),
        leak_report: serde_json::Value::Null,
        gate: Gate {
            verdict: GateVerdict::Publish,
            reasons: Vec::new(),
        },
        storage_verdict: StorageVerdict::Statement("published".to_owned()),
        revises: None,
        public_key: None,
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Proof, now)
        .unwrap();
    io::copy(&mut envelope.as_bytes(), &mut writer).unwrap();
    let proof = writer.finish().unwrap();
    vault
        .publish(&claim, &[recording.id, proof.id], now)
        .unwrap();
    claim.recording().to_string()
}
