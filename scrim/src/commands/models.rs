//! `scrim models`.

use std::path::PathBuf;

use scrim_pipeline::models::{ImportSource, ModelStore, PullStage, Source, import};
use scrim_policy::Kind;
use serde_json::json;

use super::Session;
use crate::{cli::ModelsCommand, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, command: ModelsCommand) -> Result<Exit, Failure> {
    match command {
        ModelsCommand::Pull { name, url, sha256 } => pull(session, &name, url, sha256),
        ModelsCommand::Import { from, out } => convert(session, from, out),
        ModelsCommand::List => list(session),
    }
}

fn pull(
    session: &Session,
    name: &str,
    url: Option<String>,
    sha256: Option<String>,
) -> Result<Exit, Failure> {
    let source = match (url, sha256) {
        (Some(url), Some(sha256)) => Source::Url {
            url,
            sha256: sha256
                .parse()
                .map_err(|error| Failure::new(Kind::Invalid, error))?,
        },
        _ => Source::Packages,
    };
    let store = ModelStore::open(session.home()?.models())?;
    let mut last = None;
    let model = store.pull(name, &source, &mut |progress| {
        if last != Some(progress.stage) {
            last = Some(progress.stage);
            if !session.json {
                eprintln!("{name}: {}", stage_words(progress.stage));
            }
        }
    })?;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "model": model.name(),
            "sha256": model.sha256().to_string(),
            "path": model.path().display().to_string(),
        });
        println!("{line}");
    } else {
        println!(
            "{}  sha256 {}  {}",
            model.name(),
            model.sha256(),
            model.path().display()
        );
    }
    Ok(Exit::Done)
}

fn convert(session: &Session, from: Vec<PathBuf>, out: PathBuf) -> Result<Exit, Failure> {
    let source = match from.as_slice() {
        [folder] if folder.is_dir() => ImportSource::Folder(folder.clone()),
        _ => ImportSource::Wheels(from),
    };
    let imported = import(&source, &out)?;
    if session.json {
        println!(
            "{}",
            json!({"message_type": "summary", "sha256": imported.sha256.to_string()})
        );
    } else {
        println!("{}  sha256 {}", out.display(), imported.sha256);
    }
    Ok(Exit::Done)
}

const fn stage_words(stage: PullStage) -> &'static str {
    match stage {
        PullStage::Fetch => "fetching",
        PullStage::Convert => "converting",
        PullStage::Done => "in its place",
    }
}

fn list(session: &Session) -> Result<Exit, Failure> {
    for model in ModelStore::open(session.home()?.models())?.list()? {
        let bytes = model
            .installed_bytes
            .or(model.known.map(|known| known.size))
            .unwrap_or(0);
        let is_here = model.installed_bytes.is_some();
        if session.json {
            println!(
                "{}",
                json!({"model": model.name, "bytes": bytes, "installed": is_here})
            );
        } else {
            let state = if is_here { "here" } else { "not here" };
            println!("{:<12} {bytes:>12} bytes  {state}", model.name);
        }
    }
    Ok(Exit::Done)
}
