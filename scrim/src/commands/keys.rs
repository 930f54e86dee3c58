//! `scrim keys`.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use scrim_policy::{ArtefactId, Kind, TenantId};
use scrim_storage::{
    KeyProgress, KeyStatus, KmsKind, Rewrapped, Vault, VaultError,
    keyring::{KeyError, TransitError},
};
use serde_json::{Value, json};

use super::{Session, now};
use crate::{
    cli::{KeysCommand, KmsChoice, MigrateArgs, ShredArgs, WhoseKeys},
    exit::Exit,
    failure::Failure,
};

pub(super) fn run(session: &Session, command: KeysCommand) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    match command {
        KeysCommand::Status => status(session, &vault),
        KeysCommand::Rotate(whose) => rotate(session, &vault, &whose),
        KeysCommand::Rewrap(whose) => rewrap(session, &vault, &whose),
        KeysCommand::Migrate(args) => migrate(session, &vault, &args),
        KeysCommand::Shred(args) => shred(session, &vault, &args),
        KeysCommand::Adopt => adopt(session, &vault),
    }
}

fn status(session: &Session, vault: &Vault) -> Result<Exit, Failure> {
    let found = vault.key_status().map_err(explained)?;
    if session.json {
        for status in &found {
            println!("{}", status_json(status));
        }
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        println!("no keys yet; the first recording makes them");
    }
    for status in &found {
        print_status(status);
    }
    Ok(Exit::Done)
}

fn print_status(status: &KeyStatus) {
    let role = if status.wraps_new {
        ", wraps new keys"
    } else {
        ""
    };
    println!("{}  {}{role}", status.tenant, status.kms);
    match status.versions {
        Some(versions) => println!(
            "  versions   {} to {}, older ones are destroyed",
            versions.oldest, versions.newest
        ),
        None => println!("  versions   unknown: this key management is not set up"),
    }
    for entry in &status.in_use {
        println!(
            "  version {:<3} wraps {} artefacts",
            entry.version, entry.artefacts
        );
    }
    if let Some(epoch) = status.epoch {
        match epoch.finished_at {
            Some(at) => println!("  epoch      finished {at}"),
            None => println!(
                "  epoch      UNFINISHED since {}: run `scrim keys shred` again",
                epoch.began_at
            ),
        }
    }
}

fn status_json(status: &KeyStatus) -> Value {
    json!({
        "tenant": status.tenant,
        "kms": status.kms.as_str(),
        "wraps_new": status.wraps_new,
        "oldest": status.versions.map(|versions| versions.oldest),
        "newest": status.versions.map(|versions| versions.newest),
        "artefacts": status.in_use.iter().map(|entry| json!({
            "version": entry.version,
            "artefacts": entry.artefacts,
        })).collect::<Vec<_>>(),
        "epoch": status.epoch.map(|epoch| json!({
            "oldest": epoch.version,
            "began_at": epoch.began_at.to_string(),
            "finished_at": epoch.finished_at.map(|at| at.to_string()),
        })),
    })
}

fn rotate(session: &Session, vault: &Vault, whose: &WhoseKeys) -> Result<Exit, Failure> {
    for tenant in tenants(vault, whose)? {
        let version = vault.rotate_key(tenant, now()).map_err(explained)?;
        if session.json {
            println!(
                "{}",
                json!({"message_type": "summary", "tenant": tenant, "newest": version})
            );
        } else {
            println!("{tenant}  version {version} wraps from now on");
        }
    }
    Ok(Exit::Done)
}

fn rewrap(session: &Session, vault: &Vault, whose: &WhoseKeys) -> Result<Exit, Failure> {
    let mut all = Rewrapped::default();
    for tenant in tenants(vault, whose)? {
        let meter = Meter::new(session.json, "wrapping");
        let found = vault.rewrap(tenant, now(), &mut |progress| meter.show(progress));
        meter.clear();
        let found = found.map_err(explained)?;
        all.replaced += found.replaced;
        all.unopenable.extend(found.unopenable);
    }
    Ok(summary(session, "wrapped again", &all))
}

fn migrate(session: &Session, vault: &Vault, args: &MigrateArgs) -> Result<Exit, Failure> {
    let (from, to) = match args.to {
        KmsChoice::Local => (KmsKind::Transit, KmsKind::Local),
        KmsChoice::Transit => (KmsKind::Local, KmsKind::Transit),
    };
    if args.dry_run {
        let count = vault.count_wrapped_by(from)?;
        if session.json {
            println!(
                "{}",
                json!({"message_type": "summary", "dry_run": true, "replaced": count})
            );
        } else {
            println!("{count} keys would move from {from} to {to}");
        }
        return Ok(Exit::Done);
    }
    let meter = Meter::new(session.json, "moving");
    let moved = vault.migrate_keys(from, to, now(), &mut |progress| meter.show(progress));
    meter.clear();
    let moved = moved.map_err(explained)?;
    if !session.json && vault.wraps_new() != to {
        eprintln!("warning: new keys still go to {from}; set kms = \"{to}\" under [keys]");
    }
    Ok(summary(session, "moved", &moved))
}

