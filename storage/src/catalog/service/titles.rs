//! What recordings are called.

use scrim_policy::{RecordingId, TenantId};
use sqlx::query;

use super::{
    super::{
        Catalog, CatalogError,
        rows::{parsed, value},
    },
    Sealed,
};

const DOING: &str = "keep a title";

impl Catalog {
    /// Sets the title of a recording of this tenant.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`] and those of the database.
    pub(crate) async fn set_title(
        &self,
        recording: RecordingId,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(DOING, source);
        let mut transaction = self.write_words(&sealed, DOING).await?;
        let set = query(
            "INSERT INTO recording_words (recording, tenant, words)
             SELECT id, tenant, $3 FROM recording WHERE id = $1 AND tenant = $2
             ON CONFLICT (recording) DO UPDATE SET words = excluded.words",
        )
        .bind(recording.to_string())
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if set.rows_affected() == 0 {
            return Err(CatalogError::NoRecording { recording });
        }
        transaction.commit().await.map_err(failed)
    }

    /// Returns the sealed titles of all recordings of a tenant that have one.
    pub(crate) async fn titles(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<(RecordingId, Vec<u8>)>, CatalogError> {
        let rows = query("SELECT recording, words FROM recording_words WHERE tenant = $1")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(DOING, source))?;
        rows.iter()
            .map(|row| Ok((parsed(row, "recording")?, value(row, "words")?)))
            .collect()
    }

    /// Returns the sealed title of a recording of this tenant.
    pub(crate) async fn title(
        &self,
        tenant: TenantId,
        recording: RecordingId,
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let row = query("SELECT words FROM recording_words WHERE recording = $1 AND tenant = $2")
            .bind(recording.to_string())
            .bind(tenant.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(DOING, source))?;
        row.as_ref().map(|row| value(row, "words")).transpose()
    }
}
