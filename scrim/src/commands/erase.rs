//! `scrim erase`.

use std::{
    io::{IsTerminal, Read},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use scrim_policy::{ErasureId, Kind, SubjectText, TenantId};
use scrim_storage::{
    Certificate, ErasureProgress, Vault,
    catalog::{ErasureRow, ErasureStep, Reach, Selection},
};
use serde_json::json;

use super::{Session, hold::explained, retention::now};
use crate::{
    cli::{EraseArgs, EraseCommand},
    config::RetentionSection,
    exit::Exit,
    failure::Failure,
};

const TENANT: TenantId = TenantId::SINGLE;

pub(super) fn run(session: &Session, command: EraseCommand) -> Result<Exit, Failure> {
    let home = session.home()?;
    let settings = home.config()?.retention;
    let vault = home.vault()?;
    let erase = |selection: &Selection, consent: &EraseArgs| {
        erase(session, &vault, &settings, selection, consent)
    };
    match command {
        EraseCommand::Recording { id, consent } => erase(&Selection::Recording(id), &consent),
        EraseCommand::Person {
            email,
            name,
            consent,
        } => {
            let text = subject_text(email.as_deref(), name.as_deref())?;
            erase(&Selection::Person(vec![vault.subject(&text)]), &consent)
        }
        EraseCommand::Tenant { consent } => erase(&Selection::Tenant, &consent),
        EraseCommand::Ls => {
            let erasures = vault.erasures(TENANT)?;
            if erasures.is_empty() && !session.json {
                println!("nothing was erased yet");
            }
            erasures
                .iter()
                .for_each(|erasure| print_row(session, erasure));
            Ok(Exit::Done)
        }
        EraseCommand::Show { erasure } => show(session, &vault, erasure),
        EraseCommand::Resume { erasure } => {
            let meter = StepMeter::new(session);
            let resumed =
                vault.resume_erasure(erasure, settings.terms(), now(), &|at| meter.show(at));
            meter.clear();
            print_row(
                session,
                &resumed.map_err(|error| unfinished(erasure, error))?,
            );
            Ok(Exit::Done)
        }
        EraseCommand::Certificate { erasure } => certificate(&vault, erasure),
        EraseCommand::Queue => queue(session, &vault),
    }
}

/// Reads whom to look for. Neither is repeated in any message.
fn subject_text(email: Option<&str>, name: Option<&str>) -> Result<SubjectText, Failure> {
    let read = |text: &str| match text {
        "-" => {
            let mut line = String::new();
            std::io::stdin()
                .read_to_string(&mut line)
                .map_err(|error| Failure::new(Kind::Unavailable, error))?;
            Ok::<_, Failure>(line)
        }
        text => Ok(text.to_owned()),
    };
    let (text, wanted) = match (email, name) {
        (Some(email), _) => (SubjectText::of_email(&read(email)?), "an e-mail address"),
        (None, Some(name)) => (SubjectText::of_name(&read(name)?), "a name"),
        (None, None) => (None, "an e-mail address or a name"),
    };
    text.ok_or_else(|| Failure::words(Kind::Invalid, format!("that is not {wanted}")))
}

fn erase(
    session: &Session,
    vault: &Vault,
    settings: &RetentionSection,
    selection: &Selection,
    consent: &EraseArgs,
) -> Result<Exit, Failure> {
    let plan = vault
        .plan_erasure(TENANT, selection)
        .map_err(|error| explained(vault, error))?;
    if session.json {
        let line = json!({
            "message_type": "plan",
            "reach": selection.reach().as_str(),
            "recordings_deleted": plan.deleted,
            "recordings_withdrawn": plan.withdrawn,
            "participations": plan.participations,
            "registrations": plan.registrations,
            "invitations": plan.invitations,
            "artefacts": plan.artefacts,
            "sealed_bytes": plan.bytes,
        });
        println!("{line}");
    } else {
        println!(
            "{} recordings are deleted, {} are withdrawn, {} artefacts go ({} bytes)",
            plan.deleted, plan.withdrawn, plan.artefacts, plan.bytes
        );
        if selection.reach() == Reach::Person {
            println!(
                "the person is listed {} times, and {} registrations for rooms and {} invitations \
                 to them go",
                plan.participations, plan.registrations, plan.invitations
            );
        }
    }
    if consent.dry_run {
        return Ok(Exit::Done);
    }
    if !consent.yes {
        return Err(Failure::words(Kind::Invalid, "nothing was erased").hint("add --yes to do it"));
    }
    let meter = StepMeter::new(session);
    let erased = vault.erase(TENANT, selection, settings.terms(), now(), &|at| {
        meter.show(at)
    });
    meter.clear();
    let erasure = erased.map_err(|error| {
        explained(vault, error)
            .hint_if_none("`scrim erase ls` shows how far it is, `scrim erase resume` goes on")
    })?;
    print_row(session, &erasure);
    if selection.reach() == Reach::Person && plan.withdrawn > 0 && !session.json {
        println!("`scrim erase queue` lists what is to be rendered again");
    }
    Ok(Exit::Done)
}

fn unfinished(erasure: ErasureId, error: scrim_storage::VaultError) -> Failure {
    Failure::from(error).hint_if_none(&format!("`scrim erase resume {erasure}` goes on"))
}

/// Prints one erasure as a line.
pub(super) fn print_row(session: &Session, erasure: &ErasureRow) {
    if session.json {
        let line = json!({
            "message_type": "erasure",
            "erasure": erasure.id,
            "reach": erasure.reach.as_str(),
            "step": erasure.step.as_str(),
            "begun_at": erasure.begun_at.to_string(),
            "finished_at": erasure.finished_at.map(|at| at.to_string()),
            "key_destroyed_below": erasure.key_oldest,
        });
        println!("{line}");
        return;
    }
    let begun = erasure.begun_at.to_string();
    let begun = begun.get(..16).unwrap_or(&begun);
    println!(
        "{}  {:<9}  {begun}  {}",
        erasure.id,
        erasure.reach.to_string(),
        erasure.step
    );
}

fn show(session: &Session, vault: &Vault, id: ErasureId) -> Result<Exit, Failure> {
    let erasure = vault.erasure(id)?;
    print_row(session, &erasure);
    if session.json {
        return Ok(Exit::Done);
    }
    if erasure.step != ErasureStep::Certified {
        for one in vault.frozen_by(id)? {
            println!("  {}  {}", one.recording, one.fate);
        }
        println!("not finished: `scrim erase resume {id}` goes on");
        return Ok(Exit::Done);
    }
    let (certificate, _) = checked(vault, id)?;
    for one in &certificate.recordings {
        println!("  {}  {}", one.recording, one.fate);
    }
    for place in &certificate.places {
        println!(
            "  {:<12}  {:<17} {:>6}",
            place.place, place.kind, place.count
        );
    }
    let keys = &certificate.keys;
    match keys.destroyed_below {
        Some(version) => println!("  keys below version {version} were destroyed"),
        None if keys.data_keys > 0 => println!("  the key was destroyed"),
        None => {}
    }
    let tried = certificate.absence.keys_tried;
    println!("  {tried} old keys were tried, none opened");
    println!(
        "  backups of the key management must be gone by {}",
        certificate.backups.closed_at
    );
    Ok(Exit::Done)
}

fn checked(vault: &Vault, id: ErasureId) -> Result<(Certificate, String), Failure> {
    let envelope = vault.certificate(id)?;
    let key = vault.keyring().public_key();
    let (certificate, _) = Certificate::verify(&envelope, Some(&key))?;
    Ok((certificate, envelope.to_json()))
}

fn certificate(vault: &Vault, id: ErasureId) -> Result<Exit, Failure> {
    let (_, json) = checked(vault, id)?;
    print!("{json}");
    Ok(Exit::Done)
}

fn queue(session: &Session, vault: &Vault) -> Result<Exit, Failure> {
    for queued in vault.render_queue(TENANT)? {
        if session.json {
            let line = json!({
                "recording": queued.recording,
                "erasure": queued.erasure,
                "queued_at": queued.queued_at.to_string(),
                "basis": queued.basis.as_str(),
            });
            println!("{line}");
        } else {
            let what = queued.basis;
            let since = match queued.erasure {
                Some(erasure) => erasure.to_string(),
                None => "not destroyed yet".to_owned(),
            };
            println!("{}  from its {what}  {since}", queued.recording);
        }
    }
    Ok(Exit::Done)
}

/// Shows how far an erasure is: on a terminal only, scripts read the result.
pub(super) struct StepMeter(Option<ProgressBar>);

impl StepMeter {
    pub(super) fn new(session: &Session) -> Self {
        if session.json || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<16} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    pub(super) fn show(&self, progress: ErasureProgress) {
        if let Some(bar) = &self.0 {
            bar.set_prefix(progress.step.as_str());
            if progress.objects > 0 {
                bar.set_message(format!("{} objects deleted", progress.objects));
            }
        }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
