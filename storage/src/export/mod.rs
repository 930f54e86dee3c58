//! Recordings on their way out, in the clear.
//!
//! ```text
//! rec_…/recording.mp4 transcript.txt … proof.json      what users get
//! rec_…/attendance.csv .xlsx consents.csv .xlsx        only when asked for: personal data
//! manifest.json                                        every file with its length and SHA-256
//! ```
//!
//! An [`ExportPlan`] says what would be written; writing it opens every artefact from the first byte
//! to the last and hands the plaintext to an [`ExportSink`]: a folder, or a ZIP file that is
//! encrypted where there is an [`ExportPassword`]. Nothing is held in memory but one segment and the
//! tables.
//!
//! This module does not decide who may have an export, and it does not move a Scrim elsewhere: that
//! is [`crate::archive`].
//!
//! > **An export is there completely or not at all.** It is written beside its place and renamed.
//!
//! > **No name of a person or of a source file is in the name of a file.** File names of a ZIP stay
//! > readable without the password.

mod attendance;
mod error;
mod folder;
mod manifest;
mod password;
mod plan;
mod sheet;
mod sink;
mod whole_file;
mod writing;
mod zip_file;

pub use error::ExportError;
pub use folder::FolderSink;
pub use manifest::{ExportManifest, ManifestFile, ManifestRecording};
pub use password::{ExportPassword, PasswordError};
pub use plan::{ExportPlan, PlannedFile, Selection};
pub use sink::{About, ExportSink, Transferred};
pub use whole_file::WholeFile;
pub(crate) use writing::copy;
pub use writing::{has_outputs, write_outputs};
pub use zip_file::ZipSink;

pub(crate) use attendance::{MOST_ATTENDANCE_BYTES, parse as parse_attendance};
pub(crate) use sink::Counter;
