//! Walking the whole log and comparing it with everything that it ever committed to.

use std::{collections::BTreeSet, fmt};

use scrim_policy::AuditEvent;

use super::{
    CHAIN_START, CHECKPOINT_EVERY, Checkpoint, CheckpointRecord, Entry, Frontier, LogEnd,
    NoteError, Record, SignedNote, VerifierKey, leaf_of, next_chain,
};
use crate::digest::Sha256Digest;

/// So many findings are told; the first one is where to look.
const MOST_FINDINGS: usize = 100;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// Another number was expected here: entries are missing, doubled or out of order.
    Place {
        /// The number that was expected.
        expected: u64,
        /// The number that was found.
        found: u64,
    },
    /// The entry holds something that no entry can hold.
    Unreadable {
        /// The entry.
        seq: u64,
    },
    /// Entry and salt do not give the leaf.
    Changed {
        /// The entry.
        seq: u64,
    },
    /// The entry does not follow the one before it: it was changed, put in or moved, or the one
    /// before it was.
    Chain {
        /// The entry.
        seq: u64,
    },
    /// The entry was written for another place in the log.
    Moved {
        /// The entry.
        seq: u64,
        /// The place that it names.
        written_as: u64,
    },
    /// What the entry is erased with is not what it is about.
    Misfiled {
        /// The entry.
        seq: u64,
    },
    /// The entry is blank, and no entry says that it was blanked.
    Blank {
        /// The entry.
        seq: u64,
    },
    /// A checkpoint in the log is none of it.
    Checkpoint {
        /// Number of entries that it is said to cover.
        size: u64,
        /// What is wrong with it.
        error: NoteError,
    },
    /// A checkpoint has another root than the entries that it covers.
    Root {
        /// Number of entries that it covers.
        size: u64,
        /// Number of entries that an earlier checkpoint still agrees with.
        agreed: u64,
        /// Whether it was kept elsewhere.
        kept: bool,
    },
    /// A checkpoint covers more entries than there are.
    Tail {
        /// Number of entries that there are.
        size: u64,
        /// Number of entries that the checkpoint covers.
        covered: u64,
        /// Whether it was kept elsewhere.
        kept: bool,
    },
    /// Where the log says that it ends is not where it ends.
    End {
        /// Number of entries that it says there are.
        stated: u64,
        /// Number of entries that there are.
        size: u64,
    },
    /// An entry that a checkpoint has to cover is covered by none: checkpoints are missing.
    Uncovered {
        /// The entry.
        seq: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elsewhere = |kept: &bool| {
            if *kept {
                " that was kept elsewhere"
            } else {
                ""
            }
        };
        match self {
            Self::Place { expected, found } => write!(
                f,
                "entry {expected}: entry {found} is in its place, so entries are missing, doubled \
                 or out of order"
            ),
            Self::Unreadable { seq } => write!(f, "entry {seq}: it is unreadable"),
            Self::Changed { seq } => write!(f, "entry {seq}: it was changed"),
            Self::Chain { seq } => write!(
                f,
                "entry {seq}: it does not follow the one before it, so one of them was changed, \
                 put in, moved or left out"
            ),
            Self::Moved { seq, written_as } => {
                write!(f, "entry {seq}: it was written as entry {written_as}")
            }
            Self::Misfiled { seq } => write!(
                f,
                "entry {seq}: it is filed under something else than it is about, so an erasure \
                 would miss it"
            ),
            Self::Blank { seq } => {
                write!(f, "entry {seq}: it is blank, and no erasure says so")
            }
            Self::Checkpoint { size, error } => {
                write!(f, "checkpoint of {size} entries: {error}")
            }
            Self::Root { size, agreed, kept } => write!(
                f,
                "checkpoint of {size} entries{}: it has another root, so one of the entries \
                 {agreed} to {} was changed",
                elsewhere(kept),
                size.saturating_sub(1)
            ),
            Self::Tail {
                size,
                covered,
                kept,
            } => write!(
                f,
                "checkpoint of {covered} entries{}: there are only {size}, so the entries {size} \
                 to {} are missing",
                elsewhere(kept),
                covered.saturating_sub(1)
            ),
            Self::End { stated, size } => write!(
                f,
                "end of the log: it is stated after {stated} entries, and does not fit the {size} \
                 that there are"
            ),
            Self::Uncovered { seq } => write!(
                f,
                "entry {seq}: no checkpoint covers it although one was made, so it is missing"
            ),
        }
    }
}

