//! The signed statement that ends an erasure. It names ids, words of Scrim and numbers, nobody.

use std::collections::BTreeMap;

use scrim_policy::{ErasureId, RecordingId, TenantId};
use serde::{Deserialize, Serialize};

use super::ErasureTerms;
use crate::{
    catalog::{ErasureRow, Frozen, FrozenInvited, FrozenPerson, Place, Reach, RecordingFate},
    keyring::Keyring,
    proof::{Envelope, ProofError, Signer},
    signing::PublicKey,
    timestamp::Timestamp,
};

/// The schema of [`Certificate`] that this program writes and reads.
const SCHEMA: u32 = 1;

/// What was erased, where, and how it was shown to be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of this form. Set when it is signed.
    pub schema: u32,
    /// The erasure.
    pub erasure: ErasureId,
    /// Whose.
    pub tenant: TenantId,
    /// How far it reached: `recording`, `person`, `tenant`, `expiry` or `refusal`.
    pub reach: String,
    /// When it began, RFC 3339 in UTC.
    pub begun_at: String,
    /// When it was proven, RFC 3339 in UTC.
    pub finished_at: String,
    /// The recordings that it touched.
    pub recordings: Vec<CertifiedRecording>,
    /// What was deleted, by place and kind.
    pub places: Vec<PlaceCount>,
    /// How often a person was taken out of a recording. It says neither who nor how many people.
    pub participations: u64,
    /// Which keys were destroyed.
    pub keys: DestroyedKeys,
    /// What was looked at afterwards, and what was found.
    pub absence: Absence,
    /// What copies may still be opened, and until when.
    pub backups: Backups,
    /// What this certificate does not say.
    pub limits: Vec<String>,
    /// The key that signs. Set when it is signed.
    pub public_key: Option<PublicKey>,
}

/// A recording that was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedRecording {
    /// The recording.
    pub recording: RecordingId,
    /// `deleted`, `withdrawn` or `kept`.
    pub fate: String,
}

/// What was deleted in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceCount {
    /// `object store` or `catalog`.
    pub place: String,
    /// The kind of artefact, `unknown` for objects that the catalog did not know, or what else of the
    /// catalog: `registration` and `invitation` to a room, `recording row`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Their length in bytes, for objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Which keys were destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestroyedKeys {
    /// Wrapped data keys that were deleted.
    pub data_keys: u64,
    /// The key managements that had wrapped them.
    pub kms: Vec<String>,
    /// Versions of the tenant's key below this one were destroyed. Without it, all were, or there
    /// were no data keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed_below: Option<u32>,
    /// When, RFC 3339 in UTC.
    pub destroyed_at: Option<String>,
}

/// What was looked at after everything was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Objects that the store still listed.
    pub objects_left: u64,
    /// Wrapped data keys that were tried.
    pub keys_tried: u64,
    /// How many of them opened.
    pub keys_opened: u64,
    /// Ids that were searched in every table of the catalog.
    pub ids_searched: u64,
    /// How many of them were found.
    pub ids_found: u64,
}

/// What copies may still be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backups {
    /// For how many days the operator keeps backups of keys.
    pub window_days: u32,
    /// When the last copy of a destroyed key is gone, RFC 3339 in UTC.
    pub closed_at: String,
    /// What that means.
    pub statement: String,
}

