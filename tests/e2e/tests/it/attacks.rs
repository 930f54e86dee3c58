//! Attacks that need a connection or a file, on the program as it runs.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use scrim_testkit::{Home, Service, peer, workspace};

use crate::answer::Answer;

/// No connection on which nothing happens stays open for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// Whoever asks while others are slow is answered within this time.
const SOON: Duration = Duration::from_secs(10);

/// Opens a connection and sends bytes.
fn sent(service: &Service, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(LONGEST)).unwrap();
    // What is refused early may not be taken to its end.
    let _ = stream.write_all(bytes.as_bytes());
    stream
}

/// Reads until the service closes the connection.
fn until_closed(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the connection stays open: {error}"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first lines of a request.
fn head(service: &Service, line: &str) -> String {
    format!("{line} HTTP/1.1\r\nhost: {}\r\n", service.address())
}

#[track_caller]
fn assert_is_well(service: &Service) {
    let began = Instant::now();
    let request = head(service, "GET /healthz") + "connection: close\r\n\r\n";
    let answer = until_closed(sent(service, &request));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
}

#[test]
fn slow_clients_keep_nobody_waiting_and_are_let_go() {
    let home = Home::new();
    let service = Service::start(&home);
    let form =
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nemail=";
    let half_head = head(&service, "GET /healthz") + "x-slow: ";
    let half_body = head(&service, "POST /login") + form;
    let open = || ["", half_head.as_str(), half_body.as_str()].map(|bytes| sent(&service, bytes));
    let slow: Vec<_> = (0..100).map(|_| open()).collect();
    assert_is_well(&service);
    for streams in slow {
        let [silent, half_head, half_body] = streams.map(until_closed);
        assert_eq!(silent, "");
        assert_eq!(half_head, "");
        assert!(half_body.starts_with("HTTP/1.1 408 "), "{half_body}");
    }
    assert_is_well(&service);
}

#[test]
fn heads_without_an_end_are_cut_off() {
    let home = Home::new();
    let service = Service::start(&home);
    let many: String = (0..150)
        .map(|number| format!("x-{number}: a\r\n"))
        .collect();
    let answer = until_closed(sent(&service, &(head(&service, "GET /healthz") + &many)));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    for long in [
        head(&service, "GET /healthz") + "x-long: " + &"a".repeat(1 << 20),
        format!("GET /{}", "a".repeat(1 << 20)),
    ] {
        // Who still sends while the answer comes may not see it.
        let answer = until_closed(sent(&service, &long));
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 431 ");
        assert!(is_refused, "{answer}");
    }
    assert_is_well(&service);
}

#[test]
fn no_request_hides_in_the_body_of_another() {
    let home = Home::new();
    let service = Service::start(&home);
    let hidden = format!(
        "GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n",
        service.address()
    );
    let framings = [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 4",
        "content-length: 4\r\ncontent-length: 5",
        "content-length: +5",
        "content-length: -5",
        "content-length: 0x5",
        "content-length: 5, 6",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, identity",
        "transfer-encoding : chunked\r\ncontent-length: 5",
        "x: y\r\n transfer-encoding: chunked\r\ncontent-length: 5",
    ];
    for framing in framings {
        let request = head(&service, "POST /login") + framing + "\r\n\r\n0\r\n\r\n" + &hidden;
        let answer = until_closed(sent(&service, &request));
        let count = answer.matches("HTTP/1.1 ").count();
        assert_eq!(count, 1, "{framing}: {answer}");
        assert!(answer.starts_with("HTTP/1.1 4"), "{framing}: {answer}");
    }
    assert_is_well(&service);
}

#[test]
fn an_archive_that_grows_when_it_is_unpacked_is_not_unpacked() {
    let home = Home::new();
    let (archive, password) = (home.path().join("bomb.zip"), home.path().join("password"));
    fs::write(&password, "seven quiet herons\n").unwrap();
    let made = Command::new(peer::programs("archive").join("python"))
        .arg(workspace::root().join("tests/peers/archive/bomb_peer.py"))
        .arg(&archive)
        .args(["seven quiet herons", "1024"])
        .output()
        .expect("the interpreter was just installed");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    assert!(fs::metadata(&archive).unwrap().len() < 4 << 20);
    let mut command = home.scrim();
    command.arg("import").arg("--password-file").arg(&password);
    command.arg(&archive);
    Answer::within(20, &command)
        .expect(3)
        .expect_said("it is compressed");
}
