//! An object that is read from a bucket.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use tokio::task::JoinHandle;

use super::{
    answer::{Answer, no_length},
    bucket::{Bucket, Failed},
    proving::{broken, range},
    store::Shared,
};
use crate::objects::{ObjectError, ObjectKey};

/// What is done, in errors.
const DOING: &str = "read an object";

/// The length of a sealed segment. Ranges begin and end at whole ones. At another place than the next
/// one, two are read in two requests: a range of the plaintext as long as a segment lies in two.
const SEGMENT: u64 = 1 << 20;

/// What is read when an object is opened: whoever opens it wants its beginning.
const AT_FIRST: u64 = SEGMENT;

/// What is read at once of an object that is read on and on.
const AT_MOST: u64 = 4 * SEGMENT;

/// Reads ranges of an object and keeps one of them. While an object is read on and on, the next
/// range is on its way.
pub(super) struct S3Object {
    shared: Arc<Shared>,
    key: ObjectKey,
    /// Length of the object.
    bytes: u64,
    position: u64,
    /// The range in memory and where it begins.
    held: Vec<u8>,
    held_at: u64,
    /// How many ranges in a row each began where the one before it ended.
    in_a_row: u32,
    ahead: Option<Ahead>,
}

/// A range on its way.
struct Ahead {
    at: u64,
    range: JoinHandle<Result<Vec<u8>, ObjectError>>,
}

/// What is not waited for is not needed.
impl Drop for Ahead {
    fn drop(&mut self) {
        self.range.abort();
    }
}

impl S3Object {
    /// Opens an object with one request, which reads its beginning.
    pub(super) fn open(shared: Arc<Shared>, key: ObjectKey) -> Result<Self, ObjectError> {
        let (held, bytes) = shared.threads.wait(beginning(&shared.bucket, &key))?;
        Ok(Self {
            shared,
            key,
            bytes,
            position: 0,
            held,
            held_at: 0,
            in_a_row: 1,
            ahead: None,
        })
    }

    /// Where the range in memory ends.
    fn held_until(&self) -> u64 {
        self.held_at + self.held.len() as u64
    }

    /// Reads the range that the position is in.
    fn load(&mut self) -> Result<(), ObjectError> {
        let at = self.position - self.position % SEGMENT;
        // What could not be read leaves nothing behind that could be gone on from.
        let is_next = !self.held.is_empty() && at == self.held_until();
        let (bytes, in_a_row) = match is_next {
            true => {
                let twice = self.held.len() as u64 * 2;
                (twice.min(AT_MOST), self.in_a_row + 1)
            }
            false => (SEGMENT, 0),
        };
        self.in_a_row = in_a_row;
        self.held = Vec::new();
        let known = self.ahead.take().filter(|ahead| ahead.at == at);
        let mut wanted = known.unwrap_or_else(|| self.begin(at, bytes));
        if !is_next {
            // By itself, so that the first segment is opened while the second one arrives.
            self.read_ahead(at.saturating_add(SEGMENT), SEGMENT);
        }
        self.held = match self.shared.threads.wait(&mut wanted.range) {
            Ok(range) => range?,
            Err(error) => return Err(ObjectError::while_doing(DOING, error.into())),
        };
        self.held_at = at;
        // Whoever wants two segments has them by then.
        if self.in_a_row > 1 {
            self.read_ahead(self.held_until(), AT_MOST);
        }
        Ok(())
    }

    fn read_ahead(&mut self, at: u64, bytes: u64) {
        self.ahead = (at < self.bytes).then(|| self.begin(at, bytes));
    }

    /// Begins to read a range that begins in the object.
    fn begin(&self, at: u64, bytes: u64) -> Ahead {
        let Shared { bucket, threads } = self.shared.as_ref();
        let fetched = fetch(bucket.clone(), self.key, at, bytes.min(self.bytes - at));
        Ahead {
            at,
            range: threads.handle().spawn(fetched),
        }
    }
}

impl Read for S3Object {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.bytes {
            return Ok(0);
        }
        if !(self.held_at..self.held_until()).contains(&self.position) {
            self.load()?;
        }
        // The range in memory begins at or before the position.
        let available = &self.held[(self.position - self.held_at) as usize..];
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

/// As with files, a place after the end is allowed and reads nothing.
impl Seek for S3Object {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Reads the beginning of an object and its length.
async fn beginning(bucket: &Bucket, key: &ObjectKey) -> Result<(Vec<u8>, u64), ObjectError> {
    bucket
        .again(|| async {
            let got = match request(bucket, key, 0, AT_FIRST).await {
                Ok(got) => got,
                // Of nothing there is no range.
                Err(answer) if answer.is_status(416) => return Ok((Vec::new(), 0)),
                Err(answer) => return Err(Failed::ForGood(answer.sorted(DOING, Some(key)))),
            };
            let total = got.content_range().and_then(total_of);
            let length = total.or_else(|| got.content_length()?.try_into().ok());
            let length = length.ok_or_else(|| Failed::ForGood(no_length(DOING)))?;
            let bytes = collect(key, got.body, length.min(AT_FIRST)).await?;
            Ok((bytes, length))
        })
        .await
}

/// The length after the slash of `bytes 0-99/1234`.
fn total_of(content_range: &str) -> Option<u64> {
    content_range.rsplit_once('/')?.1.parse().ok()
}

/// Reads a range that lies in the object.
async fn fetch(
    bucket: Arc<Bucket>,
    key: ObjectKey,
    at: u64,
    bytes: u64,
) -> Result<Vec<u8>, ObjectError> {
    bucket
        .again(|| async {
            let got = request(&bucket, &key, at, bytes)
                .await
                .map_err(|answer| Failed::ForGood(answer.sorted(DOING, Some(&key))))?;
            collect(&key, got.body, bytes).await
        })
        .await
}

async fn request(
    bucket: &Bucket,
    key: &ObjectKey,
    at: u64,
    bytes: u64,
) -> Result<aws_sdk_s3::operation::get_object::GetObjectOutput, Answer> {
    bucket
        .client()
        .get_object()
        .bucket(bucket.name())
        .key(bucket.name_of(key))
        .range(range(at, bytes))
        .send()
        .await
        .map_err(|error| Answer::of(&error))
}

/// Collects an answer of exactly so many bytes.
async fn collect(
    key: &ObjectKey,
    mut body: aws_sdk_s3::primitives::ByteStream,
    bytes: u64,
) -> Result<Vec<u8>, Failed> {
    let mut collected = Vec::with_capacity(bytes.min(AT_MOST) as usize);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| broken(DOING, key, &error))?;
        if (collected.len() + piece.len()) as u64 > bytes {
            break;
        }
        collected.extend_from_slice(&piece);
    }
    if collected.len() as u64 != bytes {
        let source = io::Error::other("the answer has another length than was asked for");
        let error = ObjectError::Unreachable {
            doing: DOING,
            source,
        };
        return Err(Failed::PerhapsNot(error));
    }
    Ok(collected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_an_object_is_in_the_answer_to_a_range() {
        assert_eq!(total_of("bytes 0-1048575/3145832"), Some(3_145_832));
        assert_eq!(total_of("bytes 0-5/*"), None);
        assert_eq!(total_of("bytes 0-5"), None);
    }
}
