//! `scrim publish` and `scrim withdraw`.

use scrim_policy::{Pii, RecordingId};
use scrim_storage::{RecordingState, Vault, VaultError, catalog::CatalogError};
use serde_json::json;

use super::{Session, now};
use crate::{
    cli::{PublishArgs, WithdrawArgs},
    exit::Exit,
    failure::Failure,
};

pub(super) fn publish(session: &Session, args: &PublishArgs) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let done = match &args.reason {
        Some(reason) => vault.override_gate(args.id, &Pii::new(reason.clone()), now()),
        None => vault.release(args.id, now()),
    };
    done.map_err(explained)?;
    said(session, &vault, args.id)
}

pub(super) fn withdraw(session: &Session, args: &WithdrawArgs) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let reason = args.reason.clone().map(Pii::new);
    vault
        .withdraw(args.id, reason.as_ref(), now())
        .map_err(explained)?;
    said(session, &vault, args.id)
}

fn said(session: &Session, vault: &Vault, id: RecordingId) -> Result<Exit, Failure> {
    let row = vault.recording(id)?;
    let state = row.map_or(RecordingState::Failed, |row| row.state);
    if session.json {
        println!(
            "{}",
            json!({"message_type": "summary", "recording": id, "state": state})
        );
    } else {
        println!("{id}  {state}");
    }
    Ok(Exit::Done)
}

/// Says what to do.
fn explained(error: VaultError) -> Failure {
    let hint = match &error {
        VaultError::GateSaidNo { .. } => {
            "read its report with `scrim get ID report.html`; to publish it all the same, say why with \
             --reason"
        }
        VaultError::GateSaidYes { .. } => "leave out --reason",
        VaultError::NoReason => "say why with --reason, in your own words",
        VaultError::Catalog(CatalogError::NoRecording { .. }) => "`scrim ls` lists all recordings",
        VaultError::Catalog(CatalogError::WrongState { .. }) => {
            "`scrim show ID` says how it stands with it"
        }
        VaultError::Catalog(CatalogError::ChangedMeanwhile { .. }) => {
            "look at it again, then run the same command again"
        }
        _ => return error.into(),
    };
    Failure::from(error).hint(hint)
}
