//! As much of HTTP as a load needs: one request after the other on a connection that stays open.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

/// A connection.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

/// What an answer says before its body.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) bytes: u64,
    pub(super) cookie: Option<String>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            address,
        })
    }

    /// Asks for something, with further lines for the head. The body is left where it is.
    pub(super) fn ask(&mut self, path: &str, lines: &str) -> io::Result<Head> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\n{lines}\r\n",
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

    /// Asks for something, and reads the body away.
    pub(super) fn get(&mut self, path: &str, lines: &str) -> io::Result<Head> {
        let head = self.ask(path, lines)?;
        let mut body = self.stream.by_ref().take(head.bytes);
        if io::copy(&mut body, &mut io::sink())? < head.bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(head)
    }
}
