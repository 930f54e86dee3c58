//! Options of `scrim config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a config.toml with every section and key, explained and commented out
    Example,
    /// Read config.toml and what it names, and say whether Scrim would start with it
    ///
    /// Nothing is connected to and nothing is written.
    Check,
}
