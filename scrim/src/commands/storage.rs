//! `scrim storage`.

use std::{
    io::{IsTerminal, stderr},
    time::SystemTime,
};

use scrim_policy::Kind;
use scrim_storage::{
    Timestamp,
    capabilities::{Capabilities, Outcome, Probed, Throwaway},
    residency::{StorageVerdict, Verdict},
};
use serde_json::json;

use super::Session;
use crate::{cli::storage::StorageCommand, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, command: &StorageCommand) -> Result<Exit, Failure> {
    match command {
        StorageCommand::Doctor { with_buckets } => doctor(session, *with_buckets),
    }
}

fn doctor(session: &Session, with_buckets: bool) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let throwaway = if with_buckets {
        Throwaway::BucketsToo
    } else {
        Throwaway::PrefixOnly
    };
    let is_watched = !session.json && stderr().is_terminal();
    let progress = |doing: &str| {
        if is_watched {
            eprintln!("trying: {doing}");
        }
    };
    let now = Timestamp::from(SystemTime::now());
    let Some(found) = vault.probe_store(throwaway, &progress, now)? else {
        let place = StorageVerdict::local_files();
        if session.json {
            println!(
                "{}",
                json!({ "message_type": "summary", "store": null, "place": place })
            );
        } else {
            println!("store      files in the home folder: nothing has to be tried");
        }
        return Ok(Exit::Done);
    };
    print(session, &found);
    if !found.is_clean {
        return Err(Failure::words(
            Kind::Unavailable,
            "not everything that was put there for the probes is gone",
        )
        .hint("look for scrim-doctor- in the bucket and in the list of buckets"));
    }
    Ok(match found.missing().next() {
        None => Exit::Done,
        Some(_) => Exit::Unavailable,
    })
}

fn print(session: &Session, found: &Capabilities) {
    if session.json {
        for finding in &found.verdict.findings {
            println!("{}", json!({ "message_type": "rule", "finding": finding }));
        }
        for probed in &found.probes {
            let line = json!({
                "message_type": "probe",
                "probe": probed.probe,
                "outcome": probed.outcome,
                "found": probed.found,
                "needed": probed.probe.is_needed(),
                "instead": instead(probed),
            });
            println!("{line}");
        }
        let line = json!({
            "message_type": "summary",
            "store": found.store,
            "place": place(&found.verdict),
            "missing": found.missing().map(|probed| probed.probe).collect::<Vec<_>>(),
            "advice": found.advice(),
            "clean": found.is_clean,
        });
        println!("{line}");
        return;
    }
    println!("store      {}", found.store);
    println!("place      {}", found.verdict);
    for finding in &found.verdict.findings {
        println!("ok         {:<22} {}", finding.rule.as_str(), finding.found);
    }
    for probed in &found.probes {
        let mark = match probed.outcome {
            Outcome::Has => "has",
            Outcome::Lacks if probed.probe.is_needed() => "MISSING",
            Outcome::Lacks => "lacks",
            Outcome::NotTried => "not tried",
        };
        println!("{mark:<10} {:<22} {}", probed.probe.as_str(), probed.found);
        if let Some(instead) = instead(probed) {
            println!("{:<33} instead: {instead}", "");
        }
    }
    for setting in found.advice() {
        println!("advice     {setting} in [store] of config.toml");
    }
}

/// Says what Scrim does where the store lacks something.
fn instead(probed: &Probed) -> Option<&'static str> {
    (probed.outcome == Outcome::Lacks).then(|| probed.probe.instead())
}

/// The place without the findings, which have lines of their own.
fn place(verdict: &Verdict) -> serde_json::Value {
    json!({
        "host": verdict.host,
        "provider": verdict.provider,
        "region": verdict.region,
        "told_region": verdict.told_region,
        "country": verdict.country,
        "versioning": verdict.versioning,
    })
}
