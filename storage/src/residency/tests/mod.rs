//! Buckets of Amazon. Behind the names of its hosts stands moto: requests are led there after they
//! are made, which nobody outside of this crate can do.
#![allow(clippy::unwrap_used)]

use aws_sdk_s3::{
    Client,
    config::SharedHttpClient,
    primitives::ByteStream,
    types::{
        AccelerateConfiguration, BucketAccelerateStatus, BucketLocationConstraint,
        BucketVersioningStatus, CreateBucketConfiguration, DefaultRetention, Destination,
        ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
        ReplicationConfiguration, ReplicationRule, ReplicationRuleStatus, VersioningConfiguration,
    },
};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use scrim_testkit::Moto;

use super::{EuBucket, Provider, ResidencyError, Rule, Verdict};
use crate::{
    objects::s3::{Credentials, S3Location, client_over},
    timestamp::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// Leads requests to a port of this machine and leaves the name of the host in them.
#[derive(Clone, Debug)]
struct Led {
    port: u16,
    http: SharedHttpClient,
}

#[derive(Debug)]
struct LedConnector {
    port: u16,
    inner: SharedHttpConnector,
}

impl HttpClient for Led {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(LedConnector {
            port: self.port,
            inner: self.http.http_connector(settings, components),
        })
    }
}

impl HttpConnector for LedConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let address = request.uri().to_owned();
        let after_scheme = address.strip_prefix("https://").unwrap();
        let (host, path) = after_scheme.split_once('/').unwrap_or((after_scheme, ""));
        request.headers_mut().insert("host", host.to_owned());
        let led = format!("http://127.0.0.1:{}/{path}", self.port);
        request.set_uri(led).unwrap();
        let answering = self.inner.call(request);
        HttpConnectorFuture::new(async move { Ok(as_amazon(answering.await?).await) })
    }
}

/// moto calls the answer about acceleration by the name of the question; Amazon does not.
async fn as_amazon(answer: HttpResponse) -> HttpResponse {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = ByteStream::new(answer.into_body()).collect().await.unwrap();
    let bytes = body.into_bytes();
    let text = String::from_utf8_lossy(&bytes).replace(
        "GetBucketAccelerateConfigurationResponse",
        "AccelerateConfiguration",
    );
    let mut changed = HttpResponse::new(status, text.into());
    for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
        changed
            .headers_mut()
            .insert(name.to_owned(), value.to_owned());
    }
    changed
}

/// A region of Amazon with a bucket in it.
struct Amazon {
    moto: Moto,
}

impl Amazon {
    async fn start() -> Self {
        let moto = tokio::task::spawn_blocking(Moto::start).await.unwrap();
        Self { moto }
    }

    fn client(&self, location: &S3Location) -> Client {
        let http = Builder::new().build_http();
        let port = self.moto.port();
        client_over(location, 1, SharedHttpClient::new(Led { port, http }))
    }

    async fn make(&self, name: &str, region: &str) -> (S3Location, Client) {
        let location = location(name, region);
        let client = self.client(&location);
        let constraint = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build();
        client
            .create_bucket()
            .bucket(name)
            .set_create_bucket_configuration((region != "us-east-1").then_some(constraint))
            .object_lock_enabled_for_bucket(true)
            .send()
            .await
            .unwrap();
        (location, client)
    }