/// What walking the log has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Number of entries.
    pub entries: u64,
    /// The root of their tree.
    pub root: Sha256Digest,
    /// Number of entries whose bodies were erased.
    pub blank: u64,
    /// Number of checkpoints that agree with the entries.
    pub checkpoints: u64,
    /// Number of entries that the last of them covers.
    pub covered: u64,
    /// What is wrong, in the order of the log, at most 100 findings.
    pub findings: Vec<Finding>,
    /// Number of findings beyond those.
    pub more_findings: u64,
}

impl Verdict {
    /// Says whether nothing is wrong.
    pub const fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Takes the entries of a log one by one and compares them with its checkpoints.
#[derive(Debug)]
pub struct Checker {
    /// Checkpoints that are still to come, the next one last.
    due: Vec<Due>,
    frontier: Frontier,
    chain: Sha256Digest,
    next: u64,
    blank: BTreeSet<u64>,
    excused: BTreeSet<u64>,
    last_sensitive: Option<u64>,
    agreed: u64,
    checkpoints: u64,
    is_parted: bool,
    findings: Vec<Finding>,
    more_findings: u64,
}

#[derive(Debug)]
struct Due {
    checkpoint: Checkpoint,
    kept: bool,
}

impl Checker {
    /// Starts at the beginning of a log with this key, its own checkpoints and those that somebody
    /// kept elsewhere.
    ///
    /// # Errors
    /// [`NoteError`] where one that was kept elsewhere is none of this log.
    pub fn new(
        key: &VerifierKey,
        stored: &[CheckpointRecord],
        kept: &[SignedNote],
    ) -> Result<Self, NoteError> {
        let mut due: Vec<Due> = Vec::new();
        let mut findings = Vec::new();
        for record in stored {
            let size = record.size;
            match record.note().and_then(|note| note.verify(key)) {
                Ok(checkpoint) if checkpoint.size == size => due.push(Due {
                    checkpoint,
                    kept: false,
                }),
                Ok(_) => findings.push(Finding::Checkpoint {
                    size,
                    error: NoteError::Malformed,
                }),
                Err(error) => findings.push(Finding::Checkpoint { size, error }),
            }
        }
        for note in kept {
            due.push(Due {
                checkpoint: note.verify(key)?,
                kept: true,
            });
        }
        // One over nothing agrees with any log.
        due.retain(|due| due.checkpoint.size > 0);
        due.sort_by_key(|due| std::cmp::Reverse(due.checkpoint.size));
        let mut checker = Self {
            due,
            frontier: Frontier::default(),
            chain: CHAIN_START,
            next: 0,
            blank: BTreeSet::new(),
            excused: BTreeSet::new(),
            last_sensitive: None,
            agreed: 0,
            checkpoints: 0,
            is_parted: false,
            findings: Vec::new(),
            more_findings: 0,
        };
        findings
            .into_iter()
            .for_each(|finding| checker.add(finding));
        Ok(checker)
    }

    /// Takes the next entry.
    pub fn entry(&mut self, record: &Record) {
        let seq = record.seq;
        if seq != self.next {
            self.add(Finding::Place {
                expected: self.next,
                found: seq,
            });
        }
        self.next = seq.saturating_add(1);
        let leaf = self.linked(record);
        match (&record.salt, &record.body) {
            (Some(salt), Some(body)) => match salt.parse() {
                Ok(salt) if leaf_of(&salt, body) == leaf => self.body(record, body),
                Ok(_) => self.add(Finding::Changed { seq }),
                Err(_) => self.add(Finding::Unreadable { seq }),
            },
            (None, None) => {
                self.blank.insert(seq);
            }
            _ => self.add(Finding::Unreadable { seq }),
        }
        self.frontier.push(&leaf);
        self.compare();
    }

