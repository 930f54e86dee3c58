//! Vaults whose objects lie in a bucket.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use scrim_policy::Kind;
use scrim_storage::{
    ArtefactKind, Begun, CatalogError, Settings, StoreSettings, Timestamp, Vault, VaultError,
    capabilities::{Capabilities, Outcome, Probe, Store, Throwaway},
    objects::{
        ObjectError, S3Store,
        s3::{Credentials, S3Location, client},
    },
    residency::{ResidencyError, StorageVerdict},
};
use scrim_testkit::{Moto, SeaweedFs};
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

use super::{
    fake::{Fake, Response},
    own,
    servers::{make_bucket, plain},
};
use crate::fixtures::{NOW, job, later};

fn vault(home: &Path, location: S3Location) -> Vault {
    let (store, verdict) = S3Store::connect(location, NOW).unwrap();
    let settings = Settings {
        store: StoreSettings::S3(Arc::new(store)),
        ..Settings::embedded(home, Vault::default_unlock(home))
    };
    let vault = Vault::open_with(&settings).unwrap();
    vault.note_verdict(&verdict, NOW).unwrap();
    vault
}

fn bucket_in_frankfurt(moto: &Moto) -> S3Location {
    let location = own(&moto.url(), "eu-central-1");
    Runtime::new().unwrap().block_on(make_bucket(
        &client(&location).unwrap(),
        "recordings",
        "eu-central-1",
    ));
    location
}

/// Everything that is in the server: buckets, versions and unfinished uploads.
fn contents(location: &S3Location) -> Vec<String> {
    Runtime::new().unwrap().block_on(async {
        let client = client(location).unwrap();
        let mut found = Vec::new();
        for bucket in client.list_buckets().send().await.unwrap().buckets() {
            let name = bucket.name().unwrap();
            found.push(name.to_owned());
            let listed = client.list_object_versions().bucket(name).send().await;
            let listed = listed.unwrap();
            found.extend(
                listed
                    .versions()
                    .iter()
                    .map(|version| format!("{version:?}")),
            );
            found.extend(
                listed
                    .delete_markers()
                    .iter()
                    .map(|marker| format!("{marker:?}")),
            );
            let uploads = client.list_multipart_uploads().bucket(name).send().await;
            found.extend(
                uploads
                    .unwrap()
                    .uploads()
                    .iter()
                    .map(|upload| format!("{upload:?}")),
            );
        }
        found
    })
}

fn outcome(found: &Capabilities, probe: Probe) -> Outcome {
    let mut probes = found.probes.iter();
    probes.find(|probed| probed.probe == probe).unwrap().outcome
}

#[test]
fn a_battery_finds_what_a_server_takes_without_a_word_and_leaves_nothing() {
    let moto = Moto::start();
    let location = bucket_in_frankfurt(&moto);
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), location.clone());
    let found = vault
        .probe_store(Throwaway::BucketsToo, &|_| {}, NOW)
        .unwrap()
        .unwrap();

    let tried: Vec<Probe> = found.probes.iter().map(|probed| probed.probe).collect();
    for probe in Probe::ALL {
        assert!(tried.contains(probe), "{probe} was left out");
    }
    for probe in [
        Probe::Objects,
        Probe::Region,
        Probe::ConditionalPut,
        Probe::Multipart,
        Probe::ConditionalMultipart,
        Probe::Range,
        Probe::ListUploads,
        Probe::Versioning,
        Probe::Lifecycle,
    ] {
        assert_eq!(outcome(&found, probe), Outcome::Has, "{found:#?}");
    }
    // The server takes a wrong checksum, and is caught.
    assert_eq!(outcome(&found, Probe::Sha256), Outcome::Lacks);
    assert_eq!(found.advice(), ["checksum = \"none\""]);
    assert_eq!(found.missing().count(), 0);
    assert!(found.is_clean);
    assert_eq!(contents(&location), ["recordings"]);
}

/// The measured answers of SeaweedFS. Its region is null, for want of one.
#[test]
fn a_battery_on_seaweedfs_finds_everything_but_a_region() {
    let server = SeaweedFs::start();
    let credentials = Credentials::new(
        SeaweedFs::ACCESS_KEY_ID.to_owned(),
        SeaweedFs::SECRET_ACCESS_KEY.to_owned(),
    );
    let location = S3Location {
        bucket: SeaweedFs::BUCKET.parse().unwrap(),
        credentials: credentials.unwrap(),
        ..own(&server.endpoint(), SeaweedFs::REGION)
    };
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), location.clone());
    let found = vault
        .probe_store(Throwaway::BucketsToo, &|_| {}, clock())
        .unwrap()
        .unwrap();
    assert_eq!(found.probes.len(), Probe::ALL.len());
    for probed in &found.probes {
        let wanted = match probed.probe {
            Probe::Region => Outcome::Lacks,
            _ => Outcome::Has,
        };
        assert_eq!(probed.outcome, wanted, "{probed:?}");
    }
    assert!(found.is_clean);
    assert_eq!(contents(&location), [SeaweedFs::BUCKET]);
}

