//! The client that speaks to a store.
//!
//! Nothing is found by itself: no profile, no instance metadata, no proxy of the environment, no
//! other region. A redirect is an answer like any other and is not followed.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Config, ConfigBag, Credentials as AwsCredentials, Intercept, Region,
        RequestChecksumCalculation, ResponseChecksumValidation, RuntimeComponents,
        SharedHttpClient, interceptors::BeforeTransmitInterceptorContextMut, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{box_error::BoxError, client::interceptors::dyn_dispatch_hint};

use super::{LocationError, S3Location};
use crate::certificates::{self, CertificatesError};

/// A server that does not take a connection within this time is down.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A server that has a question and no answer within this time is down.
pub const READ_TIMEOUT: Duration = Duration::from_secs(15);

/// All tries of a question together.
const QUESTION_BUDGET: Duration = Duration::from_secs(120);

/// A line that carries fewer bytes per second is taken for one that carries none.
const SLOWEST_BYTES_PER_SECOND: u64 = 128 << 10;

/// The first pause between two tries. Pauses double and are shortened by a random part.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two tries.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Makes a client. Nothing is sent yet.
///
/// It speaks to whatever the location names, also without encryption: whether a place may be spoken
/// to is decided by [`crate::residency`].
///
/// # Errors
/// [`LocationError::CaFile`] and [`LocationError::NoCertificate`].
pub fn client(location: &S3Location) -> Result<Client, LocationError> {
    client_with(location, location.attempts)
}

/// Makes a client that tries everything once, to probe what a store does.
///
/// # Errors
/// Those of [`client`].
pub(crate) fn probing_client(location: &S3Location) -> Result<Client, LocationError> {
    client_with(location, 1)
}

fn client_with(location: &S3Location, attempts: u32) -> Result<Client, LocationError> {
    let http = Builder::new()
        .tls_provider(Provider::rustls(CryptoMode::Ring))
        .tls_context(tls_context(location)?)
        .build_https();
    Ok(client_over(location, attempts, http))
}

/// Makes a client that sends its requests by `http`.
pub(crate) fn client_over(location: &S3Location, attempts: u32, http: SharedHttpClient) -> Client {
    let S3Location { credentials, .. } = location;
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .endpoint_url(location.endpoint.to_string())
        .region(Region::new(location.region.clone()))
        .credentials_provider(AwsCredentials::new(
            credentials.access_key_id(),
            credentials.secret_access_key(),
            None,
            None,
            "scrim",
        ))
        .force_path_style(location.path_style)
        .use_arn_region(false)
        .accelerate(false)
        .use_dual_stack(false)
        .disable_multi_region_access_points(true)
        .disable_s3_express_session_auth(true)
        // Stores beside that of AWS reject checksums that nobody asked them for.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(attempts.max(1))
                .with_initial_backoff(FIRST_PAUSE)
                .with_max_backoff(LONGEST_PAUSE),
        )
        .timeout_config(timeouts(READ_TIMEOUT, QUESTION_BUDGET));
    if let Some(owner) = &location.owner {
        config = config.interceptor(ExpectedOwner(owner.clone()));
    }
    Client::from_conf(config.build())
}

/// Says with every request whose the bucket has to be.
#[derive(Debug)]
struct ExpectedOwner(String);

#[dyn_dispatch_hint]
impl Intercept for ExpectedOwner {
    fn name(&self) -> &'static str {
        "ExpectedOwner"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        headers.try_insert("x-amz-expected-bucket-owner", self.0.clone())?;
        Ok(())
    }
}

/// How long a transfer of so many bytes may take. The time counts from the first byte that is sent
/// to the first one that is answered, so the bytes have to be allowed for.
pub(super) fn transfer_timeouts(bytes: u64, attempts: u32) -> TimeoutConfig {
    let try_time = READ_TIMEOUT + Duration::from_secs(bytes / SLOWEST_BYTES_PER_SECOND);
    let pauses = LONGEST_PAUSE * attempts;
    timeouts(try_time, try_time * attempts + pauses)
}

fn timeouts(read: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(read)
        .operation_timeout(operation)
        .build()
}

fn tls_context(location: &S3Location) -> Result<TlsContext, LocationError> {
    let trusted = match &location.ca_file {
        // What is given is trusted instead of what the system trusts, not beside it.
        Some(path) => {
            let found = certificates::read(path).map_err(|error| match error {
                CertificatesError::Unread(source) => LocationError::CaFile {
                    path: path.clone(),
                    source,
                },
                CertificatesError::NoCertificate => {
                    LocationError::NoCertificate { path: path.clone() }
                }
            })?;
            TrustStore::empty().with_pem_certificate(found.pem)
        }
        // Without encryption there is nobody to trust, and a machine without certificates works.
        None => TrustStore::empty().with_native_roots(location.endpoint.is_https()),
    };
    Ok(TlsContext::builder()
        .with_trust_store(trusted)
        .build()
        .expect("a trust store is all that is set"))
}
