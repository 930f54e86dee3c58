//! TLS, seen by openssl and curl.
#![allow(clippy::unwrap_used)]

mod certificates;
mod server;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use super::{Tls, TlsError, TlsSettings};

/// Runs openssl in a folder, with arguments between spaces.
fn openssl(folder: &Path, arguments: &str) {
    let ran = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl has to be installed");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "openssl {arguments}: {said}");
}

/// Makes `NAME.pem` and `NAME.key` for `localhost`.
fn make_pair(folder: &Path, name: &str, key: &str) -> TlsSettings {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey {key} -nodes -keyout {name}.key -out {name}.pem -days 90 \
             -subj /CN=localhost -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE"
        ),
    );
    let path = folder.join(format!("{name}.key"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    TlsSettings::Own {
        certificate: folder.join(format!("{name}.pem")),
        key: path,
    }
}

fn generated(folder: &Path, names: &[&str]) -> TlsSettings {
    TlsSettings::Generated {
        folder: folder.join("tls"),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn open(settings: &TlsSettings) -> Result<Tls, TlsError> {
    Tls::open(settings.clone(), SystemTime::now())
}

fn mode(path: PathBuf) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
