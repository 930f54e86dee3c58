//! The guard in front of servers.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::{
    Client,
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use scrim_policy::Kind;
use scrim_storage::{
    objects::s3::{S3Location, client},
    residency::{EuBucket, ResidencyError, Rule, Verdict},
};
use scrim_testkit::Moto;

use super::{
    fake::{Fake, Request, Response},
    location, own,
};
use crate::fixtures::{NOW, later};

const NO_REPLICATION: &str = "<Error><Code>ReplicationConfigurationNotFoundError</Code></Error>";
const NO_LOCK: &str = "<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>";
const NO_VERSIONS: &str = "<VersioningConfiguration/>";

/// What a small store answers that says nothing special.
pub(super) fn plain(request: &Request) -> Response {
    let asks = |what: &str| request.line.contains(what);
    if request.line.starts_with("HEAD ") {
        Response::new("200 OK").with("x-amz-bucket-region", "garage")
    } else if asks("?location") {
        Response::new("200 OK").body("<LocationConstraint>garage</LocationConstraint>")
    } else if asks("?replication") {
        Response::new("404 Not Found").body(NO_REPLICATION)
    } else if asks("?object-lock") {
        Response::new("404 Not Found").body(NO_LOCK)
    } else {
        Response::new("200 OK").body(NO_VERSIONS)
    }
}

async fn refused(location: S3Location) -> Verdict {
    let error = EuBucket::verify(location, NOW).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    error
        .verdict()
        .unwrap_or_else(|| panic!("{error:?}"))
        .clone()
}

fn rules(verdict: &Verdict) -> Vec<Rule> {
    verdict.broken().map(|finding| finding.rule).collect()
}

