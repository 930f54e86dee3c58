//! What is tried with objects.

use aws_sdk_s3::{
    operation::put_object::builders::PutObjectFluentBuilder,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Probe, Probed,
    battery::{Battery, not_tried, probed},
};
use crate::{
    digest::Sha256Digest,
    residency::{
        ResidencyError,
        reply::{self, Refusal, Reply},
    },
};

/// The smallest part that S3 allows, but for the last one.
const PART_BYTES: usize = 5 << 20;
/// Ten bytes before the border of two parts to ten bytes after it.
const BORDER: std::ops::RangeInclusive<usize> = PART_BYTES - 10..=PART_BYTES + 10;

const FIRST: &[u8] = b"the first";
const SECOND: &[u8] = b"the second, which is longer";

fn checksum(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256Digest::of(bytes).as_bytes())
}

/// Says how a refusal looked.
fn words(refusal: &Refusal) -> String {
    format!("{} {}", refusal.status, refusal.code)
}

impl Battery {
    fn put(&self, name: &str, body: &[u8]) -> Result<PutObjectFluentBuilder, ResidencyError> {
        Ok(self
            .writer()?
            .put_object()
            .bucket(self.bucket_name())
            .key(self.key(name))
            .body(ByteStream::from(body.to_vec())))
    }

    async fn send(&self, put: PutObjectFluentBuilder) -> Result<Reply<()>, ResidencyError> {
        let reply = self.sorted("put an object", put.send().await)?;
        Ok(match reply {
            Reply::Yes(_) => Reply::Yes(()),
            Reply::No(refusal) => Reply::No(refusal),
        })
    }

    /// Returns an object, or a range of it; nothing where it is not given.
    async fn get(
        &self,
        name: &str,
        range: Option<String>,
    ) -> Result<Option<Vec<u8>>, ResidencyError> {
        const DOING: &str = "read an object";
        let asked = self
            .reader()
            .get_object()
            .bucket(self.bucket_name())
            .key(self.key(name))
            .set_range(range)
            .send()
            .await;
        let Reply::Yes(told) = self.sorted(DOING, asked)? else {
            return Ok(None);
        };
        let body = told.body.collect().await;
        let body =
            body.map_err(|error| reply::unreachable(self.host(), DOING, error.to_string()))?;
        Ok(Some(body.to_vec()))
    }

    pub(super) async fn objects(&self) -> Result<Probed, ResidencyError> {
        const NAME: &str = "object";
        let lacks = |found: String| Ok(probed(Probe::Objects, false, found));
        if let Reply::No(refusal) = self.send(self.put(NAME, FIRST)?).await? {
            return lacks(format!("put: {}", words(&refusal)));
        }
        if self.get(NAME, None).await?.as_deref() != Some(FIRST) {
            return lacks("get: not what was put".to_owned());
        }
        let listed = self
            .reader()
            .list_objects_v2()
            .bucket(self.bucket_name())
            .prefix(self.key(""))
            .send()
            .await;
        match self.sorted("list objects", listed)? {
            Reply::Yes(told) if told.contents().len() == 1 => {}
            Reply::Yes(told) => return lacks(format!("list: {} of 1", told.contents().len())),
            Reply::No(refusal) => return lacks(format!("list: {}", words(&refusal))),
        }
        let deleted = self
            .reader()
            .delete_object()
            .bucket(self.bucket_name())
            .key(self.key(NAME))
            .send()
            .await;
        if let Reply::No(refusal) = self.sorted("delete an object", deleted)? {
            return lacks(format!("delete: {}", words(&refusal)));
        }
        if self.get(NAME, None).await?.is_some() {
            return lacks("delete: still there".to_owned());
        }
        Ok(probed(
            Probe::Objects,
            true,
            "put, read, listed and deleted",
        ))
    }

