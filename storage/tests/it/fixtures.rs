//! What several tests need.

use std::{
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
};

use scrim_policy::{ArtefactId, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, DataKey, Job, KeyedDigest, Sha256Digest, Timestamp,
    seal::{OpenError, Opener, PlaintextHash, SealContext, SealedInfo, Sealer, SegmentSize},
};
use uuid::Uuid;

/// 2026-09-21 14:13:20 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

pub(crate) fn later(seconds: i64) -> Timestamp {
    Timestamp::from_micros(NOW.as_micros() + seconds * 1_000_000)
}

pub(crate) fn recording(number: u128) -> RecordingId {
    RecordingId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn artefact(number: u128) -> ArtefactId {
    ArtefactId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn context() -> SealContext {
    SealContext::new(
        TenantId::SINGLE,
        recording(1),
        artefact(2),
        ArtefactKind::Recording,
    )
}

/// Bytes that repeat nowhere near a segment border.
pub(crate) fn text(count: usize) -> Vec<u8> {
    (0..count)
        .map(|index| (index % 251) as u8 ^ (index / 251) as u8)
        .collect()
}

pub(crate) fn job(name: &str) -> Job {
    Job {
        tenant: TenantId::SINGLE,
        key: KeyedDigest::from_bytes(*Sha256Digest::of(name.as_bytes()).as_bytes()),
        source_sha256: Sha256Digest::of(b"source"),
        policy_sha256: Sha256Digest::of(b"policy"),
        policy_name: "stage only".to_owned(),
        original: None,
    }
}

pub(crate) fn part_key(name: &str) -> KeyedDigest {
    KeyedDigest::from_bytes(*Sha256Digest::of(name.as_bytes()).as_bytes())
}

/// A sealed object and everything that opens it.
pub(crate) struct Sealed {
    pub(crate) key: DataKey,
    pub(crate) context: SealContext,
    pub(crate) size: SegmentSize,
    pub(crate) info: SealedInfo,
    pub(crate) object: Vec<u8>,
}

impl Sealed {
    pub(crate) fn new(size: SegmentSize, plaintext: &[u8]) -> Self {
        let key = DataKey::random().unwrap();
        let context = context();
        let hash = PlaintextHash::Sha256;
        let mut sealer = Sealer::with_segments(size, Vec::new(), &key, &context, hash).unwrap();
        sealer.write_all(plaintext).unwrap();
        let (info, object) = sealer.finish().unwrap();
        Self {
            key,
            context,
            size,
            info,
            object,
        }
    }

    pub(crate) fn opener<'a>(
        &self,
        object: &'a [u8],
        info: &SealedInfo,
    ) -> Result<Opener<Cursor<&'a [u8]>>, OpenError> {
        let object = Cursor::new(object);
        Opener::with_segments(self.size, object, &self.key, &self.context, info.clone())
    }
}

/// What a reader gives before it fails or ends.
pub(crate) struct ReadOut {
    pub(crate) plaintext: Vec<u8>,
    pub(crate) error: Option<OpenError>,
}

/// Reads until the end or the first error, in pieces that fit no segment.
pub(crate) fn read_out(reader: &mut impl Read) -> ReadOut {
    let mut plaintext = Vec::new();
    let mut piece = [0; 19];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => {
                return ReadOut {
                    plaintext,
                    error: None,
                };
            }
            Ok(count) => plaintext.extend_from_slice(&piece[..count]),
            Err(error) => {
                let error = error.downcast().expect("readers fail with an OpenError");
                return ReadOut {
                    plaintext,
                    error: Some(error),
                };
            }
        }
    }
}

/// The lengths that the object itself suggests, as a lying catalog would state them.
pub(crate) fn lengths_of_object(sealed: &Sealed, object: &[u8]) -> Option<SealedInfo> {
    let ciphertext_bytes = object.len() as u64;
    let segments = sealed.size.segments(ciphertext_bytes);
    let plaintext_bytes = ciphertext_bytes.checked_sub(40 + 16 * segments)?;
    let is_possible = sealed.size.ciphertext_bytes(plaintext_bytes) == Some(ciphertext_bytes);
    is_possible.then(|| SealedInfo {
        plaintext_bytes,
        ciphertext_bytes,
        segments,
        ..sealed.info.clone()
    })
}

/// All files below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
