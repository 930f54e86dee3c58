//! Durable entries of the audit log per second, against the sqlite3 module of Python that inserts
//! plain rows of the same length with the same settings, on the same disk.

use std::{process::Command, thread, time::Instant};

use scrim_policy::{ArtefactId, AuditEvent, Purpose, RecordingId, Word};
use scrim_storage::{Settings, Timestamp, Vault};
use uuid::Uuid;

use crate::Outcome;

/// Threads that write at the same time, as those of a busy service would.
const THREADS: u64 = 64;

/// Seconds that each way of writing is measured for.
const SECONDS: f64 = 5.0;

/// One transaction per row, and so many rows per transaction as Scrim has threads.
const PEER: &str = r#"
import sqlite3, sys, time
path, seconds, batch = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, leaf TEXT, salt TEXT, body TEXT)")
body, hash = "x" * 230, "0" * 64
count, began = 0, time.monotonic()
while time.monotonic() - began < seconds:
    db.execute("BEGIN IMMEDIATE")
    rows = [(count + index, hash, hash, body) for index in range(batch)]
    db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows)
    db.execute("COMMIT")
    count += batch
print(count / (time.monotonic() - began))
"#;

/// Measures appending.
pub(crate) fn run() -> Outcome<()> {
    println!("durable entries per second on SQLite (WAL, synchronous = FULL)");
    let one = scrim(1)?;
    let many = scrim(THREADS)?;
    let peer_one = peer(1)?;
    let peer_many = peer(THREADS)?;
    println!("scrim, one thread                             {one:.0}");
    println!("python sqlite3, one row per transaction       {peer_one:.0}");
    println!(
        "ratio                                         {:.2}x",
        one / peer_one
    );
    println!("scrim, {THREADS} threads                             {many:.0}");
    println!("python sqlite3, {THREADS} rows per transaction       {peer_many:.0}");
    println!(
        "ratio                                         {:.2}x",
        many / peer_many
    );
    println!(
        "ratio of many threads to one row at a time    {:.2}x",
        many / peer_one
    );
    Ok(())
}

/// Below the target folder, which lies on a real disk; temporary folders may lie in memory.
fn folder() -> Outcome<tempfile::TempDir> {
    std::fs::create_dir_all("target")?;
    Ok(tempfile::tempdir_in("target")?)
}

fn scrim(threads: u64) -> Outcome<f64> {
    let folder = folder()?;
    let home = folder.path().join("home");
    let settings = Settings::embedded(&home, Vault::default_unlock(&home));
    let vault = Vault::open_with(&settings)?;
    let event = AuditEvent::ArtefactOpened {
        artefact: ArtefactId::from_uuid(Uuid::from_u128(1)),
        recording: RecordingId::from_uuid(Uuid::from_u128(2)),
        kind: Word::new("recording"),
        purpose: Purpose::Get,
    };
    let began = Instant::now();
    let write = || -> Result<u64, scrim_storage::VaultError> {
        let mut count = 0;
        while began.elapsed().as_secs_f64() < SECONDS {
            vault.audit(event.clone(), Timestamp::from_micros(0))?;
            count += 1;
        }
        Ok(count)
    };
    let total = thread::scope(|scope| {
        let writers: Vec<_> = (0..threads).map(|_| scope.spawn(write)).collect();
        writers
            .into_iter()
            .map(|writer| writer.join().expect("a writer does not panic"))
            .sum::<Result<u64, _>>()
    })?;
    let speed = total as f64 / began.elapsed().as_secs_f64();
    let began = Instant::now();
    let verdict = vault.verify_audit(&[])?;
    if !verdict.is_intact() || verdict.entries != total {
        return Err("the log does not verify".into());
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "verified {total} entries, {} checkpoints            {:.0} entries per second",
        verdict.checkpoints,
        total as f64 / seconds
    );
    Ok(speed)
}

fn peer(batch: u64) -> Outcome<f64> {
    let folder = folder()?;
    let output = Command::new("python3")
        .args(["-c", PEER])
        .arg(folder.path().join("peer.db"))
        .args([SECONDS.to_string(), batch.to_string()])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}
