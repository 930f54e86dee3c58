//! From a plan to files.

use std::{fs, io::Write, path::Path};

use scrim_policy::{AuditEvent, Purpose, RecordingId, Word};

use super::{
    About, Counter, ExportError, ExportManifest, ExportPlan, ExportSink, ManifestFile,
    ManifestRecording, Transferred, WholeFile,
    attendance::{self, MOST_ATTENDANCE_BYTES},
    manifest::SCHEMA,
    plan::{MANIFEST, PlannedRecording, TABLE_FILES, outputs},
};
use crate::{
    catalog::ArtefactRow,
    digest::Sha256Digest,
    seal::OpenError,
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

impl ExportPlan {
    /// Writes everything to `sink`, the manifest last, and returns what the manifest says and its
    /// SHA-256. The sink still has to be finished: the audit log knows of the export before anybody
    /// has it.
    ///
    /// # Errors
    /// Any but [`ExportError::NoRecording`] and [`ExportError::NotPublished`].
    pub fn write(
        &self,
        vault: &Vault,
        sink: &mut dyn ExportSink,
        about: About<'_>,
        progress: &dyn Fn(Transferred),
    ) -> Result<(ExportManifest, Sha256Digest), ExportError> {
        let counter = Counter::new(self.bytes(), progress);
        let mut manifest = ExportManifest {
            schema: SCHEMA,
            tool: about.tool.to_owned(),
            created_at: about.now.to_string(),
            has_personal_data: self.has_personal_data(),
            recordings: Vec::new(),
        };
        for planned in &self.recordings {
            still_as_planned(vault, planned)?;
            let mut files = Vec::new();
            for row in &planned.outputs {
                files.push(add_output(vault, planned, row, sink, about, &counter)?);
            }
            if let Some(row) = &planned.attendance {
                files.extend(add_tables(vault, planned, row, sink, about)?);
            }
            manifest.recordings.push(ManifestRecording {
                recording: planned.row.id,
                state: planned.row.state,
                files,
            });
        }
        for planned in &self.recordings {
            still_as_planned(vault, planned)?;
        }
        let written = add_bytes(sink, MANIFEST.to_owned(), &manifest.to_json())?;
        let made = self
            .recordings
            .iter()
            .map(|planned| AuditEvent::ExportMade {
                recording: Some(planned.row.id),
                tenant: None,
                format: Word::new(sink.format()),
                artefacts: planned.outputs.len() as u64 + u64::from(planned.attendance.is_some()),
                manifest: Some(Word::new(written.sha256)),
            });
        vault.audit_all(made.collect(), about.now)?;
        Ok((manifest, written.sha256))
    }
}

/// Refuses what was withdrawn or erased since the export was planned: an export takes a while.
fn still_as_planned(vault: &Vault, planned: &PlannedRecording) -> Result<(), ExportError> {
    let recording = planned.row.id;
    match vault.recording(recording)? {
        Some(row) if row.state == planned.row.state => Ok(()),
        Some(row) => Err(ExportError::NotPublished {
            recording,
            state: row.state,
        }),
        None => Err(ExportError::NoRecording { recording }),
    }
}

fn add_output(
    vault: &Vault,
    planned: &PlannedRecording,
    row: &ArtefactRow,
    sink: &mut dyn ExportSink,
    about: About<'_>,
    counter: &Counter<'_>,
) -> Result<ManifestFile, ExportError> {
    let path = planned.path(row.kind.file_name().unwrap_or(row.kind.as_str()));
    let bytes = row.sealed.plaintext_bytes;
    sink.add(&path, bytes, &mut |out| {
        copy(vault, row, about.now, &mut counter.counted(out))
    })?;
    let sha256 = row.sealed.plaintext_sha256;
    Ok(ManifestFile {
        path,
        bytes,
        // Copying has compared it with the plaintext.
        sha256: sha256.expect("everything that users get is hashed when it is sealed"),
    })
}

fn add_tables(
    vault: &Vault,
    planned: &PlannedRecording,
    row: &ArtefactRow,
    sink: &mut dyn ExportSink,
    about: About<'_>,
) -> Result<Vec<ManifestFile>, ExportError> {
    let json = vault.read_all(row, MOST_ATTENDANCE_BYTES, Purpose::Export, about.now)?;
    let attendance = attendance::parse(planned.row.id, &json)?;
    let (people, consents) = (
        attendance::people(&attendance),
        attendance::consents(&attendance),
    );
    let tables = [
        people.to_csv()?,
        people.to_xlsx(about.now)?,
        consents.to_csv()?,
        consents.to_xlsx(about.now)?,
    ];
    TABLE_FILES
        .iter()
        .zip(&tables)
        .map(|(name, table)| add_bytes(sink, planned.path(name), table))
        .collect()
}

fn add_bytes(
    sink: &mut dyn ExportSink,
    path: String,
    contents: &[u8],
) -> Result<ManifestFile, ExportError> {
    let bytes = contents.len() as u64;
    sink.add(&path, bytes, &mut |out| {
        out.write_all(contents).map_err(ExportError::writing)
    })?;
    Ok(ManifestFile {
        path,
        bytes,
        sha256: Sha256Digest::of(contents),
    })
}

/// Opens an artefact from the first byte to the last. What fails while writing is sorted as such.
pub(crate) fn copy(
    vault: &Vault,
    row: &ArtefactRow,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    match vault
        .open_artefact(row, Purpose::Export, now)?
        .copy_all(out)
    {
        Ok(()) => Ok(()),
        Err(OpenError::Write { source }) => Err(ExportError::writing(source)),
        Err(error) => Err(VaultError::from(error).into()),
    }
}

/// Writes everything that users get of a recording to a folder, each file complete or not at all.
/// This is for whoever made the recording: `report.html` is among the files, a manifest is not.
///
/// # Errors
/// [`ExportError::Place`], [`ExportError::Write`] and [`ExportError::Vault`].
pub fn write_outputs(
    vault: &Vault,
    recording: RecordingId,
    folder: &Path,
    now: Timestamp,
) -> Result<(), ExportError> {
    let failed = |path: &Path, source| ExportError::Place {
        path: path.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for row in outputs(vault, recording)? {
        let path = folder.join(row.kind.file_name().unwrap_or(row.kind.as_str()));
        let mut file = WholeFile::create(&path).map_err(|source| failed(&path, source))?;
        copy(vault, &row, now, &mut file)?;
        file.commit().map_err(ExportError::writing)?;
    }
    Ok(())
}

/// Says whether a folder has all outputs of a recording, by their names and lengths. Each is written
/// completely or not at all.
///
/// # Errors
/// [`ExportError::Vault`].
pub fn has_outputs(
    vault: &Vault,
    recording: RecordingId,
    folder: &Path,
) -> Result<bool, ExportError> {
    let is_there = |row: &ArtefactRow| {
        let path = folder.join(row.kind.file_name().unwrap_or(row.kind.as_str()));
        fs::metadata(path).is_ok_and(|found| found.len() == row.sealed.plaintext_bytes)
    };
    Ok(outputs(vault, recording)?.iter().all(is_there))
}
