//! Erasures: what was asked for, how far they are, and what they froze.

use std::{fmt, str::FromStr};

use scrim_policy::{ArtefactId, ErasureId, RecordingId, TenantId};
use sqlx::{any::AnyRow, query};

use super::{
    Catalog, CatalogError,
    rows::{number, optional_number, optional_parsed, parsed, time, value},
};
use crate::{
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const FIND: &str = "look for an erasure";

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$of])* $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word for it in the catalog.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(())
            }
        }
    };
}

words!(
    /// How far an erasure reaches.
    Reach {
        /// One source and every recording made from it.
        Recording = "recording",
        /// One participant, in all recordings.
        Person = "person",
        /// Everything of a tenant.
        Tenant = "tenant",
        /// Whatever retention says has to go.
        Expiry = "expiry",
        /// What participants have refused of one source.
        Refusal = "refusal",
    }
);

words!(
    /// The step of an erasure that is done.
    ErasureStep {
        /// Nobody gets what has to go, and no run writes to it.
        Frozen = "frozen",
        /// All places are known.
        Listed = "listed",
        /// The objects are deleted.
        ObjectsDeleted = "objects_deleted",
        /// The rows are deleted, wrapped keys with them.
        RowsDeleted = "rows_deleted",
        /// The key that wrapped them is destroyed.
        Shredded = "shredded",
        /// It was looked at again, and nothing was found.
        Proven = "proven",
        /// The certificate is signed.
        Certified = "certified",
    }
);

words!(
    /// What becomes of the row of a recording.
    RecordingFate {
        /// It goes.
        Deleted = "deleted",
        /// It stays, and nobody gets anything of it.
        Withdrawn = "withdrawn",
        /// It stays as it is, without some of its artefacts.
        Kept = "kept",
    }
);

words!(
    /// What a withdrawn recording is rendered from.
    RenderBasis {
        /// The layers of the other participants, which are kept.
        Layers = "layers",
        /// The source, which has to be given once more.
        Source = "source",
    }
);

/// One erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// Its id.
    pub id: ErasureId,
    /// Whose.
    pub tenant: TenantId,
    /// How far it reaches.
    pub reach: Reach,
    /// The step that is done.
    pub step: ErasureStep,
    /// When it began.
    pub begun_at: Timestamp,
    /// When the key was destroyed.
    pub shredded_at: Option<Timestamp>,
    /// When it was certified.
    pub finished_at: Option<Timestamp>,
    /// The oldest version of the tenant's key that unwraps since.
    pub key_oldest: Option<u32>,
    /// The signed certificate.
    pub certificate: Option<String>,
}

/// A recording that an erasure touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The recording.
    pub recording: RecordingId,
    /// Its source.
    pub source_sha256: Sha256Digest,
    /// What becomes of its row.
    pub fate: RecordingFate,
}

/// A recording that waits to be rendered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderQueued {
    /// The recording.
    pub recording: RecordingId,
    /// The erasure that withdrew it, or destroys what a participant has refused. None has begun
    /// where a hold does not allow it yet.
    pub erasure: Option<ErasureId>,
    /// Since when.
    pub queued_at: Timestamp,
    /// What it is rendered from.
    pub basis: RenderBasis,
}

/// What is to be erased.
#[derive(Clone, Debug)]
pub enum Selection {
    /// A recording, and everything else that was made from the same source.
    Recording(RecordingId),
    /// Whoever is found by one of these digests.
    Person(Vec<KeyedDigest>),
    /// Everything.
    Tenant,
    /// These artefacts, and what becomes of their recordings.
    Expiry {
        /// What has to go.
        artefacts: Vec<ArtefactId>,
        /// The recordings, with what becomes of their rows.
        recordings: Vec<(RecordingId, RecordingFate)>,
    },
}

impl Selection {
    /// Says how far it reaches.
    pub const fn reach(&self) -> Reach {
        match self {
            Self::Recording(_) => Reach::Recording,
            Self::Person(_) => Reach::Person,
            Self::Tenant => Reach::Tenant,
            Self::Expiry { .. } => Reach::Expiry,
        }
    }
}