    /// Follows the chain, and goes on from what the record says, so that one break is one finding.
    /// Returns the leaf; an unreadable one is replaced by something that no checkpoint agrees with.
    fn linked(&mut self, record: &Record) -> Sha256Digest {
        let seq = record.seq;
        let (Ok(leaf), Ok(chain)) = (record.leaf.parse(), record.chain.parse()) else {
            self.add(Finding::Unreadable { seq });
            return Sha256Digest::of(record.leaf.as_bytes());
        };
        if next_chain(&self.chain, &leaf) != chain {
            self.add(Finding::Chain { seq });
        }
        self.chain = chain;
        leaf
    }

    /// Looks into an entry that is as it was written. Events of a newer version are only known by
    /// their place.
    fn body(&mut self, record: &Record, body: &str) {
        #[derive(serde::Deserialize)]
        struct Place {
            seq: u64,
        }
        let seq = record.seq;
        let Ok(Place { seq: written_as }) = serde_json::from_str(body) else {
            self.add(Finding::Unreadable { seq });
            return;
        };
        if written_as != seq {
            self.add(Finding::Moved { seq, written_as });
        }
        let Ok(Entry { event, .. }) = serde_json::from_str(body) else {
            return;
        };
        if event.is_sensitive() {
            self.last_sensitive = Some(seq);
        }
        let recording = event.recording().map(|recording| recording.to_string());
        let tenant = event.tenant().map(|tenant| tenant.to_string());
        if (recording, tenant) != (record.recording.clone(), record.tenant.clone()) {
            self.add(Finding::Misfiled { seq });
        }
        if let AuditEvent::AuditBlanked { entries } = event {
            // An entry can only excuse what was there before it.
            self.excused
                .extend(entries.into_iter().filter(|entry| *entry < seq));
        }
    }

    /// Compares the checkpoints of this size. Once one has another root, all later ones have.
    fn compare(&mut self) {
        let size = self.frontier.size();
        let root = self.frontier.root();
        while let Some(due) = self.due.pop_if(|due| due.checkpoint.size <= size) {
            if due.checkpoint.size == size && due.checkpoint.root == root {
                self.agreed = size;
                self.checkpoints += 1;
            } else if !self.is_parted || due.kept {
                self.is_parted = true;
                self.add(Finding::Root {
                    size: due.checkpoint.size,
                    agreed: self.agreed,
                    kept: due.kept,
                });
            }
        }
    }

    /// Ends where the log says that it ends, if it says so readably.
    pub fn finish(mut self, end: Option<&LogEnd>) -> Verdict {
        let size = self.frontier.size();
        let root = self.frontier.root();
        // Those that were kept elsewhere and the longest one say it all.
        for (index, due) in std::mem::take(&mut self.due).into_iter().enumerate() {
            if index == 0 || due.kept {
                self.add(Finding::Tail {
                    size,
                    covered: due.checkpoint.size,
                    kept: due.kept,
                });
            }
        }
        let is_end = |end: &LogEnd| end.size == size && end.root == root && end.chain == self.chain;
        if !end.is_some_and(is_end) {
            let stated = end.map_or(0, |end| end.size);
            self.add(Finding::End { stated, size });
        }
        let blank = std::mem::take(&mut self.blank);
        for seq in blank.difference(&std::mem::take(&mut self.excused)) {
            self.add(Finding::Blank { seq: *seq });
        }
        // What nobody agrees with is a finding already.
        if !self.is_parted {
            let sensitive = self.last_sensitive.filter(|seq| *seq >= self.agreed);
            let overdue = (size - self.agreed >= CHECKPOINT_EVERY).then_some(self.agreed);
            if let Some(seq) = sensitive.or(overdue) {
                self.add(Finding::Uncovered { seq });
            }
        }
        Verdict {
            entries: size,
            root,
            blank: blank.len() as u64,
            checkpoints: self.checkpoints,
            covered: self.agreed,
            findings: self.findings,
            more_findings: self.more_findings,
        }
    }

    fn add(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }
}
