//! Objects in a bucket.
//!
//! An object up to the size of a part is one request; a longer one is sent in parts while it is
//! being written, some at a time, and nothing of it is whole in memory. What is read is read in
//! ranges that begin and end where sealed segments do.
//!
//! > **What counts as kept was proven to be kept.** After an upload the store is asked what it has:
//! > the length, and the SHA-256 that it verified itself or else the bytes, hashed again. An upload
//! > that the store called a success and that does not pass is deleted.
//!
//! > **Nobody else's objects are touched.** Names that are not keys are listed and left alone.

mod answer;
mod bucket;
mod client;
mod deleting;
mod listing;
mod location;
mod parts;
mod proving;
mod reading;
mod source;
mod store;
mod upload;

#[cfg(test)]
pub(crate) use client::client_over;
pub(crate) use client::probing_client;
pub use client::{CONNECT_TIMEOUT, READ_TIMEOUT, client};
pub use location::{
    BucketName, Checksum, Credentials, Endpoint, KeyPrefix, LocationError, ReadBack, S3Location,
};
pub use source::{SourceBucket, SourceBucketError, SourceObject, SourceReader};
pub use store::S3Store;
