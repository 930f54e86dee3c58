//! What an export would hold.

use scrim_policy::RecordingId;

use super::ExportError;
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, RecordingRow, RecordingState},
    vault::Vault,
};

/// What to export.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The recordings.
    pub recordings: Vec<RecordingId>,
    /// Whether those may be among them that the gate holds, or that nobody has published yet.
    pub include_held: bool,
    /// Whether to add who took part and agreed to what: personal data.
    pub with_attendance: bool,
    /// Whether to add `report.html`, which shows pictures of the source.
    pub with_report_page: bool,
}

/// What would be written, before anything is opened.
#[derive(Clone, Debug)]
pub struct ExportPlan {
    pub(super) recordings: Vec<PlannedRecording>,
}

#[derive(Clone, Debug)]
pub(super) struct PlannedRecording {
    pub(super) row: RecordingRow,
    /// What users get.
    pub(super) outputs: Vec<ArtefactRow>,
    /// Who took part, if that was asked for and is known.
    pub(super) attendance: Option<ArtefactRow>,
}

/// A file that would be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Where it would lie.
    pub path: String,
    /// Its length. Tables are not made for a plan, because that opens personal data.
    pub bytes: Option<u64>,
}

/// The tables that are made of an attendance.
pub(super) const TABLE_FILES: [&str; 4] = [
    "attendance.csv",
    "attendance.xlsx",
    "consents.csv",
    "consents.xlsx",
];

pub(super) const MANIFEST: &str = "manifest.json";

impl Vault {
    /// Says what an export of these recordings would hold. Nothing is opened.
    ///
    /// # Errors
    /// [`ExportError::NoRecording`], [`ExportError::NotPublished`] and [`ExportError::Vault`].
    pub fn plan_export(&self, selection: &Selection) -> Result<ExportPlan, ExportError> {
        let mut recordings: Vec<PlannedRecording> = Vec::new();
        for id in &selection.recordings {
            if recordings.iter().any(|planned| planned.row.id == *id) {
                continue;
            }
            let row = self
                .recording(*id)?
                .ok_or(ExportError::NoRecording { recording: *id })?;
            let is_allowed = match row.state {
                RecordingState::Published => true,
                RecordingState::Held | RecordingState::Ready => selection.include_held,
                _ => false,
            };
            if !is_allowed {
                return Err(ExportError::NotPublished {
                    recording: *id,
                    state: row.state,
                });
            }
            let mut outputs = outputs(self, *id)?;
            outputs.retain(|output| {
                selection.with_report_page || output.kind != ArtefactKind::ReportHtml
            });
            let attendance = match selection.with_attendance {
                true => self.attendance(*id)?,
                false => None,
            };
            recordings.push(PlannedRecording {
                row,
                outputs,
                attendance,
            });
        }
        Ok(ExportPlan { recordings })
    }
}

/// Returns what users get of a recording, in the order in which kinds are listed.
pub(super) fn outputs(vault: &Vault, id: RecordingId) -> Result<Vec<ArtefactRow>, ExportError> {
    let mut outputs = vault.artefacts(id)?;
    outputs.retain(|row| row.kind.is_published() && row.state == ArtefactState::Complete);
    outputs.sort_by_key(|row| row.kind);
    Ok(outputs)
}

impl ExportPlan {
    /// Returns the files that would be written.
    pub fn files(&self) -> Vec<PlannedFile> {
        let mut files = Vec::new();
        for planned in &self.recordings {
            let outputs = planned.outputs.iter();
            files.extend(outputs.map(|row| PlannedFile {
                path: planned.path(row.kind.file_name().unwrap_or(row.kind.as_str())),
                bytes: Some(row.sealed.plaintext_bytes),
            }));
            if planned.attendance.is_some() {
                files.extend(TABLE_FILES.map(|name| PlannedFile {
                    path: planned.path(name),
                    bytes: None,
                }));
            }
        }
        files.push(PlannedFile {
            path: MANIFEST.to_owned(),
            bytes: None,
        });
        files
    }

    /// Returns the length of all artefacts together. Tables and manifest come on top.
    pub fn bytes(&self) -> u64 {
        let outputs = self.recordings.iter().flat_map(|planned| &planned.outputs);
        outputs.map(|row| row.sealed.plaintext_bytes).sum()
    }

    /// Returns the recordings that would be exported.
    pub fn recordings(&self) -> Vec<RecordingId> {
        self.recordings
            .iter()
            .map(|planned| planned.row.id)
            .collect()
    }

    /// Returns the recordings of which it is not known who took part, or was not asked for.
    pub fn without_attendance(&self) -> Vec<RecordingId> {
        let without = self.recordings.iter();
        without
            .filter(|planned| planned.attendance.is_none())
            .map(|planned| planned.row.id)
            .collect()
    }

    /// Says whether names and e-mail addresses would be written.
    pub fn has_personal_data(&self) -> bool {
        self.recordings
            .iter()
            .any(|planned| planned.attendance.is_some())
    }
}

impl PlannedRecording {
    /// Neither the name of a person nor that of a source file is in it.
    pub(super) fn path(&self, file_name: &str) -> String {
        format!("{}/{file_name}", self.row.id)
    }
}
