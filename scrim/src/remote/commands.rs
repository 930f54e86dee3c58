//! Commands that are one request each.

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};

use scrim_policy::{Kind, Moment, RecordingId};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::{
    Body,
    http::{Method, Response},
};

use super::client::Client;
use crate::{
    cli::{
        ApiArgs, ExportArgs, ExportFormat, ExportPart, GetArgs, PublishArgs, TranscriptCommand,
        WithdrawArgs,
    },
    commands::{output_kind, read_text, write_whole},
    exit::Exit,
    failure::Failure,
};

/// Most entries in one answer.
const PER_PAGE: u32 = 200;

#[derive(Deserialize)]
struct Part {
    entries: Vec<Value>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Transcript {
    revision: u64,
    cues: Vec<Cue>,
}

#[derive(Deserialize)]
struct Cue {
    index: usize,
    start_ms: u64,
    end_ms: u64,
    speaker: Option<String>,
    text: String,
}

pub(super) fn ls(
    client: &Client,
    limit: u32,
    originals: bool,
    json: bool,
) -> Result<Exit, Failure> {
    let state = if originals { "&state=original" } else { "" };
    let (mut left, mut after) = (limit, String::new());
    let mut count = 0;
    while left > 0 {
        let most = left.min(PER_PAGE);
        let path = format!("/api/v1/recordings?limit={most}{state}{after}");
        let Part { entries, next } = client.get(&path)?;
        left -= u32::try_from(entries.len()).unwrap_or(left).min(left);
        // A kept original is no recording yet; the list of the server has both.
        for entry in &entries {
            if originals || text(entry, "state") != "original" {
                print_entry(entry, json);
                count += 1;
            }
        }
        match next {
            Some(next) => after = format!("&cursor={next}"),
            None => break,
        }
    }
    if count == 0 && !json {
        println!("nothing yet; make a recording with `scrim --server … process`");
    }
    Ok(Exit::Done)
}

fn print_entry(entry: &Value, json: bool) {
    if json {
        println!("{entry}");
        return;
    }
    let created = text(entry, "created_at");
    println!(
        "{}  {:<9}  {}  {}  {}",
        text(entry, "id"),
        text(entry, "state"),
        created.get(..16).unwrap_or(created),
        duration(entry),
        entry
            .get("policy_name")
            .and_then(Value::as_str)
            .unwrap_or("-"),
    );
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn duration(entry: &Value) -> String {
    let seconds = entry.get("duration_s").and_then(Value::as_f64);
    seconds.map_or_else(
        || "-".to_owned(),
        |seconds| Moment::from_seconds(seconds).to_string(),
    )
}

pub(super) fn show(client: &Client, id: RecordingId, json: bool) -> Result<Exit, Failure> {
    let entry: Value = client.get(&format!("/api/v1/recordings/{id}"))?;
    if json {
        println!("{entry}");
        return Ok(Exit::Done);
    }
    println!("recording  {}", text(&entry, "id"));
    if let Some(title) = entry.get("title").and_then(Value::as_str) {
        println!("title      {title}");
    }
    println!("state      {}", text(&entry, "state"));
    println!("created    {}", text(&entry, "created_at"));
    println!("duration   {}", duration(&entry));
    for (key, word) in [("policy_name", "policy"), ("original", "original")] {
        if let Some(said) = entry.get(key).and_then(Value::as_str) {
            println!("{word:<10} {said}");
        }
    }
    if let Some(stage) = entry.pointer("/failure/stage").and_then(Value::as_str) {
        println!("failed     in stage {stage}");
    }
    for file in entry
        .get("files")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let bytes = file
            .get("bytes")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        println!("{:<17} {bytes:>12} bytes", text(file, "name"));
    }
    Ok(Exit::Done)
}

pub(super) fn get(client: &Client, args: &GetArgs) -> Result<Exit, Failure> {
    let kind = output_kind(&args.output)?;
    let name = kind.file_name().unwrap_or(kind.as_str());
    let path = format!("/api/v1/recordings/{}/files/{name}", args.id);
    let range = args.range.as_ref().map(|range| format!("bytes={range}"));
    let headers: Vec<_> = range
        .iter()
        .map(|range| ("range", range.as_str()))
        .collect();
    let response = client.answer(&Method::GET, &path, &headers, &[])?;
    if range.is_some() && response.status().as_u16() != 206 {
        return Err(
            Failure::words(Kind::Invalid, "this is no range of that file")
                .hint("write first-last as in 0-99, first- or -length"),
        );
    }
    save(response, args.output_file.as_deref())?;
    Ok(Exit::Done)
}

/// Writes an answer to a file that appears complete or not at all, or to standard output.
fn save(response: Response<Body>, out: Option<&Path>) -> Result<(), Failure> {
    let mut reader = response.into_body().into_reader();
    let mut copy = |out: &mut dyn Write| -> Result<(), Failure> {
        io::copy(&mut reader, out).map(drop).map_err(|error| {
            Failure::new(Kind::Unavailable, error)
                .about("the server did not send all of it")
                .hint("ask again; nothing of it was kept")
        })
    };
    match out.filter(|path| *path != Path::new("-")) {
        None => copy(&mut io::stdout().lock()),
        Some(path) => write_whole(path, copy),
    }
}

pub(super) fn publish(client: &Client, args: &PublishArgs, json: bool) -> Result<Exit, Failure> {
    let (way, body) = match &args.reason {
        Some(reason) => ("override", json!({ "reason": reason })),
        None => ("publish", json!({})),
    };
    client.tell(&format!("/api/v1/recordings/{}/{way}", args.id), &body)?;
    said(client, args.id, json)
}

pub(super) fn withdraw(client: &Client, args: &WithdrawArgs, json: bool) -> Result<Exit, Failure> {
    let body = json!({ "reason": args.reason });
    client.tell(&format!("/api/v1/recordings/{}/withdraw", args.id), &body)?;
    said(client, args.id, json)
}

fn said(client: &Client, id: RecordingId, json: bool) -> Result<Exit, Failure> {
    let entry: Value = client.get(&format!("/api/v1/recordings/{id}"))?;
    let state = text(&entry, "state");
    if json {
        println!(
            "{}",
            json!({"message_type": "summary", "recording": id, "state": state})
        );
    } else {
        println!("{id}  {state}");
    }
    Ok(Exit::Done)
}

pub(super) fn transcript(
    client: &Client,
    command: &TranscriptCommand,
    json: bool,
) -> Result<Exit, Failure> {
    match command {
        TranscriptCommand::Cues { id } => cues(client, *id, json),
        TranscriptCommand::Revise {
            roster: Some(_), ..
        } => Err(Failure::words(
            Kind::Invalid,
            "--roster is not for a server, which goes by what it has kept",
        )
        .hint("leave it out, or revise on the server")),
        TranscriptCommand::Revise { id, edits, .. } => revise(client, *id, edits, json),
    }
}

fn cues(client: &Client, id: RecordingId, json: bool) -> Result<Exit, Failure> {
    let found: Transcript = client.get(&format!("/api/v1/recordings/{id}/transcript"))?;
    for cue in &found.cues {
        let Cue {
            index,
            start_ms,
            end_ms,
            speaker,
            text,
        } = cue;
        if json {
            let line = json!({"cue": index, "start_ms": start_ms, "end_ms": end_ms,
                "speaker": speaker, "text": text});
            println!("{line}");
        } else {
            let at = Moment(start_ms.saturating_mul(1_000_000));
            let speaker = speaker.as_ref().map(|name| format!("{name}: "));
            let speaker = speaker.unwrap_or_default();
            println!("{index:>5}  {at}  {speaker}{text}");
        }
    }
    match json {
        true => println!(
            "{}",
            json!({"message_type": "summary", "revision": found.revision})
        ),
        false => println!("revision {}", found.revision),
    }
    Ok(Exit::Done)
}

fn revise(client: &Client, id: RecordingId, edits: &Path, json: bool) -> Result<Exit, Failure> {
    let text = read_text("read the edits", edits)?;
    let wrong = |_| {
        Failure::words(Kind::Invalid, "the edits are not as expected")
            .about(edits.display())
            .hint(r#"write {"revision": 0, "edits": [{"cue": 0, "text": "Good morning"}]}"#)
    };
    let given: Edits = serde_json::from_str(&text).map_err(wrong)?;
    let cues: Vec<Value> = given
        .edits
        .iter()
        .map(|edit| json!({ "index": edit.cue, "text": edit.text }))
        .collect();
    let body = json!({ "revision": given.revision, "cues": cues });
    let path = format!("/api/v1/recordings/{id}/transcript");
    let done: Value = client.send(&Method::PUT, &path, &body)?;
    if json {
        let mut line = done;
        line["message_type"] = "summary".into();
        line["recording"] = id.to_string().into();
        println!("{line}");
    } else {
        let revision = done
            .get("revision")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        println!("{id}  {}, revision {revision}", self::text(&done, "state"));
    }
    Ok(Exit::Done)
}

/// What `--edits` holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edits {
    revision: u64,
    edits: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    cue: usize,
    text: String,
}

pub(super) fn export(client: &Client, args: &ExportArgs, json: bool) -> Result<Exit, Failure> {
    let wrong = |words: &str| Err(Failure::words(Kind::Invalid, words));
    if args.tenant || args.dry_run {
        return wrong("--tenant and --dry-run are not for a server: run them there");
    }
    if args.format == ExportFormat::Folder {
        return wrong("a server exports one ZIP file: leave --format out");
    }
    let password = args
        .password_file
        .as_deref()
        .map(|path| read_text("read the password file", path))
        .transpose()?;
    let body = json!({
        "recordings": args.ids,
        "password": password.as_deref().map(|text| text.trim_end_matches(['\r', '\n'])),
        "include_held": args.include_held,
        "with_attendance": args.with.contains(&ExportPart::Attendance),
        "with_report_page": args.with.contains(&ExportPart::Report),
    });
    let response = client.keyed(&Method::POST, "/api/v1/exports", &body)?;
    save(response, args.out.as_deref())?;
    let is_file = args.out.as_deref().is_some_and(|out| out != Path::new("-"));
    if json && is_file {
        println!("{}", json!({ "message_type": "summary", "out": args.out }));
    }
    Ok(Exit::Done)
}

pub(super) fn api(client: &Client, args: &ApiArgs) -> Result<Exit, Failure> {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let named = args.method.to_ascii_uppercase();
    let method = known.into_iter().find(|method| *method == named.as_str());
    let method = method.ok_or_else(|| {
        Failure::words(Kind::Invalid, format!("{} is no method", args.method))
            .hint("write GET, POST, PUT, PATCH or DELETE")
    })?;
    let path = format!("/api/v1/{}", args.path.trim_start_matches('/'));
    let body = match args.data.as_deref() {
        None => None,
        Some(path) if path == Path::new("-") => Some(
            io::read_to_string(io::stdin())
                .map_err(|error| Failure::file("read", Path::new("standard input"), error))?,
        ),
        Some(path) => Some(
            fs::read_to_string(path)
                .map_err(|error| Failure::file("read the body from", path, error))?,
        ),
    };
    let response = match body {
        None => client.answer(&method, &path, &[], &[])?,
        Some(text) => {
            let body: Value = serde_json::from_str(&text)
                .map_err(|error| Failure::new(Kind::Invalid, error).about("the body is no JSON"))?;
            client.keyed(&method, &path, &body)?
        }
    };
    let mut reader = response.into_body().into_reader();
    let mut out = io::stdout().lock();
    let mut last = 0;
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut piece).map_err(|error| {
            Failure::new(Kind::Unavailable, error).about("the server did not send all of it")
        })?;
        if read == 0 {
            break;
        }
        last = piece[read - 1];
        let written = out.write_all(&piece[..read]);
        written.map_err(|error| Failure::file("write to", Path::new("standard output"), error))?;
    }
    if !matches!(last, 0 | b'\n') {
        println!();
    }
    Ok(Exit::Done)
}
