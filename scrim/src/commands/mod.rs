//! What each command does.

mod accounts;
mod audit;
mod batch;
mod catalog;
mod config;
mod doctor;
mod erase;
mod export;
mod gc;
mod get;
mod hold;
mod import;
mod ingest;
mod keys;
mod listing;
mod models;
mod policy;
mod process;
mod retention;
mod review;
mod source;
mod storage;
mod transcript;
mod verify;

pub(crate) use get::{output_kind, write_whole};
pub(crate) use process::{explained, speech};

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::CommandFactory;
use scrim_policy::{Kind, Policy, Roster};
use scrim_storage::Timestamp;

use crate::{
    cli::{Arguments, Command},
    exit::Exit,
    failure::Failure,
    home::Home,
    remote,
};

/// What a command needs beside its own options.
pub(crate) struct Session {
    home: Option<PathBuf>,
    json: bool,
}

impl Session {
    fn home(&self) -> Result<Home, Failure> {
        Home::find(self.home.clone())
    }

    /// Says something that does not stop the command.
    fn warn(&self, words: &str) {
        if self.json {
            println!(
                "{}",
                serde_json::json!({"message_type": "warning", "message": words})
            );
        } else {
            eprintln!("warning: {words}");
        }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<Exit, Failure> {
    if let Some(place) = arguments.place() {
        return remote::run(&place, arguments.json, arguments.command);
    }
    let session = Session {
        home: arguments.home,
        json: arguments.json,
    };
    match arguments.command {
        Command::Process(args) => process::run(&session, &args),
        Command::Ingest(args) => ingest::run(&session, &args),
        Command::Batch { command } => batch::run(&session, command),
        Command::Serve(args) => crate::serve::run(&session.home()?, &args, session.json),
        Command::Accounts { command } => accounts::run(&session, command),
        Command::Ls { limit, originals } => listing::ls(&session, limit, originals),
        Command::Show { id } => listing::show(&session, id),
        Command::Publish(args) => review::publish(&session, &args),
        Command::Withdraw(args) => review::withdraw(&session, &args),
        Command::Transcript { command } => transcript::run(&session, &command),
        Command::Get(args) => get::run(&session, &args),
        Command::Export(args) => export::run(&session, &args),
        Command::Import(args) => import::run(&session, &args),
        Command::Verify(args) => verify::run(&session, &args),
        Command::Audit { command } => audit::run(&session, &command),
        Command::Config { command } => config::run(&session, &command),
        Command::Catalog { command } => catalog::run(&session, &command),
        Command::Retention { command } => retention::run(&session, command),
        Command::Tag(args) => retention::tag(&session, &args),
        Command::Hold { command } => hold::run(&session, command),
        Command::Erase { command } => erase::run(&session, command),
        Command::Gc(args) => gc::run(&session, &args),
        Command::Models { command } => models::run(&session, command),
        Command::Policy { command } => policy::run(&session, command),
        Command::Storage { command } => storage::run(&session, &command),
        Command::Key => {
            println!("{}", session.home()?.vault()?.keyring().public_key());
            Ok(Exit::Done)
        }
        Command::Keys { command } => keys::run(&session, command),
        Command::Doctor => doctor::run(&session),
        Command::Api(_) => Err(Failure::words(Kind::Invalid, "no server is named")
            .hint("say which with --server URL --token-file FILE")),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "scrim",
                &mut std::io::stdout(),
            );
            Ok(Exit::Done)
        }
        Command::Man { out } => {
            clap_mangen::generate_to(Arguments::command(), &out)
                .map_err(|error| Failure::file("write manual pages to", &out, error))?;
            Ok(Exit::Done)
        }
    }
}

/// The clock of the crates below, which have none.
fn now() -> Timestamp {
    SystemTime::now().into()
}

pub(crate) fn read_text(doing: &str, path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::file(doing, path, error))
}

pub(crate) fn read_policy(path: &Path) -> Result<(Policy, String), Failure> {
    let text = read_text("read the policy", path)?;
    Ok((Policy::parse(&path.display().to_string(), &text)?, text))
}

/// Reads a roster; without one nobody is known.
pub(crate) fn read_roster(path: Option<&Path>) -> Result<(Roster, String), Failure> {
    let Some(path) = path else {
        return Ok((Roster::default(), String::new()));
    };
    let text = read_text("read the roster", path)?;
    Ok((Roster::parse_csv(&text)?, text))
}

fn open_input(path: &Path) -> Result<fs::File, Failure> {
    let failed = |error| Failure::file("open the recording", path, error);
    let file = fs::File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}
