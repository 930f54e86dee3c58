//! Countries, and which of them are in the European Economic Area.

use std::{fmt, str::FromStr};

use scrim_policy::Kind;
use serde::{Deserialize, Serialize};

/// The European Economic Area: the 27 members of the European Union, and Iceland, Liechtenstein and
/// Norway (Agreement on the EEA, OJ L 1, 3.1.1994, as amended; members as of November 2026). GDPR
/// applies in all thirty (Decision of the EEA Joint Committee 154/2018). Codes of ISO 3166-1:
/// Greece is `GR`.
pub const EEA: [Country; 30] = [
    Country::of("AT"),
    Country::of("BE"),
    Country::of("BG"),
    Country::of("CY"),
    Country::of("CZ"),
    Country::of("DE"),
    Country::of("DK"),
    Country::of("EE"),
    Country::of("ES"),
    Country::of("FI"),
    Country::of("FR"),
    Country::of("GR"),
    Country::of("HR"),
    Country::of("HU"),
    Country::of("IE"),
    Country::of("IS"),
    Country::of("IT"),
    Country::of("LI"),
    Country::of("LT"),
    Country::of("LU"),
    Country::of("LV"),
    Country::of("MT"),
    Country::of("NL"),
    Country::of("NO"),
    Country::of("PL"),
    Country::of("PT"),
    Country::of("RO"),
    Country::of("SE"),
    Country::of("SI"),
    Country::of("SK"),
];

/// A country: two capital letters as in ISO 3166-1. That it exists is not checked, only whether it
/// is on the list of the EEA matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Text that is not the code of a country.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a country: expected two capital letters of ISO 3166-1, such as DE")]
pub struct CountryError;

impl CountryError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

impl Country {
    /// For tables in this program; a code that is none does not compile there.
    pub(super) const fn of(code: &str) -> Self {
        let bytes = code.as_bytes();
        assert!(bytes.len() == 2 && bytes[0].is_ascii_uppercase() && bytes[1].is_ascii_uppercase());
        Self([bytes[0], bytes[1]])
    }

    /// Says whether the country is in the European Economic Area.
    pub fn is_in_eea(self) -> bool {
        EEA.contains(&self)
    }

    /// Returns the two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only capital letters of ASCII get in")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        match text.as_bytes() {
            [first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => {
                Ok(Self([*first, *second]))
            }
            _ => Err(CountryError),
        }
    }
}

impl Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_area_is_the_union_and_three_more() {
        assert!(EEA.is_sorted());
        let others = ["IS", "LI", "NO"].map(|code| code.parse::<Country>().unwrap());
        assert!(others.iter().all(|country| country.is_in_eea()));
        for outside in ["GB", "CH", "US", "UK", "EL", "SJ", "GI", "EU"] {
            assert!(
                !outside.parse::<Country>().unwrap().is_in_eea(),
                "{outside}"
            );
        }
    }

    #[test]
    fn anything_else_is_not_a_country() {
        for text in ["", "D", "DEU", "de", "De", "D1", "Ö", "D E"] {
            assert_eq!(text.parse::<Country>(), Err(CountryError), "{text}");
        }
    }
}