/// Locks end by the clock of the server.
fn clock() -> Timestamp {
    SystemTime::now().into()
}

#[test]
fn what_needs_a_bucket_of_its_own_is_not_tried_without_one() {
    let moto = Moto::start();
    let location = bucket_in_frankfurt(&moto);
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), location.clone());
    let found = vault
        .probe_store(Throwaway::PrefixOnly, &|_| {}, NOW)
        .unwrap()
        .unwrap();
    for probe in [Probe::Versioning, Probe::ObjectLock, Probe::Lifecycle] {
        assert_eq!(outcome(&found, probe), Outcome::NotTried, "{probe}");
        assert!(!found.has(probe));
    }
    assert!(found.is_clean);
    assert_eq!(contents(&location), ["recordings"]);
}

#[test]
fn what_was_found_is_kept_with_a_signature() {
    let moto = Moto::start();
    let location = bucket_in_frankfurt(&moto);
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), location.clone());
    let store = Store::of(&location);
    assert_eq!(vault.capabilities(&store).unwrap(), None);
    let found = vault
        .probe_store(Throwaway::PrefixOnly, &|_| {}, NOW)
        .unwrap();
    assert_eq!(vault.capabilities(&store).unwrap(), found);

    let path = folder.path().join("catalog.db");
    Runtime::new().unwrap().block_on(async {
        let mut connection = SqliteConnection::connect(path.to_str().unwrap())
            .await
            .unwrap();
        sqlx::query("UPDATE store_capability SET payload = replace(payload, 'lacks', 'has')")
            .execute(&mut connection)
            .await
            .unwrap();
    });
    let refused = vault.capabilities(&store).unwrap_err();
    let column = "store_capability.payload";
    assert!(matches!(
        refused,
        VaultError::Catalog(CatalogError::Unreadable { column: found }) if found == column
    ));
}

#[test]
fn every_verdict_is_in_the_audit_log_and_the_last_one_in_the_proof() {
    let moto = Moto::start();
    let location = bucket_in_frankfurt(&moto);
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), location);
    let StorageVerdict::Bucket(verdict) = vault.storage_verdict(later(5)).unwrap() else {
        panic!("the objects are in a bucket");
    };
    assert!(verdict.allowed);
    assert_eq!(verdict.at, later(5).to_string());
    let records = vault.audit_records(None, None, 10).unwrap();
    let bodies: Vec<String> = records.iter().map(|record| format!("{record:?}")).collect();
    let verdicts = bodies
        .iter()
        .filter(|body| body.contains("residency.verdict"));
    assert_eq!(verdicts.count(), 2, "{bodies:?}");
}

#[test]
fn files_of_this_machine_are_stated_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let vault = Vault::open(home, Vault::default_unlock(home)).unwrap();
    let stated = vault.storage_verdict(NOW).unwrap();
    assert_eq!(stated, StorageVerdict::local_files());
    let probed = vault.probe_store(Throwaway::PrefixOnly, &|_| {}, NOW);
    assert_eq!(probed.unwrap(), None);
}

fn is_refused(error: &VaultError) -> bool {
    let refused = matches!(
        error,
        VaultError::Object(ObjectError::Residency(
            ResidencyError::Refused { .. } | ResidencyError::Stopped { .. }
        ))
    );
    refused && error.kind() == Kind::Refused
}

#[test]
fn a_bucket_that_moves_gets_no_artefact_and_no_recording_is_published() {
    static MOVED: AtomicBool = AtomicBool::new(false);
    let server = Fake::start(|request| {
        if request.line.starts_with("HEAD ") && MOVED.load(Ordering::SeqCst) {
            Response::new("200 OK").with("x-amz-bucket-region", "us-east-1")
        } else {
            plain(request)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), own(&server.url, "garage"));
    let Begun::New(claim) = vault.begin_or_resume(&job("webinar"), NOW).unwrap() else {
        panic!("the job is not new");
    };
    vault.start_rendering(&claim, 1_000_000_000, NOW).unwrap();

    MOVED.store(true, Ordering::SeqCst);
    // Right before publishing, whatever the time is.
    assert!(is_refused(&vault.storage_verdict(later(1)).unwrap_err()));
    // And nothing is written from now on.
    let asked = server.requests().len();
    let refused = vault.create_artefact(&claim, ArtefactKind::Recording, later(2));
    assert!(is_refused(&refused.map(drop).unwrap_err()));
    assert!(is_refused(
        &vault.publish(&claim, &[], later(2)).unwrap_err()
    ));
    let requests = server.requests();
    let is_write = |line: &str| line.starts_with("PUT ") || line.starts_with("POST ");
    assert!(!requests.iter().any(|request| is_write(&request.line)));
    assert!(requests.len() > asked, "a closed bucket is asked again");
    // The log knows of the refusals.
    let records = vault.audit_records(None, None, 20).unwrap();
    let is_refusal = |body: &String| body.contains("is refused");
    let bodies = records.iter().map(|record| format!("{record:?}"));
    assert!(bodies.filter(is_refusal).count() >= 2);
}
