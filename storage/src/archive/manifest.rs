//! What an archive says about itself.

use std::collections::{BTreeSet, HashSet};

use scrim_policy::{HoldId, Pii, RecordingId, RetentionRule, Tag, TenantId};
use serde::{Deserialize, Serialize};

use super::ImportError;
use crate::{
    artefact::ArtefactKind, catalog::RecordingState, digest::Sha256Digest, signing::PublicKey,
};

/// The schema of the manifest that this program writes and reads.
pub(super) const SCHEMA: u32 = 1;

/// What tells this statement from others of the same key.
pub(super) const STATEMENT: &str = "scrim/archive/v1";

/// The file that holds the signed manifest.
pub(super) const MANIFEST: &str = "manifest.json";

/// What the catalog of the Scrim that wrote an archive knew. It is signed, in an
/// [`crate::Envelope`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveManifest {
    /// Version of this form.
    pub schema: u32,
    /// Always `scrim/archive/v1`.
    pub statement: String,
    /// Name and version of the program.
    pub tool: String,
    /// When the archive was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Whose recordings these are.
    pub tenant: TenantId,
    /// The recordings, each after the original that it was made from.
    pub recordings: Vec<ArchivedRecording>,
    /// Recordings that were not finished, and live sessions: they stayed behind.
    pub left_out: Vec<LeftOut>,
    /// How long things are kept, where that is not the default.
    pub retention: Vec<RetentionRule>,
    /// Legal holds that are not released: on everything, and on recordings of the archive.
    pub holds: Vec<ArchivedHold>,
    /// The key that signs.
    pub public_key: Option<PublicKey>,
}

/// One recording of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedRecording {
    /// The recording. It keeps its id.
    pub recording: RecordingId,
    /// Its state.
    pub state: RecordingState,
    /// When its first run began, microseconds since 1970-01-01 UTC.
    pub created_at_us: i64,
    /// When it last changed, microseconds since 1970-01-01 UTC.
    pub updated_at_us: i64,
    /// SHA-256 of the source file.
    pub source_sha256: Sha256Digest,
    /// SHA-256 of the policy file; an original has none.
    pub policy_sha256: Option<Sha256Digest>,
    /// The name that the policy gives itself; an original has none.
    pub policy_name: Option<String>,
    /// The kept original that it was made from, while there is one.
    pub original: Option<RecordingId>,
    /// Length in nanoseconds, where it is known.
    pub duration_ns: Option<u64>,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// The plaintext of its artefacts.
    pub files: Vec<ArchivedFile>,
}

/// One artefact of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedFile {
    /// What it holds.
    pub kind: ArtefactKind,
    /// When it was sealed first, microseconds since 1970-01-01 UTC.
    pub created_at_us: i64,
    /// Length of the plaintext.
    pub bytes: u64,
    /// SHA-256 of the plaintext.
    pub sha256: Sha256Digest,
}

/// A legal hold of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedHold {
    /// The hold. It keeps its id.
    pub hold: HoldId,
    /// The recording that it keeps; without one, it keeps everything.
    pub recording: Option<RecordingId>,
    /// When it was placed, microseconds since 1970-01-01 UTC.
    pub placed_at_us: i64,
    /// Why it was placed and who approved it; nothing where no key opens that any more.
    pub words: Option<ArchivedWords>,
}

/// The words of a hold, which are sealed everywhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedWords {
    /// Why.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub reason: Pii<String>,
    /// Who approved it.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub approver: Pii<String>,
}

/// A recording that stayed behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The recording.
    pub recording: RecordingId,
    /// Its state.
    pub state: RecordingState,
}

/// Says whether there is something to carry in a recording of this state.
pub(super) const fn is_finished(state: RecordingState) -> bool {
    matches!(
        state,
        RecordingState::Published
            | RecordingState::Held
            | RecordingState::Ready
            | RecordingState::Withdrawn
            | RecordingState::Original
    )
}

/// Returns where a file lies. Neither the name of a person nor that of a source file is in it.
pub(super) fn path(recording: RecordingId, kind: ArtefactKind) -> String {
    let name = match kind {
        ArtefactKind::Original => "original.bin",
        ArtefactKind::Attendance => "attendance.json",
        other => other.file_name().unwrap_or(other.as_str()),
    };
    format!("{recording}/{name}")
}

/// Says whether an archive can carry an artefact of this kind. The own layer of a participant would
/// lose whose it is: that is a digest under a key that stays behind.
pub(super) const fn is_carried(kind: ArtefactKind) -> bool {
    kind.is_published() || matches!(kind, ArtefactKind::Original | ArtefactKind::Attendance)
}

impl ArchiveManifest {
    /// Refuses what no Scrim would have written, whoever has signed it.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        let contradiction = |what| Err(ImportError::Contradiction { what });
        let mut seen = HashSet::new();
        for recording in &self.recordings {
            if recording
                .original
                .is_some_and(|original| !seen.contains(&original))
            {
                return contradiction("a recording comes before its original");
            }
            if !seen.insert(recording.recording) {
                return contradiction("a recording is listed twice");
            }
            if !is_finished(recording.state) {
                return contradiction("a recording is not finished");
            }
            let is_original = recording.state == RecordingState::Original;
            let has_policy = recording.policy_sha256.is_some() && recording.policy_name.is_some();
            let has_none = recording.policy_sha256.is_none() && recording.policy_name.is_none();
            if !(if is_original { has_none } else { has_policy }) {
                return contradiction("a recording has no policy, or an original has one");
            }
            let mut kinds = HashSet::new();
            for file in &recording.files {
                if !kinds.insert(file.kind) {
                    return contradiction("a recording has two files of a kind");
                }
                let fits = match file.kind {
                    ArtefactKind::Original => is_original,
                    _ => !is_original,
                };
                if !is_carried(file.kind) || !fits {
                    return contradiction("a recording has a file of a kind that it cannot have");
                }
            }
            let is_published = matches!(
                recording.state,
                RecordingState::Published | RecordingState::Ready
            );
            if is_published && !kinds.contains(&ArtefactKind::Proof) {
                return contradiction("a recording that the gate let pass has no proof");
            }
        }
        let mut holds = HashSet::new();
        for hold in &self.holds {
            if hold.recording.is_some_and(|held| !seen.contains(&held)) {
                return contradiction("a hold keeps a recording that is not there");
            }
            if !holds.insert(hold.hold) {
                return contradiction("a hold is listed twice");
            }
        }
        Ok(())
    }

    /// Returns the length of all files together.
    pub fn bytes(&self) -> u64 {
        let files = self
            .recordings
            .iter()
            .flat_map(|recording| &recording.files);
        files.fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// Returns the number of files.
    pub fn artefacts(&self) -> u64 {
        let files = self
            .recordings
            .iter()
            .map(|recording| recording.files.len());
        files.sum::<usize>() as u64
    }
}
