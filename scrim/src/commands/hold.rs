//! `scrim hold`.

use scrim_policy::{HoldId, Pii, TenantId};
use scrim_storage::{
    Vault, VaultError,
    catalog::{CatalogError, HoldRow},
    vault::{HoldWords, HoldWordsPair},
};
use serde_json::json;

use super::{Session, retention::now};
use crate::{
    cli::{HoldCommand, HoldWordsArgs},
    exit::Exit,
    failure::Failure,
};

pub(super) fn run(session: &Session, command: HoldCommand) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    match command {
        HoldCommand::Place { id, words, all: _ } => {
            let words = words_of(&words)?;
            let hold = vault.place_hold(TenantId::SINGLE, id, &words, now())?;
            print(session, &vault, &vault.hold_row(hold)?)?;
        }
        HoldCommand::Release { hold, words } => {
            vault.release_hold(hold, &words_of(&words)?, now())?;
            print(session, &vault, &vault.hold_row(hold)?)?;
        }
        HoldCommand::Ls => {
            for hold in vault.holds(TenantId::SINGLE)? {
                print(session, &vault, &hold)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn words_of(args: &HoldWordsArgs) -> Result<HoldWords, Failure> {
    let words = HoldWords::new(&args.reason, &args.approver);
    words.map_err(|error| {
        Failure::new(error.kind(), error).hint("say both with --reason and --approver")
    })
}

/// Prints a hold with its words: whoever has the keys may read them.
fn print(session: &Session, vault: &Vault, hold: &HoldRow) -> Result<(), Failure> {
    // The hold stands also where its words were lost, as after an old catalog was restored.
    let HoldWordsPair { placed, released } = vault.hold_words(hold).unwrap_or_else(|_| {
        let lost = || HoldWords {
            reason: Pii::new("words that no key opens any more".to_owned()),
            approver: Pii::new("somebody".to_owned()),
        };
        HoldWordsPair {
            placed: lost(),
            released: hold.released_at.map(|_| lost()),
        }
    });
    let told = |words: &HoldWords| json!({ "reason": words.reason.reveal(), "approver": words.approver.reveal() });
    if session.json {
        let line = json!({
            "hold": hold.id,
            "recording": hold.recording,
            "placed_at": hold.placed_at.to_string(),
            "placed": told(&placed),
            "released_at": hold.released_at.map(|at| at.to_string()),
            "released": released.as_ref().map(told),
        });
        println!("{line}");
        return Ok(());
    }
    let what = hold.recording.map_or_else(
        || "everything".to_owned(),
        |recording| recording.to_string(),
    );
    println!("{}  {what}", hold.id);
    let line = |word: &str, at: String, words: &HoldWords| {
        let (reason, approver) = (words.reason.reveal(), words.approver.reveal());
        println!("  {word:<9} {at}  {reason} (approved by {approver})");
    };
    line("placed", hold.placed_at.to_string(), &placed);
    if let (Some(at), Some(words)) = (hold.released_at, &released) {
        line("released", at.to_string(), words);
    }
    Ok(())
}

/// Says which hold forbids it, and why it was placed.
pub(super) fn explained(vault: &Vault, error: VaultError) -> Failure {
    let hold = match &error {
        VaultError::Catalog(CatalogError::OnHold { hold, .. }) => Some(*hold),
        _ => None,
    };
    let failure = Failure::from(error);
    match hold.and_then(|hold| reason_of(vault, hold)) {
        Some(reason) => failure.hint(format!(
            "it was placed because of: {reason}; `scrim hold release` ends it"
        )),
        None => failure,
    }
}

fn reason_of(vault: &Vault, hold: HoldId) -> Option<String> {
    let words = vault.hold_words(&vault.hold_row(hold).ok()?).ok()?;
    Some(words.placed.reason.reveal().clone())
}
