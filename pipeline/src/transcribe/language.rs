//! Which language is spoken.

use std::{fmt, str::FromStr};

use super::{error::TranscribeError, part::TranscriptPart};

/// So many parts must agree before only one place of each further part is listened to.
const PARTS_TO_SETTLE: usize = 3;
/// From this probability on a language is certain.
pub(super) const CERTAIN_FROM: f32 = 0.8;
/// From this probability on another language is believed.
pub(super) const BELIEVED_FROM: f32 = 0.5;

/// The languages whose inflections and spoken addresses the redactor knows. In doubt it is one of
/// them, rather than Czech for Polish or Latin for Italian.
const HOME: [&str; 5] = ["de", "en", "fr", "it", "pl"];
const HOME_WEIGHT: f32 = 4.0;

/// Which language to write down, as ISO 639-1 codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Whatever is spoken. It may change during the recording.
    #[default]
    Auto,
    /// Whichever of these is spoken: surer than [`Language::Auto`] where languages are related.
    Among(Vec<&'static str>),
    /// This one.
    One(&'static str),
}

impl Language {
    /// How much a language is expected, 0 if it is none to choose from.
    pub(super) fn weight(&self, code: &str) -> f32 {
        let is_expected = match self {
            Self::Auto if HOME.contains(&code) => return HOME_WEIGHT,
            Self::Auto => true,
            Self::Among(codes) => codes.contains(&code),
            Self::One(one) => *one == code,
        };
        f32::from(u8::from(is_expected))
    }
}

/// Reads `auto`, `pl` or `pl,de,en`.
impl FromStr for Language {
    type Err = TranscribeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let mut codes = text.split(',').map(code).collect::<Result<Vec<_>, _>>()?;
        codes.sort_unstable();
        codes.dedup();
        Ok(if let [one] = codes[..] {
            Self::One(one)
        } else {
            Self::Among(codes)
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Among(codes) => f.write_str(&codes.join(",")),
            Self::One(code) => f.write_str(code),
        }
    }
}

/// Codes only: the table of Whisper also knows English names.
fn code(text: &str) -> Result<&'static str, TranscribeError> {
    let text = text.trim().to_ascii_lowercase();
    let is_code = matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let known = whisper_rs::get_lang_id(if is_code { &text } else { "" });
    known
        .and_then(whisper_rs::get_lang_str)
        .ok_or(TranscribeError::UnknownLanguage)
}

/// What the parts so far say about the language.
#[derive(Clone, Debug, Default)]
pub(super) struct LanguageHistory {
    current: Option<&'static str>,
    certain_in_a_row: usize,
}

impl LanguageHistory {
    /// Returns the language of the last part with speech.
    pub(super) const fn current(&self) -> Option<&'static str> {
        self.current
    }

    /// Whether the language has not changed for long enough to expect that it stays.
    pub(super) const fn is_settled(&self) -> bool {
        self.certain_in_a_row >= PARTS_TO_SETTLE
    }

    pub(super) fn remember(&mut self, part: &TranscriptPart) {
        let Ok(language) = code(&part.language) else {
            return;
        };
        let is_same = self.current == Some(language);
        let is_certain = part.language_probability >= CERTAIN_FROM;
        self.certain_in_a_row = match (is_same, is_certain) {
            (true, true) => self.certain_in_a_row + 1,
            (false, true) => 1,
            (_, false) => 0,
        };
        self.current = Some(language);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn languages_are_read_as_codes() {
        assert_eq!("AUTO".parse::<Language>().unwrap(), Language::Auto);
        assert_eq!(" PL ".parse::<Language>().unwrap(), Language::One("pl"));
        assert_eq!(
            "pl, de,pl".parse::<Language>().unwrap(),
            Language::Among(vec!["de", "pl"])
        );
        for text in ["", "polish", "xx", "pl,", "p\0"] {
            assert!(matches!(
                text.parse::<Language>(),
                Err(TranscribeError::UnknownLanguage)
            ));
        }
        for text in ["auto", "pl", "de,pl"] {
            assert_eq!(text.parse::<Language>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_language_settles_after_three_certain_parts_and_unsettles_with_a_doubt() {
        let mut history = LanguageHistory::default();
        let mut hear = |language: &str, language_probability| {
            history.remember(&TranscriptPart {
                index: 0,
                start_sample: 0,
                end_sample: 0,
                language: language.into(),
                language_probability,
                words: Vec::new(),
                speech_ms: 0,
                is_doubtful: false,
            });
            (history.current(), history.is_settled())
        };
        hear("pl", 0.9);
        hear("pl", 0.9);
        assert_eq!(hear("", 0.0), (Some("pl"), false));
        assert_eq!(hear("pl", 0.9), (Some("pl"), true));
        assert_eq!(hear("de", 0.9), (Some("de"), false));
    }
}
