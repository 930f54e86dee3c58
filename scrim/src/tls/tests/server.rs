//! A server, and other people's clients.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::SystemTime,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::Runtime,
    task::JoinSet,
};

use super::{super::Tls, generated};

/// Serves one fixed answer until it is dropped.
struct Server {
    port: u16,
    _runtime: Runtime,
}

impl Server {
    fn start(tls: &Tls) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(serve(listener, tls.clone()));
        Self {
            port,
            _runtime: runtime,
        }
    }

    fn s_client(&self, options: &str) -> Output {
        let mut client = Command::new("openssl")
            .args(["s_client", "-connect", &format!("127.0.0.1:{}", self.port)])
            .args(["-servername", "localhost"])
            .args(options.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A client that could not connect does not read.
        let _ = client
            .stdin
            .take()
            .unwrap()
            .write_all(b"GET / HTTP/1.0\r\n\r\n");
        client.wait_with_output().unwrap()
    }

    fn curl(&self, folder: &Path, options: &str) -> Output {
        Command::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*"])
            .args(["--write-out", "%{http_version} %{ssl_verify_result}"])
            .args(options.split_whitespace())
            .arg(format!("https://localhost:{}/", self.port))
            .current_dir(folder)
            .output()
            .expect("curl has to be installed")
    }
}

async fn serve(listener: TcpListener, tls: Tls) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = tls.acceptor().clone();
        connections.spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi\n";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        });
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn openssl_sees_tls_1_3_and_nothing_older() {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls::open(generated(folder.path(), &["localhost"]), SystemTime::now()).unwrap();
    let server = Server::start(&tls);

    let newest = server.s_client("-alpn h2,http/1.1");
    let said = text(&newest.stdout);
    assert!(newest.status.success(), "{}", text(&newest.stderr));
    assert!(said.contains("TLSv1.3"), "{said}");
    assert!(said.contains("ALPN protocol: http/1.1"), "{said}");

    let old = server.s_client("-tls1_2");
    assert!(!old.status.success());
    let said = text(&old.stderr);
    assert!(said.contains("alert protocol version"), "{said}");
}

#[test]
fn curl_trusts_the_made_certificate_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls::open(generated(folder.path(), &["localhost"]), SystemTime::now()).unwrap();
    let server = Server::start(&tls);

    let trusted = server.curl(folder.path(), "--cacert tls/certificate.pem --tlsv1.3");
    assert_eq!(
        text(&trusted.stdout),
        "hi\n1.1 0",
        "{}",
        text(&trusted.stderr)
    );

    let unknown = server.curl(folder.path(), "--tlsv1.3");
    assert_eq!(unknown.status.code(), Some(60), "{}", text(&unknown.stderr));

    let old = server.curl(
        folder.path(),
        "--cacert tls/certificate.pem --tlsv1.2 --tls-max 1.2",
    );
    assert_eq!(old.status.code(), Some(35), "{}", text(&old.stderr));
}
