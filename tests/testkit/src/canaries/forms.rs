//! The ways in which bytes can spell a text.

use std::{collections::BTreeSet, fmt, fmt::Write};

use base64::{
    Engine,
    alphabet::{self, Alphabet},
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use unicode_normalization::UnicodeNormalization;

use super::fold::folded;

/// A way in which bytes can spell a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// UTF-8, as it is, in one case, decomposed or without diacritics.
    Plain,
    /// UTF-16, either byte order.
    Utf16,
    /// Base64, either alphabet, at any place within a longer text.
    Base64,
    /// `Wi%C5%9Bniewska`, as in links.
    Percent,
    /// `Wi\u015bniewska`, as in JSON.
    Escaped,
    /// `D&#39;Amico`, as in HTML.
    Entity,
    /// Joined by dots, dashes, underscores or nothing, as in file names.
    Joined,
    /// In any mixture of case, diacritics and spaces.
    Folded,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "as UTF-8",
            Self::Utf16 => "as UTF-16",
            Self::Base64 => "as Base64",
            Self::Percent => "percent-encoded",
            Self::Escaped => "with JSON escapes",
            Self::Entity => "with HTML entities",
            Self::Joined => "as in a file name",
            Self::Folded => "in another case or without diacritics",
        })
    }
}

/// Patterns shorter than this are found in random bytes by chance: among 10 MB of a video, 6 given
/// letters in any case turn up about once in 400 files.
pub(super) const SHORTEST_PATTERN: usize = 6;

/// Returns all patterns of a text but the folded one.
pub(super) fn patterns(text: &str) -> BTreeSet<(Vec<u8>, Form)> {
    let mut found = BTreeSet::new();
    for spelling in spellings(text) {
        let mut add = |bytes: Vec<u8>, form| {
            if bytes.len() >= SHORTEST_PATTERN {
                found.insert((bytes, form));
            }
        };
        add(spelling.as_bytes().to_vec(), Form::Plain);
        add(
            spelling.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Form::Utf16,
        );
        add(
            spelling.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Form::Utf16,
        );
        for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
            for offset in 0..3 {
                add(
                    base64_within(spelling.as_bytes(), offset, alphabet),
                    Form::Base64,
                );
            }
        }
        for space in ["%20", "+"] {
            add(
                percent_encoded(&spelling, space).into_bytes(),
                Form::Percent,
            );
        }
        add(escaped(&spelling).into_bytes(), Form::Escaped);
        for apostrophe in ["&#39;", "&#x27;", "&apos;"] {
            add(
                spelling.replace('\'', apostrophe).into_bytes(),
                Form::Entity,
            );
        }
        for joint in [".", "-", "_", ""] {
            add(spelling.replace(' ', joint).into_bytes(), Form::Joined);
        }
    }
    found
}

/// The search ignores the case of ASCII letters; that of others is spelt out.
fn spellings(text: &str) -> BTreeSet<String> {
    [
        text.nfc().collect(),
        text.nfd().collect(),
        text.to_lowercase(),
        text.to_uppercase(),
        folded(text),
    ]
    .into()
}

/// Returns the characters of a Base64 text that are certain when `bytes` begin `offset` bytes after
/// a multiple of three.
fn base64_within(bytes: &[u8], offset: usize, alphabet: &Alphabet) -> Vec<u8> {
    let padded = [vec![0; offset], bytes.to_vec()].concat();
    let engine = GeneralPurpose::new(alphabet, NO_PAD);
    let encoded = engine.encode(&padded);
    let first = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encoded.as_bytes()[first.min(end)..end].to_vec()
}

fn percent_encoded(text: &str, space: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push_str(space),
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => write!(out, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
            continue;
        }
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            write!(out, "\\u{unit:04x}").expect("a string takes everything");
        }
    }
    out
}
