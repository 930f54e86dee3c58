//! TURN: servers that pass media on to pages which cannot reach this one directly.
//!
//! Names and passwords are good for a while and made from a secret that Scrim and the TURN server share:
//! the "TURN REST API" of coturn (`use-auth-secret`). A name says until when it is good, and nothing
//! about who has it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use scrim_policy::{Kind, Pii};
use scrim_sfu::signal::IceServer;
use scrim_storage::Timestamp;

use crate::failure::Failure;

/// How long a name is good: a long meeting.
const SECONDS: i64 = 12 * 3600;

/// TURN servers and the secret that is shared with them.
#[derive(Clone)]
pub(crate) struct Turn {
    urls: Vec<String>,
    key: hmac::Key,
}

impl Turn {
    /// Takes addresses like `turns:turn.example.eu:443?transport=tcp`, and a file with the secret.
    pub(crate) fn new(urls: &[String], secret: &Path) -> Result<Self, Failure> {
        let is_turn = |url: &String| url.starts_with("turn:") || url.starts_with("turns:");
        if urls.is_empty() || !urls.iter().all(is_turn) {
            let text = "[live] turn has no address of a TURN server";
            return Err(Failure::words(Kind::Invalid, text)
                .hint("write turns:turn.example.eu:443?transport=tcp"));
        }
        let failed = |error| Failure::file("read the secret of TURN", secret, error);
        let mode = fs::metadata(secret).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            let text = format!(
                "{} can be read by others: mode {mode:03o}",
                secret.display()
            );
            return Err(Failure::words(Kind::Invalid, text)
                .hint(format!("run: chmod 600 {}", secret.display())));
        }
        let text = fs::read_to_string(secret).map_err(failed)?;
        if text.trim().is_empty() {
            let text = format!("{} is empty", secret.display());
            return Err(Failure::words(Kind::Invalid, text));
        }
        Ok(Self::with(urls.to_vec(), text.trim()))
    }

    fn with(urls: Vec<String>, secret: &str) -> Self {
        // What coturn checks. Nothing else here is signed with SHA-1.
        let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        Self {
            urls,
            key: hmac::Key::new(algorithm, secret.as_bytes()),
        }
    }

    /// Returns the servers with a name and a password for one page.
    pub(super) fn server(&self, now: Timestamp) -> IceServer {
        let username = (now.as_micros() / 1_000_000 + SECONDS).to_string();
        let signed = hmac::sign(&self.key, username.as_bytes());
        IceServer {
            urls: self.urls.clone(),
            credential: Pii::new(STANDARD.encode(signed.as_ref())),
            username,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::{Duration, SystemTime};

    use super::*;

    fn urls() -> Vec<String> {
        vec!["turns:turn.example.eu:443?transport=tcp".to_owned()]
    }

    #[test]
    fn names_say_until_when_they_are_good() {
        let turn = Turn::with(urls(), "open sesame");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let server = turn.server(now.into());
        assert_eq!(server.username, "1700043200");
        // printf 1700043200 | openssl dgst -sha1 -hmac 'open sesame' -binary | base64
        assert_eq!(server.credential.reveal(), "0GhAd1f2IsjQ52B6wG+zo1Tl4FE=");
        assert_eq!(server.urls, urls());
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "open sesame\n").unwrap();
        for (mode, is_fine) in [(0o600, true), (0o640, true), (0o604, false)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Turn::new(&urls(), &file).is_ok(), is_fine, "{mode:o}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(Turn::new(&[], &file).is_err());
        assert!(Turn::new(&["stun:stun.example.eu".to_owned()], &file).is_err());
        fs::write(&file, " \n").unwrap();
        assert!(Turn::new(&urls(), &file).is_err());
    }
}