    pub(super) async fn conditional_put(&self) -> Result<Probed, ResidencyError> {
        const NAME: &str = "once";
        let once = |body| Ok::<_, ResidencyError>(self.put(NAME, body)?.if_none_match("*"));
        let done = |has, found: String| Ok(probed(Probe::ConditionalPut, has, found));
        if let Reply::No(refusal) = self.send(once(FIRST)?).await? {
            return done(false, format!("a new key: {}", words(&refusal)));
        }
        let second = self.send(once(SECOND)?).await?;
        let is_unchanged = self.get(NAME, None).await?.as_deref() == Some(FIRST);
        match second {
            Reply::No(refusal) if refusal.status == 412 && is_unchanged => {
                done(true, "the second put: 412, nothing changed".to_owned())
            }
            Reply::No(refusal) => done(
                false,
                format!(
                    "the second put: {}, changed: {}",
                    words(&refusal),
                    !is_unchanged
                ),
            ),
            Reply::Yes(()) if is_unchanged => done(false, "dropped without a word".to_owned()),
            Reply::Yes(()) => done(false, "overwritten without a word".to_owned()),
        }
    }

    pub(super) async fn conditional_match(&self) -> Result<Probed, ResidencyError> {
        const NAME: &str = "matched";
        let done = |has, found: String| Ok(probed(Probe::ConditionalMatch, has, found));
        if let Reply::No(refusal) = self.send(self.put(NAME, FIRST)?).await? {
            return done(false, format!("a plain put: {}", words(&refusal)));
        }
        match self
            .send(self.put(NAME, SECOND)?.if_match("\"deadbeef\""))
            .await?
        {
            Reply::No(refusal) => done(refusal.status == 412, words(&refusal)),
            Reply::Yes(()) => done(false, "overwritten without a word".to_owned()),
        }
    }

    pub(super) async fn sha256(&self) -> Result<Probed, ResidencyError> {
        let right = self.put("sha256", FIRST)?.checksum_sha256(checksum(FIRST));
        let wrong = self.put("sha256", FIRST)?.checksum_sha256(checksum(SECOND));
        self.checksums(Probe::Sha256, right, wrong).await
    }

