//! Passwords of accounts and of links.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use scrim_policy::Kind;
use zeroize::Zeroizing;

use crate::vault::VaultError;

/// NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where nothing else is asked for. Longer
/// than 128 helps nobody and costs time.
const FEWEST_CHARS: usize = 15;
const MOST_CHARS: usize = 128;

/// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password that somebody chose.
pub struct NewPassword(Zeroizing<String>);

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[password]")
    }
}

/// A password that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short to be safe.
    #[error(
        "the password is too short: choose at least {FEWEST_CHARS} characters, such as four words"
    )]
    Short,
    /// Too long to be needed.
    #[error("the password is too long: choose at most {MOST_CHARS} characters")]
    Long,
    /// It is one character again and again, or counts up.
    #[error("the password is too easy to guess: do not repeat or count")]
    Easy,
}

impl PasswordRefused {
    /// Returns what a caller can do about it.
    pub const fn kind(self) -> Kind {
        Kind::Invalid
    }
}

impl NewPassword {
    /// Takes a password if it is one that is not guessed at once.
    ///
    /// # Errors
    /// See [`PasswordRefused`].
    pub fn new(text: String) -> Result<Self, PasswordRefused> {
        let text = Zeroizing::new(text);
        let count = text.chars().count();
        if count < FEWEST_CHARS {
            return Err(PasswordRefused::Short);
        }
        if count > MOST_CHARS {
            return Err(PasswordRefused::Long);
        }
        let different: std::collections::BTreeSet<char> = text.chars().collect();
        let chars = || text.chars().map(u32::from);
        let counts = chars()
            .zip(chars().skip(1))
            .all(|(a, b)| b == a + 1 || a == b + 1);
        if different.len() < 5 || counts {
            return Err(PasswordRefused::Easy);
        }
        Ok(Self(text))
    }

    /// Takes a password for a link, which is asked for together with the secret of the link.
    ///
    /// # Errors
    /// See [`PasswordRefused`].
    pub fn of_link(text: String) -> Result<Self, PasswordRefused> {
        match text.chars().count() {
            0..6 => Err(PasswordRefused::Short),
            6..=MOST_CHARS => Ok(Self(Zeroizing::new(text))),
            _ => Err(PasswordRefused::Long),
        }
    }

    /// What is kept of it.
    pub(super) fn hash(&self) -> Result<String, VaultError> {
        let hashed = argon2().hash_password(self.0.as_bytes());
        Ok(hashed.map_err(|_| VaultError::Password)?.to_string())
    }
}

/// Says whether a text is the password. Without one that is kept it takes as long, so that nobody
/// learns from the time who has an account.
pub(super) fn is_password(kept: Option<&str>, text: &str) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2NyaW1zY3JpbXNjcmlt$\
        CtTZQLYNWC5Gj/1eqoQbmQlkfjxVyAdn7pjSJAHf0kE";
    // Whoever sends megabytes is told no without hashing them.
    let is_short = text.len() <= MOST_CHARS * 4;
    let text = if is_short { text } else { "" };
    let Ok(hash) = PasswordHash::new(kept.unwrap_or(NOBODY)) else {
        return false;
    };
    let is_right = argon2().verify_password(text.as_bytes(), &hash).is_ok();
    is_right && kept.is_some() && is_short
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are fixed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn passwords_are_recognised_and_others_are_not() {
        let password = NewPassword::new("correct horse battery".to_owned()).unwrap();
        let kept = password.hash().unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert_ne!(kept, password.hash().unwrap());
        assert!(is_password(Some(&kept), "correct horse battery"));
        for text in ["", "correct horse batter", "Correct horse battery"] {
            assert!(!is_password(Some(&kept), text), "{text}");
        }
        assert!(!is_password(Some(&kept), &"x".repeat(10_000)));
        assert!(!is_password(None, "correct horse battery"));
        assert!(!is_password(Some("not a hash"), "correct horse battery"));
        assert_eq!(format!("{password:?}"), "[password]");
    }

    #[test]
    fn what_is_guessed_at_once_is_refused() {
        let refused = |text: &str| NewPassword::new(text.to_owned()).unwrap_err();
        assert_eq!(refused("tooshort"), PasswordRefused::Short);
        assert_eq!(refused(&"x".repeat(200)), PasswordRefused::Long);
        assert_eq!(refused(&"ab".repeat(10)), PasswordRefused::Easy);
        assert_eq!(refused("abcdefghijklmnopqrst"), PasswordRefused::Easy);
        assert!(NewPassword::of_link("secret".to_owned()).is_ok());
        assert!(NewPassword::of_link("12345".to_owned()).is_err());
    }
}
