//! What an export says about itself.

use scrim_policy::RecordingId;
use serde::Serialize;

use crate::{catalog::RecordingState, digest::Sha256Digest};

/// The schema of [`ExportManifest`].
pub(super) const SCHEMA: u32 = 1;

/// The contents of `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportManifest {
    /// Version of this form.
    pub schema: u32,
    /// Name and version of the program.
    pub tool: String,
    /// When the export was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Whether names and e-mail addresses are in it.
    pub has_personal_data: bool,
    /// What is in it.
    pub recordings: Vec<ManifestRecording>,
}

/// One recording of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestRecording {
    /// The recording.
    pub recording: RecordingId,
    /// `published` or `held`.
    pub state: RecordingState,
    /// Its files.
    pub files: Vec<ManifestFile>,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestFile {
    /// Where it lies.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Sha256Digest,
}

impl ExportManifest {
    /// Returns the contents of the file.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self)
            .expect("a manifest holds only texts, numbers and lists of them");
        json.push(b'\n');
        json
    }
}
