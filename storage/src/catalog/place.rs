//! Where a catalog lies, and what the two databases want to be told.

use std::{fmt, fmt::Write as _, path::Path, path::PathBuf, time::Duration};

use sqlx::{
    AnyConnection, AssertSqlSafe, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{Migration, MigrationType, Migrator},
};
use zeroize::Zeroizing;

use super::CatalogError;

/// How long a writer waits for another process. Transactions here take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Readers do not wait for writers, so a few connections serve all threads of a run.
const CONNECTIONS: u32 = 4;

/// Where a catalog lies.
#[derive(Clone, Debug)]
pub enum CatalogPlace {
    /// In a SQLite file, for one machine.
    File(PathBuf),
    /// In a PostgreSQL database, for several machines.
    Postgres(DatabaseUrl),
}

/// The address of a PostgreSQL database, `postgres://user:password@host/database`. It holds a
/// password, so it prints nothing of itself.
#[derive(Clone)]
pub struct DatabaseUrl(Zeroizing<String>);

impl DatabaseUrl {
    /// Takes over an address.
    ///
    /// # Errors
    /// [`CatalogError::NotADatabase`] where it is not one of PostgreSQL.
    pub fn new(url: String) -> Result<Self, CatalogError> {
        let url = Zeroizing::new(url);
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !is_postgres || url.parse::<AnyConnectOptions>().is_err() {
            return Err(CatalogError::NotADatabase);
        }
        Ok(Self(url))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[database url]")
    }
}

/// Which database it is. Texts of queries are the same for both; locks, migrations and error codes
/// are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl CatalogPlace {
    pub(super) const fn engine(&self) -> Engine {
        match self {
            Self::File(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// How to connect. The password stays in memory for as long as the pool lives, which has to
    /// connect anew when a connection is lost.
    pub(super) fn connect_options(&self) -> Result<AnyConnectOptions, CatalogError> {
        let url = match self {
            Self::File(path) => Zeroizing::new(sqlite_url(path)?),
            Self::Postgres(DatabaseUrl(url)) => url.clone(),
        };
        url.parse().map_err(|_| CatalogError::NotADatabase)
    }
}

/// `mode=rw` because SQLite would create a missing file readable by all.
fn sqlite_url(path: &Path) -> Result<String, CatalogError> {
    let absolute = std::path::absolute(path).map_err(|_| CatalogError::NotADatabase)?;
    let text = absolute.to_str().ok_or(CatalogError::NotADatabase)?;
    let mut url = "sqlite://".to_owned();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("writing to a String does not fail");
        }
    }
    url.push_str("?mode=rw");
    Ok(url)
}

impl Engine {
    /// How connections are made and kept.
    pub(super) fn pool_options(self) -> AnyPoolOptions {
        AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            // SQLite ends a transaction by itself when the disk is full. A connection that still
            // counts on it would begin no other one, so it is replaced.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .after_connect(move |connection, _| Box::pin(self.prepare(connection)))
    }

    /// Tells a new connection how to behave.
    pub(super) async fn prepare(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        for setting in self.settings() {
            connection.execute(AssertSqlSafe(setting)).await?;
        }
        Ok(())
    }

    /// What every connection is told first.
    fn settings(self) -> Vec<String> {
        let millis = BUSY_TIMEOUT.as_millis();
        match self {
            Self::Sqlite => vec![
                format!("PRAGMA busy_timeout = {millis}"),
                "PRAGMA journal_mode = WAL".to_owned(),
                // A published recording is still published after a power cut.
                "PRAGMA synchronous = FULL".to_owned(),
                "PRAGMA foreign_keys = ON".to_owned(),
                // Deleted rows hold wrapped keys. They are overwritten, and never spilt to a
                // temporary file.
                "PRAGMA secure_delete = ON".to_owned(),
                "PRAGMA temp_store = MEMORY".to_owned(),
            ],
            Self::Postgres => vec![
                format!("SET lock_timeout = {millis}"),
                "SET synchronous_commit = on".to_owned(),
            ],
        }
    }

    /// Returns the newest layout that this program knows.
    pub(super) fn newest_layout(self) -> i64 {
        self.migrations(i64::MAX)
            .last()
            .map_or(0, |migration| migration.version)
    }

    /// Brings tables up to a layout, and not beyond it.
    pub(super) fn migrator(self, layout: i64) -> Migrator {
        Migrator::with_migrations(self.migrations(layout))
    }

    fn migrations(self, layout: i64) -> Vec<Migration> {
        let migration = |(version, description, sqlite, postgres)| {
            let sql: &'static str = match self {
                Self::Sqlite => sqlite,
                Self::Postgres => postgres,
            };
            let description: &'static str = description;
            Migration::new(
                version,
                description.into(),
                MigrationType::Simple,
                sqlx::SqlSafeStr::into_sql_str(sql),
                false,
            )
        };
        MIGRATIONS
            .into_iter()
            .filter(|(version, ..)| *version <= layout)
            .map(migration)
            .collect()
    }
}

macro_rules! layout {
    ($version:literal, $file:literal) => {
        (
            $version,
            $file,
            include_str!(concat!("../../migrations/sqlite/", $file, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $file, ".sql")),
        )
    };
}

/// Version, description and texts of each layout. An applied one is never edited: its checksum is in
/// the catalog.
const MIGRATIONS: [(i64, &str, &str, &str); 16] = [
    layout!(1, "0001_recordings"),
    layout!(2, "0002_originals"),
    layout!(3, "0003_audit"),
    layout!(4, "0004_keys"),
    layout!(5, "0005_retention"),
    layout!(6, "0006_batch"),
    layout!(7, "0007_stores"),
    layout!(8, "0008_imports"),
    layout!(9, "0009_tenant_keys"),
    layout!(10, "0010_review"),
    layout!(11, "0011_service"),
    layout!(12, "0012_rooms"),
    layout!(13, "0013_live"),
    layout!(14, "0014_breakouts"),
    layout!(15, "0015_consents"),
    layout!(16, "0016_registrations"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_with_odd_characters_are_one_url() {
        let url = sqlite_url(Path::new("/data/a b?c#d%/ż.db")).unwrap();
        assert_eq!(url, "sqlite:///data/a%20b%3Fc%23d%25/%C5%BC.db?mode=rw");
    }

    #[test]
    fn an_address_shows_nothing_of_itself() {
        let url = DatabaseUrl::new("postgres://scrim:hunter2@localhost/scrim".to_owned()).unwrap();
        let place = CatalogPlace::Postgres(url);
        assert_eq!(format!("{place:?}"), "Postgres([database url])");
        assert!(DatabaseUrl::new("mysql://localhost/scrim".to_owned()).is_err());
        assert!(DatabaseUrl::new("postgres://[".to_owned()).is_err());
    }
}
