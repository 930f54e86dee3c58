//! Commands that a server carries out: `scrim --server URL --token-file FILE …`.
//!
//! ```text
//! scrim process ─► upload by tus ─► POST policies, jobs ─► GET jobs/ID until it ends
//! scrim ls, show, get, publish, withdraw, transcript, export ─► one request each
//! scrim api METHOD PATH ─► whatever else the API offers
//! ```
//!
//! The server decides who may do what. Nothing is kept here, and no home folder is opened.

mod client;
mod commands;
mod process;
mod upload;

use scrim_policy::Kind;

use self::client::Client;
use crate::{cli::Command, exit::Exit, failure::Failure};

pub(crate) use client::Place;

/// Has a command carried out by a server.
pub(crate) fn run(place: &Place, json: bool, command: Command) -> Result<Exit, Failure> {
    let is_known = matches!(
        command,
        Command::Process(_)
            | Command::Ls { .. }
            | Command::Show { .. }
            | Command::Get(_)
            | Command::Publish(_)
            | Command::Withdraw(_)
            | Command::Transcript { .. }
            | Command::Export(_)
            | Command::Api(_)
    );
    if !is_known {
        return Err(Failure::words(
            Kind::Invalid,
            "this command works on the home folder of this machine, not on a server",
        )
        .hint("leave --server and SCRIM_SERVER out, or use `scrim api`"));
    }
    let client = Client::new(place)?;
    match command {
        Command::Process(args) => process::run(&client, &args, json),
        Command::Ls { limit, originals } => commands::ls(&client, limit, originals, json),
        Command::Show { id } => commands::show(&client, id, json),
        Command::Get(args) => commands::get(&client, &args),
        Command::Publish(args) => commands::publish(&client, &args, json),
        Command::Withdraw(args) => commands::withdraw(&client, &args, json),
        Command::Transcript { command } => commands::transcript(&client, &command, json),
        Command::Export(args) => commands::export(&client, &args, json),
        Command::Api(args) => commands::api(&client, &args),
        _ => unreachable!("only known commands come here"),
    }
}
