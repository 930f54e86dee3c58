//! What is known about recordings and artefacts, in SQLite or in PostgreSQL.
//!
//! ```text
//! planned ──► rendering ─┬─► published ─┐
//!    ▲            │      ├─► ready ─────┼─► withdrawn   nobody gets it any more
//!    │            ▼      └─► held ──────┘
//!    └───────── failed
//!
//! ready, held, withdrawn ──► published   a person has decided it
//!
//! original                               kept for jobs to come, or recorded live
//! ```
//!
//! A new run of a failed job takes up what is finished. Both databases are asked the same questions
//! in the same words; one writer writes at a time in either.
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
mod audit;
mod backup;
mod batches;
mod begin;
mod check;
mod claims;
mod duration;
mod erasures;
mod error;
mod freeze;
mod holds;
mod imports;
mod invited;
mod keys;
mod listing;
mod live;
mod originals;
mod place;
mod places;
mod refusals;
mod retention;
mod review;
mod room_sources;
mod rows;
mod runs;
mod search;
mod service;
mod stores;
mod superseding;
mod turn;

pub(crate) use audit::Wanted;
pub use backup::BackupSummary;
pub(crate) use backup::{Account, TABLES};
pub use batches::{BatchItemRow, BatchRow, ItemOutcome, ItemState};
pub use begin::{Arrival, Participant};
pub use check::CatalogFinding;
pub use claims::Claim;
pub(crate) use erasures::FrozenPerson;
pub use erasures::{
    ErasureRow, ErasureStep, Frozen, Reach, RecordingFate, RenderBasis, RenderQueued, Selection,
};
pub use error::CatalogError;
pub use holds::HoldRow;
pub(crate) use holds::SealedHold;
pub(crate) use imports::{Arriving, BegunImport, ImportGate, Opening};
pub(crate) use invited::FrozenInvited;
pub(crate) use keys::Wrapped;
pub use keys::{KeyEpoch, KeyUse};
pub use listing::{Cursor, Page};
pub use live::LiveSessionRow;
pub use originals::Original;
pub(crate) use originals::OriginalBegun;
pub(crate) use place::Engine;
pub use place::{CatalogPlace, DatabaseUrl};
pub use places::Place;
pub(crate) use places::Tombstones;
pub use refusals::Refusal;
pub use retention::KeptArtefact;
pub(crate) use review::{Revised, SealedReason};
pub use rows::{ArtefactRow, ArtefactState, Failure, RecordingRow, RecordingState, StageResult};
pub use runs::{Begun, Job, Recorded, StagePart};
pub use search::Found;
pub(crate) use service::{
    ACCOUNT, ANSWER, API_TOKEN, AccountRow, Becomes, CONSENT, Column, ConsentRow, Invited, JOB,
    JOB_FAILURE, JobClaim, JobEnd, JobRow, LINK, LinkRow, MESSAGE, MessageRow, NewAccount,
    NewConsent, NewJob, NewLink, NewMessage, NewRegistration, NewRoom, NewRoomInvitation, POLICY,
    PolicyRow, RECORDING, ROOM, ROOM_INVITATION, ROOM_REGISTRATION, RegistrationLimits,
    RegistrationRow, RoomInvitationRow, RoomRow, RoomWritten, Sealed, TakenBack, TokenRow, UPLOAD,
    UploadRow, WEBHOOK, WebhookRow, WordsKey,
};
pub use service::{
    Channel, InvitedSeat, JobState, MessageStanding, MessageState, RegistrationState, RoomState,
    UploadState,
};

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::{AnyConnection, AnyPool, Connection, migrate::MigrateError};

use crate::durable;

/// The catalog. Its functions are asynchronous; [`crate::Vault`] offers them to threads.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: AnyPool,
    engine: Engine,
}

const OPEN: &str = "open the catalog";

impl Catalog {
    /// Opens the catalog in a SQLite file, see [`Catalog::connect`].
    ///
    /// # Errors
    /// Those of [`Catalog::connect`].
    pub async fn open(path: &Path) -> Result<Self, CatalogError> {
        Self::connect(&CatalogPlace::File(path.to_owned())).await
    }

    /// Opens a catalog and brings its tables up to date. A missing file is created with mode 0600; a
    /// missing database is not created.
    ///
    /// # Errors
    /// [`CatalogError::WrittenByNewer`], [`CatalogError::Busy`], [`CatalogError::NotADatabase`] and
    /// those of the database.
    pub async fn connect(place: &CatalogPlace) -> Result<Self, CatalogError> {
        Self::connect_to_layout(place, i64::MAX).await
    }

    /// Opens a catalog and brings its tables up to a layout, or to the newest one that is known. Only
    /// the newest is good for anything but filling in the rows of an old backup.
    ///
    /// # Errors
    /// Those of [`Catalog::connect`].
    pub async fn connect_to_layout(
        place: &CatalogPlace,
        layout: i64,
    ) -> Result<Self, CatalogError> {
        sqlx::any::install_default_drivers();
        // PostgreSQL locks its migrations itself; SQLite would only say that it is busy.
        let _lock = match place {
            CatalogPlace::File(path) => Some(prepare_file(path).await?),
            CatalogPlace::Postgres(_) => None,
        };
        let engine = place.engine();
        let sorted = |source| CatalogError::while_doing(OPEN, source);
        let options = place.connect_options()?;
        // The pool would try again and again where this one connection says at once what is wrong.
        let mut first = AnyConnection::connect_with(&options)
            .await
            .map_err(sorted)?;
        engine.prepare(&mut first).await.map_err(sorted)?;
        let migrated = engine.migrator(layout).run(&mut first).await;
        match migrated {
            Ok(()) => first.close().await.map_err(sorted)?,
            Err(MigrateError::VersionMissing(version)) => {
                return Err(CatalogError::WrittenByNewer { version });
            }
            Err(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) => {
                return Err(sorted(source));
            }
            Err(source) => return Err(CatalogError::Migrate { source }),
        }
        Ok(Self {
            pool: engine.pool_options().connect_lazy_with(options),
            engine,
        })
    }

    /// Closes all connections, which also folds the write-ahead log of SQLite into its file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Takes the lock under which tables are changed, and makes sure that the file is there.
async fn prepare_file(path: &Path) -> Result<std::fs::File, CatalogError> {
    let io_error = |source| CatalogError::while_doing(OPEN, sqlx::Error::Io(source));
    let lock_path: PathBuf = path.with_added_extension("lock");
    let lock = tokio::task::spawn_blocking(move || durable::lock(&lock_path))
        .await
        .expect("waiting for a lock does not panic and is not cancelled")
        .map_err(io_error)?
        .ok_or(CatalogError::Busy { doing: OPEN })?;
    create_private(path).map_err(io_error)?;
    Ok(lock)
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
