//! The audit log before pymerkle, an implementation of RFC 6962 that nobody here wrote.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use scrim_storage::audit::{About, Leaves, SignedNote};
use serde_json::{Value, json};

use crate::{
    audit::withdrawn,
    fixtures::{NOW, recording, workspace},
    runs::Place,
};

/// What pymerkle has against a log, installed if it was missing.
fn objections(job: &Value) -> Vec<String> {
    let peers = workspace().join("tests/peers");
    let made = Command::new(peers.join("venv.sh"))
        .arg("pymerkle")
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "pymerkle could not be installed: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let python = String::from_utf8(made.stdout).unwrap();
    let mut child = Command::new(python.trim())
        .arg("-B")
        .arg(peers.join("pymerkle/pymerkle_peer.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let job = serde_json::to_vec(job).unwrap();
    child.stdin.take().unwrap().write_all(&job).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn pymerkle_agrees_with_every_checkpoint_and_every_proof() {
    let place = Place::new();
    let key = place.vault.audit_key();
    let mut notes: Vec<SignedNote> = Vec::new();
    for number in 0..40 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
        if number % 7 == 0 {
            notes.push(place.vault.audit_checkpoint(NOW).unwrap());
        }
    }
    // Bodies that are erased change nothing of it.
    let about = About::Recording(recording(3));
    place.vault.blank_audit_bodies(about, NOW).unwrap();
    notes.push(place.vault.audit_checkpoint(NOW).unwrap());

    let records = place.vault.audit_records(None, None, 1000).unwrap();
    let mut leaves = Leaves::default();
    for record in &records {
        leaves.push(&record.leaf.parse().unwrap());
    }
    let points: Vec<_> = notes
        .iter()
        .map(|note| note.verify(&key).unwrap())
        .collect();
    let last = points.last().unwrap();
    assert_eq!(last.size, records.len() as u64);
    let inclusion: Vec<_> = (0..last.size)
        .map(|seq| {
            let proof = place.vault.prove_audit_entry(seq, None).unwrap();
            json!({"seq": seq, "size": last.size, "proof": proof.inclusion})
        })
        .collect();
    let consistency: Vec<_> = points
        .iter()
        .map(|point| {
            json!({
                "before": point.size,
                "after": last.size,
                "proof": leaves.consistency(point.size).unwrap(),
            })
        })
        .collect();
    let mut job = json!({
        "leaves": records.iter().map(|record| &record.leaf).collect::<Vec<_>>(),
        "checkpoints": points.iter().map(|point| json!({
            "size": point.size,
            "root": point.root,
        })).collect::<Vec<_>>(),
        "inclusion": inclusion,
        "consistency": consistency,
    });
    assert_eq!(objections(&job), Vec::<String>::new());

    // It does object where there is something to object to.
    job["leaves"][9] = job["leaves"][8].clone();
    let found = objections(&job);
    assert!(found.len() > notes.len(), "{found:?}");
    assert!(found[0].starts_with("checkpoint of"), "{found:?}");
}
