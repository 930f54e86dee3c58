//! A search through everything that the catalog holds: the proof that nothing is left.

use std::collections::HashSet;

use sqlx::{AssertSqlSafe, Column, Row, query};

use super::{Catalog, CatalogError, Engine, rows::value};

const SEARCH: &str = "search the catalog";

/// Tables that may name what was erased: the erasures themselves, evidence of holds, what a
/// person has withdrawn, which is deleted with an erasure of its source, the audit log,
/// whose bodies are blanked by itself, and what the database keeps about its layout.
const EVIDENCE: [&str; 8] = [
    "erasure",
    "erasure_recording",
    "erasure_place",
    "erasure_person",
    "erasure_invited",
    "legal_hold",
    "withdrawn_source",
    "_sqlx_migrations",
];

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl Catalog {
    /// Searches every column of every table for ids and digests, also inside longer texts. Returns
    /// the first place where one is.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn search(
        &self,
        words: &HashSet<String>,
    ) -> Result<Option<Found>, CatalogError> {
        for table in self.tables().await? {
            if EVIDENCE.contains(&table.as_str()) || table.starts_with("audit_") {
                continue;
            }
            if let Some(column) = self.search_table(&table, words).await? {
                return Ok(Some(Found { table, column }));
            }
        }
        Ok(None)
    }

    async fn tables(&self) -> Result<Vec<String>, CatalogError> {
        let text = match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                 ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables
                 WHERE schemaname = current_schema() ORDER BY tablename"
            }
        };
        let rows = query(text)
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(SEARCH, source))?;
        rows.iter().map(|row| value(row, "name")).collect()
    }

    /// The whole table is read a page at a time: what is not looked at is not proven.
    async fn search_table(
        &self,
        table: &str,
        words: &HashSet<String>,
    ) -> Result<Option<String>, CatalogError> {
        const PAGE: i64 = 10_000;
        let failed = |source| CatalogError::while_doing(SEARCH, source);
        // One transaction, so that rows do not move between pages.
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let order = match self.engine {
            Engine::Sqlite => "rowid",
            Engine::Postgres => "ctid",
        };
        let mut offset = 0;
        loop {
            // Names of tables come from the database itself, and hold no quotes here.
            let text = format!("SELECT * FROM \"{table}\" ORDER BY {order} LIMIT $1 OFFSET $2");
            let rows = query(AssertSqlSafe(text))
                .bind(PAGE)
                .bind(offset)
                .fetch_all(&mut *transaction)
                .await
                .map_err(failed)?;
            let found = rows.iter().find_map(|row| found_in(row, words));
            if found.is_some() || rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                return Ok(found);
            }
            offset += PAGE;
        }
    }
}

/// Returns the column of a row that holds one of the words.
fn found_in(row: &sqlx::any::AnyRow, words: &HashSet<String>) -> Option<String> {
    let is_hit = |text: &str| {
        let mut pieces = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        pieces.any(|piece| words.contains(piece))
    };
    row.columns().iter().find_map(|column| {
        let at = column.ordinal();
        let is_found = match row.try_get::<Option<String>, _>(at) {
            Ok(text) => text.is_some_and(|text| is_hit(&text)),
            // Numbers are neither, and hold no word.
            Err(_) => {
                let bytes: Option<Vec<u8>> = row.try_get(at).ok().flatten();
                bytes.is_some_and(|bytes| is_hit(&String::from_utf8_lossy(&bytes)))
            }
        };
        is_found.then(|| column.name().to_owned())
    })
}
