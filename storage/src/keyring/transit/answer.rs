//! What the server says, and what it means.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{super::KeyVersions, TransitError};
use crate::secret::{DataKey, Secret};

/// A tenant's key as the server describes it. Fields that are missing count as the worse.
#[derive(Debug, Deserialize)]
pub(super) struct KeyState {
    latest_version: u32,
    min_decryption_version: u32,
    #[serde(default)]
    min_available_version: u32,
    #[serde(rename = "type")]
    cipher: String,
    #[serde(default)]
    derived: bool,
    #[serde(default = "worst")]
    exportable: bool,
    #[serde(default = "worst")]
    allow_plaintext_backup: bool,
}

const fn worst() -> bool {
    true
}

impl KeyState {
    /// Reads the answer to a question about a key.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer {
            data: KeyState,
        }
        serde_json::from_slice(body)
            .map(|Answer { data }| data)
            .ok()
    }

    /// Says why this key cannot be used, if it cannot.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        if self.cipher != "aes256-gcm96" {
            Some("it is not of type aes256-gcm96")
        } else if !self.derived {
            Some("it is not derived, so it would ignore what a data key is for")
        } else if self.exportable {
            Some("it is exportable, so copies of it may outlive it")
        } else if self.allow_plaintext_backup {
            Some("it may be backed up in the clear, so copies of it may outlive it")
        } else {
            None
        }
    }

    pub(super) fn versions(&self) -> KeyVersions {
        KeyVersions {
            newest: self.latest_version,
            oldest: self
                .min_decryption_version
                .max(self.min_available_version)
                .max(1),
        }
    }

    /// Says whether a version below `oldest` still unwraps.
    pub(super) const fn is_usable_below(&self, oldest: u32) -> bool {
        self.min_decryption_version < oldest
    }

    /// Says whether a version below `oldest` is still kept. Nothing is below the first.
    pub(super) const fn is_kept_below(&self, oldest: u32) -> bool {
        oldest > 1 && self.min_available_version < oldest
    }
}

/// The server understood and said no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    /// Its own words, shortened. They hold the name of a key and never a key.
    says: String,
    /// Whether it answered in the form of a key server. A proxy in front of one does not.
    is_its_own: bool,
}

/// Longer than any reason that a server gives.
const MOST_WORDS: usize = 200;

impl Refusal {
    pub(super) fn read(status: u16, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Answer {
            errors: Vec<String>,
        }
        let answer: Option<Answer> = serde_json::from_slice(body).ok();
        let is_its_own = answer.is_some();
        let errors = answer.map_or(Vec::new(), |Answer { errors }| errors);
        let says = errors.join(", ").trim().chars().take(MOST_WORDS).collect();
        Self {
            status,
            says,
            is_its_own,
        }
    }

    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    /// The server has been started but not opened.
    pub(super) fn is_sealed(&self) -> bool {
        self.status == 503 && self.says.contains("sealed")
    }

    /// The tenant has no key there. Keys are taken for destroyed on the strength of this, so that
    /// only the server itself may say it, and not whatever stands in its place.
    pub(super) fn is_no_key(&self) -> bool {
        let has_no_words = self.status == 404 && self.is_its_own && self.says.is_empty();
        let words = [
            "key not found",
            "no existing key",
            "could not delete key; not found",
        ];
        has_no_words || (self.status == 400 && self.says_any(&words))
    }

    /// The key has no such version: it was destroyed, or never was.
    pub(super) fn is_no_version(&self) -> bool {
        self.status == 400 && self.says_any(&["too old", "version is too new"])
    }

    /// The wrapped key was changed, or is for something else.
    pub(super) fn is_not_authentic(&self) -> bool {
        self.status == 400
            && self.says_any(&["message authentication failed", "invalid ciphertext"])
    }

    fn says_any(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.says.contains(words))
    }

    pub(super) fn into_error(self, doing: &'static str) -> TransitError {
        match self.status {
            _ if self.is_sealed() => TransitError::Sealed,
            403 => TransitError::Denied { doing },
            404 if self.says_any(&["no handler for route"]) => TransitError::NoEngine { doing },
            404 if !self.is_its_own => TransitError::Unreadable { doing },
            status => TransitError::Refused {
                doing,
                status,
                says: self.says,
            },
        }
    }
}

