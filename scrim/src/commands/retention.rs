//! `scrim retention` and `scrim tag`.

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::SystemTime,
};

use scrim_policy::{Kind, RetentionClass, RetentionRule, Tag, TenantId};
use scrim_storage::{
    Timestamp, Vault,
    export::WholeFile,
    retention::{DueSummary, Lateness},
};
use serde_json::json;

use super::{Session, erase};
use crate::{
    cli::{RetentionCommand, TagArgs},
    config::RetentionSection,
    exit::Exit,
    failure::Failure,
    notify::{self, Event},
};

const TENANT: TenantId = TenantId::SINGLE;

pub(super) fn run(session: &Session, command: RetentionCommand) -> Result<Exit, Failure> {
    let home = session.home()?;
    let settings = home.config()?.retention;
    let vault = home.vault()?;
    match command {
        RetentionCommand::Show => show(session, &vault, &settings),
        RetentionCommand::Set { class, days, tag } => {
            let rule = RetentionRule {
                class,
                tag,
                period: days,
            };
            vault.set_retention_rule(TENANT, &rule, now())?;
            show(session, &vault, &settings)
        }
        RetentionCommand::Clear { class, tag } => {
            if !vault.clear_retention_rule(TENANT, class, tag.as_ref(), now())? {
                return Err(Failure::words(Kind::NotFound, "there is no such rule")
                    .hint("`scrim retention show` lists all rules"));
            }
            show(session, &vault, &settings)
        }
        RetentionCommand::Sweep { dry_run: true } => {
            let due = vault.due(TENANT, now())?;
            print_due(session, &due, "due");
            Ok(Exit::Done)
        }
        RetentionCommand::Sweep { dry_run: false } => sweep(session, &vault, &settings),
        RetentionCommand::Check { metrics } => {
            check(session, &vault, &settings, metrics.as_deref())
        }
    }
}

pub(super) fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Says whether the last sweep is too long ago, and warns in the log.
pub(super) fn lateness(vault: &Vault, settings: &RetentionSection) -> Result<Lateness, Failure> {
    let lateness = vault.sweep_lateness(TENANT, settings.late_after(), now())?;
    if lateness.is_late {
        tracing::warn!("the last retention sweep is too long ago: run `scrim retention sweep`");
    }
    Ok(lateness)
}

/// When the last sweep was, in words.
pub(super) fn last_sweep(lateness: &Lateness) -> String {
    let last = lateness
        .last
        .map_or_else(|| "never".to_owned(), |at| at.to_string());
    if lateness.is_late {
        format!("{last}, which is LATE: run `scrim retention sweep`")
    } else {
        last
    }
}

