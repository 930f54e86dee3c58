//! An object on its way into a bucket.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, mpsc},
    time::Duration,
};

use aws_sdk_s3::{
    primitives::{ByteStream, SdkBody},
    types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::{
    Checksum,
    answer::{Answer, sorted},
    bucket::{Bucket, Failed},
    deleting,
    parts::{IN_FLIGHT_BYTES, part_bytes},
    proving::{Sent, SentPart, prove},
    store::Shared,
};
use crate::objects::{ObjectError, ObjectKey, PendingObject};

/// What is done, in errors.
const DOING: &str = "write an object";

/// A store may have to put gigabytes together before it answers. It is given the time in which so
/// many bytes are sent.
const ASSEMBLY_ALLOWANCE_BYTES: u64 = 64 << 20;

/// How long an object that is dropped waits until its upload is given up. What is left then is
/// found in [`crate::ObjectStore::unfinished`].
const ABORT_PATIENCE: Duration = Duration::from_secs(20);

/// What is sealed says nothing of what it is.
const CONTENT_TYPE: &str = "application/octet-stream";

/// Completes a request that carries bytes: with the checksum of the location, and time for so many
/// bytes. It is written once for the two types of requests, which share no trait.
macro_rules! with_checksum {
    ($request:ident, $bucket:ident, $sent:ident) => {{
        let checksum = $bucket.location().checksum;
        let request = match checksum {
            Checksum::Sha256 => $request.checksum_sha256(STANDARD.encode($sent.sha256)),
            Checksum::Crc64Nvme => $request.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme),
            Checksum::Crc32c => $request.checksum_algorithm(ChecksumAlgorithm::Crc32C),
            Checksum::None => $request,
        };
        let request = request
            .customize()
            .config_override($bucket.upload($sent.bytes));
        match checksum {
            // The signature covers the checksum, and the checksum covers the body.
            Checksum::Sha256 => request.disable_payload_signing(),
            _ => request,
        }
    }};
}

/// A part that the store has taken.
struct TakenPart {
    sent: SentPart,
    completed: CompletedPart,
}

/// Collects what is written and sends it, in parts as soon as it is more than one.
pub(super) struct PendingUpload {
    shared: Arc<Shared>,
    key: ObjectKey,
    /// The part that is being filled.
    part: Vec<u8>,
    /// Index of the part that is being filled, from 0.
    index: usize,
    /// Where the part begins that is being filled.
    offset: u64,
    /// The store's name of the upload, once there is one.
    upload: Option<String>,
    sending: JoinSet<Result<TakenPart, ObjectError>>,
    bytes_in_flight: usize,
    taken: Vec<TakenPart>,
    has_failed: bool,
}

impl PendingUpload {
    /// Starts an object. Nothing is sent yet.
    pub(super) fn new(shared: Arc<Shared>, key: ObjectKey) -> Self {
        Self {
            shared,
            key,
            part: Vec::new(),
            index: 0,
            offset: 0,
            upload: None,
            sending: JoinSet::new(),
            bytes_in_flight: 0,
            taken: Vec::new(),
            has_failed: false,
        }
    }

    /// Sends the part that is full, as soon as others have made room for it.
    fn send_part(&mut self) -> Result<(), ObjectError> {
        let upload = match &self.upload {
            Some(upload) => upload.clone(),
            None => {
                let Shared { bucket, threads } = self.shared.as_ref();
                let upload = threads.wait(begin(bucket, &self.key))?;
                self.upload.insert(upload).clone()
            }
        };
        let part = mem::take(&mut self.part);
        let bytes = part.len();
        while self.bytes_in_flight > 0 && self.bytes_in_flight + bytes > IN_FLIGHT_BYTES {
            self.take_part()?;
        }
        let bucket = self.shared.bucket.clone();
        let (key, index, offset) = (self.key, self.index, self.offset);
        self.sending.spawn_on(
            send_part(bucket, key, upload, index, offset, part),
            self.shared.threads.handle(),
        );
        self.bytes_in_flight += bytes;
        self.offset += bytes as u64;
        self.index += 1;
        Ok(())
    }

    /// Waits until one of the parts on their way has arrived.
    fn take_part(&mut self) -> Result<(), ObjectError> {
        let taken = match self.shared.threads.wait(self.sending.join_next()) {
            Some(Ok(taken)) => taken?,
            Some(Err(error)) => return Err(ObjectError::while_doing(DOING, error.into())),
            None => return Ok(()),
        };
        self.bytes_in_flight -= taken.sent.bytes as usize;
        self.taken.push(taken);
        Ok(())
    }

