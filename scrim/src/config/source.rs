//! `[source.s3]`: where `s3://` sources are read from.

use std::{env, path::PathBuf};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_storage::objects::s3::{Credentials, Endpoint, S3Location, SourceBucket};
use serde::Deserialize;

use crate::failure::Failure;

/// The section.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Section {
    s3: Option<S3>,
}

/// A store that speaks S3. It is only read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct S3 {
    /// `https://host` or `https://host:port`; `http://` on this machine only.
    #[schemars(example = &"https://s3.example.eu")]
    endpoint: String,
    /// The region that requests are signed for.
    #[serde(default = "usual_region")]
    #[schemars(example = &"eu-central-1")]
    region: String,
    /// Environment variable that holds the access key id.
    #[serde(default = "usual_access_key_env")]
    #[schemars(example = &"SCRIM_SOURCE_ACCESS_KEY")]
    access_key_env: String,
    /// Environment variable that holds the secret key.
    #[serde(default = "usual_secret_key_env")]
    #[schemars(example = &"SCRIM_SOURCE_SECRET_KEY")]
    secret_key_env: String,
    /// Whether the bucket is in the path of requests rather than in the name of the host.
    #[serde(default = "yes")]
    #[schemars(example = true)]
    path_style: bool,
    /// The only certificates that are trusted, PEM.
    #[schemars(example = &"/etc/scrim/source-ca.pem")]
    ca_file: Option<PathBuf>,
}

fn usual_region() -> String {
    "eu-central-1".to_owned()
}

fn usual_access_key_env() -> String {
    "SCRIM_SOURCE_ACCESS_KEY".to_owned()
}

fn usual_secret_key_env() -> String {
    "SCRIM_SOURCE_SECRET_KEY".to_owned()
}

const fn yes() -> bool {
    true
}

impl Section {
    /// Returns a bucket that sources are read from.
    pub(super) fn bucket(&self, name: &str) -> Result<SourceBucket, Failure> {
        let s3 = self.s3.as_ref().ok_or_else(|| {
            Failure::words(Kind::Invalid, "there is no store for s3:// sources")
                .hint("add [source.s3] endpoint = \"https://…\" to the configuration")
        })?;
        let sorted = |error: scrim_storage::objects::s3::LocationError| {
            Failure::new(error.kind(), error).hint("see [source.s3] of the configuration")
        };
        let endpoint: Endpoint = s3.endpoint.parse().map_err(sorted)?;
        let credentials =
            Credentials::new(secret(&s3.access_key_env)?, secret(&s3.secret_key_env)?)
                .map_err(sorted)?;
        let bucket = name.parse().map_err(sorted)?;
        let mut location = S3Location::new(endpoint, &s3.region, bucket, credentials);
        location.path_style = s3.path_style;
        location.ca_file = s3.ca_file.clone();
        Ok(SourceBucket::open(&location)?)
    }
}

fn secret(variable: &str) -> Result<String, Failure> {
    env::var(variable).map_err(|_| {
        let text = format!("the environment variable {variable} is not set");
        Failure::words(Kind::Invalid, text).hint("it opens the store of s3:// sources")
    })
}
