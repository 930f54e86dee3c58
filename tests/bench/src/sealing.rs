//! Sealing and opening 1 GiB in memory on one core, against `openssl speed`.

use std::{
    io::{self, Cursor, Read, Write},
    process::Command,
    time::Instant,
};

use scrim_policy::{ArtefactId, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, DataKey, Sha256Digest,
    seal::{Opener, PlaintextHash, SealContext, SealedInfo, Sealer},
};
use uuid::Uuid;

use crate::Outcome;

const BYTES: usize = 1 << 30;
const PIECE: usize = 1 << 16;

/// The fastest of so many rounds counts: the others were disturbed.
const ROUNDS: usize = 3;

/// Measures sealing and opening.
pub(crate) fn run() -> Outcome<()> {
    let key = DataKey::random()?;
    let context = SealContext::new(
        TenantId::SINGLE,
        RecordingId::from_uuid(Uuid::from_u128(1)),
        ArtefactId::from_uuid(Uuid::from_u128(2)),
        ArtefactKind::Recording,
    );
    println!("sealing 1 GiB in memory on one core, GB/s (10^9 bytes)");
    let cipher = openssl("aes-256-gcm")?;
    println!("openssl speed aes-256-gcm, 1 MiB blocks       {cipher:.2}");
    let hash = fastest(|| {
        Ok(Sha256Digest::of_reader(&mut io::repeat(0x5a).take(BYTES as u64)).map(drop)?)
    })?;
    let one = fastest(|| seal(&key, &context, PlaintextHash::Skip, io::sink()).map(drop))?;
    let two = fastest(|| seal(&key, &context, PlaintextHash::Sha256, io::sink()).map(drop))?;
    let speed = |seconds: f64| BYTES as f64 / 1e9 / seconds;
    println!(
        "SHA-256 alone                                 {:.2}",
        speed(hash)
    );
    println!(
        "seal alone (the next less the hash)           {:.2}",
        speed(one - hash)
    );
    println!(
        "seal, with SHA-256 of the object              {:.2}",
        speed(one)
    );
    println!(
        "seal, with SHA-256 of object and plaintext    {:.2}",
        speed(two)
    );
    let room = Vec::with_capacity(BYTES + BYTES / 1000);
    let (info, object) = seal(&key, &context, PlaintextHash::Skip, room)?;
    let ranges = fastest(|| {
        let mut opener = Opener::new(Cursor::new(&object), &key, &context, info.clone())?;
        Ok(io::copy(&mut opener, &mut io::sink()).map(drop)?)
    })?;
    println!(
        "open as ranges                                {:.2}",
        speed(ranges)
    );
    println!(
        "ratio of seal alone to openssl                {:.2}x",
        speed(one - hash) / cipher
    );
    Ok(())
}

fn seal<W: Write>(
    key: &DataKey,
    context: &SealContext,
    hash: PlaintextHash,
    out: W,
) -> Outcome<(SealedInfo, W)> {
    let piece = vec![0x5a; PIECE];
    let mut sealer = Sealer::new(out, key, context, hash)?;
    for _ in 0..BYTES / PIECE {
        sealer.write_all(&piece)?;
    }
    Ok(sealer.finish()?)
}

fn fastest(mut work: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        work()?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// GB/s by `openssl speed` for blocks of 1 MiB.
fn openssl(cipher: &str) -> Outcome<f64> {
    let output = Command::new("openssl")
        .args([
            "speed", "-seconds", "2", "-bytes", "1048576", "-mr", "-evp", cipher,
        ])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .find(|line| line.starts_with("+F:"))
        .ok_or("openssl printed no speed")?;
    let bytes: f64 = line.rsplit(':').next().unwrap_or_default().parse()?;
    Ok(bytes / 1e9)
}
