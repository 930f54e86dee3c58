//! Requests over a connection of their own, so that a test can stop in the middle of an answer.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// An answer of which the head has been read.
pub(super) struct Reply {
    pub(super) status: u16,
    fields: Vec<(String, String)>,
    body: BufReader<TcpStream>,
}

/// Sends a request and reads the head of the answer.
pub(super) fn send(
    port: u16,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len().to_string();
    let host = format!("127.0.0.1:{port}");
    let own = [
        ("host", host.as_str()),
        ("connection", "close"),
        ("content-length", length.as_str()),
    ];
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in own.iter().chain(fields) {
        head += &format!("{name}: {value}\r\n");
    }
    stream
        .write_all(format!("{head}\r\n{body}").as_bytes())
        .unwrap();
    Reply::read(BufReader::new(stream))
}

impl Reply {
    fn read(mut body: BufReader<TcpStream>) -> Self {
        let mut line = String::new();
        body.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {line}"));
        let mut fields = Vec::new();
        loop {
            line.clear();
            body.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Self {
            status,
            fields,
            body,
        }
    }

    /// Returns a field of the head, or nothing where there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub(super) fn expect(mut self, status: u16) -> Self {
        if self.status != status {
            let mut said = String::new();
            let _ = self.body.read_to_string(&mut said);
            panic!("answered with {} and not {status}: {said}", self.status);
        }
        self
    }

    /// Reads so many bytes of the body.
    pub(super) fn next(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.body.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Reads the rest of the body.
    pub(super) fn rest(self) -> Vec<u8> {
        let (bytes, is_whole) = self.until_it_breaks();
        assert!(is_whole, "the connection broke");
        bytes
    }

    /// Reads the rest of the body, and says whether all of it came.
    pub(super) fn until_it_breaks(mut self) -> (Vec<u8>, bool) {
        assert_eq!(self.field("transfer-encoding"), "");
        let mut bytes = Vec::new();
        let is_read = self.body.read_to_end(&mut bytes).is_ok();
        (bytes, is_read)
    }

    /// Reads the rest of the body as text.
    pub(super) fn text(self) -> String {
        String::from_utf8(self.rest()).unwrap()
    }
}