    pub(super) async fn crc64nvme(&self) -> Result<Probed, ResidencyError> {
        let right = self
            .put("crc64nvme", FIRST)?
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme);
        let wrong = self
            .put("crc64nvme", FIRST)?
            .checksum_crc64_nvme(STANDARD.encode([1; 8]));
        self.checksums(Probe::Crc64Nvme, right, wrong).await
    }

    async fn checksums(
        &self,
        probe: Probe,
        right: PutObjectFluentBuilder,
        wrong: PutObjectFluentBuilder,
    ) -> Result<Probed, ResidencyError> {
        if let Reply::No(refusal) = self.send(right).await? {
            return Ok(probed(
                probe,
                false,
                format!("a right one: {}", words(&refusal)),
            ));
        }
        Ok(match self.send(wrong).await? {
            Reply::No(refusal) if refusal.status == 400 => {
                probed(probe, true, format!("a wrong one: {}", words(&refusal)))
            }
            Reply::No(refusal) => probed(probe, false, format!("a wrong one: {}", words(&refusal))),
            Reply::Yes(()) => probed(probe, false, "a wrong one was taken"),
        })
    }

    /// Uploads two parts, looks at what is unfinished, reads across the border, and tries to do it
    /// again over the finished object.
    pub(super) async fn multipart(&self) -> Result<Vec<Probed>, ResidencyError> {
        const NAME: &str = "parts";
        let dependents = [
            Probe::ConditionalMultipart,
            Probe::Range,
            Probe::ListUploads,
        ];
        let lacks = |found: String| {
            let rest = dependents.map(|probe| not_tried(probe, "there are no parts"));
            Ok([vec![probed(Probe::Multipart, false, found)], rest.into()].concat())
        };
        let upload = match self.begin(NAME).await? {
            Ok(upload) => upload,
            Err(refusal) => return lacks(format!("begin: {}", words(&refusal))),
        };
        let uploads = self.list_uploads(&upload).await?;
        let bytes: Vec<u8> = (0..2 * PART_BYTES)
            .map(|index| (index % 251) as u8)
            .collect();
        let parts = match self.parts(NAME, &upload, &bytes).await? {
            Ok(parts) => parts,
            Err(refusal) => return lacks(format!("a part: {}", words(&refusal))),
        };
        if let Reply::No(refusal) = self.complete(NAME, &upload, parts, None).await? {
            return lacks(format!("complete: {}", words(&refusal)));
        }
        let range = format!("bytes={}-{}", BORDER.start(), BORDER.end());
        let across = self.get(NAME, Some(range)).await?;
        let range = match across {
            Some(read) if read == bytes[BORDER] => {
                probed(Probe::Range, true, "21 bytes of two parts")
            }
            Some(read) => probed(Probe::Range, false, format!("{} other bytes", read.len())),
            None => probed(Probe::Range, false, "not given"),
        };
        Ok(vec![
            probed(Probe::Multipart, true, "two parts of 5 MiB"),
            self.conditional_multipart(NAME, &bytes).await?,
            range,
            uploads,
        ])
    }

    async fn conditional_multipart(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<Probed, ResidencyError> {
        let done = |has, found: String| Ok(probed(Probe::ConditionalMultipart, has, found));
        let upload = match self.begin(name).await? {
            Ok(upload) => upload,
            Err(refusal) => return done(false, format!("begin: {}", words(&refusal))),
        };
        let parts = match self.parts(name, &upload, &bytes[..PART_BYTES]).await? {
            Ok(parts) => parts,
            Err(refusal) => return done(false, format!("a part: {}", words(&refusal))),
        };
        match self.complete(name, &upload, parts, Some("*")).await? {
            Reply::No(refusal) => done(refusal.status == 412, words(&refusal)),
            Reply::Yes(()) => done(false, "overwritten without a word".to_owned()),
        }
    }

    async fn begin(&self, name: &str) -> Result<Result<String, Refusal>, ResidencyError> {
        let begun = self
            .writer()?
            .create_multipart_upload()
            .bucket(self.bucket_name())
            .key(self.key(name))
            .send()
            .await;
        Ok(match self.sorted("begin an upload", begun)? {
            Reply::Yes(told) => Ok(told.upload_id().unwrap_or_default().to_owned()),
            Reply::No(refusal) => Err(refusal),
        })
    }

    async fn parts(
        &self,
        name: &str,
        upload: &str,
        bytes: &[u8],
    ) -> Result<Result<Vec<CompletedPart>, Refusal>, ResidencyError> {
        let mut parts = Vec::new();
        for (part, number) in bytes.chunks(PART_BYTES).zip(1..) {
            let sent = self
                .writer()?
                .upload_part()
                .bucket(self.bucket_name())
                .key(self.key(name))
                .upload_id(upload)
                .part_number(number)
                .body(ByteStream::from(part.to_vec()))
                .send()
                .await;
            match self.sorted("upload a part", sent)? {
                Reply::Yes(told) => parts.push(
                    CompletedPart::builder()
                        .part_number(number)
                        .set_e_tag(told.e_tag().map(str::to_owned))
                        .build(),
                ),
                Reply::No(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(parts))
    }

    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: Vec<CompletedPart>,
        if_none_match: Option<&str>,
    ) -> Result<Reply<()>, ResidencyError> {
        let completed = self
            .writer()?
            .complete_multipart_upload()
            .bucket(self.bucket_name())
            .key(self.key(name))
            .upload_id(upload)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            )
            .set_if_none_match(if_none_match.map(str::to_owned))
            .send()
            .await;
        Ok(match self.sorted("complete an upload", completed)? {
            Reply::Yes(_) => Reply::Yes(()),
            Reply::No(refusal) => Reply::No(refusal),
        })
    }

    async fn list_uploads(&self, wanted: &str) -> Result<Probed, ResidencyError> {
        let listed = self
            .reader()
            .list_multipart_uploads()
            .bucket(self.bucket_name())
            .prefix(self.key(""))
            .send()
            .await;
        Ok(match self.sorted("list uploads", listed)? {
            Reply::Yes(told) => {
                let is_listed = told
                    .uploads()
                    .iter()
                    .any(|upload| upload.upload_id() == Some(wanted));
                let found = if is_listed { "listed" } else { "not listed" };
                probed(Probe::ListUploads, is_listed, found)
            }
            Reply::No(refusal) => probed(Probe::ListUploads, false, words(&refusal)),
        })
    }
}
