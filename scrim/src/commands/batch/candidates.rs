//! What a batch could process: the files of a folder, the lines of a list, kept originals.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use scrim_policy::{Kind, TenantId};
use scrim_storage::Vault;

use crate::{
    cli::BatchRunArgs,
    commands::source::{Place, Sources},
    failure::Failure,
};

/// Originals that are asked for at once.
const PAGE: u32 = 1000;

/// The columns of a list, beside that of the roster.
const COLUMNS: [&str; 3] = ["path", "policy", "language"];

/// Endings of names that say that it is a recording.
const ENDINGS: [&str; 16] = [
    "mp4", "m4v", "mov", "mkv", "webm", "flv", "f4v", "ts", "mts", "m2ts", "mka", "m4a", "mp3",
    "aac", "ogg", "opus",
];

/// Something that may be a source.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) place: Place,
    pub(super) policy: Option<PathBuf>,
    pub(super) roster: Option<PathBuf>,
    pub(super) language: Option<String>,
    /// Whether it has to be a recording, because somebody named it or because its own name says so.
    /// Any other file of a folder may be anything.
    pub(super) is_expected: bool,
}

impl Candidate {
    fn named(place: Place) -> Self {
        Self {
            place,
            policy: None,
            roster: None,
            language: None,
            is_expected: true,
        }
    }

    fn unnamed(place: Place) -> Self {
        let ending = Path::new(&place.shown())
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        Self {
            is_expected: ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())),
            ..Self::named(place)
        }
    }

    /// Where it lies, as the same bytes every time.
    pub(super) fn locator(&self) -> Vec<u8> {
        match &self.place {
            Place::File(path) => absolute(path),
            Place::Original(_) | Place::Object { .. } => self.place.shown().into_bytes(),
        }
    }
}

/// Everything that may be a source.
#[derive(Debug)]
pub(super) struct Candidates {
    /// What makes it the same batch next time.
    pub(super) key: Vec<u8>,
    pub(super) found: Vec<Candidate>,
    /// Folders that could not be looked into.
    pub(super) unreadable: Vec<(String, Failure)>,
}

/// Finds out what there is. Nothing is opened but folders and the list.
pub(super) fn candidates(
    vault: &Vault,
    sources: &Sources<'_>,
    args: &BatchRunArgs,
) -> Result<Candidates, Failure> {
    let Some(input) = &args.input else {
        return originals(vault);
    };
    let place = Place::new(input);
    let mut candidates = Candidates {
        key: absolute(input),
        found: Vec::new(),
        unreadable: Vec::new(),
    };
    match &place {
        Place::File(path) if path.is_dir() => walk(path, &mut candidates),
        Place::File(path) if has_ending(path, "csv") => {
            candidates.found = list(path, &args.roster_column)?;
        }
        Place::File(path) => {
            fs::metadata(path).map_err(|error| Failure::file("open", path, error))?;
            candidates.found = vec![Candidate::named(place)];
        }
        Place::Original(id) => {
            candidates.key = id.to_string().into_bytes();
            candidates.found = vec![Candidate::named(place)];
        }
        Place::Object { bucket, key } => {
            candidates.key = place.shown().into_bytes();
            let found = sources.objects(bucket, key)?.into_iter();
            candidates.found = found.map(Candidate::unnamed).collect();
        }
    }
    Ok(candidates)
}

fn originals(vault: &Vault) -> Result<Candidates, Failure> {
    let (mut found, mut from) = (Vec::new(), None);
    loop {
        let page = vault.originals(TenantId::SINGLE, from, PAGE)?;
        for row in &page.recordings {
            // A session is no file: it is processed by whoever has recorded it.
            if vault.live_session(row.id)?.is_none() {
                found.push(Candidate::named(Place::Original(row.id)));
            }
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    Ok(Candidates {
        key: b"originals".to_vec(),
        found,
        unreadable: Vec::new(),
    })
}

/// Takes all files of a folder and of those below it, sorted. Links are not followed and hidden files
/// are left out.
fn walk(folder: &Path, candidates: &mut Candidates) {
    let mut entries = match entries(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let failure = Failure::file("read the folder", folder, error);
            let shown = folder.display().to_string();
            return candidates.unreadable.push((shown, failure));
        }
    };
    entries.sort_unstable();
    for (path, is_folder) in entries {
        if is_folder {
            walk(&path, candidates);
        } else {
            candidates.found.push(Candidate::unnamed(Place::File(path)));
        }
    }
}

fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && (kind.is_dir() || kind.is_file()) {
            found.push((entry.path(), kind.is_dir()));
        }
    }
    Ok(found)
}

