//! A search for personal data in whatever a run has left behind.

mod fold;
mod forms;

use std::{
    collections::BTreeMap,
    fmt, fs,
    fs::File,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use aho_corasick::AhoCorasick;
use scrim_policy::Roster;

use fold::folded;
pub use forms::Form;
use forms::{SHORTEST_PATTERN, patterns};

/// Bytes of a file that are searched at once.
const WINDOW: usize = 4 << 20;

/// Texts that must be nowhere.
///
/// Of every person of a roster these are the name, each longer word of it, the e-mail address and
/// its longer local part. Each is searched in every [`Form`].
pub struct Canaries {
    /// What each text is, without saying it.
    labels: Vec<String>,
    spelt: AhoCorasick,
    spelt_patterns: Vec<(usize, Form)>,
    folded: AhoCorasick,
    folded_patterns: Vec<usize>,
    /// No pattern is longer, in either search, whatever the folding took away.
    overlap: usize,
}

/// The first place where something was found. It names whom, never the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// A file, or what the caller called the bytes.
    pub place: String,
    /// Where in it, in bytes; for [`Form::Folded`] about where.
    pub offset: u64,
    /// Which text it is, such as "the name of person 3".
    pub what: String,
    /// How it is spelt there.
    pub form: Form,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            offset,
            what,
            form,
        } = self;
        write!(f, "{place} holds {what} {form} near byte {offset}")
    }
}

/// Shows no text.
impl fmt::Debug for Canaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canaries")
            .field("texts", &self.labels.len())
            .finish_non_exhaustive()
    }
}

impl Canaries {
    /// Takes everybody of a roster (CSV with the header `name,email,role`) and further texts, such
    /// as phone numbers and the file name of the source.
    pub fn new(roster_csv: &str, further: &[&str]) -> Self {
        let roster = Roster::parse_csv(roster_csv).expect("a test has a valid roster");
        let mut texts = BTreeMap::new();
        for (person, number) in roster.people().iter().zip(1..) {
            let name = person.name().reveal();
            let mut add = |text: &str, what: &str| {
                if text.chars().count() >= SHORTEST_PATTERN {
                    texts
                        .entry(text.to_owned())
                        .or_insert(format!("{what} of person {number}"));
                }
            };
            add(name, "the name");
            for word in name.split_whitespace() {
                add(word, "part of the name");
            }
            if let Some(email) = person.email() {
                let email = email.reveal();
                add(email, "the e-mail address");
                add(
                    email.split('@').next().unwrap_or(email),
                    "part of the e-mail address",
                );
            }
        }
        for (text, number) in further.iter().zip(1..) {
            assert!(
                text.len() >= SHORTEST_PATTERN,
                "further text {number} is too short to search"
            );
            texts
                .entry((*text).to_owned())
                .or_insert(format!("further text {number}"));
        }
        Self::of(texts)
    }

    fn of(texts: BTreeMap<String, String>) -> Self {
        assert!(!texts.is_empty(), "there is nothing to search for");
        let mut spelt = BTreeMap::new();
        let mut spelt_folded = BTreeMap::new();
        for (index, text) in texts.keys().enumerate() {
            for (pattern, form) in patterns(text) {
                spelt.entry(pattern).or_insert((index, form));
            }
            spelt_folded.entry(folded(text)).or_insert(index);
        }
        let longest = spelt.keys().map(Vec::len).max().unwrap_or(0);
        let automaton = |patterns: Vec<&[u8]>| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(patterns)
                .expect("a few thousand patterns fit")
        };
        Self {
            labels: texts.into_values().collect(),
            spelt_patterns: spelt.values().copied().collect(),
            folded_patterns: spelt_folded.values().copied().collect(),
            spelt: automaton(spelt.keys().map(Vec::as_slice).collect()),
            folded: automaton(spelt_folded.keys().map(String::as_bytes).collect()),
            overlap: 4 * longest,
        }
    }

    /// Searches bytes.
    pub fn search_bytes(&self, place: &str, bytes: &[u8]) -> Option<Hit> {
        let hit = |offset: usize, text: usize, form: Form| Hit {
            place: place.to_owned(),
            offset: offset as u64,
            what: self.labels[text].clone(),
            form,
        };
        if let Some(found) = self.spelt.find(bytes) {
            let (text, form) = self.spelt_patterns[found.pattern().as_usize()];
            return Some(hit(found.start(), text, form));
        }
        let mut offset = 0;
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid();
            // Shorter runs of text are what compressed bytes look like, and too short for a name.
            if valid.len() >= SHORTEST_PATTERN
                && let Some(found) = self.folded.find(&folded(valid))
            {
                let text = self.folded_patterns[found.pattern().as_usize()];
                return Some(hit(offset + found.start(), text, Form::Folded));
            }
            offset += valid.len() + chunk.invalid().len();
        }
        None
    }

    /// Searches a file, a window at a time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn search_file(&self, path: &Path) -> io::Result<Option<Hit>> {
        let mut file = File::open(path)?;
        let mut window = Vec::with_capacity(WINDOW + self.overlap);
        let mut window_offset = 0;
        loop {
            let read = file.by_ref().take(WINDOW as u64).read_to_end(&mut window)?;
            let found = self.search_bytes(&path.display().to_string(), &window);
            if let Some(hit) = found {
                return Ok(Some(Hit {
                    offset: window_offset + hit.offset,
                    ..hit
                }));
            }
            if read == 0 {
                return Ok(None);
            }
            let done = window.len().saturating_sub(self.overlap);
            window.drain(..done);
            window_offset += done as u64;
        }
    }

    /// Searches a folder with everything below it: names of files and folders, targets of links,
    /// and contents of files.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn search_folder(&self, folder: &Path) -> io::Result<Option<Hit>> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for (entry, number) in entries.iter().zip(1..) {
            let place = format!("the name of entry {number} of {}", folder.display());
            if let Some(hit) = self.search_bytes(&place, entry.file_name().as_bytes()) {
                return Ok(Some(hit));
            }
            let (path, kind) = (entry.path(), entry.file_type()?);
            let found = if kind.is_dir() {
                self.search_folder(&path)?
            } else if kind.is_symlink() {
                let target = fs::read_link(&path)?;
                self.search_bytes(&path.display().to_string(), target.as_os_str().as_bytes())
            } else if kind.is_file() {
                self.search_file(&path)?
            } else {
                None
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Fails the test when anything is found in a file, or in a folder with everything below it.
    #[track_caller]
    pub fn assert_absent_in(&self, path: &Path) {
        let found = if path.is_dir() {
            self.search_folder(path)
        } else {
            self.search_file(path)
        };
        match found {
            Ok(None) => {}
            Ok(Some(hit)) => panic!("personal data has leaked: {hit}"),
            Err(error) => panic!("searching {}: {error}", path.display()),
        }
    }

    /// Fails the test when anything is found in bytes, such as what a program has printed.
    #[track_caller]
    pub fn assert_absent_in_bytes(&self, place: &str, bytes: &[u8]) {
        if let Some(hit) = self.search_bytes(place, bytes) {
            panic!("personal data has leaked: {hit}");
        }
    }
}
