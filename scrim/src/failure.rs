//! Errors as people and scripts see them: what happened, where, and what to do.

use std::{error::Error, fmt, path::Path};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use scrim_policy::{Kind, PolicyError};
use serde_json::json;

use crate::exit::Exit;

/// A command that did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something with a kind and a chain of causes.
    Error {
        /// What a caller can do about it.
        kind: Kind,
        /// What happened.
        error: Box<dyn Error + Send + Sync>,
        /// What to do, where the error itself does not say.
        hint: Option<String>,
    },
    /// A policy with mistakes.
    Policy(PolicyError),
    /// The gate said no.
    Held {
        /// Why.
        reasons: Vec<String>,
    },
}

impl Failure {
    pub(crate) fn new(kind: Kind, error: impl Error + Send + Sync + 'static) -> Self {
        Self::Error {
            kind,
            error: Box::new(error),
            hint: None,
        }
    }

    /// A failure in words.
    pub(crate) fn words(kind: Kind, words: impl Into<String>) -> Self {
        Self::Error {
            kind,
            error: words.into().into(),
            hint: None,
        }
    }

    /// A file of the command line that could not be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let kind = match error.kind() {
            ErrorKind::NotFound => Kind::NotFound,
            ErrorKind::InvalidData | ErrorKind::IsADirectory => Kind::Invalid,
            _ => Kind::Unavailable,
        };
        let text = format!("could not {doing} {}", path.display());
        Self::Error {
            kind,
            error: Box::new(Context {
                text,
                source: error,
            }),
            hint: None,
        }
    }

    #[must_use]
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Error { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// Says what to do, unless something more fitting was said already.
    #[must_use]
    pub(crate) fn hint_if_none(self, text: &str) -> Self {
        match &self {
            Self::Error { hint: None, .. } => self.hint(text),
            _ => self,
        }
    }

    pub(crate) fn code(&self) -> Exit {
        match self {
            Self::Error { kind, .. } => (*kind).into(),
            Self::Policy(_) => Exit::Invalid,
            Self::Held { .. } => Exit::Held,
        }
    }

    pub(crate) fn print(&self, json: bool) {
        if json {
            self.print_json()
        } else {
            self.print_text()
        }
    }

    fn print_text(&self) {
        match self {
            Self::Error { error, hint, .. } => {
                eprintln!("error: {error}");
                for cause in causes(error.as_ref()) {
                    eprintln!("  because: {cause}");
                }
                if let Some(hint) = hint {
                    eprintln!("  help: {hint}");
                }
            }
            Self::Policy(error) => print_policy(error),
            Self::Held { reasons } => {
                eprintln!("held: the recording is made but not published");
                for reason in reasons {
                    eprintln!("  because: {reason}");
                }
            }
        }
    }

    fn print_json(&self) {
        let line = match self {
            Self::Error { kind, error, hint } => json!({
                "message_type": "error",
                "kind": kind,
                "message": error.to_string(),
                "causes": causes(error.as_ref()),
                "help": hint,
                "exit_code": self.code() as u8,
            }),
            Self::Policy(error) => json!({
                "message_type": "error",
                "kind": error.kind(),
                "message": "the policy has mistakes",
                "findings": error.diagnostics.iter().map(|finding| json!({
                    "file": error.origin,
                    "line": finding.line,
                    "column": finding.column,
                    "message": finding.message,
                    "help": finding.remedy,
                })).collect::<Vec<_>>(),
                "exit_code": self.code() as u8,
            }),
            Self::Held { reasons } => json!({
                "message_type": "error",
                "kind": "held",
                "message": "the recording is made but not published",
                "causes": reasons,
                "exit_code": self.code() as u8,
            }),
        };
        println!("{line}");
    }
}

/// For the log: what happened, without what to do.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error { error, .. } => fmt::Display::fmt(error, f),
            Self::Policy(_) => f.write_str("the policy has mistakes"),
            Self::Held { .. } => f.write_str("the recording is made but not published"),
        }
    }
}

/// What was being done with which file.
#[derive(Debug)]
struct Context {
    text: String,
    source: std::io::Error,
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Context {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}

/// Shows each finding in its place in the file.
fn print_policy(error: &PolicyError) {
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let has_colours = is_terminal && std::env::var_os("NO_COLOR").is_none();
    let theme = if has_colours {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme);
    for finding in &error.diagnostics {
        let label = LabeledSpan::at(finding.span.clone(), finding.message.clone());
        let report = miette::miette!(
            labels = vec![label],
            help = finding.remedy.clone(),
            "{}:{}:{}: {}",
            error.origin,
            finding.line,
            finding.column,
            finding.message
        )
        .with_source_code(NamedSource::new(&error.origin, error.text.clone()));
        let mut text = String::new();
        if handler.render_report(&mut text, report.as_ref()).is_ok() {
            eprintln!("{text}");
        }
    }
}

macro_rules! from_error {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(error.kind(), error)
            }
        }
    )+};
}

from_error!(
    scrim_pipeline::job::JobError,
    scrim_pipeline::models::ModelError,
    scrim_pipeline::preview::PreviewError,
    scrim_policy::PlanError,
    scrim_policy::RosterError,
    scrim_redact::still::StillError,
    scrim_storage::ProofError,
    scrim_storage::VaultError,
    scrim_storage::KeyringError,
    scrim_storage::retention::WebhookError,
);

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}
