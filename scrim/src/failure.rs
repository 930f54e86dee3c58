//! Errors as people and scripts see them: what happened, where, and what to do.

use std::{error::Error, fmt, path::Path};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use scrim_pipeline::job::JobError;
use scrim_policy::{Kind, PolicyError};
use scrim_storage::{VaultError, objects::ObjectError};
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

    fn with(self, hint: Option<&str>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Says which of several things it is about.
    #[must_use]
    pub(crate) fn about(self, what: impl fmt::Display) -> Self {
        let hint = match &self {
            Self::Error { hint, .. } => hint.clone(),
            _ => None,
        };
        let text = format!("{what}: {}", self.whole_message());
        Self::words(self.kind(), text).with(hint.as_deref())
    }

    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Error { kind, .. } => *kind,
            Self::Policy(error) => error.kind(),
            Self::Held { .. } => Kind::Refused,
        }
    }

    /// What to do, where it is known.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Error { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }

    /// What happened, in one sentence.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Error { error, .. } => error.to_string(),
            Self::Policy(_) => "the policy has mistakes".to_owned(),
            Self::Held { .. } => "the recording is made but not published".to_owned(),
        }
    }

    /// What happened and why, in one line.
    pub(crate) fn whole_message(&self) -> String {
        let mut words = vec![self.message()];
        match self {
            Self::Error { error, .. } => words.extend(causes(error.as_ref())),
            Self::Policy(error) => {
                words.extend(error.diagnostics.iter().map(|finding| {
                    format!("{}:{}: {}", error.origin, finding.line, finding.message)
                }))
            }
            Self::Held { reasons } => words.extend(reasons.iter().cloned()),
        }
        words.join(": ")
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
    scrim_ingest::SourceError,
    scrim_pipeline::models::ModelError,
    scrim_pipeline::preview::PreviewError,
    scrim_policy::PlanError,
    scrim_policy::RosterError,
    scrim_redact::still::StillError,
    scrim_storage::ProofError,
    scrim_storage::objects::s3::LocationError,
    scrim_storage::objects::s3::SourceBucketError,
    scrim_storage::KeyringError,
    scrim_storage::archive::ImportError,
    scrim_storage::export::ExportError,
    scrim_storage::export::PasswordError,
    crate::notify::SettingsError,
    crate::notify::WebhookError,
);

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        let hint = match &error {
            JobError::Vault(VaultError::Object(error)) => store_hint(error),
            _ => None,
        };
        Self::new(error.kind(), error).with(hint)
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        let hint = match &error {
            VaultError::Object(error) => store_hint(error),
            _ => None,
        };
        Self::new(error.kind(), error).with(hint)
    }
}

impl From<ObjectError> for Failure {
    fn from(error: ObjectError) -> Self {
        let hint = store_hint(&error);
        Self::new(error.kind(), error).with(hint)
    }
}

/// What to do about the place where objects are, which is a folder or the bucket of `[store]`.
const fn store_hint(error: &ObjectError) -> Option<&'static str> {
    match error {
        ObjectError::Unreachable { .. } => Some(
            "see that the store is up and can be reached, then run the same command again: nothing \
             is lost",
        ),
        ObjectError::Denied { .. } => Some(
            "see that the keys of [store] may read, write, list and delete in the bucket, or that \
             the folder is yours",
        ),
        ObjectError::NoBucket { .. } => {
            Some("make the bucket, or name another one in [store] of config.toml")
        }
        ObjectError::Elsewhere { .. } => {
            Some("set `endpoint` and `region` in [store] of config.toml to where the bucket is")
        }
        ObjectError::Damaged { .. } => Some(
            "run the same command again; should it happen again, let `scrim storage doctor` look at \
             the store",
        ),
        ObjectError::Full { .. } => {
            Some("free space or raise the quota, then run the same command again")
        }
        _ => None,
    }
}

impl From<crate::tls::TlsError> for Failure {
    fn from(error: crate::tls::TlsError) -> Self {
        let hint = error.hint();
        Self::new(error.kind(), error).with(hint)
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}
