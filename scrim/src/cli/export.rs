//! Options of `scrim export` and `scrim import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scrim_policy::RecordingId;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The recordings
    #[arg(required_unless_present = "tenant", value_name = "ID")]
    pub(crate) ids: Vec<RecordingId>,
    /// Everything that is kept, as an encrypted archive that `scrim import` takes over
    #[arg(
        long,
        conflicts_with_all = ["ids", "with", "include_held"],
        requires = "password_file"
    )]
    pub(crate) tenant: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t = ExportFormat::Zip)]
    pub(crate) format: ExportFormat,
    /// ZIP file or new folder to write, or - for a ZIP on standard output
    #[arg(long, short, value_name = "PATH", required_unless_present = "dry_run")]
    pub(crate) out: Option<PathBuf>,
    /// Encrypt the ZIP with the password in this file: 16 or more characters of ASCII
    #[arg(long, value_name = "FILE", env = "SCRIM_EXPORT_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Add what is left out otherwise
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART")]
    pub(crate) with: Vec<ExportPart>,
    /// Export recordings that the gate holds as well
    #[arg(long)]
    pub(crate) include_held: bool,
    /// Say what would be written and how large it is, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One ZIP file
    Zip,
    /// A folder
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportPart {
    /// Who took part and agreed to what, as CSV and XLSX: personal data
    Attendance,
    /// report.html, which shows pictures of the source
    Report,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The archive
    pub(crate) file: PathBuf,
    /// File with the password of the archive
    #[arg(long, value_name = "FILE", env = "SCRIM_EXPORT_PASSWORD_FILE")]
    pub(crate) password_file: PathBuf,
    /// Take over only what was signed with this public key (a file that holds it)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Say what is in the archive, and import nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
