//! `scrim --server … process`: upload, policy, job, and waiting for its end.

use std::{thread, time::Duration};

use scrim_policy::{Kind, RecordingId};
use serde::Deserialize;
use serde_json::json;
use ureq::http::Method;

use super::{client::Client, upload::upload};
use crate::{
    cli::ProcessArgs,
    commands::{read_policy, read_roster},
    exit::Exit,
    failure::Failure,
};

/// How often is asked how far it is.
const ASK_EVERY: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Saved {
    id: String,
    version: u64,
}

#[derive(Deserialize)]
struct Added {
    id: String,
}

#[derive(Deserialize)]
struct Job {
    state: String,
    stage: Option<String>,
    share: Option<f64>,
    recording: Option<RecordingId>,
    failure: Option<JobFailure>,
}

#[derive(Deserialize)]
struct JobFailure {
    stage: String,
    what: String,
    help: Option<String>,
}

#[derive(Deserialize)]
struct Recording {
    state: String,
}

pub(super) fn run(client: &Client, args: &ProcessArgs, json: bool) -> Result<Exit, Failure> {
    refuse_what_the_server_decides(args)?;
    let (_, text) = read_policy(&args.policy)?;
    let (_, roster) = read_roster(args.roster.as_deref())?;
    let document: toml::Table = toml::from_str(&text).map_err(|error| {
        Failure::words(Kind::Invalid, error.message().to_owned()).about(args.policy.display())
    })?;
    let kept: Option<RecordingId> = args.input.to_str().and_then(|text| text.parse().ok());
    let original = match kept {
        Some(original) => original,
        None => upload(client, &args.input, json)?,
    };
    let policy: Saved = client.send(
        &Method::POST,
        "/api/v1/policies",
        &json!({ "document": document }),
    )?;
    let job = json!({
        "recording": original,
        "policy": policy.id,
        "version": policy.version,
        "language": args.language,
        "transcript": !args.no_transcript,
        "roster": roster,
    });
    let Added { id } = client.send(&Method::POST, "/api/v1/jobs", &job)?;
    let recording = follow(client, &id, json)?;
    if !args.review {
        let Recording { state } = client.get(&format!("/api/v1/recordings/{recording}"))?;
        if state == "ready" {
            client.tell(
                &format!("/api/v1/recordings/{recording}/publish"),
                &json!({}),
            )?;
        }
    }
    let Recording { state } = client.get(&format!("/api/v1/recordings/{recording}"))?;
    if json {
        let line = json!({
            "message_type": "summary",
            "original": original,
            "job": id,
            "recording": recording,
            "state": state,
        });
        println!("{line}");
    } else {
        println!("{recording}  {state}");
    }
    match state.as_str() {
        "held" => Err(Failure::Held {
            reasons: vec!["the checks found something: read its report.json".to_owned()],
        }),
        _ => Ok(Exit::Done),
    }
}

/// What a server is set up with cannot be said for one job.
fn refuse_what_the_server_decides(args: &ProcessArgs) -> Result<(), Failure> {
    let said = [
        (
            args.out.is_some(),
            "--out",
            "fetch the outputs with `scrim get`",
        ),
        (
            args.workers.is_some(),
            "--workers",
            "the server decides that",
        ),
        (
            args.input
                .to_str()
                .is_some_and(|input| input.starts_with("s3://")),
            "an s3:// source",
            "download it first, or ingest it on the server",
        ),
    ];
    match said.into_iter().find(|(is_said, ..)| *is_said) {
        Some((_, what, hint)) => {
            Err(Failure::words(Kind::Invalid, format!("{what} is not for a server")).hint(hint))
        }
        None => Ok(()),
    }
}

/// Waits until a job ends, and says how far it is.
fn follow(client: &Client, id: &str, json: bool) -> Result<RecordingId, Failure> {
    let mut shown = String::new();
    loop {
        let job: Job = client.get(&format!("/api/v1/jobs/{id}"))?;
        match (job.state.as_str(), job.recording, job.failure) {
            ("done", Some(recording), _) => return Ok(recording),
            ("failed", _, failure) => {
                let failure = failure.ok_or_else(|| {
                    Failure::words(Kind::Internal, "the job failed, and nobody knows why")
                })?;
                let failed = Failure::words(Kind::Invalid, failure.what).about(failure.stage);
                return Err(match failure.help {
                    Some(help) => failed.hint(help),
                    None => failed,
                });
            }
            ("cancelled", ..) => {
                return Err(Failure::words(Kind::Refused, format!("{id} was given up")));
            }
            _ => {}
        }
        let stage = job.stage.as_deref().unwrap_or("waiting");
        let percent = (job.share.unwrap_or(0.0) * 100.0).floor();
        let line = match json {
            true => json!({
                "message_type": "status",
                "job": id,
                "stage": stage,
                "percent_done": job.share,
            })
            .to_string(),
            false => format!("{stage:<11} {percent:.0} %"),
        };
        if line != shown {
            match json {
                true => println!("{line}"),
                false => eprintln!("{line}"),
            }
            shown = line;
        }
        thread::sleep(ASK_EVERY);
    }
}
