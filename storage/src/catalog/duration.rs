//! How long a recording lasts, once it is known better than its header knew.

use sqlx::query;

use super::{Catalog, CatalogError, Claim, claims::guard, rows::sql_number};
use crate::timestamp::Timestamp;

const CORRECT: &str = "correct the duration of a recording";

impl Catalog {
    /// Replaces the duration of a recording that is being rendered: headers may lack it or be wrong.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`] and
    /// those of the database.
    pub async fn correct_duration(
        &self,
        claim: &Claim,
        duration_ns: u64,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(CORRECT, source);
        let mut transaction = self.write(CORRECT).await?;
        guard(&mut transaction, claim, now, CORRECT).await?;
        query("UPDATE recording SET duration_ns = $2 WHERE id = $1")
            .bind(claim.recording().to_string())
            .bind(sql_number(duration_ns))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