impl Certificate {
    /// Puts a certificate together from what was frozen, so that it is the same however often the
    /// erasure was taken up again.
    pub(super) fn new(
        erasure: &ErasureRow,
        frozen: &[Frozen],
        (people, invited): (&[FrozenPerson], &[FrozenInvited]),
        places: &[Place],
        terms: ErasureTerms,
        now: Timestamp,
    ) -> Self {
        let data_keys = places.iter().filter(|place| place.wrapped_key.is_some());
        let mut kms: Vec<String> = data_keys
            .clone()
            .filter_map(|place| Some(place.wrapped_key.as_ref()?.kms.to_string()))
            .collect();
        kms.sort_unstable();
        kms.dedup();
        let data_keys = data_keys.count() as u64;
        let mut participations: Vec<_> = people
            .iter()
            .map(|one| (one.recording, one.person))
            .collect();
        participations.sort_unstable();
        participations.dedup();
        let shredded_at = erasure.shredded_at.unwrap_or(now);
        Self {
            schema: SCHEMA,
            erasure: erasure.id,
            tenant: erasure.tenant,
            reach: erasure.reach.to_string(),
            begun_at: erasure.begun_at.to_string(),
            finished_at: now.to_string(),
            recordings: frozen
                .iter()
                .map(|one| CertifiedRecording {
                    recording: one.recording,
                    fate: one.fate.to_string(),
                })
                .collect(),
            places: counts(frozen, invited, places),
            participations: participations.len() as u64,
            keys: DestroyedKeys {
                data_keys,
                kms,
                destroyed_below: erasure.key_oldest,
                destroyed_at: erasure.shredded_at.map(|at| at.to_string()),
            },
            // Anything else would have been an error instead of a certificate.
            absence: Absence {
                objects_left: 0,
                keys_tried: data_keys,
                keys_opened: 0,
                ids_searched: super::prove::words(frozen, invited, places).len() as u64,
                ids_found: 0,
            },
            backups: Backups {
                window_days: terms.backup_days,
                closed_at: shredded_at.plus_days(terms.backup_days).to_string(),
                statement: BACKUP_STATEMENT.to_owned(),
            },
            limits: limits(erasure.reach),
            public_key: None,
        }
    }

    /// Reads a certificate after checking its signature, with a `trusted` key also whose it is.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify(
        envelope: &Envelope,
        trusted: Option<&PublicKey>,
    ) -> Result<(Self, Signer), ProofError> {
        envelope.verify_as(SCHEMA..=SCHEMA, trusted)
    }
}

impl Keyring {
    /// Signs a certificate. Its `schema` and `public_key` are set here.
    pub fn sign_certificate(&self, certificate: &Certificate) -> Envelope {
        let certificate = Certificate {
            schema: SCHEMA,
            public_key: Some(self.public_key()),
            ..certificate.clone()
        };
        let payload = serde_json::to_string(&certificate)
            .expect("a certificate holds only texts, numbers and lists of them");
        self.sign_payload(payload)
    }
}

const BACKUP_STATEMENT: &str = "copies of the catalog and of the object store open nothing of what \
     was erased; only a copy of the key management itself, made before the keys were destroyed, \
     could, until it is destroyed as well";

fn counts(frozen: &[Frozen], invited: &[FrozenInvited], places: &[Place]) -> Vec<PlaceCount> {
    let mut objects: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for place in places {
        let kind = place
            .kind
            .map_or_else(|| "unknown".to_owned(), |kind| kind.to_string());
        let (count, bytes) = objects.entry(kind.clone()).or_default();
        *count += 1;
        *bytes += place.bytes;
        if place.kind.is_some() {
            *rows.entry(kind).or_default() += 1;
        }
    }
    let objects = objects
        .into_iter()
        .map(|(kind, (count, bytes))| PlaceCount {
            place: "object store".to_owned(),
            kind,
            count,
            bytes: Some(bytes),
        });
    for one in invited {
        *rows.entry(one.kind().to_owned()).or_default() += 1;
    }
    let deleted = frozen
        .iter()
        .filter(|one| one.fate == RecordingFate::Deleted);
    let deleted = deleted.count() as u64;
    let recordings = (deleted > 0).then(|| ("recording row".to_owned(), deleted));
    let rows = rows
        .into_iter()
        .chain(recordings)
        .map(|(kind, count)| PlaceCount {
            place: "catalog".to_owned(),
            kind,
            count,
            bytes: None,
        });
    objects.chain(rows).collect()
}

fn limits(reach: Reach) -> Vec<String> {
    let mut limits = vec![
        "copies outside of this Scrim are not known to it: exports, downloads, the file that a \
         recording was made from"
            .to_owned(),
        "whether a disk keeps overwritten blocks cannot be seen from here; what they hold is \
         encrypted, and the key is destroyed"
            .to_owned(),
    ];
    if reach == Reach::Person {
        limits.push(
            "a person is found where a roster lists them or a layer is theirs; recordings that \
             were made without a roster were not searched"
                .to_owned(),
        );
        limits.push(
            "registrations for rooms and invitations to them are found by the name or the e-mail \
             address that was looked for, where it stands in them"
                .to_owned(),
        );
    }
    if reach == Reach::Refusal {
        limits.push(
            "what participants have refused is destroyed, and everything that was made from it; what is \
             kept of others, and of them for other purposes, is not"
                .to_owned(),
        );
    }
    limits
}
