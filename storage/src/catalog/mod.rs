//! What is known about recordings and artefacts: SQLite, one file.
//!
//! ```text
//! planned ──► rendering ──► published
//!    ▲            │  └────► held         the gate said no
//!    │            ▼
//!    └───────── failed                   a new run of the same job takes up what is finished
//! ```
//!
//! A run works under a [`Claim`], which carries the generation number of the recording. Each new run
//! of a job raises that number, so that whatever an earlier run still tries to write is refused.
//!
//! > **Publishing is one transaction.** It needs the claim to be the newest one and the recording
//! > to be in rendering; otherwise nothing changes.
//!
//! > **No name, no e-mail address and no name of a source file is in the catalog.** What could be
//! > guessed from a hash is hashed with a key.

mod artefacts;
mod error;
mod listing;
mod rows;
mod runs;

pub use error::CatalogError;
pub use listing::{Cursor, Page};
pub use rows::{ArtefactRow, ArtefactState, Failure, RecordingRow, RecordingState, StageResult};
pub use runs::{Begun, Claim, Job, Recorded, StagePart};

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    SqlSafeStr, SqlitePool,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::durable;

/// Version, description and text of each layout. An applied one is never edited: its checksum is in
/// the catalog.
const MIGRATIONS: [(i64, &str, &str); 1] = [(
    1,
    "recordings",
    include_str!("../../migrations/sqlite/0001_recordings.sql"),
)];

/// Readers do not wait for writers, so a few connections serve all threads of a run.
const CONNECTIONS: u32 = 4;
/// How long a writer waits for another process. Transactions here take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The catalog. Its functions are asynchronous; [`crate::Vault`] offers them to threads.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: SqlitePool,
}

impl Catalog {
    /// Opens a catalog, created with mode 0600 if it was missing, and brings its tables up to date.
    ///
    /// # Errors
    /// [`CatalogError::WrittenByNewer`], [`CatalogError::Busy`] and those of the database.
    pub async fn open(path: &Path) -> Result<Self, CatalogError> {
        const DOING: &str = "open the catalog";
        let io_error = |source| CatalogError::while_doing(DOING, sqlx::Error::Io(source));
        let lock_path = path.with_added_extension("lock");
        let _lock = tokio::task::spawn_blocking(move || durable::lock(&lock_path))
            .await
            .expect("waiting for a lock does not panic and is not cancelled")
            .map_err(io_error)?
            .ok_or(CatalogError::Busy { doing: DOING })?;
        create_private(path).map_err(io_error)?;

        let sorted = |source| CatalogError::while_doing(DOING, source);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options(path))
            .await
            .map_err(sorted)?;
        match migrator().run(&pool).await {
            Ok(()) => Ok(Self { pool }),
            Err(MigrateError::VersionMissing(version)) => {
                Err(CatalogError::WrittenByNewer { version })
            }
            Err(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) => {
                Err(sorted(source))
            }
            Err(source) => Err(CatalogError::Migrate { source }),
        }
    }

    /// Closes all connections, which also folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn migrator() -> Migrator {
    let migration = |(version, description, sql): (i64, &'static str, &'static str)| {
        let sql = sql.into_sql_str();
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            sql,
            false,
        )
    };
    Migrator::with_migrations(MIGRATIONS.map(migration).to_vec())
}

/// SQLite would create the file readable by all, and gives its companions the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(PathBuf::from(path))
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // A published recording is still published after a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Deleted rows hold wrapped keys. They are overwritten, and never spilt to a temporary file.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
}
