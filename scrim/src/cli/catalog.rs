//! Options of `scrim catalog`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Write everything that the catalog holds to a file, signed
    ///
    /// A backup holds ids, hashes and wrapped keys, no names and no words. Together with the keyring
    /// and the objects it opens everything, so keep the keyring elsewhere. It fits SQLite and
    /// PostgreSQL, whichever it comes from.
    Backup {
        /// File to write, or - for standard output
        file: PathBuf,
    },
    /// Make the catalog from a backup, where there is none
    ///
    /// The keyring has to be there. To move to another database, back up, set `catalog` in the
    /// configuration, and restore.
    Restore {
        /// The backup, or - for standard input
        file: PathBuf,
    },
    /// Look at every row, every object's length and every wrapped key
    Check,
}