impl ErasureRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        let at = |column| {
            value::<Option<i64>>(row, column).map(|micros| micros.map(Timestamp::from_micros))
        };
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            reach: parsed(row, "scope")?,
            step: parsed(row, "step")?,
            begun_at: time(row, "begun_at")?,
            shredded_at: at("shredded_at")?,
            finished_at: at("finished_at")?,
            key_oldest: optional_number(row, "key_oldest")?,
            certificate: value(row, "certificate")?,
        })
    }
}

impl Catalog {
    /// Returns an erasure.
    ///
    /// # Errors
    /// [`CatalogError::NoErasure`], [`CatalogError::Unreadable`] and those of the database.
    pub async fn erasure(&self, id: ErasureId) -> Result<ErasureRow, CatalogError> {
        let row = query("SELECT * FROM erasure WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        ErasureRow::read(&row.ok_or(CatalogError::NoErasure { erasure: id })?)
    }

    /// Returns all erasures of a tenant, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn erasures(&self, tenant: TenantId) -> Result<Vec<ErasureRow>, CatalogError> {
        let rows = query("SELECT * FROM erasure WHERE tenant = $1 ORDER BY begun_at, id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(ErasureRow::read).collect()
    }

    /// Returns the recordings that an erasure touches.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn frozen(&self, id: ErasureId) -> Result<Vec<Frozen>, CatalogError> {
        let rows = query("SELECT * FROM erasure_recording WHERE erasure = $1 ORDER BY recording")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        let frozen = |row| {
            Ok(Frozen {
                recording: parsed(row, "recording")?,
                source_sha256: parsed(row, "source_sha256")?,
                fate: parsed(row, "fate")?,
            })
        };
        rows.iter().map(frozen).collect()
    }

    /// Returns whom an erasure is about.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn frozen_people(
        &self,
        id: ErasureId,
    ) -> Result<Vec<FrozenPerson>, CatalogError> {
        let rows = query("SELECT * FROM erasure_person WHERE erasure = $1")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(FrozenPerson::read).collect()
    }

    /// Returns the recordings of a tenant that wait to be rendered again, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn render_queue(&self, tenant: TenantId) -> Result<Vec<RenderQueued>, CatalogError> {
        let rows =
            query("SELECT * FROM render_queue WHERE tenant = $1 ORDER BY queued_at, recording")
                .bind(tenant.to_string())
                .fetch_all(&self.pool)
                .await
                .map_err(|source| CatalogError::while_doing("list what is queued", source))?;
        let queued = |row| {
            Ok(RenderQueued {
                recording: parsed(row, "recording")?,
                erasure: optional_parsed(row, "erasure")?,
                queued_at: time(row, "queued_at")?,
                basis: parsed(row, "basis")?,
            })
        };
        rows.iter().map(queued).collect()
    }
}

impl Catalog {
    /// Says whether somebody who was erased is still listed, or a layer of theirs is still there.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn people_left(&self, erasure: ErasureId) -> Result<bool, CatalogError> {
        let left = query(
            "SELECT erasure_person.recording AS recording FROM erasure_person
             WHERE erasure_person.erasure = $1 AND (
                 EXISTS (SELECT 1 FROM participant
                     WHERE participant.recording = erasure_person.recording
                     AND participant.person = erasure_person.person)
                 OR EXISTS (SELECT 1 FROM artefact
                     WHERE artefact.recording = erasure_person.recording
                     AND artefact.subject = erasure_person.subject)) LIMIT 1",
        )
        .bind(erasure.to_string())
        .fetch_optional(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        Ok(left.is_some())
    }

    /// Counts the recordings of a tenant that list nobody, so that nobody is found in them.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn count_unlisted(&self, tenant: TenantId) -> Result<u64, CatalogError> {
        let row = query(
            "SELECT COUNT(*) AS unlisted FROM recording WHERE tenant = $1
             AND id NOT IN (SELECT recording FROM participant)",
        )
        .bind(tenant.to_string())
        .fetch_one(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        number(&row, "unlisted")
    }
}

/// Somebody whom an erasure is about, in one recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrozenPerson {
    pub(crate) recording: RecordingId,
    pub(crate) person: i64,
    pub(crate) subject: KeyedDigest,
}

impl FrozenPerson {
    pub(super) fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            recording: parsed(row, "recording")?,
            person: value(row, "person")?,
            subject: parsed(row, "subject")?,
        })
    }
}
