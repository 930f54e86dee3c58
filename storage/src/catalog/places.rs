//! The frozen list of an erasure, and taking out the rows of what it lists.

use scrim_policy::{ArtefactId, ErasureId};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError, Engine, ErasureRow, ErasureStep, Frozen, Reach, RecordingFate, audit,
    invited, room_sources,
    rows::{number, optional_parsed, parsed, sql_number, value},
};
use crate::{
    artefact::ArtefactKind,
    audit::{About, Author},
    digest::KeyedDigest,
    keyring::WrappedKey,
    objects::ObjectKey,
    timestamp::Timestamp,
};

const LIST: &str = "list the places of an erasure";
const DELETE: &str = "delete the rows of an erasure";
const STEP: &str = "go on with an erasure";

/// An object that has to go, and the key that opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it lies.
    pub object_key: ObjectKey,
    /// What it holds; nothing for an object that the catalog did not know.
    pub kind: Option<ArtefactKind>,
    /// The participant whose own layer it is.
    pub subject: Option<KeyedDigest>,
    /// Length of the sealed object in bytes.
    pub bytes: u64,
    /// Its wrapped key, until the erasure is proven.
    pub wrapped_key: Option<WrappedKey>,
}

/// What is remembered of what was erased, all of it as keyed digests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tombstones {
    /// Sources that are not processed again.
    pub(crate) sources: Vec<KeyedDigest>,
    /// Source, person in it, and what the person is found by in that source.
    pub(crate) people: Vec<(KeyedDigest, i64, KeyedDigest)>,
}

impl Place {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        let bytes: Option<Vec<u8>> = value(row, "wrapped_key")?;
        let wrapped_key = match bytes {
            None => None,
            Some(bytes) => Some(WrappedKey {
                kms: parsed(row, "kms")?,
                version: number(row, "key_version")?,
                bytes,
            }),
        };
        Ok(Self {
            object_key: parsed(row, "object_key")?,
            kind: optional_parsed(row, "kind")?,
            subject: optional_parsed(row, "subject")?,
            bytes: number(row, "bytes")?,
            wrapped_key,
        })
    }
}

/// What is copied from the row of an artefact.
pub(super) const COPY: &str =
    "INSERT INTO erasure_place (erasure, object_key, kind, subject, bytes,
     wrapped_key, key_version, kms)
     SELECT $1, object_key, kind, subject, ciphertext_bytes, wrapped_key, key_version, kms
     FROM artefact WHERE ";

/// Lists one artefact.
pub(super) async fn add_known(
    transaction: &mut Transaction<'_, Any>,
    erasure: ErasureId,
    artefact: ArtefactId,
) -> Result<(), sqlx::Error> {
    query(sqlx::AssertSqlSafe(format!(
        "{COPY} id = $2 ON CONFLICT DO NOTHING"
    )))
    .bind(erasure.to_string())
    .bind(artefact.to_string())
    .execute(&mut **transaction)
    .await
    .map(drop)
}

