//! Personal data as a type.

use std::fmt;

use serde::Deserialize;

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
}
