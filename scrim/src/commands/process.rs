//! `scrim process`.

use std::{num::NonZero, path::Path, time::Instant};

use scrim_ingest::SourceError;
use scrim_pipeline::{
    job::{Input, JobError, JobSpec, Outcome, Release, Speech, process},
    models::ModelStore,
    transcribe::CancelFlag,
};
use scrim_policy::{Kind, RecordingId, TenantId};
use scrim_storage::{RecordingState, Vault, export::write_outputs};
use serde_json::json;

use super::{
    Session, now, open_input, read_policy, read_roster,
    source::{Place, Sources, scanned},
};
use crate::{cli::ProcessArgs, exit::Exit, failure::Failure, home::Home, meter::Meter, page};

/// The model that finds speech.
const VAD_MODEL: &str = "silero-vad";

pub(super) fn run(session: &Session, args: &ProcessArgs) -> Result<Exit, Failure> {
    let began = Instant::now();
    let home = session.home()?;
    let (policy, policy_text) = read_policy(&args.policy)?;
    let (roster, roster_text) = read_roster(args.roster.as_deref())?;
    let place = Place::new(&args.input);
    if let Place::File(path) = &place {
        // A mistake in the name is found before anything is made.
        open_input(path)?;
    }
    let speech = if args.no_transcript {
        None
    } else {
        Some(speech(&home, &args.model, &args.language)?)
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let scanner = home.scanner()?;
    let vault = home.vault()?;
    let input = Sources::new(&home, &vault).open(&place)?;
    let revision = || {
        let revision = input.revision();
        revision.map_err(|source| Failure::from(SourceError::Read { source }))
    };
    let before = revision()?;
    if let Some(warning) = scanned(scanner.as_ref(), &vault, input.as_ref())? {
        session.warn(&warning);
    }
    // What was scanned is what is processed.
    if revision()? != before {
        return Err(explained(JobError::SourceChanged));
    }
    let spec = JobSpec {
        input: Input::File(input),
        tenant: TenantId::SINGLE,
        policy: &policy,
        policy_text: &policy_text,
        roster: &roster,
        roster_text: &roster_text,
        speech,
        batch: None,
        release: match args.review {
            true => Release::AfterReview,
            false => Release::AtOnce,
        },
        workers: args.workers.map_or(cores, usize::from),
        cancel: CancelFlag::default(),
        report_page: &page::report,
    };
    let meter = Meter::new(session.json);
    let outcome = process(&vault, &spec, &|progress| meter.show(progress));
    meter.clear();
    let outcome = outcome.map_err(explained)?;
    let (id, reasons) = match outcome {
        Outcome::Published(id)
        | Outcome::PublishedBefore(id)
        | Outcome::Ready(id)
        | Outcome::ReadyBefore(id) => (id, None),
        Outcome::Held(id, reasons) => (id, Some(reasons)),
        Outcome::HeldBefore(id) => (id, Some(vec!["an earlier run was held".to_owned()])),
    };
    if let Some(folder) = &args.out {
        write_outputs(&vault, id, folder, now())?;
    }
    let is_new = outcome_state(&vault, id)?.has_outputs();
    let seconds = began.elapsed().as_secs_f64();
    summary(
        session,
        &vault,
        id,
        args.out.as_deref(),
        seconds,
        meter.render_seconds(),
        is_new,
    )?;
    match reasons {
        None => Ok(Exit::Done),
        Some(reasons) => Err(Failure::Held { reasons }),
    }
}

/// Says what a decoder means that gives up, which speaks of streams and frames only.
pub(crate) fn explained(error: JobError) -> Failure {
    let is_source = matches!(error, JobError::Render(_)) && error.kind() == Kind::Damaged;
    let failure = Failure::from(error);
    if is_source {
        return failure.hint("the recording is damaged: fetch it again from where it was made");
    }
    failure
}

fn outcome_state(vault: &Vault, id: RecordingId) -> Result<RecordingState, Failure> {
    let row = vault.recording(id)?;
    Ok(row.map_or(RecordingState::Failed, |row| row.state))
}

pub(crate) fn speech(home: &Home, model_name: &str, language: &str) -> Result<Speech, Failure> {
    let store = ModelStore::open(home.models())?;
    let model = |name: &str| {
        store.path(name).map_err(|error| {
            Failure::from(error).hint(format!(
                "run `scrim models pull {name}`, or add --no-transcript"
            ))
        })
    };
    let language = language.parse().map_err(|_| {
        Failure::words(Kind::Invalid, format!("`{language}` is no language code"))
            .hint("write auto, or a code such as en, pl, de, fr or it")
    })?;
    Ok(Speech {
        model: model(model_name)?,
        vad: model(VAD_MODEL)?,
        language,
    })
}

fn summary(
    session: &Session,
    vault: &Vault,
    id: RecordingId,
    out: Option<&Path>,
    seconds: f64,
    render_seconds: f64,
    is_new: bool,
) -> Result<(), Failure> {
    let row = vault.recording(id)?;
    let duration = row.as_ref().and_then(|row| row.duration_ns).unwrap_or(0) as f64 / 1e9;
    let state = row.map_or(RecordingState::Failed, |row| row.state);
    let speed = if seconds > 0.0 {
        duration / seconds
    } else {
        0.0
    };
    let render_speed = (render_seconds > 0.0).then(|| duration / render_seconds);
    if session.json {
        let line = json!({
            "message_type": "summary",
            "recording": id,
            "state": state,
            "duration_s": duration,
            "seconds_elapsed": seconds,
            "speed": speed,
            "render_speed": render_speed,
            "out": out.map(|path| path.display().to_string()),
            "complete": is_new,
        });
        println!("{line}");
        return Ok(());
    }
    println!("{id}  {state}");
    if state == RecordingState::Ready {
        println!("look at it, then run `scrim publish {id}`");
    }
    let rendering =
        render_speed.map_or_else(String::new, |speed| format!(", rendering at {speed:.1}x"));
    println!("{duration:.1} s of recording in {seconds:.1} s: {speed:.1}x real time{rendering}");
    if let Some(folder) = out {
        println!("written to {}", folder.display());
    }
    Ok(())
}