impl Catalog {
    /// Writes down everything that has to go: what the catalog knows, and `unknown` objects that
    /// only the store has. The step is then [`ErasureStep::Listed`].
    ///
    /// Of a recording that stays without a person, what is the others' own stays. So does the timeline
    /// of a session, which names the person no more.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn list_places(
        &self,
        erasure: &ErasureRow,
        unknown: &[(ObjectKey, u64)],
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(LIST, source);
        let mut transaction = self.write(LIST).await?;
        if erasure.reach != Reach::Expiry {
            let known = format!(
                "{COPY} recording IN (SELECT recording FROM erasure_recording
                 WHERE erasure = $1 AND fate <> 'kept')
                 AND NOT (recording IN (
                     SELECT recording FROM erasure_recording
                     WHERE erasure = $1 AND fate = 'withdrawn')
                     AND (kind = 'timeline' AND state = 'complete' OR kind IN ('layer', 'chat')
                         AND subject IS NOT NULL AND subject NOT IN (
                             SELECT subject FROM erasure_person WHERE erasure = $1)))
                 ON CONFLICT DO NOTHING"
            );
            query(sqlx::AssertSqlSafe(known))
                .bind(erasure.id.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        for (key, bytes) in unknown {
            query(
                "INSERT INTO erasure_place (erasure, object_key, bytes) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(erasure.id.to_string())
            .bind(key.to_string())
            .bind(sql_number(*bytes))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        }
        step(&mut transaction, erasure, ErasureStep::Listed)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns everything that has to go.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn places(&self, erasure: ErasureId) -> Result<Vec<Place>, CatalogError> {
        let rows = query("SELECT * FROM erasure_place WHERE erasure = $1 ORDER BY object_key")
            .bind(erasure.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(Place::read).collect()
    }

    /// Says that a step is done. Doing it again changes nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn step_done(
        &self,
        erasure: &ErasureRow,
        done: ErasureStep,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(STEP, source);
        let mut transaction = self.write(STEP).await?;
        step(&mut transaction, erasure, done)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Takes out all rows of what has to go, wrapped keys with them, blanks what the audit log says
    /// about it, puts tombstones up and queues what is to be rendered again, in one transaction. The step is then
    /// [`ErasureStep::RowsDeleted`].
    ///
    /// # Errors
    /// [`CatalogError::Constraint`] where a hold was placed all the same, and those of the database.
    pub(crate) async fn delete_rows(
        &self,
        erasure: &ErasureRow,
        tombstones: &Tombstones,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(DELETE, source);
        let frozen = self.frozen(erasure.id).await?;
        let mut transaction = self.write(DELETE).await?;
        let id = erasure.id.to_string();
        for text in deletions(erasure.reach) {
            query(text)
                .bind(&id)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        invited::delete(&mut transaction, erasure.id)
            .await
            .map_err(failed)?;
        put_up(&mut transaction, erasure, tombstones, now)
            .await
            .map_err(failed)?;
        if matches!(erasure.reach, Reach::Person | Reach::Refusal) {
            enqueue(&mut transaction, erasure, now)
                .await
                .map_err(failed)?;
        }
        query(
            "DELETE FROM recording WHERE id IN (SELECT recording FROM erasure_recording
             WHERE erasure = $1 AND fate = 'deleted')",
        )
        .bind(&id)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        room_sources::forget_gone(&mut transaction, erasure.tenant)
            .await
            .map_err(failed)?;
        for about in about(erasure, &frozen) {
            audit::blank(&mut transaction, about, author, now).await?;
        }
        if erasure.reach == Reach::Tenant {
            for text in TENANT_DELETIONS {
                query(text)
                    .bind(erasure.tenant.to_string())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
        }
        step(&mut transaction, erasure, ErasureStep::RowsDeleted)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        self.let_go().await
    }

    /// Says that the key is destroyed.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn shredded(
        &self,
        erasure: &ErasureRow,
        key_oldest: Option<u32>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(STEP, source);
        let mut transaction = self.write(STEP).await?;
        query("UPDATE erasure SET shredded_at = $2, key_oldest = $3 WHERE id = $1")
            .bind(erasure.id.to_string())
            .bind(now.as_micros())
            .bind(key_oldest.map(i64::from))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        step(&mut transaction, erasure, ErasureStep::Shredded)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Keeps the certificate and forgets the list, the people on it and the keys that open nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn certify(
        &self,
        erasure: &ErasureRow,
        certificate: &str,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing("certify an erasure", source);
        let mut transaction = self.write("certify an erasure").await?;
        query(
            "UPDATE erasure SET step = 'certified', finished_at = $2, certificate = $3
             WHERE id = $1 AND step <> 'certified'",
        )
        .bind(erasure.id.to_string())
        .bind(now.as_micros())
        .bind(certificate)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        for text in [
            "DELETE FROM erasure_place WHERE erasure = $1",
            "DELETE FROM erasure_person WHERE erasure = $1",
            "DELETE FROM erasure_invited WHERE erasure = $1",
            "DELETE FROM erasure_recording WHERE erasure = $1",
        ] {
            query(text)
                .bind(erasure.id.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        self.let_go().await
    }

    /// Has the database let go of what was deleted: folds the log of SQLite into its file and cuts
    /// it, and gives the dead rows of PostgreSQL free to be overwritten. What is in use meanwhile
    /// goes with the next time.
    async fn let_go(&self) -> Result<(), CatalogError> {
        let texts: &[&'static str] = match self.engine {
            Engine::Sqlite => &["PRAGMA wal_checkpoint(TRUNCATE)"],
            Engine::Postgres => &[
                "VACUUM artefact",
                "VACUUM participant",
                "VACUUM erasure_place",
                "VACUUM erasure_person",
                "VACUUM room_registration",
                "VACUUM room_invitation",
            ],
        };
        for text in texts {
            query(*text)
                .execute(&self.pool)
                .await
                .map_err(|source| CatalogError::while_doing("let go of deleted rows", source))?;
        }
        Ok(())
    }
}

/// Moves to a later step, never to an earlier one: two processes may work on the same erasure.
async fn step(
    transaction: &mut Transaction<'_, Any>,
    erasure: &ErasureRow,
    done: ErasureStep,
) -> Result<(), sqlx::Error> {
    let earlier = ErasureStep::ALL.iter().filter(|one| **one < done);
    let earlier: Vec<String> = earlier.map(|one| format!("'{one}'")).collect();
    let text = format!(
        "UPDATE erasure SET step = '{done}' WHERE id = $1 AND step IN ({})",
        earlier.join(", ")
    );
    query(sqlx::AssertSqlSafe(text))
        .bind(erasure.id.to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// What goes beside the places. A refusal says nothing about rosters, and the jobs are to make it
/// again.
fn deletions(reach: Reach) -> impl Iterator<Item = &'static str> {
    let words: &'static [&'static str] = match reach {
        Reach::Refusal => &JOB_DELETIONS,
        Reach::Recording | Reach::Person | Reach::Tenant | Reach::Expiry => &WORDS_DELETIONS,
    };
    DELETIONS.iter().chain(words).copied()
}

const DELETIONS: [&str; 3] = [
    "DELETE FROM participant WHERE EXISTS (SELECT 1 FROM erasure_person
     WHERE erasure_person.erasure = $1 AND erasure_person.recording = participant.recording
     AND erasure_person.person = participant.person)",
    "DELETE FROM stage_result WHERE recording IN (SELECT recording FROM erasure_recording
     WHERE erasure = $1 AND fate = 'withdrawn')",
    "DELETE FROM artefact WHERE object_key IN (SELECT object_key FROM erasure_place
     WHERE erasure = $1)",
];

const JOB_DELETIONS: [&str; 1] = [
    "DELETE FROM job WHERE recording IN (SELECT recording FROM erasure_recording
     WHERE erasure = $1 AND fate = 'deleted')",
];

const WORDS_DELETIONS: [&str; 3] = [
    // With the rosters in their words.
    "DELETE FROM job WHERE original IN (SELECT recording FROM erasure_recording WHERE erasure = $1)
     OR recording IN (SELECT recording FROM erasure_recording WHERE erasure = $1)",
    "DELETE FROM upload WHERE original IN (SELECT recording FROM erasure_recording
     WHERE erasure = $1) OR recording IN (SELECT recording FROM erasure_recording WHERE erasure = $1)",
    // Nobody knows whom they speak of.
    "DELETE FROM answered_request WHERE tenant = (SELECT tenant FROM erasure WHERE id = $1)",
];

const TENANT_DELETIONS: [&str; 19] = [
    "DELETE FROM retention_rule WHERE tenant = $1",
    "DELETE FROM legal_hold WHERE tenant = $1",
    "DELETE FROM erased_source WHERE tenant = $1",
    "DELETE FROM erased_person WHERE tenant = $1",
    "DELETE FROM invitation WHERE tenant = $1",
    "DELETE FROM account WHERE tenant = $1",
    "DELETE FROM saved_policy WHERE tenant = $1",
    "DELETE FROM upload WHERE tenant = $1",
    "DELETE FROM job WHERE tenant = $1",
    "DELETE FROM webhook WHERE tenant = $1",
    "DELETE FROM outbox WHERE tenant = $1",
    "DELETE FROM room_registration WHERE tenant = $1",
    "DELETE FROM room_invitation WHERE tenant = $1",
    "DELETE FROM room WHERE tenant = $1",
    "DELETE FROM room_source WHERE tenant = $1",
    "DELETE FROM refusal WHERE tenant = $1",
    "DELETE FROM consent WHERE tenant = $1",
    "DELETE FROM tenant_words WHERE tenant = $1",
    "DELETE FROM withdrawn_source WHERE tenant = $1",
];

/// Whose entries of the audit log lose their bodies. What has expired or was refused was not asked
/// to be forgotten: that it was there may still be accounted for.
fn about(erasure: &ErasureRow, frozen: &[Frozen]) -> Vec<About> {
    if matches!(erasure.reach, Reach::Expiry | Reach::Refusal) {
        return Vec::new();
    }
    let deleted = frozen
        .iter()
        .filter(|one| one.fate == RecordingFate::Deleted);
    let recordings = deleted.map(|one| About::Recording(one.recording));
    let is_all = erasure.reach == Reach::Tenant;
    let tenant = is_all.then_some(About::Tenant(erasure.tenant));
    recordings.chain(tenant).collect()
}

async fn put_up(
    transaction: &mut Transaction<'_, Any>,
    erasure: &ErasureRow,
    tombstones: &Tombstones,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for source in &tombstones.sources {
        query(
            "INSERT INTO erased_source (tenant, source, erasure, erased_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(erasure.tenant.to_string())
        .bind(source.to_string())
        .bind(erasure.id.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await?;
        // What is erased is refused to everybody.
        query("DELETE FROM withdrawn_source WHERE tenant = $1 AND source = $2")
            .bind(erasure.tenant.to_string())
            .bind(source.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    for (source, person, subject) in &tombstones.people {
        query(
            "INSERT INTO erased_person (tenant, source, person, subject, erasure)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(erasure.tenant.to_string())
        .bind(source.to_string())
        .bind(*person)
        .bind(subject.to_string())
        .bind(erasure.id.to_string())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Queues what was withdrawn by an erasure. Layers that are left are those of the others, its own or
/// those of the session that it was made from. What was withdrawn before that stays so: rendering it
/// again would publish what somebody has taken back.
async fn enqueue(
    transaction: &mut Transaction<'_, Any>,
    erasure: &ErasureRow,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO render_queue (recording, tenant, erasure, queued_at, basis)
         SELECT id, tenant, $1, $2, CASE WHEN EXISTS (
             SELECT 1 FROM artefact WHERE artefact.kind = 'layer'
             AND (artefact.recording = recording.id OR artefact.recording = recording.original))
             THEN 'layers' ELSE 'source' END
         FROM recording WHERE state <> 'original' AND id IN (SELECT recording
             FROM erasure_recording WHERE erasure = $1 AND fate = 'withdrawn' AND was_withdrawn = 0)
         ON CONFLICT (recording) DO UPDATE SET erasure = excluded.erasure
         WHERE render_queue.erasure IS NULL",
    )
    .bind(erasure.id.to_string())
    .bind(now.as_micros())
    .execute(&mut **transaction)
    .await
    .map(drop)
}
