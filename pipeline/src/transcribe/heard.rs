//! What the recogniser returned for one window, and whether to believe it.

/// Below this mean log probability a result is doubtful. The threshold of the Whisper paper is -1;
/// a cut audio context fails a little above it.
const DOUBTFUL_BELOW: f32 = -0.8;
/// Windows of this many seconds without a word are looked at again.
const SPEECHLESS_FROM: f32 = 1.0;
/// Runs of four tokens are compared when there are at least this many.
const FEWEST_RUNS: usize = 16;
/// The share of distinct runs below which a text goes in circles.
const DISTINCT_SHARE: f32 = 0.6;

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// UTF-8, possibly the middle of a character. A leading space begins a word.
    pub(super) bytes: Vec<u8>,
    /// From the start of the window.
    pub(super) start_ms: u64,
    pub(super) log_probability: f32,
}

/// A word in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeardWord {
    pub(super) text: String,
    /// From the start of the window.
    pub(super) start_ms: u64,
    /// From the start of the window.
    pub(super) end_ms: u64,
}

/// What was heard in a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    tokens: Vec<Token>,
    seconds: f32,
    most_tokens: usize,
}

impl Heard {
    pub(super) fn new(tokens: Vec<Token>, seconds: f32, most_tokens: usize) -> Self {
        Self {
            tokens,
            seconds,
            most_tokens,
        }
    }

    /// Whether this looks like something that was said.
    pub(super) fn is_plausible(&self) -> bool {
        if self.tokens.is_empty() {
            return self.seconds < SPEECHLESS_FROM;
        }
        self.mean_log_probability() >= DOUBTFUL_BELOW
            && self.tokens.len() < self.most_tokens
            && !self.goes_in_circles()
    }

    /// Returns the mean log probability of the tokens, 0 if there are none.
    pub(super) fn mean_log_probability(&self) -> f32 {
        let sum: f32 = self.tokens.iter().map(|token| token.log_probability).sum();
        sum / self.tokens.len().max(1) as f32
    }

    fn goes_in_circles(&self) -> bool {
        let mut runs: Vec<_> = self
            .tokens
            .windows(4)
            .map(|run| [&run[0].bytes, &run[1].bytes, &run[2].bytes, &run[3].bytes])
            .collect();
        let count = runs.len();
        runs.sort_unstable();
        runs.dedup();
        count >= FEWEST_RUNS && (runs.len() as f32) < DISTINCT_SHARE * count as f32
    }

    /// Puts the tokens together to words. A word ends where the next begins.
    pub(super) fn words(&self) -> Vec<HeardWord> {
        let mut spelt: Vec<(Vec<u8>, u64)> = Vec::new();
        let mut latest = 0;
        for token in &self.tokens {
            latest = token.start_ms.max(latest);
            match spelt.last_mut() {
                Some((bytes, _)) if !token.bytes.starts_with(b" ") => bytes.extend(&token.bytes),
                _ => spelt.push((token.bytes.clone(), latest)),
            }
        }
        let end = (self.seconds * 1000.0) as u64;
        let starts: Vec<u64> = spelt
            .iter()
            .map(|(_, start)| *start)
            .skip(1)
            .chain([end])
            .collect();
        spelt
            .into_iter()
            .zip(starts)
            .map(|((bytes, start_ms), next)| HeardWord {
                text: String::from_utf8_lossy(&bytes).trim().to_owned(),
                start_ms,
                end_ms: next.max(start_ms),
            })
            .filter(|word| word.text.chars().any(is_spoken))
            .collect()
    }
}

/// A dash or a row of dots alone is no word, a per cent sign is.
fn is_spoken(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '%' | '&' | '€' | '$' | '£' | '+' | '=' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(tokens: &[(&str, u64)]) -> Heard {
        let token = |(text, start_ms): &(&str, u64)| Token {
            bytes: text.as_bytes().to_vec(),
            start_ms: *start_ms,
            log_probability: -0.1,
        };
        Heard::new(tokens.iter().map(token).collect(), 3.0, 100)
    }

    #[test]
    fn tokens_become_words_at_their_spaces() {
        let words = heard(&[
            (" Dzie", 100),
            ("ń", 200),
            (" -", 300),
            (" dobry", 350),
            (".", 900),
        ])
        .words();
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Dzień", "dobry."]);
        assert_eq!((words[0].start_ms, words[0].end_ms), (100, 300));
        assert_eq!((words[1].start_ms, words[1].end_ms), (350, 3000));
    }

    #[test]
    fn a_character_may_be_split_over_tokens_and_times_never_go_back() {
        let letter = "ż".as_bytes();
        let token = |bytes: &[u8], start_ms| Token {
            bytes: bytes.into(),
            start_ms,
            log_probability: 0.0,
        };
        let tokens = vec![
            token(b" Gr", 500),
            token(&letter[..1], 520),
            token(&letter[1..], 530),
            token(b" a", 400),
        ];
        let words = Heard::new(tokens, 1.0, 50).words();
        assert_eq!(words[0].text, "Grż");
        assert_eq!((words[0].end_ms, words[1].start_ms), (530, 530));
    }

    #[test]
    fn circles_low_confidence_and_silence_are_not_plausible() {
        assert!(heard(&[(" yes", 0), (" of", 100), (" course", 200)]).is_plausible());
        let circle: Vec<(&str, u64)> = (0..60)
            .map(|time| ([" thank", " you"][time % 2], time as u64))
            .collect();
        assert!(!heard(&circle).is_plausible());
        assert!(!heard(&[]).is_plausible());
        assert!(Heard::new(Vec::new(), 0.5, 10).is_plausible());
        let mut unsure = heard(&[(" yes", 0)]);
        unsure.tokens[0].log_probability = -2.0;
        assert!(!unsure.is_plausible());
    }
}
