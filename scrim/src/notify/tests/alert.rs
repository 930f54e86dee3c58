//! Alerts, sent to a receiver that first has no time.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread,
    time::SystemTime,
};

use serde_json::Value;

use crate::notify::{Event, alert};

/// Takes one request for each answer and returns the heads and bodies.
fn requests(listener: &TcpListener, answers: &[&str]) -> Vec<(String, String)> {
    let mut requests = Vec::new();
    for answer in answers {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        head.make_ascii_lowercase();
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        requests.push((head, String::from_utf8(body).unwrap()));
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
    }
    requests
}

#[test]
fn the_operator_is_told_again_until_somebody_takes_the_message() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/late", listener.local_addr().unwrap());
    let answers = ["503 Service Unavailable", "204 No Content"];
    let server = thread::spawn(move || requests(&listener, &answers));
    let event = Event {
        name: "retention.sweep_late",
        timestamp: SystemTime::now(),
        data: serde_json::json!({ "last_sweep": null }),
    };
    alert(url.parse().unwrap(), &event).unwrap();
    let requests = server.join().unwrap();
    let id = |head: &str| {
        let line = head.lines().find(|line| line.starts_with("webhook-id:"));
        line.unwrap().to_owned()
    };
    assert_eq!(id(&requests[0].0), id(&requests[1].0), "it is one message");
    assert_eq!(requests[0].1, requests[1].1);
    let body: Value = serde_json::from_str(&requests[0].1).unwrap();
    assert_eq!(body["type"], "retention.sweep_late");
}

#[test]
fn an_alert_that_nobody_wants_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || requests(&listener, &["410 Gone"]));
    let event = Event {
        name: "retention.sweep_late",
        timestamp: SystemTime::now(),
        data: (),
    };
    let error = alert(url.parse().unwrap(), &event).unwrap_err();
    assert!(error.is_final(), "{error}");
    assert_eq!(server.join().unwrap().len(), 1);
}
