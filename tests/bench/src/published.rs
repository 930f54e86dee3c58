//! Recordings that are published without being rendered.

use std::{io::Write, path::Path, time::SystemTime};

use scrim_policy::{RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, Job, Proof, Sha256Digest, Timestamp, Vault,
    proof::{Gate, GateVerdict, Output, PolicyUsed, Source},
    residency::StorageVerdict,
};

use crate::Outcome;

const PIECE: usize = 1 << 20;

/// What recordings consist of, again and again.
pub(crate) fn piece() -> Vec<u8> {
    (0..PIECE).map(|index| (index % 251) as u8).collect()
}

/// Publishes a recording of so many bytes, with captions unless they are empty, in a new home.
pub(crate) fn publish(home: &Path, bytes: usize, captions: &str) -> Outcome<RecordingId> {
    let now = Timestamp::from(SystemTime::now());
    let vault = Vault::open(home, Vault::default_unlock(home))?;
    let (source, policy) = (Sha256Digest::of(b"source"), Sha256Digest::of(b"policy"));
    let job = Job {
        tenant: TenantId::SINGLE,
        key: vault.keyring().keyed_digest("job", &[b"bench"]),
        source_sha256: source,
        policy_sha256: policy,
        policy_name: "bench".to_owned(),
        original: None,
    };
    let Begun::New(claim) = vault.begin_or_resume(&job, now)? else {
        return Err("the folder was not empty".into());
    };
    vault.start_rendering(&claim, 7_200_000_000_000, now)?;
    let mut writer = vault.create_artefact(&claim, ArtefactKind::Recording, now)?;
    let piece = piece();
    for _ in 0..bytes / PIECE {
        writer.write_all(&piece)?;
    }
    let mut outputs = vec![writer.finish()?];
    if !captions.is_empty() {
        let mut writer = vault.create_artefact(&claim, ArtefactKind::TranscriptVtt, now)?;
        writer.write_all(captions.as_bytes())?;
        outputs.push(writer.finish()?);
    }
    let proof = Proof {
        schema: 1,
        recording: claim.recording(),
        created_at: now.to_string(),
        source: Source {
            sha256: source,
            bytes: bytes as u64,
        },
        policy: PolicyUsed {
            name: "bench".to_owned(),
            sha256: policy,
        },
        plan: serde_json::Value::Null,
        tools: Default::default(),
        models: Vec::new(),
        outputs: outputs.iter().filter_map(Output::of).collect(),
        leak_report: serde_json::Value::Null,
        gate: Gate {
            verdict: GateVerdict::Publish,
            reasons: Vec::new(),
        },
        storage_verdict: StorageVerdict::Statement("bench".to_owned()),
        revises: None,
        public_key: None,
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    let mut writer = vault.create_artefact(&claim, ArtefactKind::Proof, now)?;
    writer.write_all(envelope.as_bytes())?;
    outputs.push(writer.finish()?);
    let ids: Vec<_> = outputs.iter().map(|output| output.id).collect();
    vault.publish(&claim, &ids, now)?;
    Ok(claim.recording())
}