fn shred(session: &Session, vault: &Vault, args: &ShredArgs) -> Result<Exit, Failure> {
    if args.dry_run {
        return shred_dry_run(session, vault, &args.whose);
    }
    if !args.yes {
        return Err(Failure::words(
            Kind::Invalid,
            "old versions of keys are destroyed for good, which needs --yes",
        )
        .hint("`scrim keys shred --dry-run` says what would be destroyed"));
    }
    let mut all = Rewrapped::default();
    for tenant in tenants(vault, &args.whose)? {
        let meter = Meter::new(session.json, "wrapping");
        let shredded = vault.shred_epoch(tenant, now(), &mut |progress| meter.show(progress));
        meter.clear();
        for key in shredded.map_err(explained)? {
            all.unopenable.extend(&key.unopenable);
            if session.json {
                let line = json!({
                    "message_type": "summary",
                    "tenant": tenant,
                    "kms": key.kms.as_str(),
                    "oldest": key.oldest,
                    "rewrapped": key.rewrapped,
                    "survivors": key.survivors,
                    "unopenable": key.unopenable,
                });
                println!("{line}");
            } else {
                println!(
                    "{tenant}  {}  versions below {} are destroyed, {} artefacts survive",
                    key.kms, key.oldest, key.survivors
                );
            }
        }
    }
    Ok(warned(session, &all.unopenable))
}

fn shred_dry_run(session: &Session, vault: &Vault, whose: &WhoseKeys) -> Result<Exit, Failure> {
    let wanted = tenants(vault, whose)?;
    for status in vault.key_status().map_err(explained)? {
        let (true, Some(versions)) = (wanted.contains(&status.tenant), status.versions) else {
            continue;
        };
        let artefacts: u64 = status.in_use.iter().map(|entry| entry.artefacts).sum();
        if session.json {
            let line = json!({
                "message_type": "summary",
                "dry_run": true,
                "tenant": status.tenant,
                "kms": status.kms.as_str(),
                "oldest": versions.newest + 1,
                "rewrapped": artefacts,
            });
            println!("{line}");
        } else {
            println!(
                "{}  {}  versions {} to {} would be destroyed, {artefacts} artefacts wrapped again",
                status.tenant, status.kms, versions.oldest, versions.newest
            );
        }
    }
    Ok(Exit::Done)
}

fn adopt(session: &Session, vault: &Vault) -> Result<Exit, Failure> {
    let adopted = vault.adopt_wrapped_keys(now()).map_err(explained)?;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "current": adopted.current,
            "adopted": adopted.adopted,
            "unopenable": adopted.unopenable,
        });
        println!("{line}");
    } else {
        println!(
            "{} keys were up to date, {} were brought up to date",
            adopted.current, adopted.adopted
        );
    }
    Ok(warned(session, &adopted.unopenable))
}

fn summary(session: &Session, done: &str, found: &Rewrapped) -> Exit {
    if session.json {
        let line = json!({
            "message_type": "summary",
            "replaced": found.replaced,
            "unopenable": found.unopenable,
        });
        println!("{line}");
    } else {
        println!("{} keys {done}", found.replaced);
    }
    warned(session, &found.unopenable)
}

/// What no key opens is named; the exit code says it to scripts.
fn warned(session: &Session, unopenable: &[ArtefactId]) -> Exit {
    if unopenable.is_empty() {
        return Exit::Done;
    }
    if !session.json {
        eprintln!(
            "warning: {} artefacts open with no key that there is:",
            unopenable.len()
        );
        for artefact in unopenable {
            eprintln!("  {artefact}");
        }
    }
    Exit::Damaged
}

fn tenants(vault: &Vault, whose: &WhoseKeys) -> Result<Vec<TenantId>, Failure> {
    let all = vault.tenants()?;
    match whose.tenant {
        None => Ok(all),
        Some(tenant) if all.contains(&tenant) => Ok(vec![tenant]),
        Some(tenant) => Err(
            Failure::words(Kind::NotFound, format!("there is no tenant {tenant}"))
                .hint("`scrim keys status` lists all tenants"),
        ),
    }
}

/// Says what to do. The vault does not know where its settings come from.
fn explained(error: VaultError) -> Failure {
    let hint = match &error {
        VaultError::Key(KeyError::NotConfigured {
            kms: KmsKind::Transit,
        }) => Some("set address and token_file under [keys] in config.toml"),
        VaultError::Key(KeyError::Transit(TransitError::Sealed)) => {
            Some("somebody with the unseal keys has to run `bao operator unseal`")
        }
        VaultError::Key(KeyError::Transit(TransitError::Denied { .. })) => {
            Some("see docs/how-to/rotate-keys.md for the policy that the token needs")
        }
        VaultError::Key(KeyError::Transit(TransitError::Untrusted { .. })) => {
            Some("set ca_file under [keys] to the certificate that signed that of the server")
        }
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Between two lines when there is no terminal, and between two JSON lines.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows how many keys are done.
struct Meter {
    json: bool,
    bar: Option<ProgressBar>,
    what: &'static str,
    last_shown: std::cell::Cell<Instant>,
}

impl Meter {
    fn new(json: bool, what: &'static str) -> Self {
        let is_terminal = !json && std::io::stderr().is_terminal();
        let bar = is_terminal.then(|| {
            let bar = ProgressBar::new(0).with_prefix(what);
            match ProgressStyle::with_template("{prefix:<11} {bar:32} {pos}/{len}  {eta}") {
                Ok(style) => bar.with_style(style.progress_chars("━╸ ")),
                Err(_) => bar,
            }
        });
        Self {
            json,
            bar,
            what,
            last_shown: std::cell::Cell::new(Instant::now()),
        }
    }

    fn show(&self, progress: KeyProgress) {
        if let Some(bar) = &self.bar {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            return;
        }
        if self.last_shown.get().elapsed() < LINE_EVERY {
            return;
        }
        self.last_shown.set(Instant::now());
        let KeyProgress { done, total } = progress;
        if self.json {
            println!(
                "{}",
                json!({"message_type": "status", "done": done, "total": total})
            );
        } else {
            eprintln!("{:<11} {done} of {total} keys", self.what);
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
