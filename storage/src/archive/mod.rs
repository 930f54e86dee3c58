//! Everything of a tenant in one encrypted file, to be taken to another Scrim.
//!
//! ```text
//! rec_…/recording.mp4 … proof.json attendance.json original.bin     the plaintext of every artefact
//! manifest.json                                                     signed; what the catalog knew
//! ```
//!
//! The file is a ZIP with WinZip AES-256, so it can be opened without Scrim by whoever has the
//! password. Keys stay behind: the other Scrim seals everything anew under its own.
//!
//! What an archive deliberately does not carry: keys, recordings that are not finished, parts that
//! stages left for each other. Unfinished recordings are named in the manifest.
//!
//! > **Nothing is dropped silently.** A manifest with an unknown field is refused, and so is a file
//! > that the manifest does not name.
//!
//! > **A recording is imported completely or not at all.** Every file is compared with the signed
//! > manifest before the recording can be seen.

mod error;
mod import;
mod manifest;
mod read;
mod write;

pub use error::ImportError;
pub use import::Imported;
pub use manifest::{
    ArchiveManifest, ArchivedFile, ArchivedHold, ArchivedRecording, ArchivedWords, LeftOut,
};
pub use read::Archive;
pub use write::ArchivePlan;
