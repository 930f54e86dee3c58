//! What is made of a source: policy, roster and how speech becomes text. Each file is read once.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use scrim_ingest::Revision;
use scrim_pipeline::job::Speech;
use scrim_policy::{Kind, Policy, Roster};
use scrim_storage::{KeyedDigest, Vault};

use super::candidates::Candidate;
use crate::{
    cli::BatchRunArgs,
    commands::{process, read_policy, read_roster},
    failure::Failure,
    home::Home,
};

/// A policy and its text.
type PolicyFile = Arc<(Policy, String)>;

/// A roster and its text.
type RosterFile = Arc<(Roster, String)>;

/// What is made of a source.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) policy: PolicyFile,
    pub(super) roster: RosterFile,
    pub(super) speech: Option<Speech>,
}

impl Recipe {
    /// A digest of everything that decides what comes out, and of the revision of the source. While it
    /// stays the same, nothing has to be done again.
    pub(super) fn digest(&self, vault: &Vault, revision: Revision) -> KeyedDigest {
        let speech = self.speech.as_ref().map_or_else(String::new, |speech| {
            let (model, vad) = (speech.model.sha256(), speech.vad.sha256());
            format!("{model}/{vad}/{}", speech.language)
        });
        let changed = revision.changed_ns.unwrap_or_default();
        let parts: [&[u8]; 6] = [
            self.policy.1.as_bytes(),
            self.roster.1.as_bytes(),
            speech.as_bytes(),
            env!("CARGO_PKG_VERSION").as_bytes(),
            &revision.length.to_le_bytes(),
            &changed.to_le_bytes(),
        ];
        vault.keyring().keyed_digest("scrim/recipe/v1", &parts)
    }
}

/// Reads what recipes are made of.
pub(super) struct Recipes<'a> {
    home: &'a Home,
    args: &'a BatchRunArgs,
    policies: BTreeMap<PathBuf, PolicyFile>,
    rosters: BTreeMap<Option<PathBuf>, RosterFile>,
    speech: BTreeMap<String, Speech>,
}

impl<'a> Recipes<'a> {
    pub(super) const fn new(home: &'a Home, args: &'a BatchRunArgs) -> Self {
        Self {
            home,
            args,
            policies: BTreeMap::new(),
            rosters: BTreeMap::new(),
            speech: BTreeMap::new(),
        }
    }

    /// Returns the recipe for a candidate. What the list does not say, the command line does.
    ///
    /// # Errors
    /// A file cannot be read or has mistakes: the whole batch waits until they are corrected.
    pub(super) fn for_candidate(&mut self, candidate: &Candidate) -> Result<Recipe, Failure> {
        let policy = candidate.policy.as_ref().or(self.args.policy.as_ref());
        let policy = policy.ok_or_else(|| {
            let shown = candidate.place.shown();
            Failure::words(Kind::Invalid, format!("there is no policy for {shown}"))
                .hint("add --policy FILE, or a column `policy` to the list")
        })?;
        let roster = candidate.roster.as_ref().or(self.args.roster.as_ref());
        let language = candidate.language.as_ref().unwrap_or(&self.args.language);
        Ok(Recipe {
            policy: self.policy(policy)?,
            roster: self.roster(roster.map(PathBuf::as_path))?,
            speech: self.speech(language)?,
        })
    }

    fn policy(&mut self, path: &Path) -> Result<PolicyFile, Failure> {
        if let Some(policy) = self.policies.get(path) {
            return Ok(policy.clone());
        }
        let policy = Arc::new(read_policy(path)?);
        self.policies.insert(path.to_owned(), policy.clone());
        Ok(policy)
    }

    fn roster(&mut self, path: Option<&Path>) -> Result<RosterFile, Failure> {
        let key = path.map(Path::to_owned);
        if let Some(roster) = self.rosters.get(&key) {
            return Ok(roster.clone());
        }
        let read = read_roster(path);
        let roster = Arc::new(match path {
            Some(path) => read.map_err(|failure| failure.about(path.display()))?,
            None => read?,
        });
        self.rosters.insert(key, roster.clone());
        Ok(roster)
    }

    fn speech(&mut self, language: &str) -> Result<Option<Speech>, Failure> {
        if self.args.no_transcript {
            return Ok(None);
        }
        if let Some(speech) = self.speech.get(language) {
            return Ok(Some(speech.clone()));
        }
        let speech = process::speech(self.home, &self.args.model, language)?;
        self.speech.insert(language.to_owned(), speech.clone());
        Ok(Some(speech))
    }
}