/// Reads a data key from the answer, or nothing where it is something else. The letters are not
/// copied on the way.
pub(super) fn data_key(body: &[u8]) -> Option<DataKey> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        data: Data<'a>,
    }
    #[derive(Deserialize)]
    struct Data<'a> {
        plaintext: &'a str,
    }
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    let mut bytes = Zeroizing::new([0; 33]);
    let count = STANDARD
        .decode_slice(answer.data.plaintext, bytes.as_mut_slice())
        .ok()?;
    Secret::copy_from(bytes.get(..count)?)
}

/// Reads a wrapped key from the answer.
pub(super) fn ciphertext(body: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Answer {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        ciphertext: String,
    }
    let answer: Answer = serde_json::from_slice(body).ok()?;
    Some(answer.data.ciphertext.into_bytes())
}

/// Returns the version in `vault:v1:…`, or nothing where it is not that.
pub(super) fn version_of(ciphertext: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(ciphertext).ok()?;
    let (version, letters) = text.strip_prefix("vault:v")?.split_once(':')?;
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let is_plain =
        version.bytes().all(|byte| byte.is_ascii_digit()) && letters.bytes().all(is_base64);
    is_plain.then(|| version.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn versions_are_read_from_wrapped_keys_only() {
        assert_eq!(version_of(b"vault:v12:AAA+/w=="), Some(12));
        for text in [
            "",
            "vault:v:AAAA",
            "vault:v1",
            "vault:v+1:AA",
            "vault:v1:A\"A",
            "hello",
        ] {
            assert_eq!(version_of(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_data_key_is_none() {
        let body = |text: &str| format!(r#"{{"data":{{"plaintext":"{text}"}}}}"#).into_bytes();
        let key = STANDARD.encode([7; 32]);
        assert_eq!(data_key(&body(&key)).unwrap().expose(), &[7; 32]);
        for text in ["", "AAAA", "not base64", &STANDARD.encode([7; 33])] {
            assert!(data_key(&body(text)).is_none(), "{text}");
        }
        assert!(data_key(b"{}").is_none());
    }

    #[test]
    fn a_key_is_only_good_when_the_server_says_everything() {
        let good = r#"{"data":{"latest_version":3,"min_decryption_version":2,"type":"aes256-gcm96",
            "derived":true,"exportable":false,"allow_plaintext_backup":false}}"#;
        let state = KeyState::read(good.as_bytes()).unwrap();
        assert_eq!(state.weakness(), None);
        assert_eq!((state.versions().oldest, state.versions().newest), (2, 3));
        for (said, instead) in [
            ("\"derived\":true,", ""),
            ("\"exportable\":false,", ""),
            (
                "\"allow_plaintext_backup\":false",
                "\"allow_plaintext_backup\":true",
            ),
            ("aes256-gcm96", "chacha20-poly1305"),
        ] {
            let state = KeyState::read(good.replace(said, instead).as_bytes()).unwrap();
            assert!(state.weakness().is_some(), "{said} became {instead}");
        }
    }

    #[test]
    fn a_missing_engine_is_not_taken_for_a_missing_key() {
        let body =
            br#"{"errors":["no handler for route \"nope/keys/a\". route entry not found."]}"#;
        let refusal = Refusal::read(404, body);
        assert!(!refusal.is_no_key());
        assert!(matches!(
            refusal.into_error("look"),
            TransitError::NoEngine { .. }
        ));
        assert!(Refusal::read(404, br#"{"errors":[]}"#).is_no_key());
    }

    #[test]
    fn only_the_key_server_itself_says_that_there_is_no_key() {
        let others = ["", "Not Found", "<html></html>", "{}", r#"{"error":"no"}"#];
        for body in others {
            let refusal = Refusal::read(404, body.as_bytes());
            assert!(!refusal.is_no_key(), "{body}");
            let error = refusal.into_error("look");
            assert!(matches!(error, TransitError::Unreadable { .. }), "{body}");
        }
    }
}
