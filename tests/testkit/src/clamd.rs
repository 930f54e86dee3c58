//! A ClamAV daemon of our own, with signatures written by hand.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// The text that scanners agree to take for a virus, <https://www.eicar.org>. In two parts, so that no
/// scanner takes this file for one.
const EICAR: [&str; 2] = [
    r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-",
    "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
];

/// What our own signature looks for, anywhere in a file.
const MARKER: &str = "scrim marker that stands for something bad 4711";

/// A running clamd. It ends when this is dropped.
#[derive(Debug)]
pub struct Clamd {
    folder: TempDir,
    running: Child,
}

impl Clamd {
    /// Starts clamd with two signatures, and waits until it scans. It takes streams of up to so many
    /// megabytes.
    pub fn start(most_megabytes: u32) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("scrim-clamd-")
            .tempdir()
            .expect("a folder for temporary files can be made");
        let at = |name: &str| folder.path().join(name);
        for name in ["db", "tmp"] {
            fs::create_dir(at(name)).expect("a folder can be made in an empty one");
        }
        // Name, any kind of file, where, and the bytes: the signature format of ClamAV.
        let signatures = format!(
            "Eicar-Test-Signature:0:0:{}\nScrim.Test.Marker:0:*:{}\n",
            hex(&Self::eicar()),
            hex(Self::marker())
        );
        fs::write(at("db/hand.ndb"), signatures).expect("a file can be written in our own folder");
        let configuration = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\n\
             StreamMaxLength {most_megabytes}M\nAlertExceedsMax yes\n",
            at("socket").display(),
            at("db").display(),
            at("tmp").display()
        );
        fs::write(at("clamd.conf"), configuration)
            .expect("a file can be written in our own folder");
        let mut running = Command::new("clamd")
            .arg("--config-file")
            .arg(at("clamd.conf"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("clamd is installed: scripts/install test");
        let output = running.stdout.take().expect("its output was asked for");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let is_ready = lines.any(|line| line.starts_with("Self checking"));
        assert!(is_ready, "clamd ended before it was ready");
        // Whatever it says later must not make it wait.
        thread::spawn(move || lines.for_each(drop));
        Self { folder, running }
    }

    /// Returns where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// Returns the file that all scanners take for a virus.
    pub fn eicar() -> Vec<u8> {
        EICAR.concat().into_bytes()
    }

    /// Returns what is found anywhere in a file, as `Scrim.Test.Marker`.
    pub fn marker() -> &'static [u8] {
        MARKER.as_bytes()
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
