//! A process that is killed in the middle of an upload.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use scrim_policy::TenantId;
use scrim_storage::ObjectStore;
use scrim_testkit::{
    SeaweedFs,
    proxy::{Fate, Proxy},
};

use super::{connect, contents, key, location, names, put};
use crate::fixtures::text;

/// Where the process that is killed finds the server.
const ENDPOINT: &str = "SCRIM_TEST_UPLOADS_TO";

const NAME: &str = "stores::kills::a_killed_upload_leaves_no_object_and_can_be_cleared_away";

/// Uploads until somebody ends it.
fn upload_for_ever(endpoint: &str) {
    let store = connect(location(endpoint));
    let mut object = store.put(&key(TenantId::SINGLE, 1)).unwrap();
    loop {
        object.write_all(&text(1 << 20)).unwrap();
    }
}

#[test]
fn a_killed_upload_leaves_no_object_and_can_be_cleared_away() {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        return upload_for_ever(&endpoint);
    }
    let server = SeaweedFs::start();
    let proxy = Proxy::before(server.port());
    let (arrived, has_arrived) = mpsc::channel();
    let mut parts = 0;
    proxy.set_rule(move |request| {
        parts += usize::from(request.path.contains("partNumber="));
        // Several have arrived by then, and several are on their way.
        if parts == 6 {
            let _ = arrived.send(());
        }
        Fate::Pass
    });
    let mut uploading = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME])
        .env(ENDPOINT, proxy.endpoint())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let is_arrived = has_arrived.recv_timeout(Duration::from_secs(60));
    uploading.kill().unwrap();
    uploading.wait().unwrap();
    is_arrived.unwrap();

    let store = connect(location(&server.endpoint()));
    let key = key(TenantId::SINGLE, 1);
    assert!(store.get(&key).is_err());
    assert_eq!(names(&store), Vec::<String>::new());
    let unfinished = store.unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(
        unfinished[0].name,
        Some(scrim_storage::objects::StoredName::Object(key))
    );
    store.abort(&unfinished[0]).unwrap();
    store.abort(&unfinished[0]).unwrap();
    assert_eq!(store.unfinished().unwrap(), []);
    put(&store, &key, b"the next try").unwrap();
    assert_eq!(contents(&store, &key), b"the next try");
}
