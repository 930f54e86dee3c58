//! As much of HTTP as a load needs: one request after the other on a connection that stays open.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

/// A connection.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

/// What an answer says before its body.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) cookie: Option<String>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            address,
        })
    }

    /// Asks for something, with further lines for the head. The body is left where it is.
    pub(crate) fn ask(&mut self, path: &str, lines: &str) -> io::Result<Head> {
        self.send("GET", path, lines, "")
    }

    /// Asks for something, and reads the body away.
    pub(crate) fn get(&mut self, path: &str, lines: &str) -> io::Result<Head> {
        let head = self.ask(path, lines)?;
        let mut body = self.stream.by_ref().take(head.bytes);
        if io::copy(&mut body, &mut io::sink())? < head.bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(head)
    }

    /// Sends JSON, and returns the status and the body of the answer.
    pub(crate) fn post(
        &mut self,
        path: &str,
        lines: &str,
        json: &str,
    ) -> io::Result<(u16, Vec<u8>)> {
        let length = json.len();
        let lines =
            format!("{lines}content-type: application/json\r\ncontent-length: {length}\r\n");
        let head = self.send("POST", path, &lines, json)?;
        let mut body = Vec::new();
        self.stream
            .by_ref()
            .take(head.bytes)
            .read_to_end(&mut body)?;
        Ok((head.status, body))
    }

    fn send(&mut self, method: &str, path: &str, lines: &str, body: &str) -> io::Result<Head> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{lines}\r\n{body}",
            self.address
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut head = Head {
            status: status.ok_or_else(broken)?,
            bytes: 0,
            cookie: None,
        };
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                return Ok(head);
            };
            if name.eq_ignore_ascii_case("content-length") {
                head.bytes = value.parse().map_err(|_| broken())?;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                head.cookie = value.split(';').next().map(str::to_owned);
            }
        }
    }
}
