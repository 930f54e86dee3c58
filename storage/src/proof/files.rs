//! Comparing files with what a proof says about them.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Output, Proof, ProofError};
use crate::{artefact::ArtefactKind, digest::Sha256Digest};

/// How a file compares with what the proof says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileVerdict {
    /// Length and hash are the stated ones.
    Matches,
    /// There is no such file.
    Missing,
    /// The file is another one.
    Differs {
        /// Its length in bytes.
        bytes: u64,
        /// Its SHA-256.
        sha256: Sha256Digest,
    },
}

/// The verdict on one output of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCheck {
    /// Which output.
    pub kind: ArtefactKind,
    /// How its file compares.
    pub verdict: FileVerdict,
}

impl Proof {
    /// Compares every output with what `open` returns for its kind; nothing means that there is no
    /// such file. Files that the proof does not name are not looked for.
    ///
    /// # Errors
    /// [`ProofError::Read`].
    pub fn check_files<R: Read>(
        &self,
        mut open: impl FnMut(ArtefactKind) -> io::Result<Option<R>>,
    ) -> Result<Vec<FileCheck>, ProofError> {
        let check = |output: &Output| {
            let verdict = open(output.kind)
                .and_then(|file| match file {
                    None => Ok(FileVerdict::Missing),
                    Some(mut file) => check_file(output, &mut file),
                })
                .map_err(|source| ProofError::Read {
                    kind: output.kind,
                    source,
                })?;
            Ok(FileCheck {
                kind: output.kind,
                verdict,
            })
        };
        self.outputs.iter().map(check).collect()
    }

    /// Compares every output with the file of its name in a folder.
    ///
    /// # Errors
    /// [`ProofError::Read`].
    pub fn check_folder(&self, folder: &Path) -> Result<Vec<FileCheck>, ProofError> {
        self.check_files(|kind| {
            let Some(name) = kind.file_name() else {
                return Ok(None);
            };
            match File::open(folder.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                opened => opened.map(Some),
            }
        })
    }
}

/// Compares one file with what the proof says about it.
///
/// # Errors
/// What `file` fails with.
pub fn check_file(output: &Output, file: &mut impl Read) -> io::Result<FileVerdict> {
    let (sha256, bytes) = Sha256Digest::of_reader(file)?;
    if sha256 == output.sha256 && bytes == output.bytes {
        return Ok(FileVerdict::Matches);
    }
    Ok(FileVerdict::Differs { bytes, sha256 })
}
