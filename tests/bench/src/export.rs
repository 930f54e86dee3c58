//! Exporting and importing a recording of 2 GiB: memory that does not grow with it, and time against
//! `scrim get`, which only opens it.

use std::{fs, io::Write, path::Path, process::Command, time::SystemTime};

use scrim_policy::{RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, Job, Proof, Sha256Digest, Timestamp, Vault,
    proof::{Gate, GateVerdict, Output, PolicyUsed, Source},
    residency::StorageVerdict,
};

use crate::{
    Outcome,
    measure::{Cost, run as run_program},
};

const BYTES: usize = 2 << 30;
const PIECE: usize = 1 << 20;

/// Memory that is promised, in MB.
const PROMISED: f64 = 128.0;

/// Measures all of it.
pub(crate) fn run(scrim: &Path) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = |name: &str| folder.path().join(name);
    let id = publish(&place("old"))?.to_string();
    let password = place("password");
    fs::write(&password, "sixteen characters or more")?;
    let command = |home: &str, arguments: &[&str]| {
        let mut command = Command::new(scrim);
        command.env("SCRIM_HOME", place(home)).args(arguments);
        command
    };
    println!("one recording of 2 GiB, written to a disk");
    let get = run_program(command("old", &["get", &id, "recording", "-o"]).arg(place("got")))?;
    report("scrim get", get, get);
    fs::remove_file(place("got"))?;
    let export = |more: &[&str]| -> Outcome<Cost> {
        let mut command = command("old", &["export"]);
        let cost = run_program(command.args(more).arg("--out").arg(place("zip")))?;
        Ok(cost)
    };
    report("scrim export, plain ZIP", export(&[&id])?, get);
    let password = password.display().to_string();
    let encrypted = export(&[&id, "--password-file", &password])?;
    report("scrim export, AES-256 ZIP", encrypted, get);
    report(
        "scrim export --tenant",
        export(&["--tenant", "--password-file", &password])?,
        get,
    );
    let mut import = command("new", &["import", "--password-file", &password]);
    report("scrim import", run_program(import.arg(place("zip")))?, get);
    println!("memory promised                {PROMISED:.0} MB");
    Ok(())
}

fn report(name: &str, cost: Cost, get: Cost) {
    println!(
        "{name:<30} {:6.1} s  {:5.2}x of get  {:5.0} MB",
        cost.wall,
        cost.wall / get.wall,
        cost.memory
    );
}

fn publish(home: &Path) -> Outcome<RecordingId> {
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
    let piece: Vec<u8> = (0..PIECE).map(|index| (index % 251) as u8).collect();
    for _ in 0..BYTES / PIECE {
        writer.write_all(&piece)?;
    }
    let recording = writer.finish()?;
    let proof = Proof {
        schema: 1,
        recording: claim.recording(),
        created_at: now.to_string(),
        source: Source {
            sha256: source,
            bytes: BYTES as u64,
        },
        policy: PolicyUsed {
            name: "bench".to_owned(),
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
        storage_verdict: StorageVerdict::Statement("bench".to_owned()),
        revises: None,
        public_key: None,
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    let mut writer = vault.create_artefact(&claim, ArtefactKind::Proof, now)?;
    writer.write_all(envelope.as_bytes())?;
    let proof = writer.finish()?;
    vault.publish(&claim, &[recording.id, proof.id], now)?;
    Ok(claim.recording())
}
