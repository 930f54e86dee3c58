//! Personal data as a type.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// Personal data that prints as `[personal]` and can only be read by an explicit [`Pii::reveal`].
///
/// Deliberately not `Serialize`: whoever writes a name somewhere has to say so.
#[derive(Clone, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value that must not reach a log, an error or a file by accident.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the personal data. Every call is a place to review.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Pii<T> {
    /// Writes the personal data, for `serialize_with`. Every use is a place to review: what is written so
    /// is made to be sealed, or for somebody who may read it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize_revealed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }

    /// Writes what there is like [`Pii::serialize_revealed`].
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize_revealed_if_any<S: Serializer>(
        personal: &Option<Self>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        personal.as_ref().map(Self::reveal).serialize(serializer)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_personal_data_shows_nothing_of_it() {
        let name = Pii::new("Zofia Wiśniewska");
        assert_eq!(format!("{name} {name:?}"), "[personal] [personal]");
        assert_eq!(*name.reveal(), "Zofia Wiśniewska");
    }

    #[test]
    fn it_is_written_where_that_is_said() {
        #[derive(Serialize)]
        struct Sealed {
            #[serde(serialize_with = "Pii::serialize_revealed")]
            name: Pii<String>,
            #[serde(serialize_with = "Pii::serialize_revealed_if_any")]
            email: Option<Pii<String>>,
        }
        let sealed = Sealed {
            name: Pii::new("Zofia".to_owned()),
            email: None,
        };
        let text = serde_json::to_string(&sealed).expect("text is written");
        assert_eq!(text, r#"{"name":"Zofia","email":null}"#);
    }
}
