//! Certificates that only one test knows.

use std::{path::Path, process::Command};

/// Makes an authority and a certificate for 127.0.0.1 that it signed: `ca.pem`, `server.pem` and
/// `server.key` in the folder.
pub fn make(folder: &Path) {
    let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for command in [
        format!(
            "req -x509 {new_key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-authority \
             -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign"
        ),
        format!(
            "req {new_key} -keyout server.key -out server.csr -subj /CN=test-server \
             -addext subjectAltName=IP:127.0.0.1"
        ),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -copy_extensions copy -out server.pem"
            .to_owned(),
    ] {
        let made = Command::new("openssl")
            .args(command.split_whitespace())
            .current_dir(folder)
            .output()
            .expect("openssl has to be installed");
        assert!(
            made.status.success(),
            "openssl {command}: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
}
