//! Opening an archive.

use std::{
    collections::HashSet,
    fmt,
    io::{self, Read, Seek},
};

use scrim_policy::RecordingId;
use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use super::{
    ArchiveManifest, ArchivedFile, ImportError,
    manifest::{MANIFEST, SCHEMA, STATEMENT, path},
};
use crate::{
    digest::Sha256Digest,
    export::ExportPassword,
    proof::{Envelope, ProofError, Signer},
    signing::PublicKey,
};

/// A manifest with longer contents than this is none.
const MOST_MANIFEST_BYTES: u64 = 256 << 20;

/// An archive whose manifest was read and whose signature is right. Its files were not looked at
/// yet.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    password: ExportPassword,
    manifest: ArchiveManifest,
    sha256: Sha256Digest,
    signer: Signer,
}

impl<R> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive and reads its manifest; with a `trusted` key, only one that was signed with
    /// it.
    ///
    /// # Errors
    /// Any but [`ImportError::NotEmpty`], [`ImportError::ImportedBefore`] and
    /// [`ImportError::Vault`].
    pub fn open(
        file: R,
        password: ExportPassword,
        trusted: Option<&PublicKey>,
    ) -> Result<Self, ImportError> {
        let mut zip = ZipArchive::new(file).map_err(unreadable)?;
        let json = read_manifest(&mut zip, &password)?;
        let envelope = Envelope::parse(&json)?;
        let (manifest, signer): (ArchiveManifest, Signer) =
            envelope.verify_as(SCHEMA..=SCHEMA, trusted)?;
        if manifest.statement != STATEMENT {
            return Err(ProofError::Malformed {
                what: "the statement",
            }
            .into());
        }
        manifest.check()?;
        let listed: HashSet<String> = manifest
            .recordings
            .iter()
            .flat_map(|recording| {
                let files = recording.files.iter();
                files.map(|file| path(recording.recording, file.kind))
            })
            .chain([MANIFEST.to_owned()])
            .collect();
        let is_listed =
            |name: &[u8]| std::str::from_utf8(name).is_ok_and(|name| listed.contains(name));
        let count = zip.file_names_raw().filter(|name| !is_listed(name)).count();
        if count > 0 || zip.has_duplicate_names() {
            return Err(ImportError::Unlisted {
                count: count.max(1),
            });
        }
        Ok(Self {
            zip,
            password,
            manifest,
            sha256: Sha256Digest::of(envelope.payload.as_bytes()),
            signer,
        })
    }

    /// Returns what the archive says about itself.
    pub const fn manifest(&self) -> &ArchiveManifest {
        &self.manifest
    }

    /// Returns the SHA-256 of what was signed. It stands for the archive.
    pub const fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// Returns who signed it.
    pub const fn signer(&self) -> Signer {
        self.signer
    }

    /// Opens a file. What it holds is not believed yet.
    pub(super) fn file(
        &mut self,
        recording: RecordingId,
        file: &ArchivedFile,
    ) -> Result<ZipFile<'_, R>, ImportError> {
        let kind = file.kind;
        let name = path(recording, kind);
        match entry(&mut self.zip, &name, &self.password)? {
            None => Err(ImportError::Missing { recording, kind }),
            Some(entry) if entry.size() != file.bytes => Err(ImportError::Differs {
                recording,
                kind,
                stated_in: "manifest",
            }),
            Some(entry) => Ok(entry),
        }
    }
}

fn read_manifest<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    password: &ExportPassword,
) -> Result<Vec<u8>, ImportError> {
    let Some(entry) = entry(zip, MANIFEST, password)? else {
        return Err(ImportError::NotAnArchive {
            what: "it has no manifest",
        });
    };
    let mut json = Vec::new();
    entry
        .take(MOST_MANIFEST_BYTES)
        .read_to_end(&mut json)
        .map_err(reading)?;
    Ok(json)
}

/// Opens an entry as this program writes them: encrypted and not compressed.
fn entry<'a, R: Read + Seek>(
    zip: &'a mut ZipArchive<R>,
    name: &str,
    password: &ExportPassword,
) -> Result<Option<ZipFile<'a, R>>, ImportError> {
    let entry = match zip.by_name_decrypt(name, password.as_bytes()) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !entry.encrypted() {
        return Err(ImportError::NotAnArchive {
            what: "it is not encrypted",
        });
    }
    if entry.compression() != CompressionMethod::Stored {
        return Err(ImportError::NotAnArchive {
            what: "it is compressed",
        });
    }
    Ok(Some(entry))
}

fn unreadable(error: ZipError) -> ImportError {
    match error {
        ZipError::Io(source) => reading(source),
        ZipError::InvalidPassword => ImportError::WrongPassword,
        _ => ImportError::NotAnArchive {
            what: "it is no whole ZIP file",
        },
    }
}

/// A wrong authentication code is damage; so is an end that comes too early.
pub(super) fn reading(source: io::Error) -> ImportError {
    match source.kind() {
        io::ErrorKind::InvalidData => ImportError::NotAnArchive {
            what: "a file in it was changed",
        },
        io::ErrorKind::UnexpectedEof => ImportError::NotAnArchive {
            what: "a file in it is cut off",
        },
        _ => ImportError::Read { source },
    }
}
