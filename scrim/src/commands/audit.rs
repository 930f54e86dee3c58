//! `scrim audit`.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter},
    path::Path,
};

use scrim_policy::Kind;
use scrim_storage::{
    Timestamp,
    audit::{EntryProof, Record, SignedNote, Verdict, VerifierKey, check_export},
};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime, format_description::well_known::Iso8601};

use super::{Session, get::write_whole, now, read_text, verify::read_key};
use crate::{
    cli::{AuditCommand, ShowAuditArgs, VerifyAuditArgs},
    exit::Exit,
    failure::Failure,
};

/// Entries are fetched so many at a time.
const PAGE: u32 = 500;

pub(super) fn run(session: &Session, command: &AuditCommand) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Verify(args) => verify(session, args),
        AuditCommand::Show(args) => show(session, args),
        AuditCommand::Prove { seq, checkpoint } => {
            let kept = checkpoint.as_deref().map(read_note).transpose()?;
            let vault = session.home()?.vault()?;
            let proof = vault.prove_audit_entry(*seq, kept.as_ref())?;
            println!("{}", json!(proof));
            Ok(Exit::Done)
        }
        AuditCommand::Export { file } => export(session, file),
        AuditCommand::Checkpoint => {
            print!("{}", session.home()?.vault()?.audit_checkpoint(now())?);
            Ok(Exit::Done)
        }
        AuditCommand::Key => {
            println!("{}", session.home()?.vault()?.audit_key());
            Ok(Exit::Done)
        }
    }
}

fn read_note(path: &Path) -> Result<SignedNote, Failure> {
    let text = read_text("read the checkpoint", path)?;
    text.parse::<SignedNote>()
        .map_err(|error| Failure::new(error.kind(), error))
}

fn verify(session: &Session, args: &VerifyAuditArgs) -> Result<Exit, Failure> {
    let notes = args.checkpoint.iter().map(|path| read_note(path));
    let kept = notes.collect::<Result<Vec<_>, Failure>>()?;
    let key = args.key.as_deref().map(read_key).transpose()?;
    let key = key.map(VerifierKey::new);
    if let (Some(path), Some(key)) = (&args.proof, &key) {
        return verify_proof(session, path, key, &kept);
    }
    let verdict = match (&args.from_export, &key) {
        (Some(path), Some(key)) => {
            let file = File::open(path)
                .map_err(|error| Failure::file("open the export of the log", path, error))?;
            check_export(BufReader::new(file), key, &kept)
                .map_err(|error| Failure::new(error.kind(), error))?
        }
        _ => {
            let vault = session.home()?.vault()?;
            if let Some(key) = key.as_ref().filter(|key| **key != vault.audit_key()) {
                let text = format!("this is not the log of key {}", key.origin());
                return Err(Failure::words(Kind::Damaged, text));
            }
            vault.verify_audit(&kept)?
        }
    };
    print_verdict(session, &verdict, kept.len());
    if verdict.is_intact() {
        return Ok(Exit::Done);
    }
    Err(
        Failure::words(Kind::Damaged, "the audit log is not as it was written")
            .hint("keep a copy of the database as it is, and tell the data protection officer"),
    )
}

fn print_verdict(session: &Session, verdict: &Verdict, kept: usize) {
    let findings: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    if session.json {
        let line = json!({
            "message_type": "summary",
            "entries": verdict.entries,
            "root": verdict.root,
            "erased": verdict.blank,
            "checkpoints": verdict.checkpoints,
            "covered": verdict.covered,
            "kept_checkpoints": kept,
            "findings": findings,
            "more_findings": verdict.more_findings,
        });
        println!("{line}");
        return;
    }
    for finding in findings {
        println!("WRONG        {finding}");
    }
    if verdict.more_findings > 0 {
        println!("WRONG        {} more", verdict.more_findings);
    }
    println!("entries      {}", verdict.entries);
    println!("erased       {}", verdict.blank);
    println!(
        "checkpoints  {} agree, the last covers {} entries",
        verdict.checkpoints, verdict.covered
    );
    if kept == 0 {
        println!(
            "elsewhere    none given: pass --checkpoint FILE to find a log that was written anew"
        );
    }
    println!(
        "the log is {}",
        if verdict.is_intact() {
            "as it was written"
        } else {
            "CHANGED"
        }
    );
}

