//! A catalog as lines of text, and a catalog from them.
//!
//! The lines do not depend on the database, so a catalog can move from SQLite to PostgreSQL and
//! back:
//!
//! ```text
//! {"format":"scrim-catalog/1","layout":2}
//! {"table":"recording","row":{"id":"rec_…","created_at":1790000000000000,…}}
//! {"table":"artefact","row":{…,"wrapped_key":{"base64":"…"}}}
//! {"rows":2,"sha256":"…","signature":"…"}
//! ```
//!
//! Columns that are NULL are left out. The last line states how many rows there are, the SHA-256 of
//! everything before it, and a signature over that hash by the keyring that belongs to the catalog.
//!
//! > **A backup is restored whole or not at all.** Rows appear in one transaction, which ends only
//! > after the last line was found to be right.

mod restore;

use std::io::Write;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Any, AssertSqlSafe, Column, Row, Transaction, any::AnyRow, query};

pub(crate) use self::restore::Account;
use super::{Catalog, CatalogError, Engine};
use crate::digest::Sha256Digest;

/// The form of the lines. A change that older programs cannot read gets another name.
const FORMAT: &str = "scrim-catalog/1";

/// What is signed is this text, a line break and the hash, so that the signature means nothing else.
const SIGNED: &str = "scrim/catalog-backup/v1";

const WRITE: &str = "read the catalog for a backup";
/// All tables, parents before children, and the order of their rows where one row may need another.
pub(crate) const TABLES: [(&str, &str); 47] = [
    ("recording", "original IS NOT NULL, created_at, id"),
    ("artefact", "id"),
    ("stage_result", "recording, stage, part"),
    ("recording_tag", "recording, tag"),
    ("participant", "recording, person, subject"),
    ("render_queue", "recording"),
    ("retention_rule", "tenant, class, tag"),
    ("legal_hold", "id"),
    ("erasure", "id"),
    ("erasure_recording", "erasure, recording"),
    ("erasure_place", "erasure, object_key"),
    ("erasure_person", "erasure, recording, person, subject"),
    ("erased_source", "tenant, source"),
    ("erased_person", "tenant, source, subject"),
    ("withdrawn_source", "tenant, source, recording"),
    ("batch", "id"),
    ("batch_item", "batch, locator"),
    ("batch_recording", "batch, recording"),
    ("key_epoch", "tenant, kms"),
    ("tenant_key", "tenant, kms"),
    ("store_capability", "store, probed_at"),
    ("tenant_import", "archive"),
    ("tenant_words", "tenant"),
    ("account", "id"),
    ("session", "digest"),
    ("invitation", "digest"),
    ("api_token", "id"),
    ("recording_words", "recording"),
    ("saved_policy", "id, version"),
    ("upload", "id"),
    ("job", "id"),
    ("link", "id"),
    ("webhook", "id"),
    ("outbox", "id"),
    ("answered_request", "account, key"),
    ("room", "id"),
    ("room_invitation", "id"),
    ("live_session", "recording"),
    ("room_source", "room, source_sha256"),
    ("session_layer", "artefact"),
    ("refusal", "tenant, source_sha256, participant, purpose"),
    ("consent", "id"),
    ("room_registration", "id"),
    ("erasure_invited", "erasure, entry"),
    ("audit_entry", "seq"),
    ("audit_tree", "id"),
    ("audit_checkpoint", "size"),
];

/// How many rows a backup has, and the hash that its signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// Rows of all tables.
    pub rows: u64,
    /// SHA-256 of all lines but the last.
    pub sha256: Sha256Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    layout: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row {
        table: String,
        row: Map<String, Value>,
    },
    End(End),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    rows: u64,
    sha256: String,
    signature: String,
}

impl BackupSummary {
    /// Returns the bytes that are signed.
    fn signed_bytes(&self) -> Vec<u8> {
        format!("{SIGNED}\n{}", self.sha256).into_bytes()
    }
}

/// Writes lines and hashes them.
struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
    rows: u64,
}

impl Lines<'_> {
    fn write(&mut self, line: &Value) -> Result<(), CatalogError> {
        let text = format!("{line}\n");
        self.hash.update(text.as_bytes());
        self.out
            .write_all(text.as_bytes())
            .map_err(|source| CatalogError::BackupFile { source })
    }
}

impl Catalog {
    /// Writes everything that the catalog holds at one moment. `sign` signs the hash with the key of
    /// the keyring. The last line is returned instead: without it the backup is none, so that whoever
    /// writes it decides when there is one.
    ///
    /// # Errors
    /// [`CatalogError::BackupFile`] and those of the database.
    pub(crate) async fn back_up(
        &self,
        out: &mut dyn Write,
        sign: &dyn Fn(&[u8]) -> [u8; 64],
    ) -> Result<(BackupSummary, String), CatalogError> {
        let failed = |source| CatalogError::while_doing(WRITE, source);
        let mut snapshot = self.snapshot().await.map_err(failed)?;
        let mut lines = Lines {
            out,
            hash: Sha256::new(),
            rows: 0,
        };
        let layout = self.engine.newest_layout();
        lines.write(&json!({"format": FORMAT, "layout": layout}))?;
        for (table, order) in TABLES {
            let text = format!("SELECT * FROM {table} ORDER BY {order}");
            let mut rows = query(AssertSqlSafe(text)).fetch(&mut *snapshot);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                lines.write(&json!({"table": table, "row": cells(&row)?}))?;
                lines.rows += 1;
            }
        }
        let summary = BackupSummary {
            rows: lines.rows,
            sha256: Sha256Digest::finished(lines.hash),
        };
        let end = json!({
            "rows": summary.rows,
            "sha256": summary.sha256.to_string(),
            "signature": STANDARD.encode(sign(&summary.signed_bytes())),
        });
        Ok((summary, end.to_string()))
    }

    /// Begins a transaction that sees everything as it is now, whatever others write meanwhile.
    pub(super) async fn snapshot(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.engine {
            Engine::Sqlite => self.pool.begin().await,
            Engine::Postgres => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                self.pool.begin_with(begin).await
            }
        }
    }
}

/// A row as JSON. There are three types of columns: numbers, texts and bytes.
fn cells(row: &AnyRow) -> Result<Map<String, Value>, CatalogError> {
    let mut cells = Map::new();
    for (index, column) in row.columns().iter().enumerate() {
        let cell = if let Ok(number) = row.try_get::<Option<i64>, _>(index) {
            number.map(Value::from)
        } else if let Ok(text) = row.try_get::<Option<String>, _>(index) {
            text.map(Value::from)
        } else {
            let bytes = row
                .try_get::<Option<Vec<u8>>, _>(index)
                .map_err(|source| CatalogError::while_doing(WRITE, source))?;
            bytes.map(|bytes| json!({"base64": STANDARD.encode(bytes)}))
        };
        if let Some(cell) = cell {
            cells.insert(column.name().to_owned(), cell);
        }
    }
    Ok(cells)
}
