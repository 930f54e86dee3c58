//! Prints how fast one core seals and opens 1 GiB in memory, 1 GB being 10^9 bytes.
//!
//! ```text
//! cargo run --release -p scrim-storage --example seal_speed
//! ```
#![allow(clippy::print_stdout)]

use std::{
    error::Error,
    io::{self, Cursor, Read, Write},
    time::Instant,
};

use scrim_policy::{ArtefactId, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, DataKey, Sha256Digest,
    seal::{Opener, PlaintextHash, SealContext, SealedInfo, Sealer},
};
use uuid::Uuid;

const BYTES: usize = 1 << 30;
const PIECE: usize = 1 << 16;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let key = DataKey::random()?;
    let context = SealContext::new(
        TenantId::SINGLE,
        RecordingId::from_uuid(Uuid::from_u128(1)),
        ArtefactId::from_uuid(Uuid::from_u128(2)),
        ArtefactKind::Recording,
    );
    let hashed = report("SHA-256 alone, for comparison", || {
        Ok(Sha256Digest::of_reader(&mut io::repeat(0x5a).take(BYTES as u64)).map(drop)?)
    })?;
    let sealed = report("seal, with the hash of the object", || {
        seal(&key, &context, PlaintextHash::Skip, io::sink()).map(drop)
    })?;
    report(
        "seal, with the hashes of the object and of the plaintext",
        || seal(&key, &context, PlaintextHash::Sha256, io::sink()).map(drop),
    )?;
    print(
        "seal, without any hash (computed: the second less the first)",
        sealed - hashed,
    );
    let (info, object) = seal(
        &key,
        &context,
        PlaintextHash::Skip,
        Vec::with_capacity(BYTES * 2),
    )?;
    report("open and check the hash of the object", || {
        let opener = Opener::new(Cursor::new(&object), &key, &context, info.clone())?;
        Ok(opener.copy_all(&mut io::sink())?)
    })?;
    report("open as ranges, no hash", || {
        let mut opener = Opener::new(Cursor::new(&object), &key, &context, info.clone())?;
        Ok(io::copy(&mut opener, &mut io::sink()).map(drop)?)
    })?;
    Ok(())
}

fn seal<W: Write>(
    key: &DataKey,
    context: &SealContext,
    hash: PlaintextHash,
    out: W,
) -> Result<(SealedInfo, W), Box<dyn Error>> {
    let piece = vec![0x5a; PIECE];
    let mut sealer = Sealer::new(out, key, context, hash)?;
    for _ in 0..BYTES / PIECE {
        sealer.write_all(&piece)?;
    }
    Ok(sealer.finish()?)
}

/// Runs something a few times, prints the speed of the fastest run and returns its seconds.
fn report(
    what: &str,
    mut run: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let mut seconds = f64::INFINITY;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        run()?;
        seconds = seconds.min(started.elapsed().as_secs_f64());
    }
    print(what, seconds);
    Ok(seconds)
}

fn print(what: &str, seconds: f64) {
    println!("{:6.2} GB/s  {what}", BYTES as f64 / seconds / 1e9);
}
