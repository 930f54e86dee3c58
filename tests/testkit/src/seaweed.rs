//! A real S3 server: SeaweedFS, on this machine, gone with the test.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::peer;

/// How long the server may take until it answers. Machines that build at the same time are slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often a server is started, should somebody else take one of its ports.
const TRIES: u32 = 4;

/// The longest pause between two questions whether it answers.
const PAUSE: Duration = Duration::from_millis(50);

/// SeaweedFS with one bucket.
#[derive(Debug)]
pub struct SeaweedFs {
    server: Child,
    folder: TempDir,
    s3_port: u16,
    filer_port: u16,
}

impl SeaweedFs {
    /// The bucket that is there from the start.
    pub const BUCKET: &str = "recordings";
    /// The region that requests may be signed for.
    pub const REGION: &str = "eu-central-1";
    /// Who may do everything.
    pub const ACCESS_KEY_ID: &str = "AKIDSCRIMTEST";
    /// The secret of [`SeaweedFs::ACCESS_KEY_ID`].
    pub const SECRET_ACCESS_KEY: &str = "a-secret-of-tests-only";

    /// Starts a server for about 6 GB and waits until it takes files.
    pub fn start() -> Self {
        Self::with_volumes_of(64)
    }

    /// Starts a server that keeps up to a hundred times so many megabytes.
    pub fn with_volumes_of(megabytes: u32) -> Self {
        for _ in 1..TRIES {
            if let Some(started) = Self::try_start(megabytes) {
                return started;
            }
        }
        Self::try_start(megabytes).expect("SeaweedFS ends as soon as it is started")
    }

    /// Starts a server, or returns nothing where it ends at once, as when a port was taken.
    fn try_start(megabytes: u32) -> Option<Self> {
        let program = peer::programs("seaweedfs").join("weed");
        let folder = tempfile::Builder::new()
            .prefix("scrim-seaweedfs-")
            .tempdir()
            .expect("a folder for temporary files can be made");
        let identity = format!(
            r#"{{"identities":[{{"name":"test","credentials":[{{"accessKey":"{}","secretKey":"{}"}}],"actions":["Admin","Read","Write","List","Tagging"]}}]}}"#,
            Self::ACCESS_KEY_ID,
            Self::SECRET_ACCESS_KEY
        );
        let config = folder.path().join("s3.json");
        fs::write(&config, identity).expect("a file can be written");
        fs::create_dir(folder.path().join("data")).expect("a folder can be made");
        let [
            master,
            master_rpc,
            volume,
            volume_rpc,
            filer,
            filer_rpc,
            s3,
            s3_rpc,
        ] = free_ports();
        let mut server = Command::new(program)
            .arg("server")
            .arg(format!("-dir={}", folder.path().join("data").display()))
            .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1"])
            .arg(format!("-master.port={master}"))
            .arg(format!("-master.port.grpc={master_rpc}"))
            .arg(format!("-volume.port={volume}"))
            .arg(format!("-volume.port.grpc={volume_rpc}"))
            .args(["-filer", &format!("-filer.port={filer}")])
            .arg(format!("-filer.port.grpc={filer_rpc}"))
            .args(["-s3", &format!("-s3.port={s3}")])
            .arg(format!("-s3.port.grpc={s3_rpc}"))
            .arg(format!("-s3.config={}", config.display()))
            .args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"])
            // Each bucket takes about seven volumes. With fewer, writes fail as on a full disk.
            .arg("-volume.max=100")
            .arg(format!("-master.volumeSizeLimitMB={megabytes}"))
            .args(["-volume.preStopSeconds=0", "-master.telemetry=false"])
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("SeaweedFS can be started");
        let words = BufReader::new(server.stderr.take().expect("it was asked for"));
        let (sender, lines) = mpsc::channel();
        // Read to the end: it would stop where nobody reads what it says.
        thread::spawn(move || {
            for line in words.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let (began, mut said) = (Instant::now(), String::new());
        let bucket = format!("/buckets/{}/", Self::BUCKET);
        let is_ready = || {
            matches!(ask(filer, "POST", &bucket), Some(201 | 409))
                && ask(filer, "PUT", "/ready") == Some(201)
                && ask(s3, "GET", "/").is_some()
        };
        while !is_ready() {
            // It says something at every step on its way up.
            match lines.recv_timeout(PAUSE) {
                Ok(line) => said.extend([line.as_str(), "\n"]),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = server.wait();
                    return None;
                }
            }
            if began.elapsed() > PATIENCE {
                let _ = server.kill();
                panic!("SeaweedFS does not answer:\n{said}");
            }
        }
        Some(Self {
            server,
            folder,
            s3_port: s3,
            filer_port: filer,
        })
    }

    /// Returns the address to ask.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.s3_port)
    }

    /// Returns the port of [`SeaweedFs::endpoint`].
    pub const fn port(&self) -> u16 {
        self.s3_port
    }

    /// Makes another bucket.
    pub fn make_bucket(&self, name: &str) {
        let made = ask(self.filer_port, "POST", &format!("/buckets/{name}/"));
        assert_eq!(made, Some(201), "making the bucket {name}");
    }

    /// Returns everything that the server keeps on its disk.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for SeaweedFs {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Returns ports that nobody listens on at this moment.
fn free_ports<const N: usize>() -> [u16; N] {
    // All are held at the same time, so that they differ.
    let held: [TcpListener; N] = std::array::from_fn(|_| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports")
    });
    held.map(|listener| {
        let address = listener.local_addr();
        address.expect("a listener has an address").port()
    })
}

/// Asks with one byte, which a file needs to take a volume, and returns the status, or nothing where nobody answers.
fn ask(port: u16, method: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let line = String::from_utf8_lossy(&answer);
    line.split_whitespace().nth(1)?.parse().ok()
}
