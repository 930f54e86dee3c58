//! Findings in a policy file: where, what, and what to do.

use std::{fmt, ops::Range};

use crate::kind::Kind;

/// One finding in a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Bytes of the file that the finding is about.
    pub span: Range<usize>,
    /// Line of the finding, from 1.
    pub line: usize,
    /// Column of the finding in characters, from 1.
    pub column: usize,
}

impl Diagnostic {
    pub(super) fn new(
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count())
            + 1;
        Self {
            message: message.into(),
            remedy: remedy.into(),
            span,
            line,
            column,
        }
    }

    pub(super) fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().to_owned();
        let remedy = remedy_for(&message);
        Self::new(text, span, message, remedy)
    }
}

/// Turns "unknown field `acton`, expected one of `name`, `action`" into a suggestion.
fn remedy_for(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [unknown, known @ ..] if message.starts_with("unknown") && !known.is_empty() => {
            let (nearest, similarity) = known
                .iter()
                .map(|word| (*word, strsim::jaro_winkler(unknown, word)))
                .fold(
                    ("", 0.0),
                    |best, next| if next.1 > best.1 { next } else { best },
                );
            if similarity > 0.75 {
                format!("did you mean `{nearest}`?")
            } else {
                format!("write one of: {}", known.join(", "))
            }
        }
        [missing] if message.starts_with("missing field") => format!("add the key `{missing}`"),
        _ => "see `scrim policy schema` for the keys and their types".to_owned(),
    }
}

/// A policy that cannot be used, with every finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The file, as the caller named it.
    pub origin: String,
    /// The text of the file, so that a finding can be shown in its place.
    pub text: String,
    /// The findings, in file order. Never empty.
    pub diagnostics: Vec<Diagnostic>,
}

impl PolicyError {
    pub(super) fn new(origin: &str, text: &str, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        Self {
            origin: origin.to_owned(),
            text: text.to_owned(),
            diagnostics,
        }
    }

    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            let Diagnostic {
                message,
                remedy,
                line,
                column,
                ..
            } = finding;
            write!(f, "{}:{line}:{column}: {message} ({remedy})", self.origin)?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyError {}