/// A proof stands alone: neither home nor log are needed.
fn verify_proof(
    session: &Session,
    path: &Path,
    key: &VerifierKey,
    kept: &[SignedNote],
) -> Result<Exit, Failure> {
    let text = read_text("read the proof", path)?;
    let proof: EntryProof =
        serde_json::from_str(&text).map_err(|error| Failure::new(Kind::Invalid, error))?;
    let earlier = kept
        .iter()
        .map(|note| note.verify(key))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::new(error.kind(), error))?;
    let holds = proof.holds(key, None)
        && earlier
            .iter()
            .all(|earlier| proof.holds(key, Some(earlier)));
    if !holds {
        return Err(Failure::words(
            Kind::Damaged,
            "the proof does not hold under this key",
        ));
    }
    if session.json {
        let line = json!({"message_type": "summary", "seq": proof.seq, "holds": true});
        println!("{line}");
    } else {
        let entry = proof.body.as_deref().unwrap_or("(erased)");
        println!("entry {} is in the log: {entry}", proof.seq);
    }
    Ok(Exit::Done)
}

fn show(session: &Session, args: &ShowAuditArgs) -> Result<Exit, Failure> {
    let since = args.since.as_deref().map(parse_time).transpose()?;
    let vault = session.home()?.vault()?;
    // The last page comes first, each in order.
    let mut pages: Vec<Vec<Record>> = Vec::new();
    let (mut before, mut wanted) = (None, args.limit);
    while wanted > 0 {
        let limit = wanted.min(PAGE);
        let mut page = vault.audit_records(args.recording, before, limit)?;
        let is_last = page.len() < limit as usize;
        before = page.first().map(|record| record.seq);
        wanted -= u32::try_from(page.len()).unwrap_or(wanted);
        // Entries are in the order in which they were written.
        let older = since.and_then(|since| page.iter().rposition(|record| is_older(record, since)));
        let newer = page.split_off(older.map_or(0, |index| index + 1));
        pages.push(newer);
        if is_last || older.is_some() {
            break;
        }
    }
    for record in pages.iter().rev().flatten() {
        print_record(session, record);
    }
    Ok(Exit::Done)
}

/// The fields of an entry, or nothing where it was erased.
fn fields(record: &Record) -> Option<Value> {
    serde_json::from_str(record.body.as_ref()?).ok()
}

fn is_older(record: &Record, since: Timestamp) -> bool {
    let at = fields(record).and_then(|entry| entry["at"].as_i64());
    at.is_some_and(|at| at < since.as_micros())
}

fn print_record(session: &Session, record: &Record) {
    let entry = fields(record);
    if session.json {
        let line = json!({"seq": record.seq, "leaf": record.leaf, "entry": entry});
        println!("{line}");
        return;
    }
    let seq = record.seq;
    let Some(Value::Object(mut entry)) = entry else {
        println!("{seq:>6}  (erased)");
        return;
    };
    let mut take = |name: &str| entry.remove(name).unwrap_or_default();
    let (at, actor, event) = (take("at"), take("actor"), take("event"));
    take("seq");
    let at = Timestamp::from_micros(at.as_i64().unwrap_or_default()).to_string();
    let rest: Vec<String> = entry
        .iter()
        .map(|(name, value)| format!("{name}={}", plain(value)))
        .collect();
    println!(
        "{seq:>6}  {at:<27}  {:<12}  {:<20}  {}",
        plain(&actor),
        plain(&event),
        rest.join(" ")
    );
}

/// A word as it is, anything else as JSON, so that nothing in an entry moves the cursor.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => text.clone(),
        other => other.to_string(),
    }
}

fn parse_time(text: &str) -> Result<Timestamp, Failure> {
    let parsed = OffsetDateTime::parse(text, &Iso8601::DEFAULT)
        .or_else(|_| Date::parse(text, &Iso8601::DATE).map(|date| date.midnight().assume_utc()));
    let time = parsed.map_err(|_| {
        Failure::words(Kind::Invalid, format!("`{text}` is no time"))
            .hint("write 2026-09-21 or 2026-09-21T14:00:00Z")
    })?;
    let micros = time.unix_timestamp_nanos() / 1000;
    Ok(Timestamp::from_micros(
        i64::try_from(micros).unwrap_or(i64::MAX),
    ))
}

fn export(session: &Session, file: &Path) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    if file == Path::new("-") {
        vault.export_audit(BufWriter::new(io::stdout().lock()), now())?;
        return Ok(Exit::Done);
    }
    write_whole(file, |out| {
        Ok(vault.export_audit(BufWriter::new(out), now())?)
    })?;
    Ok(Exit::Done)
}
