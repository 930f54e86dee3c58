//! `scrim config`.

use scrim_storage::Vault;

use super::Session;
use crate::{cli::ConfigCommand, config, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, command: &ConfigCommand) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Example => {
            print!("{}", config::example());
            Ok(Exit::Done)
        }
        ConfigCommand::Check => check(session),
    }
}

fn check(session: &Session) -> Result<Exit, Failure> {
    let home = session.home()?;
    let config = home.config()?;
    config.settings(home.folder(), Vault::default_unlock(home.folder()))?;
    config.location()?;
    config.scanner()?;
    config.retention.webhook()?;
    crate::serve::check(&home, &config)?;
    if session.json {
        println!(
            "{}",
            serde_json::json!({ "message_type": "config_checked" })
        );
    } else {
        println!("The configuration can be used.");
    }
    Ok(Exit::Done)
}
