//! Objects in a bucket.

mod client;
mod location;
mod source;

pub use client::{CONNECT_TIMEOUT, READ_TIMEOUT, client, probing_client};
pub use location::{
    BucketName, Checksum, Credentials, Endpoint, KeyPrefix, LocationError, ReadBack, S3Location,
};
pub use source::{SourceBucket, SourceBucketError, SourceObject, SourceReader};
