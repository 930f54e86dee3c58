//! Words: short texts about people and things, sealed under one data key per tenant.

use scrim_policy::TenantId;
use sqlx::{Any, AssertSqlSafe, Transaction, query};

use super::super::{
    Catalog, CatalogError,
    keys::require_current_key,
    rows::{number, parsed, sql_number, value},
};
use crate::keyring::WrappedKey;

const DOING: &str = "keep the key of words";
const RESEAL: &str = "seal words anew";

/// A column that holds words, and what tells its rows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    table: &'static str,
    /// An expression in SQL.
    row: &'static str,
    column: &'static str,
}

impl Column {
    const fn new(table: &'static str, row: &'static str, column: &'static str) -> Self {
        Self { table, row, column }
    }

    /// What words in this column are bound to, so that none stands for another.
    pub(crate) fn context(self, tenant: TenantId, row: &str) -> String {
        let Self { table, column, .. } = self;
        format!("scrim/words/v1|{tenant}|{table}|{column}|{row}")
    }
}

pub(crate) const ACCOUNT: Column = Column::new("account", "id", "words");
pub(crate) const API_TOKEN: Column = Column::new("api_token", "id", "words");
pub(crate) const RECORDING: Column = Column::new("recording_words", "recording", "words");
pub(crate) const POLICY: Column = Column::new("saved_policy", "id || '/' || version", "words");
pub(crate) const UPLOAD: Column = Column::new("upload", "id", "words");
pub(crate) const JOB: Column = Column::new("job", "id", "words");
pub(crate) const JOB_FAILURE: Column = Column::new("job", "id", "failure_words");
pub(crate) const LINK: Column = Column::new("link", "id", "words");
pub(crate) const WEBHOOK: Column = Column::new("webhook", "id", "words");
pub(crate) const MESSAGE: Column = Column::new("outbox", "id", "words");
pub(crate) const ROOM: Column = Column::new("room", "id", "words");
pub(crate) const ROOM_INVITATION: Column = Column::new("room_invitation", "id", "words");
pub(crate) const CONSENT: Column = Column::new("consent", "id", "words");
pub(crate) const ROOM_REGISTRATION: Column = Column::new("room_registration", "id", "words");
pub(crate) const ANSWER: Column = Column::new("answered_request", "account || '/' || key", "words");

/// All columns that hold words. **One that is missing here is lost with the next erasure.**
const COLUMNS: [Column; 15] = [
    ACCOUNT,
    API_TOKEN,
    RECORDING,
    POLICY,
    UPLOAD,
    JOB,
    JOB_FAILURE,
    LINK,
    WEBHOOK,
    MESSAGE,
    ROOM,
    ROOM_INVITATION,
    CONSENT,
    ROOM_REGISTRATION,
    ANSWER,
];

/// The data key of a tenant's words, wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WordsKey {
    pub(crate) tenant: TenantId,
    pub(crate) epoch: u64,
    pub(crate) wrapped: WrappedKey,
}

/// Words as they should be from now on: of a column, a row and a sealed text.
pub(crate) type Reseal<'a> =
    dyn Fn(Column, &str, &[u8]) -> Result<Vec<u8>, CatalogError> + Sync + 'a;

impl Catalog {
    /// Returns the data key of a tenant's words, if there is one.
    pub(crate) async fn words_key(
        &self,
        tenant: TenantId,
    ) -> Result<Option<WordsKey>, CatalogError> {
        let row = query("SELECT * FROM tenant_words WHERE tenant = $1")
            .bind(tenant.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(DOING, source))?;
        let read = |row| {
            Ok(WordsKey {
                tenant,
                epoch: number(row, "epoch")?,
                wrapped: WrappedKey {
                    kms: parsed(row, "kms")?,
                    version: number(row, "key_version")?,
                    bytes: value(row, "wrapped_key")?,
                },
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Adds the first key of a tenant's words. Says whether it did: somebody may have been faster.
    pub(crate) async fn add_words_key(&self, key: &WordsKey) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(DOING, source);
        let mut transaction = self.write(DOING).await?;
        require_current_key(&mut transaction, key.tenant, &key.wrapped, DOING).await?;
        let added = query(
            "INSERT INTO tenant_words (tenant, epoch, wrapped_key, key_version, kms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant) DO NOTHING",
        )
        .bind(key.tenant.to_string())
        .bind(sql_number(key.epoch))
        .bind(&key.wrapped.bytes)
        .bind(i64::from(key.wrapped.version))
        .bind(key.wrapped.kms.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(added.rows_affected() == 1)
    }

    /// Puts a key in the place of the one before, and with it all words of the tenant. Says whether
    /// it did: the one before may not be the one any more.
    pub(crate) async fn replace_words_key(
        &self,
        before: u64,
        key: &WordsKey,
        reseal: &Reseal<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(RESEAL, source);
        let mut transaction = self.write(RESEAL).await?;
        require_current_key(&mut transaction, key.tenant, &key.wrapped, RESEAL).await?;
        let replaced = query(
            "UPDATE tenant_words SET epoch = $3, wrapped_key = $4, key_version = $5, kms = $6
             WHERE tenant = $1 AND epoch = $2",
        )
        .bind(key.tenant.to_string())
        .bind(sql_number(before))
        .bind(sql_number(key.epoch))
        .bind(&key.wrapped.bytes)
        .bind(i64::from(key.wrapped.version))
        .bind(key.wrapped.kms.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if replaced.rows_affected() == 0 {
            return Ok(false);
        }
        for column in COLUMNS {
            reseal_column(&mut transaction, key.tenant, column, reseal).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }
}

async fn reseal_column(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    column: Column,
    reseal: &Reseal<'_>,
) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::while_doing(RESEAL, source);
    let Column {
        table,
        row,
        column: name,
    } = column;
    // All names are in the program.
    let select = format!(
        "SELECT CAST({row} AS TEXT) AS place, {name} AS words FROM {table}
         WHERE tenant = $1 AND {name} IS NOT NULL"
    );
    let update = format!("UPDATE {table} SET {name} = $3 WHERE tenant = $1 AND {row} = $2");
    let rows = query(AssertSqlSafe(select))
        .bind(tenant.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    for found in &rows {
        let place: String = value(found, "place")?;
        let sealed: Vec<u8> = value(found, "words")?;
        query(AssertSqlSafe(update.clone()))
            .bind(tenant.to_string())
            .bind(&place)
            .bind(reseal(column, &place, &sealed)?)
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

/// Makes sure that words which were sealed under a key are still read with it.
pub(super) async fn require_words(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    epoch: u64,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let found = query("SELECT epoch FROM tenant_words WHERE tenant = $1 AND epoch = $2")
        .bind(tenant.to_string())
        .bind(sql_number(epoch))
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(doing, source))?;
    found.map(drop).ok_or(CatalogError::StaleWords { tenant })
}
