//! The password of an export.

use std::fmt;

use scrim_policy::Kind;
use zeroize::Zeroizing;

/// WinZip AES derives its keys with 1000 rounds of PBKDF2, which one graphics card tries millions of
/// times a second. So the password has to be hard to guess by itself: 16 random letters and digits
/// have 95 bits.
const FEWEST_CHARACTERS: usize = 16;

/// What opens an encrypted export. Overwritten when dropped.
pub struct ExportPassword(Zeroizing<String>);

/// A password that would not protect an export, or that other programs would read differently.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordError {
    /// It is too easily guessed.
    #[error("the password of an export needs at least {FEWEST_CHARACTERS} characters")]
    TooShort,
    /// Programs disagree about how other characters become bytes.
    #[error("the password of an export has to be printable ASCII on one line")]
    NotAscii,
}

impl PasswordError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

impl ExportPassword {
    /// Takes over the contents of a password file. The line break at its end is not part of it.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let text = Zeroizing::new(text);
        let line = text.trim_end_matches(['\r', '\n']);
        if !line
            .chars()
            .all(|character| (' '..='~').contains(&character))
        {
            return Err(PasswordError::NotAscii);
        }
        if line.len() < FEWEST_CHARACTERS {
            return Err(PasswordError::TooShort);
        }
        Ok(Self(Zeroizing::new(line.to_owned())))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for ExportPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password]")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_password_is_one_line_that_is_hard_to_guess() {
        let password = |text: &str| ExportPassword::new(text.to_owned());
        let accepted = password("correct horse battery\r\n").unwrap();
        assert_eq!(accepted.as_bytes(), b"correct horse battery");
        assert_eq!(format!("{accepted:?}"), "[password]");
        assert_eq!(
            password("fifteen letters").unwrap_err(),
            PasswordError::TooShort
        );
        assert_eq!(password("").unwrap_err(), PasswordError::TooShort);
        for text in ["zażółć gęślą jaźń", "two lines of it\nand another"] {
            assert_eq!(
                password(text).unwrap_err(),
                PasswordError::NotAscii,
                "{text}"
            );
        }
    }
}
