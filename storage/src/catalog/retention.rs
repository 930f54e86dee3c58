//! Tags, rules, and how old everything is.

use std::collections::{BTreeMap, BTreeSet};

use scrim_policy::{
    ArtefactId, Days, RecordingId, RetentionClass, RetentionRule, RetentionRules, Tag, TenantId,
};
use sqlx::{Any, Transaction, query};

use super::{
    Catalog, CatalogError, RecordingRow,
    rows::{number, parsed, value},
};
use crate::{artefact::ArtefactKind, timestamp::Timestamp};

const TAG: &str = "tag a recording";
const LIST: &str = "list what is kept";
const RULES: &str = "list retention rules";
const SET: &str = "set a retention rule";
const CLEAR: &str = "clear a retention rule";

/// An artefact as far as its end depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptArtefact {
    /// Its id.
    pub id: ArtefactId,
    /// What it belongs to.
    pub recording: RecordingId,
    /// What it holds.
    pub kind: ArtefactKind,
}

impl Catalog {
    /// Returns the tags of a recording.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn tags(&self, recording: RecordingId) -> Result<BTreeSet<Tag>, CatalogError> {
        let rows = query("SELECT tag FROM recording_tag WHERE recording = $1")
            .bind(recording.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("list tags", source))?;
        rows.iter().map(|row| parsed(row, "tag")).collect()
    }

    /// Adds and takes away tags. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`] and those of the database.
    pub async fn change_tags(
        &self,
        recording: RecordingId,
        add: &[Tag],
        take_away: &[Tag],
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(TAG, source);
        let mut transaction = self.write(TAG).await?;
        let found = query("SELECT id FROM recording WHERE id = $1")
            .bind(recording.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        if found.is_none() {
            return Err(CatalogError::NoRecording { recording });
        }
        let texts = [
            (
                take_away,
                "DELETE FROM recording_tag WHERE recording = $1 AND tag = $2",
            ),
            (
                add,
                "INSERT INTO recording_tag (recording, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            ),
        ];
        for (tags, text) in texts {
            for tag in tags {
                query(text)
                    .bind(recording.to_string())
                    .bind(tag.as_str())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)
    }

    /// Returns the rules of a tenant.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn retention_rules(&self, tenant: TenantId) -> Result<RetentionRules, CatalogError> {
        let rows = query("SELECT * FROM retention_rule WHERE tenant = $1 ORDER BY class, tag")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(RULES, source))?;
        let rule = |row| {
            let tag: &str = value(row, "tag")?;
            let tag = (!tag.is_empty()).then(|| parsed(row, "tag")).transpose()?;
            let days = number(row, "days")?;
            Ok(RetentionRule {
                class: parsed(row, "class")?,
                tag,
                period: Days::new(days).map_err(|_| CatalogError::Unreadable { column: "days" })?,
            })
        };
        rows.iter()
            .map(rule)
            .collect::<Result<_, _>>()
            .map(RetentionRules::new)
    }

    /// Sets a rule, in the place of an earlier one for the same class and tag.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_retention_rule(
        &self,
        tenant: TenantId,
        rule: &RetentionRule,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(SET, source);
        let mut transaction = self.write(SET).await?;
        delete_rule(&mut transaction, tenant, rule.class, rule.tag.as_ref())
            .await
            .map_err(failed)?;
        query("INSERT INTO retention_rule (tenant, class, tag, days) VALUES ($1, $2, $3, $4)")
            .bind(tenant.to_string())
            .bind(rule.class.as_str())
            .bind(rule.tag.as_ref().map_or("", Tag::as_str))
            .bind(i64::from(rule.period.count()))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Takes a rule away and says whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn clear_retention_rule(
        &self,
        tenant: TenantId,
        class: RetentionClass,
        tag: Option<&Tag>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(CLEAR, source);
        let mut transaction = self.write(CLEAR).await?;
        let deleted = delete_rule(&mut transaction, tenant, class, tag)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(deleted > 0)
    }

    /// Returns all recordings of a tenant, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn all_recordings(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let rows = query("SELECT * FROM recording WHERE tenant = $1 ORDER BY created_at, id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(RecordingRow::read).collect()
    }

    /// Returns all artefacts of a tenant.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn kept_artefacts(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<KeptArtefact>, CatalogError> {
        let rows = query(
            "SELECT artefact.id AS id, artefact.recording AS recording, artefact.kind AS kind
             FROM artefact JOIN recording ON recording.id = artefact.recording
             WHERE recording.tenant = $1 ORDER BY artefact.id",
        )
        .bind(tenant.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(LIST, source))?;
        let kept = |row| {
            Ok(KeptArtefact {
                id: parsed(row, "id")?,
                recording: parsed(row, "recording")?,
                kind: parsed(row, "kind")?,
            })
        };
        rows.iter().map(kept).collect()
    }

    /// Returns the tags of all recordings of a tenant that have some.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn all_tags(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<RecordingId, BTreeSet<Tag>>, CatalogError> {
        let rows = query(
            "SELECT recording, tag FROM recording_tag
             WHERE recording IN (SELECT id FROM recording WHERE tenant = $1)",
        )
        .bind(tenant.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(LIST, source))?;
        let mut tags: BTreeMap<RecordingId, BTreeSet<Tag>> = BTreeMap::new();
        for row in &rows {
            let recording = parsed(row, "recording")?;
            tags.entry(recording)
                .or_default()
                .insert(parsed(row, "tag")?);
        }
        Ok(tags)
    }

    /// Returns when the last sweep of a tenant was certified, and when the oldest recording began.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn sweep_times(
        &self,
        tenant: TenantId,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), CatalogError> {
        let row = query(
            "SELECT
             (SELECT MAX(finished_at) FROM erasure
              WHERE tenant = $1 AND scope = 'expiry' AND step = 'certified') AS swept,
             (SELECT MIN(created_at) FROM recording WHERE tenant = $1) AS oldest",
        )
        .bind(tenant.to_string())
        .fetch_one(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing("look for the last sweep", source))?;
        let time = |column| {
            value::<Option<i64>>(&row, column).map(|micros| micros.map(Timestamp::from_micros))
        };
        Ok((time("swept")?, time("oldest")?))
    }
}

async fn delete_rule(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    class: RetentionClass,
    tag: Option<&Tag>,
) -> Result<u64, sqlx::Error> {
    query("DELETE FROM retention_rule WHERE tenant = $1 AND class = $2 AND tag = $3")
        .bind(tenant.to_string())
        .bind(class.as_str())
        .bind(tag.map_or("", Tag::as_str))
        .execute(&mut **transaction)
        .await
        .map(|deleted| deleted.rows_affected())
}
