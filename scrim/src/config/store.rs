//! `[store]`: the bucket that sealed objects lie in. Without the section they lie in the home folder.

use std::{env, fs, path::PathBuf};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_storage::objects::s3::{Credentials, LocationError, S3Location};
use serde::Deserialize;

use crate::failure::Failure;

/// The section. Keys are in the environment or in files of their own, never in this one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    /// `https://host` or `https://host:port`.
    #[schemars(example = &"https://s3.example.eu")]
    endpoint: String,
    /// The region that requests are signed for.
    #[schemars(example = &"eu-central-1")]
    region: String,
    #[schemars(example = &"recordings")]
    bucket: String,
    /// What all keys begin with.
    #[serde(default)]
    #[schemars(example = &"scrim/")]
    prefix: String,
    /// The country of an own host, two letters. Hosts of providers are listed with theirs.
    #[schemars(example = &"DE")]
    country: Option<String>,
    /// The AWS account that has to own the bucket.
    #[schemars(example = &"123456789012")]
    owner: Option<String>,
    /// Whether a bucket with Object Lock in compliance mode is accepted.
    #[serde(default)]
    #[schemars(example = false)]
    allow_object_lock: bool,
    /// Whether the bucket stands in the path of a request; false for AWS with names of their own.
    #[schemars(example = true)]
    path_style: Option<bool>,
    /// sha256, crc64nvme, crc32c or none.
    #[schemars(example = &"sha256")]
    checksum: Option<String>,
    /// all or sample.
    #[schemars(example = &"all")]
    read_back: Option<String>,
    /// Whether the store refuses to overwrite; `scrim storage doctor` says.
    #[schemars(example = true)]
    conditional_put: Option<bool>,
    /// How often a request is tried.
    #[schemars(example = 5)]
    attempts: Option<u32>,
    /// Certificates that are trusted instead of those of the system.
    #[schemars(example = &"/etc/scrim/store-ca.pem")]
    ca_file: Option<PathBuf>,
    /// Environment variable of the access key id [default: `SCRIM_S3_ACCESS_KEY_ID`].
    #[schemars(example = &"SCRIM_S3_ACCESS_KEY_ID")]
    access_key_id_env: Option<String>,
    /// Environment variable of the secret key [default: `SCRIM_S3_SECRET_ACCESS_KEY`].
    #[schemars(example = &"SCRIM_S3_SECRET_ACCESS_KEY")]
    secret_access_key_env: Option<String>,
}

impl Section {
    /// Returns the bucket.
    pub(super) fn location(&self) -> Result<S3Location, Failure> {
        let mut location = S3Location::new(
            self.endpoint
                .parse()
                .map_err(|error| wrong("endpoint", error))?,
            self.region.as_str(),
            self.bucket
                .parse()
                .map_err(|error| wrong("bucket", error))?,
            self.credentials()?,
        );
        location.prefix = self
            .prefix
            .parse()
            .map_err(|error| wrong("prefix", error))?;
        location.country.clone_from(&self.country);
        location.owner.clone_from(&self.owner);
        location.allow_object_lock = self.allow_object_lock;
        location.ca_file.clone_from(&self.ca_file);
        if let Some(path_style) = self.path_style {
            location.path_style = path_style;
        }
        if let Some(checksum) = &self.checksum {
            location.checksum = checksum.parse().map_err(|error| wrong("checksum", error))?;
        }
        if let Some(read_back) = &self.read_back {
            location.read_back = read_back
                .parse()
                .map_err(|error| wrong("read_back", error))?;
        }
        if let Some(conditional_put) = self.conditional_put {
            location.conditional_put = conditional_put;
        }
        if let Some(attempts) = self.attempts {
            location.attempts = attempts;
        }
        Ok(location)
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        let id = secret(&self.access_key_id_env, "SCRIM_S3_ACCESS_KEY_ID")?;
        let secret = secret(&self.secret_access_key_env, "SCRIM_S3_SECRET_ACCESS_KEY")?;
        Ok(Credentials::new(id, secret)?)
    }
}

/// Reads a key from the file that `NAME_FILE` names, or else from the variable `NAME`.
fn secret(given: &Option<String>, usual: &str) -> Result<String, Failure> {
    let name = given.as_deref().unwrap_or(usual);
    if let Some(path) = env::var_os(format!("{name}_FILE")).map(PathBuf::from) {
        let text = fs::read_to_string(&path)
            .map_err(|error| Failure::file("read a key of the bucket from", &path, error))?;
        return Ok(text.trim_end().to_owned());
    }
    env::var(name).map_err(|_| {
        Failure::words(
            Kind::Invalid,
            format!("the environment variable {name} is not set"),
        )
        .hint(format!(
            "it holds a key of the bucket in [store]; {name}_FILE may name a file with it"
        ))
    })
}

fn wrong(key: &str, error: LocationError) -> Failure {
    Failure::new(error.kind(), error).hint(format!("see `{key}` in [store] of config.toml"))
}
