//! What people have said to the notices of rooms.

use scrim_policy::{
    AuditEvent, ConsentId, ConsentPurpose, ParticipantId, RecordingId, RoomId, TenantId,
};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError, audit,
        refusals::{Refused, refuse},
        rows::{number, parsed, sql_number, time, value},
    },
    Sealed,
};
use crate::{
    audit::Author,
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const KEEP: &str = "keep what somebody has said in a room";
const FIND: &str = "look for what somebody has said in a room";
const TAKE_BACK: &str = "take back what somebody has said in a room";

/// What one person has said to the notice of a room.
#[derive(Clone, Debug)]
pub(crate) struct ConsentRow {
    pub(crate) id: ConsentId,
    pub(crate) tenant: TenantId,
    pub(crate) room: RoomId,
    pub(crate) words: Vec<u8>,
    pub(crate) revision: u64,
    pub(crate) made_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

/// Something that somebody has said for the first time.
pub(crate) struct NewConsent {
    pub(crate) id: ConsentId,
    pub(crate) room: RoomId,
    pub(crate) person: KeyedDigest,
    pub(crate) digest: Sha256Digest,
    pub(crate) made_at: Timestamp,
}

/// What is taken back, and of what it was recorded.
pub(crate) struct TakenBack<'a> {
    pub(crate) consent: ConsentId,
    /// The revision that was read.
    pub(crate) based_on: u64,
    /// The sources from which nothing is made with it any more. Empty while the meeting goes on.
    pub(crate) sources: &'a [Sha256Digest],
    pub(crate) participants: &'a [ParticipantId],
    pub(crate) purposes: &'a [ConsentPurpose],
    /// What the audit log says of it.
    pub(crate) event: AuditEvent,
}

impl ConsentRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            room: parsed(row, "room")?,
            words: value(row, "words")?,
            revision: number(row, "revision")?,
            made_at: time(row, "made_at")?,
            changed_at: time(row, "changed_at")?,
        })
    }
}

impl Catalog {
    /// Keeps what somebody says for the first time. Says whether it did: the person may have said
    /// something before.
    pub(crate) async fn add_consent(
        &self,
        consent: &NewConsent,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP, source);
        let mut transaction = self.write_words(&sealed, KEEP).await?;
        let added = query(
            "INSERT INTO consent (id, tenant, room, person, digest, words, revision, made_at,
             changed_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7) ON CONFLICT DO NOTHING",
        )
        .bind(consent.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(consent.room.to_string())
        .bind(consent.person.to_string())
        .bind(consent.digest.to_string())
        .bind(sealed.words)
        .bind(consent.made_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(added.rows_affected() == 1)
    }

    /// Keeps what somebody has said by now. Says whether it did: it may be another revision than
    /// the one that was read.
    pub(crate) async fn change_consent(
        &self,
        id: ConsentId,
        based_on: u64,
        sealed: Sealed<'_>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP, source);
        let mut transaction = self.write_words(&sealed, KEEP).await?;
        let changed = query(CHANGE)
            .bind(id.to_string())
            .bind(sealed.tenant.to_string())
            .bind(sql_number(based_on))
            .bind(sealed.words)
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(changed.rows_affected() == 1)
    }

    /// Keeps what somebody has said by now, and refuses it of what was recorded, in one transaction
    /// with the entries in the audit log. Returns what was withdrawn; nothing where the person has
    /// said something else meanwhile.
    pub(crate) async fn take_back(
        &self,
        author: Author<'_>,
        taken: &TakenBack<'_>,
        sealed: Sealed<'_>,
        now: Timestamp,
    ) -> Result<Option<Vec<RecordingId>>, CatalogError> {
        let failed = |source| CatalogError::while_doing(TAKE_BACK, source);
        let mut transaction = self.write_words(&sealed, TAKE_BACK).await?;
        let changed = query(CHANGE)
            .bind(taken.consent.to_string())
            .bind(sealed.tenant.to_string())
            .bind(sql_number(taken.based_on))
            .bind(sealed.words)
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if changed.rows_affected() != 1 {
            return Ok(None);
        }
        let mut events = vec![(taken.event.clone(), now)];
        let mut withdrawn = Vec::new();
        for source in taken.sources {
            let refused = Refused {
                tenant: sealed.tenant,
                source: *source,
                participants: taken.participants,
                purposes: taken.purposes,
            };
            withdrawn.extend(refuse(&mut transaction, &refused, &mut events, now).await?);
        }
        audit::append(&mut transaction, author, &events).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(withdrawn))
    }

    /// Returns what a person has said in a room.
    pub(crate) async fn consent_of_person(
        &self,
        room: RoomId,
        person: KeyedDigest,
    ) -> Result<Option<ConsentRow>, CatalogError> {
        let row = query("SELECT * FROM consent WHERE room = $1 AND person = $2")
            .bind(room.to_string())
            .bind(person.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(ConsentRow::read).transpose()
    }

    /// Returns what a personal link leads to.
    pub(crate) async fn consent_by_digest(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<ConsentRow>, CatalogError> {
        let row = query("SELECT * FROM consent WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(ConsentRow::read).transpose()
    }

    /// Returns what people have said in a room, oldest first.
    pub(crate) async fn consents_of_room(
        &self,
        tenant: TenantId,
        room: RoomId,
    ) -> Result<Vec<ConsentRow>, CatalogError> {
        let rows = query("SELECT * FROM consent WHERE tenant = $1 AND room = $2 ORDER BY id")
            .bind(tenant.to_string())
            .bind(room.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(ConsentRow::read).collect()
    }
}

const CHANGE: &str = "UPDATE consent SET words = $4, revision = revision + 1, changed_at = $5
     WHERE id = $1 AND tenant = $2 AND revision = $3";
