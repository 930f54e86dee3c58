//! `scrim storage`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Say where the store is and what it can do, found by trying it
    ///
    /// Everything happens below a throw-away prefix, which is removed again. What a store lacks is
    /// named with what Scrim does instead. The result is signed and kept in the catalog.
    Doctor {
        /// Try versions, locks and lifecycles too, in two throw-away buckets; takes half a minute
        #[arg(long)]
        with_buckets: bool,
    },
}