    async fn check(&self, location: &S3Location) -> Result<Verdict, Verdict> {
        let client = self.client(location);
        match EuBucket::verify_through(location.clone(), client, NOW).await {
            Ok((_, verdict)) => Ok(verdict),
            Err(ResidencyError::Refused { verdict }) => Err(*verdict),
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn location(name: &str, region: &str) -> S3Location {
    let endpoint = format!("https://s3.{region}.amazonaws.com");
    let credentials = Credentials::new("invented".into(), "invented-too".into());
    S3Location::new(
        endpoint.parse().unwrap(),
        region,
        name.parse().unwrap(),
        credentials.unwrap(),
    )
}

fn rules(refused: Result<Verdict, Verdict>) -> Vec<Rule> {
    let verdict = refused.unwrap_err();
    verdict.broken().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn a_bucket_of_amazon_in_frankfurt_is_allowed() {
    let amazon = Amazon::start().await;
    let (frankfurt, _) = amazon.make("recordings", "eu-central-1").await;
    let verdict = amazon.check(&frankfurt).await.unwrap();
    assert_eq!(verdict.provider, Some(Provider::Aws));
    assert_eq!(verdict.findings.len(), Rule::ALL.len());

    // The bucket is in Frankfurt, whatever other host is asked for it.
    let stockholm = location("recordings", "eu-north-1");
    assert!(rules(amazon.check(&stockholm).await).contains(&Rule::ToldRegion));
    for region in ["us-east-1", "eu-west-2", "eu-central-2"] {
        let (elsewhere, _) = amazon.make(&format!("in-{region}"), region).await;
        assert_eq!(rules(amazon.check(&elsewhere).await), [Rule::Country]);
        let lying = location(&format!("in-{region}"), "eu-central-1");
        assert!(rules(amazon.check(&lying).await).contains(&Rule::ToldRegion));
    }
}

#[tokio::test]
async fn copies_are_followed_to_the_region_that_they_go_to() {
    let amazon = Amazon::start().await;
    let (frankfurt, client) = amazon.make("recordings", "eu-central-1").await;
    for (name, region) in [("in-ireland", "eu-west-1"), ("in-virginia", "us-east-1")] {
        let (_, there) = amazon.make(name, region).await;
        for (client, bucket) in [(&client, "recordings"), (&there, name)] {
            let enabled = VersioningConfiguration::builder()
                .status(BucketVersioningStatus::Enabled)
                .build();
            client
                .put_bucket_versioning()
                .bucket(bucket)
                .versioning_configuration(enabled)
                .send()
                .await
                .unwrap();
        }
    }
    let copy_to = async |name: &str| {
        let destination = Destination::builder().bucket(format!("arn:aws:s3:::{name}"));
        let rule = ReplicationRule::builder()
            .status(ReplicationRuleStatus::Disabled)
            .priority(1)
            .destination(destination.build().unwrap())
            .build()
            .unwrap();
        let configuration = ReplicationConfiguration::builder()
            .role("arn:aws:iam::123456789012:role/invented")
            .rules(rule)
            .build()
            .unwrap();
        client
            .put_bucket_replication()
            .bucket("recordings")
            .replication_configuration(configuration)
            .send()
            .await
            .unwrap();
    };
    copy_to("in-ireland").await;
    amazon.check(&frankfurt).await.unwrap();
    copy_to("in-virginia").await;
    assert_eq!(rules(amazon.check(&frankfurt).await), [Rule::Replication]);
}

#[tokio::test]
async fn a_lock_in_compliance_mode_is_refused_unless_it_is_wanted() {
    let amazon = Amazon::start().await;
    let (frankfurt, client) = amazon.make("recordings", "eu-central-1").await;
    let lock = async |mode: ObjectLockRetentionMode| {
        let retention = DefaultRetention::builder().mode(mode).days(1).build();
        let rule = ObjectLockRule::builder().default_retention(retention);
        let configuration = ObjectLockConfiguration::builder()
            .object_lock_enabled(ObjectLockEnabled::Enabled)
            .rule(rule.build())
            .build();
        client
            .put_object_lock_configuration()
            .bucket("recordings")
            .object_lock_configuration(configuration)
            .send()
            .await
            .unwrap();
    };
    lock(ObjectLockRetentionMode::Governance).await;
    amazon.check(&frankfurt).await.unwrap();
    lock(ObjectLockRetentionMode::Compliance).await;
    assert_eq!(rules(amazon.check(&frankfurt).await), [Rule::ObjectLock]);
    let wanted = S3Location {
        allow_object_lock: true,
        ..frankfurt
    };
    amazon.check(&wanted).await.unwrap();
}

#[tokio::test]
async fn acceleration_that_is_on_is_refused() {
    let amazon = Amazon::start().await;
    let (frankfurt, client) = amazon.make("recordings", "eu-central-1").await;
    let accelerate = async |status: BucketAccelerateStatus| {
        let configuration = AccelerateConfiguration::builder().status(status).build();
        client
            .put_bucket_accelerate_configuration()
            .bucket("recordings")
            .accelerate_configuration(configuration)
            .send()
            .await
            .unwrap();
    };
    accelerate(BucketAccelerateStatus::Enabled).await;
    assert_eq!(rules(amazon.check(&frankfurt).await), [Rule::Acceleration]);
    accelerate(BucketAccelerateStatus::Suspended).await;
    amazon.check(&frankfurt).await.unwrap();
}
