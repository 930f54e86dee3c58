//! `scrim verify`.

use std::{fs, path::Path};

use scrim_policy::{Kind, RecordingId};
use scrim_storage::{
    ArtefactKind, Envelope, PublicKey, Receipt,
    proof::{FileCheck, FileVerdict, GateVerdict, ImportProof, Signer, Verified},
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
    if folder.is_file() {
        return verify_receipt(session, folder, given);
    }
    let (verified, import, lines) = if folder.is_dir() {
        let trusted = given.or_else(|| own_key(session));
        let (verified, lines) = verify_folder(folder, trusted.as_ref())?;
        (verified, None, lines)
    } else {
        let id: RecordingId = args.what.parse().map_err(|error| {
            Failure::new(Kind::Invalid, error).hint(
                "name a recording as `scrim ls` lists it, a folder with proof.json, or a receipt",
            )
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
        (checked.verified, checked.import, lines)
    };
    print(session, &verified, import.as_ref(), &lines);
    if lines.iter().all(|line| line.is_right) {
        return Ok(Exit::Done);
    }
    Err(Failure::words(
        Kind::Damaged,
        "an output is not as it was signed",
    ))
}

/// Checks what a participant has in hand.
fn verify_receipt(
    session: &Session,
    path: &Path,
    given: Option<PublicKey>,
) -> Result<Exit, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("read the receipt", path, error))?;
    let trusted = given.or_else(|| own_key(session));
    let (receipt, signer) = Envelope::parse(&bytes)?.verify_receipt(trusted.as_ref())?;
    let (key, is_trusted) = whose(&signer);
    if session.json {
        let line = json!({
            "message_type": "summary",
            "receipt": receipt.receipt_id,
            "key_id": key.key_id(),
            "signer_trusted": is_trusted,
            "issued_at": receipt.issued_at,
            "records": receipt.records.iter().map(|record| json!({
                "purpose": record.pii_processing.purpose_type,
                "state": record.state,
                "may_be_recorded": record.may_be_recorded,
            })).collect::<Vec<_>>(),
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    print_receipt(&receipt, key, is_trusted);
    Ok(Exit::Done)
}

fn print_receipt(receipt: &Receipt, key: &PublicKey, is_trusted: bool) {
    println!("receipt    {}", receipt.receipt_id);
    println!("signature  right, by key {}", key.key_id());
    if !is_trusted {
        println!("signer     unknown: pass --key FILE to say whose signature you trust");
    }
    println!("issued     {}", receipt.issued_at);
    for record in &receipt.records {
        let purpose = record.pii_processing.purpose_type.as_str();
        println!("{purpose:<10} {}", record.state.as_str());
    }
}

/// Says by which key something is signed, and whether that one is trusted.
const fn whose(signer: &Signer) -> (&PublicKey, bool) {
    match signer {
        Signer::Trusted(key) => (key, true),
        Signer::Unknown(key) => (key, false),
    }
}

/// The key of this Scrim, if there is one. A folder can be verified without any.
fn own_key(session: &Session) -> Option<PublicKey> {
    let home = session.home().ok()?;
    home.folder().join("keyring.json").exists().then_some(())?;
    home.vault().ok().map(|vault| vault.keyring().public_key())
}

pub(super) fn read_key(path: &Path) -> Result<PublicKey, Failure> {
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
        .iter()
        .map(|check| Line {
            output: check
                .kind
                .file_name()
                .unwrap_or(check.kind.as_str())
                .to_owned(),
            is_right: check.verdict == FileVerdict::Matches || is_left_out(check),
            found: match check.verdict {
                FileVerdict::Matches => "file as signed".to_owned(),
                FileVerdict::Missing if is_left_out(check) => {
                    "not here: exports leave it out".to_owned()
                }
                FileVerdict::Missing => "the file is missing".to_owned(),
                FileVerdict::Differs { bytes, sha256 } => {
                    format!("another file: {bytes} bytes, sha256 {sha256}")
                }
            },
        })
        .collect();
    Ok((verified, lines))
}

/// The page shows pictures of the source, so an export has it only when it is asked for.
fn is_left_out(check: &FileCheck) -> bool {
    check.kind == ArtefactKind::ReportHtml && check.verdict == FileVerdict::Missing
}

fn print(session: &Session, verified: &Verified, import: Option<&ImportProof>, lines: &[Line]) {
    let Verified { proof, signer } = verified;
    let (key, is_trusted) = whose(signer);
    let is_published = proof.gate.verdict == GateVerdict::Publish;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "recording": proof.recording,
            "key_id": key.key_id(),
            "signer_trusted": is_trusted,
            "gate": proof.gate.verdict,
            "storage": proof.storage_verdict,
            "imported_at": import.map(|import| &import.imported_at),
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
    if let Some(import) = import {
        println!("imported   {}, so signed by this Scrim", import.imported_at);
    }
    if !is_trusted {
        let whose = match import {
            Some(_) => "another Scrim",
            None => "unknown",
        };
        println!("signer     {whose}: pass --key FILE to say whose signature you trust");
    }
    println!(
        "gate       {}",
        if is_published { "publish" } else { "hold" }
    );
    println!("storage    {}", proof.storage_verdict);
    for line in lines {
        let mark = if line.is_right { "ok" } else { "WRONG" };
        println!("{:<17} {mark:<6} {}", line.output, line.found);
    }
}