/// Makes a bucket in a region of moto.
pub(super) async fn make_bucket(client: &Client, name: &str, region: &str) {
    let configuration = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(region))
        .build();
    let is_first = region == "us-east-1";
    client
        .create_bucket()
        .bucket(name)
        .set_create_bucket_configuration((!is_first).then_some(configuration))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_bucket_in_frankfurt_is_allowed_and_those_elsewhere_are_refused() {
    let moto = tokio::task::spawn_blocking(Moto::start).await.unwrap();
    for region in ["eu-central-1", "us-east-1", "eu-west-2", "eu-central-2"] {
        let there = client(&own(&moto.url(), region)).unwrap();
        make_bucket(&there, &format!("in-{region}"), region).await;
    }
    let asked = |region: &str, declared: &str| S3Location {
        bucket: format!("in-{region}").parse().unwrap(),
        ..own(&moto.url(), declared)
    };
    let (bucket, verdict) = EuBucket::verify(asked("eu-central-1", "eu-central-1"), NOW)
        .await
        .unwrap();
    assert!(verdict.allowed);
    assert_eq!(verdict.told_region.as_deref(), Some("eu-central-1"));
    assert_eq!(verdict.country.unwrap().as_str(), "DE");
    assert_eq!(bucket.last_allowed(), verdict);

    for region in ["us-east-1", "eu-west-2", "eu-central-2"] {
        // As what it is, it is refused unasked; as something else, the store gives it away.
        let honest = refused(asked(region, region)).await;
        assert_eq!(rules(&honest), [Rule::DeclaredRegion], "{region}");
        let lying = refused(asked(region, "eu-central-1")).await;
        assert!(rules(&lying).contains(&Rule::ToldRegion), "{lying}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_missing_or_closed_is_neither_allowed_nor_refused() {
    let missing = Fake::start(|_| Response::new("404 Not Found"));
    let error = EuBucket::verify(own(&missing.url, "garage"), NOW).await;
    assert!(matches!(error, Err(ResidencyError::NoBucket { .. })));
    let closed = Fake::start(|_| Response::new("403 Forbidden"));
    let error = EuBucket::verify(own(&closed.url, "garage"), NOW).await;
    assert!(matches!(error, Err(ResidencyError::Denied { .. })));
    let ill = Fake::start(|_| Response::new("503 Slow Down"));
    let error = EuBucket::verify(own(&ill.url, "garage"), NOW).await;
    assert!(matches!(error, Err(ResidencyError::Unreachable { .. })));
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_the_lists_refuse() {
    let server = Fake::start(plain);
    let nowhere = refused(location(&server.url, "garage")).await;
    assert_eq!(rules(&nowhere), [Rule::Country]);
    let elsewhere = S3Location {
        country: Some("US".to_owned()),
        ..location(&server.url, "garage")
    };
    assert_eq!(rules(&refused(elsewhere).await), [Rule::Country]);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_another_region_is_refused_and_not_followed() {
    let elsewhere = Fake::start(plain);
    let target = format!("{}/recordings", elsewhere.url);
    let server = Fake::start(move |_| {
        Response::new("301 Moved Permanently")
            .with("x-amz-bucket-region", "us-east-1")
            .with("location", &target)
    });
    let verdict = refused(own(&server.url, "garage")).await;
    assert_eq!(rules(&verdict), [Rule::Redirect, Rule::ToldRegion]);
    assert!(verdict.to_string().contains("us-east-1"), "{verdict}");
    assert!(elsewhere.requests().is_empty(), "the redirect was followed");

    // Also where it names no region and only a later question is sent on.
    let target = format!("{}/recordings", elsewhere.url);
    let server = Fake::start(move |request| {
        if request.line.contains("?replication") {
            Response::new("307 Temporary Redirect").with("location", &target)
        } else {
            plain(request)
        }
    });
    let verdict = refused(own(&server.url, "garage")).await;
    assert!(rules(&verdict).contains(&Rule::Redirect), "{verdict}");
    assert!(elsewhere.requests().is_empty(), "the redirect was followed");
}

#[tokio::test]
async fn a_region_that_changes_between_two_calls_stops_writing_until_it_is_back() {
    static MOVED: AtomicBool = AtomicBool::new(false);
    let server = Fake::start(|request| {
        if request.line.starts_with("HEAD ") && MOVED.load(Ordering::SeqCst) {
            Response::new("200 OK").with("x-amz-bucket-region", "us-east-1")
        } else {
            plain(request)
        }
    });
    let (bucket, _) = EuBucket::verify(own(&server.url, "garage"), NOW)
        .await
        .unwrap();
    assert!(bucket.is_open());

    MOVED.store(true, Ordering::SeqCst);
    // Not due yet: nothing is asked.
    let asked = server.requests().len();
    assert!(bucket.recheck_if_due(later(3599)).await.unwrap().is_none());
    assert_eq!(server.requests().len(), asked);
    // An hour later it is.
    let error = bucket.recheck_if_due(later(3600)).await.unwrap_err();
    let verdict = error.verdict().unwrap();
    assert!(rules(verdict).contains(&Rule::Unchanged), "{verdict}");
    assert!(rules(verdict).contains(&Rule::ToldRegion), "{verdict}");
    assert!(!bucket.is_open() && !bucket.clone().is_open());
    // While it is closed every attempt asks again.
    assert!(bucket.recheck_if_due(later(3601)).await.is_err());

    MOVED.store(false, Ordering::SeqCst);
    assert!(bucket.recheck_if_due(later(3602)).await.unwrap().is_some());
    assert!(bucket.is_open());
}

#[tokio::test]
async fn two_opinions_that_differ_are_refused_in_one_check() {
    let server = Fake::start(|request| {
        if request.line.contains("?location") {
            Response::new("200 OK").body("<LocationConstraint>dc-2</LocationConstraint>")
        } else {
            plain(request)
        }
    });
    let verdict = refused(own(&server.url, "garage")).await;
    assert_eq!(rules(&verdict), [Rule::SecondOpinion]);
}

#[tokio::test]
async fn a_clock_that_goes_back_makes_a_check_due() {
    let server = Fake::start(plain);
    let (bucket, _) = EuBucket::verify(own(&server.url, "garage"), NOW)
        .await
        .unwrap();
    assert!(bucket.recheck_if_due(later(-1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_that_is_down_stays_due_and_closes_nothing() {
    static DOWN: AtomicBool = AtomicBool::new(false);
    let server = Fake::start(|request| match DOWN.load(Ordering::SeqCst) {
        true => Response::new("503 Service Unavailable"),
        false => plain(request),
    });
    let (bucket, _) = EuBucket::verify(own(&server.url, "garage"), NOW)
        .await
        .unwrap();
    DOWN.store(true, Ordering::SeqCst);
    let error = bucket.recheck_if_due(later(3600)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(bucket.is_open());
    assert!(
        bucket.recheck_if_due(later(3601)).await.is_err(),
        "still due"
    );
    // Publishing asks anew and gets no verdict.
    assert!(bucket.recheck(later(10)).await.is_err());
}

#[tokio::test]
async fn the_expected_owner_is_sent_with_every_question() {
    let server = Fake::start(plain);
    let owned = S3Location {
        owner: Some("123456789012".to_owned()),
        ..own(&server.url, "garage")
    };
    EuBucket::verify(owned, NOW).await.unwrap();
    let requests = server.requests();
    assert!(requests.len() >= 5);
    for request in requests {
        let header = "x-amz-expected-bucket-owner: 123456789012".to_owned();
        assert!(request.headers.contains(&header), "{request:?}");
        let signed = request.headers.iter().any(|line| {
            line.starts_with("authorization:") && line.contains("expected-bucket-owner")
        });
        assert!(signed, "the owner is not signed: {request:?}");
    }
}

#[tokio::test]
async fn what_a_store_says_gets_into_a_verdict_as_a_word_only() {
    let server = Fake::start(|request| {
        if request.line.starts_with("HEAD ") {
            Response::new("200 OK").with("x-amz-bucket-region", "<script>alert(1)</script>")
        } else {
            plain(request)
        }
    });
    let verdict = refused(own(&server.url, "garage")).await;
    let json = serde_json::to_string(&verdict).unwrap();
    assert!(!json.contains("script"), "{json}");
}