fn show(session: &Session, vault: &Vault, settings: &RetentionSection) -> Result<Exit, Failure> {
    let rules = vault.retention_rules(TENANT)?;
    let lateness = lateness(vault, settings)?;
    let due = vault.due(TENANT, now())?;
    let none = BTreeSet::new();
    for class in RetentionClass::ALL {
        let of_class = || rules.rules().iter().filter(move |rule| rule.class == class);
        let is_default = !of_class().any(|rule| rule.tag.is_none());
        let period = rules.period(class, &none);
        if session.json {
            let tags: Vec<_> = of_class()
                .filter_map(|rule| Some(json!({ "tag": rule.tag.as_ref()?, "days": rule.period })))
                .collect();
            let line = json!({
                "message_type": "rule",
                "class": class,
                "days": period,
                "default": is_default,
                "tags": tags,
                "due": due.due.get(&class).copied().unwrap_or(0),
            });
            println!("{line}");
            continue;
        }
        let origin = if is_default { "by default" } else { "by rule" };
        println!(
            "{:<11} {:>10}  {origin}",
            class.to_string(),
            period.to_string()
        );
        for rule in of_class() {
            if let Some(tag) = &rule.tag {
                println!("{:<11} {:>10}  for tag {tag}", "", rule.period.to_string());
            }
        }
    }
    if session.json {
        let line = json!({
            "message_type": "sweep",
            "last": lateness.last.map(|at| at.to_string()),
            "late": lateness.is_late,
            "due": due.count(),
            "held": due.held,
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!(
        "due         {} artefacts, {} kept by a hold",
        due.count(),
        due.held
    );
    println!("last sweep  {}", last_sweep(&lateness));
    Ok(Exit::Done)
}

fn print_due(session: &Session, due: &DueSummary, word: &str) {
    if session.json {
        let line = json!({
            "message_type": word,
            "artefacts": due.count(),
            "by_class": due.due,
            "recordings": due.recordings,
            "held": due.held,
        });
        println!("{line}");
        return;
    }
    for (class, count) in &due.due {
        println!("{:<11} {count} artefacts {word}", class.to_string());
    }
    println!("{} recordings go as a whole", due.recordings);
    if due.held > 0 {
        println!("{} artefacts would be due, but a hold keeps them", due.held);
    }
}

fn sweep(session: &Session, vault: &Vault, settings: &RetentionSection) -> Result<Exit, Failure> {
    let meter = erase::StepMeter::new(session);
    let swept = vault.sweep(TENANT, settings.terms(), now(), &|progress| {
        meter.show(progress)
    });
    meter.clear();
    let report = match swept {
        Ok(report) => report,
        Err(error) => {
            // Whoever is told when sweeps are late learns of one that failed as well.
            if let Err(failure) = tell(settings, "retention.sweep_failed", None) {
                tracing::warn!(%failure, "could not tell the webhook");
            }
            return Err(error.into());
        }
    };
    print_due(session, &report.due, "deleted");
    for erasure in report.resumed.iter().chain([&report.erasure]) {
        erase::print_row(session, erasure);
    }
    Ok(Exit::Done)
}

fn check(
    session: &Session,
    vault: &Vault,
    settings: &RetentionSection,
    metrics: Option<&Path>,
) -> Result<Exit, Failure> {
    let lateness = lateness(vault, settings)?;
    if let Some(path) = metrics {
        write_metrics(path, &lateness, &vault.due(TENANT, now())?)?;
    }
    if !lateness.is_late {
        if session.json {
            println!("{}", json!({ "message_type": "check", "late": false }));
        } else {
            println!("last sweep  {}", last_sweep(&lateness));
        }
        return Ok(Exit::Done);
    }
    let last = lateness.last.map(|at| at.to_string());
    tell(settings, "retention.sweep_late", last)?;
    let text = match lateness.last {
        Some(at) => format!("the last retention sweep was at {at}, which is too long ago"),
        None => "there are recordings, and never was a retention sweep".to_owned(),
    };
    Err(Failure::words(Kind::Unavailable, text)
        .hint("run `scrim retention sweep`, once a day by a timer"))
}

/// Writes what an alert is made from, in the text format of Prometheus. It names nobody, so whoever
/// collects metrics may read it.
fn write_metrics(path: &Path, lateness: &Lateness, due: &DueSummary) -> Result<(), Failure> {
    let failed = |error| Failure::file("write", path, error);
    let text = metrics(lateness, due, now());
    let mut file = WholeFile::create(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.commit().map_err(failed)?;
    fs::set_permissions(path, Permissions::from_mode(0o644)).map_err(failed)
}

fn metrics(lateness: &Lateness, due: &DueSummary, now: Timestamp) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, samples: &[(String, u64)]| {
        text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (labels, value) in samples {
            text += &format!("{name}{labels} {value}\n");
        }
    };
    let alone = |value| [(String::new(), value)];
    if let Some(last) = lateness.last {
        gauge(
            "scrim_retention_last_sweep_timestamp_seconds",
            "When the last retention sweep ended; absent where there was none.",
            &alone(seconds(last)),
        );
    }
    gauge(
        "scrim_retention_sweep_late",
        "Whether the last retention sweep is too long ago.",
        &alone(u64::from(lateness.is_late)),
    );
    let of_class = |class: RetentionClass| {
        let count = due.due.get(&class).copied().unwrap_or(0);
        (format!("{{class=\"{class}\"}}"), count)
    };
    gauge(
        "scrim_retention_due_artefacts",
        "Artefacts that the next sweep deletes.",
        &RetentionClass::ALL.map(of_class),
    );
    gauge(
        "scrim_retention_held_artefacts",
        "Artefacts that would be due and are kept by a hold.",
        &alone(due.held),
    );
    gauge(
        "scrim_retention_check_timestamp_seconds",
        "When this was looked at.",
        &alone(seconds(now)),
    );
    text
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_micros() / 1_000_000).unwrap_or(0)
}

/// Tells the webhook, where there is one. The message holds ids and times only.
fn tell(settings: &RetentionSection, event: &str, last: Option<String>) -> Result<(), Failure> {
    let Some(webhook) = settings.webhook()? else {
        return Ok(());
    };
    let event = Event {
        name: event,
        timestamp: SystemTime::now(),
        data: json!({ "tenant": TENANT, "last_sweep": last }),
    };
    Ok(notify::alert(webhook, &event)?)
}

pub(super) fn tag(session: &Session, args: &TagArgs) -> Result<Exit, Failure> {
    let (mut add, mut take_away) = (Vec::new(), Vec::new());
    for change in &args.changes {
        let parsed = |text: &str| {
            text.parse::<Tag>()
                .map_err(|error| Failure::new(error.kind(), error))
        };
        match (change.strip_prefix('+'), change.strip_prefix('-')) {
            (Some(tag), _) => add.push(parsed(tag)?),
            (None, Some(tag)) => take_away.push(parsed(tag)?),
            (None, None) => {
                return Err(
                    Failure::words(Kind::Invalid, "a change of tags begins with + or -")
                        .hint("write +board to add the tag board, -board to take it away"),
                );
            }
        }
    }
    let vault = session.home()?.vault()?;
    vault.change_tags(args.id, &add, &take_away)?;
    let tags = vault.tags(args.id)?;
    if session.json {
        println!("{}", json!({ "recording": args.id, "tags": tags }));
    } else {
        let tags: Vec<&str> = tags.iter().map(Tag::as_str).collect();
        println!("{}  {}", args.id, tags.join(" "));
    }
    Ok(Exit::Done)
}
