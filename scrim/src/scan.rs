//! Looking at what comes in with ClamAV, before anything decodes or keeps it.
//!
//! The bytes go to a running clamd as they are read (`INSTREAM` of clamd(8)), and nothing of them to a
//! file. They go in the clear, so clamd has to be on this machine.
//!
//! > **Only what was looked at to its end passes as clean.** clamd stops at its `StreamMaxLength`, and
//! > says so or hangs up; where scanning is required, such a source is refused.

use std::{
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    str::FromStr,
    time::{Duration, SystemTime},
};

use scrim_ingest::{FromStart, SourceBytes};
use scrim_policy::{AuditEvent, Kind, Word};
use scrim_storage::Vault;

use crate::failure::Failure;

/// Bytes that are sent at once.
const CHUNK: usize = 256 << 10;

/// How long clamd may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long clamd may be silent. At the end of a long recording it scans all of it at once.
const ANSWER_WITHIN: Duration = Duration::from_secs(600);

/// A longer answer is none.
const MOST_ANSWER_BYTES: u64 = 4096;

/// What signatures begin with that say that clamd stopped at one of its own limits.
const LIMITS: &str = "Heuristics.Limits.Exceeded";

/// Where clamd listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clamd {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A port of this machine.
    Tcp(SocketAddr),
}

impl FromStr for Clamd {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return match path.is_absolute() {
                true => Ok(Self::Unix(path)),
                false => Err("is no absolute path"),
            };
        }
        let address = text.strip_prefix("tcp:").ok_or("is no address of clamd")?;
        let address: SocketAddr = address.parse().map_err(|_| "has no address and port")?;
        match address.ip().is_loopback() {
            true => Ok(Self::Tcp(address)),
            false => Err("is another machine: recordings would go there in the clear"),
        }
    }
}

impl fmt::Display for Clamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Tcp(address) => write!(f, "{address}"),
        }
    }
}

/// What clamd said about a source.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    Infected {
        signature: String,
    },
    /// It stopped before the end.
    Cut,
}

/// Why clamd said nothing about a source.
#[derive(Debug, thiserror::Error)]
enum ScanError {
    #[error("could not read the recording")]
    Read { source: io::Error },
    #[error("clamd does not answer at {clamd}")]
    Silent { clamd: Clamd, source: io::Error },
    #[error("clamd could not scan: {answer}")]
    Failed { answer: Word },
}

/// Looks at sources.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    clamd: Clamd,
    is_required: bool,
}

trait Connection: Read + Write {}

impl<C: Read + Write> Connection for C {}

impl Scanner {
    pub(crate) const fn new(clamd: Clamd, is_required: bool) -> Self {
        Self { clamd, is_required }
    }

    /// Lets a source pass, or not. Returns a warning where it passes although it was not looked at to
    /// its end, which only happens where scanning is not required.
    ///
    /// # Errors
    /// `Refused` for what is infected or was not looked at to its end, `Unavailable` where clamd does
    /// not answer.
    pub(crate) fn check(
        &self,
        vault: &Vault,
        bytes: &dyn SourceBytes,
    ) -> Result<Option<String>, Failure> {
        let trouble = match self.scan(bytes) {
            Ok(Verdict::Clean) => return Ok(None),
            Ok(Verdict::Infected { signature }) => {
                let signature = Word::new(signature);
                let text = format!("the source is infected: {signature}");
                let event = AuditEvent::OriginalRefused {
                    finding: Word::new("infected"),
                    signature: Some(signature),
                };
                vault.audit(event, SystemTime::now().into())?;
                return Err(Failure::words(Kind::Refused, text)
                    .hint("nothing of it was kept; have a look at where it comes from"));
            }
            Ok(Verdict::Cut) => {
                let text = "clamd stopped before the end of the source";
                Failure::words(Kind::Refused, text)
                    .hint("raise StreamMaxLength, MaxScanSize and MaxFileSize of clamd")
            }
            Err(error @ ScanError::Read { .. }) => {
                return Err(Failure::new(Kind::Unavailable, error));
            }
            Err(error) => Failure::new(Kind::Unavailable, error).hint(
                "start clamd, or set [scan] required = false to go on without having scanned",
            ),
        };
        if self.is_required {
            return Err(trouble);
        }
        Ok(Some(format!("not scanned: {}", trouble.message())))
    }

