//! Names of objects: ids only.

use std::{fmt, str::FromStr};

use scrim_policy::{ArtefactId, Kind, RecordingId, TenantId};

/// The name of an object: tenant, recording and artefact. No name of a person, of a file or of a
/// place can be in it, and no `..` either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// Whose it is.
    pub tenant: TenantId,
    /// What it was made from.
    pub recording: RecordingId,
    /// What it is.
    pub artefact: ArtefactId,
}

/// Prints `tenant/recording/artefact`.
impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.recording, self.artefact)
    }
}

/// Text that is not the name of an object.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not the key of an object: expected tenant, recording and artefact ids between slashes")]
pub struct ObjectKeyError;

impl ObjectKeyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

impl FromStr for ObjectKey {
    type Err = ObjectKeyError;

    fn from_str(text: &str) -> Result<Self, ObjectKeyError> {
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or(ObjectKeyError);
        let key = Self {
            tenant: next()?.parse().map_err(|_| ObjectKeyError)?,
            recording: next()?.parse().map_err(|_| ObjectKeyError)?,
            artefact: next()?.parse().map_err(|_| ObjectKeyError)?,
        };
        // Ids may be written in capitals too; keys may not, so that equal keys are equal names.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(ObjectKeyError)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KEY: &str = concat!(
        "ten_00000000000000000000000000000000/",
        "rec_01922d5b111170008000000000000001/",
        "art_01922d5b1111700080000000000000ab"
    );

    #[test]
    fn keys_survive_text() {
        assert_eq!(KEY.parse::<ObjectKey>().unwrap().to_string(), KEY);
    }

    #[test]
    fn keys_cannot_leave_their_folder() {
        let absolute = format!("/{KEY}");
        let longer = format!("{KEY}/..");
        let climbing = KEY.replace("rec_01922d5b111170008000000000000001", "..");
        let capital = KEY.replace("ab", "AB");
        for text in [
            "", "..", "../..", "a/b/c", &absolute, &longer, &climbing, &capital,
        ] {
            assert_eq!(text.parse::<ObjectKey>(), Err(ObjectKeyError), "{text}");
        }
    }
}
