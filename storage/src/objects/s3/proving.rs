//! Whether a store has kept what it was given.

use std::sync::Arc;

use aws_sdk_s3::types::ChecksumMode;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::{
    Checksum, ReadBack,
    answer::{Answer, sorted},
    bucket::{Bucket, Failed},
};
use crate::objects::{ObjectError, ObjectKey};

/// What is done, in errors.
const DOING: &str = "read back an object";

/// How many parts are read again at the same time.
const AT_ONCE: usize = 3;

/// How many parts a sample has, unless there are fewer.
const SAMPLE: usize = 8;

/// A part of an object as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentPart {
    /// Where it begins.
    pub(super) offset: u64,
    /// Its length.
    pub(super) bytes: u64,
    /// Its hash.
    pub(super) sha256: [u8; 32],
}

/// What was sent.
#[derive(Debug)]
pub(super) enum Sent {
    /// All of it in one request.
    Whole(SentPart),
    /// In parts, in their order.
    Parts(Vec<SentPart>),
}

impl Sent {
    fn parts(&self) -> &[SentPart] {
        match self {
            Self::Whole(only) => std::slice::from_ref(only),
            Self::Parts(parts) => parts,
        }
    }

    fn bytes(&self) -> u64 {
        self.parts().iter().map(|part| part.bytes).sum()
    }

    /// The checksum that a store computes from those that it has verified: of an object sent whole
    /// its own, else the hash of the hashes.
    fn checksum(&self) -> String {
        match self {
            Self::Whole(only) => STANDARD.encode(only.sha256),
            Self::Parts(parts) => {
                let hashes = parts
                    .iter()
                    .fold(Sha256::new(), |all, part| all.chain_update(part.sha256));
                STANDARD.encode(hashes.finalize())
            }
        }
    }
}

/// Asks the store what it has under the name of an object.
///
/// # Errors
/// [`ObjectError::Damaged`] where it is not what was sent, [`ObjectError::NotFound`] where there is
/// nothing, and those of asking.
pub(super) async fn prove(
    bucket: &Arc<Bucket>,
    key: &ObjectKey,
    sent: &Sent,
) -> Result<(), ObjectError> {
    let damaged = || ObjectError::Damaged { key: *key };
    let head = bucket
        .client()
        .head_object()
        .bucket(bucket.name())
        .key(bucket.name_of(key))
        .checksum_mode(ChecksumMode::Enabled)
        .send()
        .await
        .map_err(|error| sorted(DOING, Some(key), &error))?;
    let bytes = head
        .content_length()
        .and_then(|bytes| bytes.try_into().ok());
    if bytes != Some(sent.bytes()) {
        return Err(damaged());
    }
    if bucket.location().checksum == Checksum::Sha256
        && let Some(kept) = head.checksum_sha256()
    {
        // Of parts, their number may follow.
        let kept = kept.split_once('-').map_or(kept, |(hash, _)| hash);
        return match kept == sent.checksum() {
            true => Ok(()),
            false => Err(damaged()),
        };
    }
    let parts = match bucket.location().read_back {
        ReadBack::All => sent.parts().to_vec(),
        ReadBack::Sample => sample(sent.parts()),
    };
    read_back(bucket, key, parts).await
}

/// The first part, the last one, and some in between at equal distances.
fn sample(parts: &[SentPart]) -> Vec<SentPart> {
    let last = parts.len().saturating_sub(1);
    let mut indexes: Vec<usize> = (0..SAMPLE).map(|n| n * last / (SAMPLE - 1)).collect();
    indexes.dedup();
    indexes
        .into_iter()
        .filter_map(|index| parts.get(index).copied())
        .collect()
}

async fn read_back(
    bucket: &Arc<Bucket>,
    key: &ObjectKey,
    parts: Vec<SentPart>,
) -> Result<(), ObjectError> {
    let mut reading = JoinSet::new();
    for part in parts {
        if reading.len() >= AT_ONCE {
            next(&mut reading).await?;
        }
        reading.spawn(read_part(bucket.clone(), *key, part));
    }
    while !reading.is_empty() {
        next(&mut reading).await?;
    }
    Ok(())
}

async fn next(reading: &mut JoinSet<Result<(), ObjectError>>) -> Result<(), ObjectError> {
    match reading.join_next().await {
        Some(Ok(read)) => read,
        Some(Err(error)) => Err(ObjectError::while_doing(DOING, error.into())),
        None => Ok(()),
    }
}

/// Reads a part again and hashes it. Nothing of it stays in memory.
async fn read_part(bucket: Arc<Bucket>, key: ObjectKey, part: SentPart) -> Result<(), ObjectError> {
    if part.bytes == 0 {
        return Ok(());
    }
    let is_as_sent = bucket
        .again(|| async {
            let mut body = bucket
                .client()
                .get_object()
                .bucket(bucket.name())
                .key(bucket.name_of(&key))
                .range(range(part.offset, part.bytes))
                .customize()
                .config_override(bucket.transfer(part.bytes))
                .send()
                .await
                .map_err(|error| Failed::ForGood(sorted(DOING, Some(&key), &error)))?
                .body;
            let mut hash = Sha256::new();
            while let Some(piece) = body.next().await {
                let piece = piece.map_err(|error| broken(DOING, &key, &error))?;
                hash.update(&piece);
            }
            Ok(hash.finalize().as_slice() == part.sha256)
        })
        .await?;
    match is_as_sent {
        true => Ok(()),
        false => Err(ObjectError::Damaged { key }),
    }
}

/// The header for a range of bytes that is not empty.
pub(super) fn range(offset: u64, bytes: u64) -> String {
    format!("bytes={offset}-{}", offset + bytes - 1)
}

/// An answer that ended early may be whole the next time.
pub(super) fn broken(
    doing: &'static str,
    key: &ObjectKey,
    error: &(dyn std::error::Error + 'static),
) -> Failed {
    Failed::PerhapsNot(Answer::broken(error).sorted(doing, Some(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_holds_both_ends_and_no_part_twice() {
        let parts: Vec<SentPart> = (0..1000)
            .map(|offset| SentPart {
                offset,
                bytes: 1,
                sha256: [0; 32],
            })
            .collect();
        for count in [0, 1, 2, 7, 8, 9, 1000] {
            let sample: Vec<u64> = sample(&parts[..count])
                .iter()
                .map(|part| part.offset)
                .collect();
            assert_eq!(sample.len(), count.min(SAMPLE));
            assert!(sample.is_sorted_by(|one, other| one < other), "{sample:?}");
            assert_eq!(sample.first().copied(), (count > 0).then_some(0));
            assert_eq!(sample.last().copied(), (count as u64).checked_sub(1));
        }
    }
}