    fn scan(&self, bytes: &dyn SourceBytes) -> Result<Verdict, ScanError> {
        let silent = |source| ScanError::Silent {
            clamd: self.clamd.clone(),
            source,
        };
        let bytes = bytes.again().map_err(|source| ScanError::Read { source })?;
        let mut connection = self.connect().map_err(silent)?;
        connection.write_all(b"zINSTREAM\0").map_err(silent)?;
        // clamd answers and hangs up while more is sent, when it has had enough.
        let is_sent = send(&mut FromStart::new(bytes), &mut connection)?;
        let mut answer = Vec::new();
        let read = connection.take(MOST_ANSWER_BYTES).read_to_end(&mut answer);
        match (read, is_sent) {
            (Err(_), false) => return Ok(Verdict::Cut),
            (Err(source), true) if answer.is_empty() => return Err(silent(source)),
            _ => {}
        }
        judge(&answer, is_sent)
    }

    fn connect(&self) -> io::Result<Box<dyn Connection>> {
        match &self.clamd {
            Clamd::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(ANSWER_WITHIN))?;
                stream.set_write_timeout(Some(ANSWER_WITHIN))?;
                Ok(Box::new(stream))
            }
            Clamd::Tcp(address) => {
                let stream = TcpStream::connect_timeout(address, CONNECT_WITHIN)?;
                stream.set_read_timeout(Some(ANSWER_WITHIN))?;
                stream.set_write_timeout(Some(ANSWER_WITHIN))?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// Sends everything in chunks, each behind its length, and an empty one. Returns whether all of it was
/// taken.
fn send(bytes: &mut impl Read, connection: &mut impl Write) -> Result<bool, ScanError> {
    let mut chunk = vec![0; 4 + CHUNK];
    loop {
        let count = match bytes.read(&mut chunk[4..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(ScanError::Read { source }),
        };
        chunk[..4].copy_from_slice(&(count as u32).to_be_bytes());
        if connection.write_all(&chunk[..4 + count]).is_err() {
            return Ok(false);
        }
        if count == 0 {
            return Ok(connection.flush().is_ok());
        }
    }
}

/// Reads `stream: OK`, `stream: NAME FOUND` or what went wrong.
fn judge(answer: &[u8], is_sent: bool) -> Result<Verdict, ScanError> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches('\0').trim();
    let said = text.strip_prefix("stream: ").unwrap_or(text);
    if let Some(signature) = said.strip_suffix(" FOUND") {
        return Ok(match signature.starts_with(LIMITS) {
            true => Verdict::Cut,
            false => Verdict::Infected {
                signature: signature.to_owned(),
            },
        });
    }
    match said {
        "OK" if is_sent => Ok(Verdict::Clean),
        _ if said.contains("size limit exceeded") || !is_sent => Ok(Verdict::Cut),
        _ => Err(ScanError::Failed {
            answer: Word::new(said),
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn recordings_do_not_leave_the_machine_in_the_clear() {
        assert!("tcp:127.0.0.1:3310".parse::<Clamd>().is_ok());
        assert!("tcp:[::1]:3310".parse::<Clamd>().is_ok());
        assert!("unix:/run/clamav/clamd.ctl".parse::<Clamd>().is_ok());
        for text in [
            "tcp:192.0.2.1:3310",
            "tcp:localhost:3310",
            "tcp:127.0.0.1",
            "unix:clamd.ctl",
            "/run/clamav/clamd.ctl",
            "",
        ] {
            assert!(text.parse::<Clamd>().is_err(), "{text}");
        }
    }

    #[test]
    fn answers_of_clamd_are_understood() {
        let infected = Verdict::Infected {
            signature: "Eicar-Signature".to_owned(),
        };
        let limits = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0";
        for (answer, is_sent, wanted) in [
            (&b"stream: OK\0"[..], true, Verdict::Clean),
            (b"stream: Eicar-Signature FOUND\0", true, infected.clone()),
            (b"stream: Eicar-Signature FOUND\0", false, infected),
            (
                b"INSTREAM size limit exceeded. ERROR\0",
                false,
                Verdict::Cut,
            ),
            (limits, true, Verdict::Cut),
            (b"stream: OK\0", false, Verdict::Cut),
            (b"", false, Verdict::Cut),
        ] {
            let text = String::from_utf8_lossy(answer).into_owned();
            assert_eq!(judge(answer, is_sent).unwrap(), wanted, "{text}");
        }
        assert!(judge(b"stream: Can't allocate memory ERROR\0", true).is_err());
        assert!(judge(b"", true).is_err(), "nothing is not clean");
    }

    #[test]
    fn what_is_sent_is_chunks_behind_their_lengths() {
        let mut sent = Vec::new();
        assert!(send(&mut &b"abc"[..], &mut sent).unwrap());
        assert_eq!(sent, b"\0\0\0\x03abc\0\0\0\0");
    }
}