    fn write_some(&mut self, bytes: &[u8]) -> Result<usize, ObjectError> {
        let most = part_bytes(self.index).ok_or(ObjectError::TooLong)?;
        if self.part.len() == most {
            self.send_part()?;
        }
        let most = part_bytes(self.index).ok_or(ObjectError::TooLong)?;
        if self.part.is_empty() && self.index > 0 {
            // Of the first part it is not known whether it gets full.
            self.part.reserve_exact(most);
        }
        let count = bytes.len().min(most - self.part.len());
        self.part.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn finish(&mut self) -> Result<(), ObjectError> {
        if self.upload.is_none() {
            let part = mem::take(&mut self.part);
            let Shared { bucket, threads } = self.shared.as_ref();
            return threads.wait(put_whole(bucket, &self.key, part));
        }
        if !self.part.is_empty() {
            self.send_part()?;
        }
        while !self.sending.is_empty() {
            self.take_part()?;
        }
        let mut taken = mem::take(&mut self.taken);
        taken.sort_unstable_by_key(|part| part.sent.offset);
        let (sent, completed) = taken
            .into_iter()
            .map(|part| (part.sent, part.completed))
            .unzip();
        let Shared { bucket, threads } = self.shared.as_ref();
        let upload = self.upload.as_deref().unwrap_or_default();
        threads.wait(put_together(
            bucket,
            &self.key,
            upload,
            Sent::Parts(sent),
            completed,
        ))?;
        self.upload = None;
        Ok(())
    }
}

impl Write for PendingUpload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        if self.has_failed {
            return Err(io::Error::other("the upload has failed before"));
        }
        self.has_failed = true;
        let count = self.write_some(bytes)?;
        self.has_failed = false;
        Ok(count)
    }

    /// Parts are sent when they are full; before that there is nothing to be done.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PendingObject for PendingUpload {
    fn commit(mut self: Box<Self>) -> Result<(), ObjectError> {
        if self.has_failed {
            let source = io::Error::other("the upload has failed before");
            return Err(ObjectError::while_doing(DOING, source));
        }
        self.finish()
    }
}

/// Gives the upload up, so that the store does not keep parts of it.
impl Drop for PendingUpload {
    fn drop(&mut self) {
        let Some(upload) = self.upload.take() else {
            return;
        };
        let bucket = self.shared.bucket.clone();
        let name = bucket.name_of(&self.key);
        let mut sending = mem::take(&mut self.sending);
        let (done, is_done) = mpsc::channel();
        self.shared.threads.handle().spawn(async move {
            // A part that arrives after the upload was given up would stay.
            sending.shutdown().await;
            let aborted = deleting::abort_upload(&bucket, &name, &upload).await;
            // Nobody waits any more when it took too long.
            let _ = done.send(aborted);
        });
        match is_done.recv_timeout(ABORT_PATIENCE) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "could not give up an upload, its parts are still in the bucket");
            }
            Err(_) => {
                tracing::warn!(
                    "an upload could not be given up in time, its parts may still be in the bucket"
                );
            }
        }
    }
}

async fn begin(bucket: &Bucket, key: &ObjectKey) -> Result<String, ObjectError> {
    let (algorithm, kind) = match bucket.location().checksum {
        Checksum::Sha256 => (
            Some(ChecksumAlgorithm::Sha256),
            Some(ChecksumType::Composite),
        ),
        Checksum::Crc64Nvme => (
            Some(ChecksumAlgorithm::Crc64Nvme),
            Some(ChecksumType::FullObject),
        ),
        Checksum::Crc32c => (
            Some(ChecksumAlgorithm::Crc32C),
            Some(ChecksumType::Composite),
        ),
        Checksum::None => (None, None),
    };
    let begun = bucket
        .writer()?
        .create_multipart_upload()
        .bucket(bucket.name())
        .key(bucket.name_of(key))
        .content_type(CONTENT_TYPE)
        .set_checksum_algorithm(algorithm)
        .set_checksum_type(kind)
        .send()
        .await
        .map_err(|error| sorted("start an object", None, &error))?;
    begun.upload_id.ok_or_else(|| {
        let source = io::Error::other("the store gave no name to the upload");
        ObjectError::while_doing("start an object", source)
    })
}

async fn send_part(
    bucket: Arc<Bucket>,
    key: ObjectKey,
    upload: String,
    index: usize,
    offset: u64,
    part: Vec<u8>,
) -> Result<TakenPart, ObjectError> {
    let sent = SentPart {
        offset,
        bytes: part.len() as u64,
        sha256: Sha256::digest(&part).into(),
    };
    // There are 10,000 parts at most.
    let number = i32::try_from(index + 1).map_err(|_| ObjectError::TooLong)?;
    let body = SdkBody::from(part);
    let checksum = bucket.location().checksum;
    let completed = bucket
        .again(|| async {
            let request = bucket
                .writer()?
                .upload_part()
                .bucket(bucket.name())
                .key(bucket.name_of(&key))
                .upload_id(&upload)
                .part_number(number)
                .body(copy_of(&body));
            let request = with_checksum!(request, bucket, sent);
            let answer = request
                .send()
                .await
                .map_err(|error| not_taken(&key, Answer::of(&error)))?;
            let completed = CompletedPart::builder()
                .part_number(number)
                .set_e_tag(answer.e_tag);
            Ok(match checksum {
                Checksum::Sha256 => completed.checksum_sha256(STANDARD.encode(sent.sha256)),
                Checksum::Crc64Nvme => {
                    completed.set_checksum_crc64_nvme(answer.checksum_crc64_nvme)
                }
                Checksum::Crc32c => completed.set_checksum_crc32_c(answer.checksum_crc32_c),
                Checksum::None => completed,
            }
            .build())
        })
        .await?;
    Ok(TakenPart { sent, completed })
}

