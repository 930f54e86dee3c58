//! `scrim verify`.

use std::{fs, path::Path};

use scrim_policy::{Kind, RecordingId};
use scrim_storage::{
    Envelope, PublicKey,
    proof::{FileVerdict, GateVerdict, Signer, Verified},
    vault::OutputVerdict,
};
use serde_json::json;

use super::{Session, now, read_text};
use crate::{cli::VerifyArgs, exit::Exit, failure::Failure};

/// One line of the verdict.
struct Line {
    output: String,
    is_right: bool,
    found: String,
}

pub(super) fn run(session: &Session, args: &VerifyArgs) -> Result<Exit, Failure> {
    let given = args.key.as_deref().map(read_key).transpose()?;
    let folder = Path::new(&args.what);
    let (verified, lines) = if folder.is_dir() {
        let trusted = given.or_else(|| own_key(session));
        verify_folder(folder, trusted.as_ref())?
    } else {
        let id: RecordingId = args.what.parse().map_err(|error| {
            Failure::new(Kind::Invalid, error)
                .hint("name a recording as `scrim ls` lists it, or a folder with proof.json")
        })?;
        let vault = session.home()?.vault()?;
        let trusted = given.unwrap_or_else(|| vault.keyring().public_key());
        let checked = vault.verify_recording(id, Some(&trusted), now())?;
        let lines = checked
            .outputs
            .iter()
            .map(|check| Line {
                output: check
                    .kind
                    .file_name()
                    .unwrap_or(check.kind.as_str())
                    .to_owned(),
                is_right: matches!(check.verdict, OutputVerdict::Matches),
                found: match &check.verdict {
                    OutputVerdict::Matches => "sealed object as signed".to_owned(),
                    OutputVerdict::Fails(error) => error.to_string(),
                },
            })
            .collect();
        (checked.verified, lines)
    };
    print(session, &verified, &lines);
    if lines.iter().all(|line| line.is_right) {
        return Ok(Exit::Done);
    }
    Err(Failure::words(
        Kind::Damaged,
        "an output is not as it was signed",
    ))
}

/// The key of this Scrim, if there is one. A folder can be verified without any.
fn own_key(session: &Session) -> Option<PublicKey> {
    let home = session.home().ok()?;
    home.folder().join("keyring.json").exists().then_some(())?;
    home.vault().ok().map(|vault| vault.keyring().public_key())
}

fn read_key(path: &Path) -> Result<PublicKey, Failure> {
    let text = read_text("read the public key", path)?;
    text.trim()
        .parse()
        .map_err(|error| Failure::new(Kind::Invalid, error))
}

fn verify_folder(
    folder: &Path,
    trusted: Option<&PublicKey>,
) -> Result<(Verified, Vec<Line>), Failure> {
    let path = folder.join("proof.json");
    let bytes = fs::read(&path).map_err(|error| Failure::file("read the proof", &path, error))?;
    let verified = Envelope::parse(&bytes)?.verify(trusted)?;
    let lines = verified
        .proof
        .check_folder(folder)?
        .into_iter()
        .map(|check| Line {
            output: check
                .kind
                .file_name()
                .unwrap_or(check.kind.as_str())
                .to_owned(),
            is_right: check.verdict == FileVerdict::Matches,
            found: match check.verdict {
                FileVerdict::Matches => "file as signed".to_owned(),
                FileVerdict::Missing => "the file is missing".to_owned(),
                FileVerdict::Differs { bytes, sha256 } => {
                    format!("another file: {bytes} bytes, sha256 {sha256}")
                }
            },
        })
        .collect();
    Ok((verified, lines))
}

fn print(session: &Session, verified: &Verified, lines: &[Line]) {
    let Verified { proof, signer } = verified;
    let (key, is_trusted) = match signer {
        Signer::Trusted(key) => (key, true),
        Signer::Unknown(key) => (key, false),
    };
    let is_published = proof.gate.verdict == GateVerdict::Publish;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "recording": proof.recording,
            "key_id": key.key_id(),
            "signer_trusted": is_trusted,
            "gate": proof.gate.verdict,
            "outputs": lines.iter().map(|line| json!({
                "output": line.output,
                "matches": line.is_right,
                "found": line.found,
            })).collect::<Vec<_>>(),
        });
        println!("{line}");
        return;
    }
    println!("recording  {}", proof.recording);
    println!("signature  right, by key {}", key.key_id());
    if !is_trusted {
        println!("signer     unknown: pass --key FILE to say whose signature you trust");
    }
    println!(
        "gate       {}",
        if is_published { "publish" } else { "hold" }
    );
    for line in lines {
        let mark = if line.is_right { "ok" } else { "WRONG" };
        println!("{:<17} {mark:<6} {}", line.output, line.found);
    }
}