/// Reads a list. What it names is relative to where it lies.
fn list(path: &Path, roster_column: &str) -> Result<Vec<Candidate>, Failure> {
    let text = fs::read(path).map_err(|error| Failure::file("read the list", path, error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse_list(&text, folder, roster_column).map_err(|(line, what)| {
        let known = format!("path, policy, {roster_column} and language");
        Failure::words(Kind::Invalid, format!("{}:{line}: {what}", path.display())).hint(format!(
            "the columns of a list are {known}; only path is needed"
        ))
    })
}

fn parse_list(
    text: &[u8],
    folder: &Path,
    roster_column: &str,
) -> Result<Vec<Candidate>, (u64, String)> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
    let sorted = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        // The text of the error may hold what is in the list.
        (
            line,
            "the line has not as many fields as the header, or is not UTF-8".to_owned(),
        )
    };
    let header = reader.headers().map_err(sorted)?.clone();
    let column = |wanted: &str| header.iter().position(|name| name == wanted);
    if let Some(unknown) = header
        .iter()
        .find(|name| !COLUMNS.contains(name) && *name != roster_column)
    {
        return Err((1, format!("there is no column `{unknown}`")));
    }
    let path_column = column("path").ok_or((1, "there is no column `path`".to_owned()))?;
    let (policy, roster) = (column("policy"), column(roster_column));
    let language = column("language");
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(sorted)?;
        let line = record.position().map_or(1, csv::Position::line);
        let field = |column: Option<usize>| {
            let text = record.get(column?)?;
            (!text.is_empty()).then_some(text)
        };
        let file = |column| field(column).map(|text| folder.join(text));
        let path = field(Some(path_column)).ok_or((line, "there is no path".to_owned()))?;
        let place = match Place::new(Path::new(path)) {
            Place::File(path) => Place::File(folder.join(path)),
            elsewhere => elsewhere,
        };
        found.push(Candidate {
            policy: file(policy),
            roster: file(roster),
            language: field(language).map(str::to_owned),
            ..Candidate::named(place)
        });
    }
    Ok(found)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// The path without links and relative parts, or at least without relative parts.
fn absolute(path: &Path) -> Vec<u8> {
    let absolute = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let path = absolute.unwrap_or_else(|_| path.to_owned());
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_list_names_files_beside_it_and_originals() {
        let text = b"\xef\xbb\xbfpath, policy ,people,language\n\
            a.mp4,,,\n\
            /data/b.mp4,strict.toml,b.csv,pl\n\
            rec_01922d5b111170008000000000000001,,,\n";
        let found = parse_list(text, Path::new("/lists"), "people").unwrap();
        assert_eq!(found[0].place, Place::File("/lists/a.mp4".into()));
        assert_eq!(found[0].policy, None);
        assert_eq!(found[1].place, Place::File("/data/b.mp4".into()));
        assert_eq!(found[1].policy, Some("/lists/strict.toml".into()));
        assert_eq!(found[1].roster, Some("/lists/b.csv".into()));
        assert_eq!(found[1].language.as_deref(), Some("pl"));
        assert!(matches!(found[2].place, Place::Original(_)));
    }

    #[test]
    fn a_mistake_in_a_list_is_named_with_its_line_and_without_its_contents() {
        let folder = Path::new("/");
        let wrong = |text: &[u8]| parse_list(text, folder, "roster").unwrap_err();
        assert_eq!(wrong(b"file\na.mp4\n").0, 1);
        assert_eq!(wrong(b"policy\na.toml\n").0, 1);
        assert_eq!(wrong(b"path,policy\na.mp4,\n,b.toml\n").0, 3);
        let (line, what) = wrong(b"path,policy\nJane Doe.mp4\n");
        assert_eq!(line, 2);
        assert!(!what.contains("Jane"), "{what}");
    }

    #[test]
    fn files_of_folders_are_sorted_and_hidden_ones_and_links_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("b")).unwrap();
        for name in ["c.txt", "a.MP4", "b/d.mp4", ".hidden.mp4"] {
            fs::write(at(name), b"").unwrap();
        }
        std::os::unix::fs::symlink("/", at("link")).unwrap();
        let mut candidates = Candidates {
            key: Vec::new(),
            found: Vec::new(),
            unreadable: Vec::new(),
        };
        walk(folder.path(), &mut candidates);
        let places: Vec<_> = candidates.found.iter().map(|found| &found.place).collect();
        let wanted = ["a.MP4", "b/d.mp4", "c.txt"].map(|name| Place::File(at(name)));
        assert_eq!(places, wanted.iter().collect::<Vec<_>>());
        let expected = candidates.found.iter().map(|found| found.is_expected);
        assert_eq!(expected.collect::<Vec<_>>(), [true, true, false]);
    }
}