/// Bytes that were damaged on their way may arrive well the next time.
fn not_taken(key: &ObjectKey, answer: Answer) -> Failed {
    if answer.is_damage() {
        Failed::PerhapsNot(ObjectError::Damaged { key: *key })
    } else {
        Failed::ForGood(answer.sorted(DOING, Some(key)))
    }
}

fn copy_of(body: &SdkBody) -> ByteStream {
    ByteStream::new(body.try_clone().expect("bytes in memory can be sent again"))
}

/// Sends an object in one request.
async fn put_whole(
    bucket: &Arc<Bucket>,
    key: &ObjectKey,
    part: Vec<u8>,
) -> Result<(), ObjectError> {
    refuse_existing(bucket, key).await?;
    let sent = SentPart {
        offset: 0,
        bytes: part.len() as u64,
        sha256: Sha256::digest(&part).into(),
    };
    let body = SdkBody::from(part);
    let location = bucket.location();
    let put = bucket
        .again(|| async {
            let request = bucket
                .writer()?
                .put_object()
                .bucket(bucket.name())
                .key(bucket.name_of(key))
                .content_type(CONTENT_TYPE)
                .set_if_none_match(location.conditional_put.then(|| "*".to_owned()))
                .body(copy_of(&body));
            let request = with_checksum!(request, bucket, sent);
            match request.send().await {
                Ok(_) => Ok(()),
                Err(error) => Err(not_taken(key, Answer::of(&error))),
            }
        })
        .await;
    settle(bucket, key, &Sent::Whole(sent), put).await
}

/// Makes an object of parts.
async fn put_together(
    bucket: &Arc<Bucket>,
    key: &ObjectKey,
    upload: &str,
    sent: Sent,
    parts: Vec<CompletedPart>,
) -> Result<(), ObjectError> {
    refuse_existing(bucket, key).await?;
    let parts = CompletedMultipartUpload::builder()
        .set_parts(Some(parts))
        .build();
    let checksum_type = match bucket.location().checksum {
        Checksum::Crc64Nvme => Some(ChecksumType::FullObject),
        _ => None,
    };
    let put = bucket
        .writer()?
        .complete_multipart_upload()
        .bucket(bucket.name())
        .key(bucket.name_of(key))
        .upload_id(upload)
        .multipart_upload(parts)
        .set_checksum_type(checksum_type)
        .set_if_none_match(bucket.location().conditional_put.then(|| "*".to_owned()))
        .customize()
        .config_override(bucket.transfer(ASSEMBLY_ALLOWANCE_BYTES))
        .send()
        .await
        .map(drop)
        .map_err(|error| sorted(DOING, Some(key), &error));
    settle(bucket, key, &sent, put).await
}

/// Asks a store that cannot refuse by itself. Names are random, so nobody else is about to use the
/// same one, and the catalog has one row per object.
async fn refuse_existing(bucket: &Bucket, key: &ObjectKey) -> Result<(), ObjectError> {
    if bucket.location().conditional_put {
        return Ok(());
    }
    match bucket.length(DOING, key).await? {
        None => Ok(()),
        Some(_) => Err(ObjectError::AlreadyExists { key: *key }),
    }
}

/// Finds out what has become of an object, whatever the answer was.
async fn settle(
    bucket: &Arc<Bucket>,
    key: &ObjectKey,
    sent: &Sent,
    put: Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    match put {
        Ok(()) => {
            let Err(error) = prove(bucket, key, sent).await else {
                return Ok(());
            };
            // Nobody may find what is not proven.
            if let Err(error) = deleting::delete(bucket, key).await {
                tracing::warn!(%error, "could not delete an object that was not kept as it was sent");
            }
            Err(match error {
                ObjectError::NotFound { key } => ObjectError::Damaged { key },
                other => other,
            })
        }
        // The answer may have been lost after the object was made, or a second try was refused
        // because the first had made it. What is there with these bytes is ours. What is there with
        // others is not, and stays.
        Err(
            error @ (ObjectError::AlreadyExists { .. }
            | ObjectError::Unreachable { .. }
            | ObjectError::Io { .. }),
        ) => prove(bucket, key, sent).await.map_err(|_| error),
        Err(error) => Err(error),
    }
}
