//! Objects in a bucket.

mod client;
mod location;

#[cfg(test)]
pub(crate) use client::client_over;
pub use client::{CONNECT_TIMEOUT, READ_TIMEOUT, client, probing_client};
pub use location::{
    BucketName, Checksum, Credentials, Endpoint, KeyPrefix, LocationError, ReadBack, S3Location,
};
