//! From candidates to work: what is a recording, what was done before, and what is left to do.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use scrim_ingest::{Probe, Revision, SourceError};
use scrim_policy::{BatchId, Kind, RecordingId, TenantId};
use scrim_storage::{BatchItemRow, ItemState, KeyedDigest, RecordingState, Vault};

use super::{
    candidates::{Candidate, Candidates},
    recipes::{Recipe, Recipes},
};
use crate::{
    commands::source::{Place, Sources, probed, scanned},
    failure::Failure,
    scan::Scanner,
};

/// A source of a batch.
pub(super) struct Item {
    /// Whoever runs the batch knows it by this. It stays in this process.
    pub(super) shown: String,
    pub(super) place: Place,
    pub(super) locator: KeyedDigest,
    pub(super) digest: KeyedDigest,
    pub(super) recipe: Recipe,
    pub(super) revision: Option<Revision>,
    pub(super) before: Before,
    pub(super) looked: Looked,
}

/// What an earlier run of the batch has made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing.
    New,
    /// Something else: the source, the policy or something else was another one.
    Other,
    /// It was begun and not finished, or failed.
    Begun,
    /// The same, and it is still so.
    Same(ItemState, RecordingId),
    /// The same, and it was deleted since: retention was over, or somebody had it erased. A batch does
    /// not bring back what had to go.
    Deleted,
}

/// What looking at it has shown.
pub(super) enum Looked {
    /// A recording.
    Recording(Probe),
    /// It need not be looked at: nothing is left to do.
    Not { duration_ns: Option<u64> },
    /// No recording. Only files that nobody expects to be one can be that.
    Nothing,
    /// It cannot be processed.
    Failed(Failure),
}

impl Item {
    /// Whether something has to be done.
    pub(super) fn is_work(&self) -> bool {
        matches!(self.looked, Looked::Recording(_) | Looked::Failed(_))
    }

    pub(super) fn duration_ns(&self) -> Option<u64> {
        match &self.looked {
            Looked::Recording(probe) => probe.duration.map(|duration| duration.0),
            Looked::Not { duration_ns } => *duration_ns,
            Looked::Nothing | Looked::Failed(_) => None,
        }
    }

    /// Width and height of the source picture.
    pub(super) fn size(&self) -> Option<(u32, u32)> {
        match &self.looked {
            Looked::Recording(probe) => {
                let geometry = probe.video.as_ref()?.geometry;
                Some((geometry.width, geometry.height))
            }
            _ => None,
        }
    }
}

/// What a run needs to know of the batch.
pub(super) struct Plan {
    pub(super) key: KeyedDigest,
    pub(super) items: Vec<Item>,
    pub(super) unreadable: Vec<(String, Failure)>,
}

/// Looks at all candidates.
///
/// # Errors
/// A policy, a roster or a model is not usable. What is wrong with one source is in its item.
pub(super) fn plan(
    vault: &Vault,
    sources: &Sources<'_>,
    scanner: Option<&Scanner>,
    candidates: Candidates,
    recipes: &mut Recipes<'_>,
) -> Result<Plan, Failure> {
    let digest = |label: &str, bytes: &[u8]| vault.keyring().keyed_digest(label, &[bytes]);
    let key = digest("scrim/batch/v1", &candidates.key);
    let batch = vault.batch_by_key(TenantId::SINGLE, key)?;
    let rows = rows(vault, batch)?;
    let mut items: Vec<Item> = Vec::with_capacity(candidates.found.len());
    let mut expected = Vec::with_capacity(candidates.found.len());
    let mut known = BTreeMap::new();
    for candidate in candidates.found {
        let recipe = recipes.for_candidate(&candidate)?;
        let locator = digest("scrim/locator/v1", &candidate.locator());
        if known.insert(locator, ()).is_some() {
            // Named twice in a list: the first one counts.
            continue;
        }
        items.push(item(
            vault,
            sources,
            &candidate,
            recipe,
            (locator, rows.get(&locator)),
        )?);
        expected.push(candidate.is_expected);
    }
    look_at_all(vault, sources, scanner, &mut items, &expected);
    Ok(Plan {
        key,
        items,
        unreadable: candidates.unreadable,
    })
}

fn rows(
    vault: &Vault,
    batch: Option<BatchId>,
) -> Result<BTreeMap<KeyedDigest, BatchItemRow>, Failure> {
    let rows = batch.map(|batch| vault.batch_items(batch)).transpose()?;
    let rows = rows.unwrap_or_default().into_iter();
    Ok(rows.map(|row| (row.locator, row)).collect())
}

fn item(
    vault: &Vault,
    sources: &Sources<'_>,
    candidate: &Candidate,
    recipe: Recipe,
    (locator, row): (KeyedDigest, Option<&BatchItemRow>),
) -> Result<Item, Failure> {
    let opened = sources.open(&candidate.place).and_then(|bytes| {
        let failed = |source| Failure::from(SourceError::Read { source });
        bytes.revision().map_err(failed)
    });
    let (revision, failure) = match opened {
        Ok(revision) => (Some(revision), None),
        Err(failure) => (None, Some(failure)),
    };
    let nothing = Revision {
        length: 0,
        changed_ns: None,
    };
    let digest = recipe.digest(vault, revision.unwrap_or(nothing));
    let before = before(vault, row, digest)?;
    Ok(Item {
        shown: candidate.place.shown(),
        place: candidate.place.clone(),
        locator,
        digest,
        recipe,
        revision,
        before,
        looked: failure.map_or_else(
            || Looked::Not {
                duration_ns: row.and_then(|row| row.duration_ns),
            },
            Looked::Failed,
        ),
    })
}

/// Compares with what the batch made before, and with what became of that.
fn before(
    vault: &Vault,
    row: Option<&BatchItemRow>,
    digest: KeyedDigest,
) -> Result<Before, Failure> {
    let Some(row) = row else {
        return Ok(Before::New);
    };
    if row.recipe != digest {
        return Ok(match row.recording {
            Some(_) => Before::Other,
            None => Before::New,
        });
    }
    let (ItemState::Published | ItemState::Held) = row.state else {
        return Ok(Before::Begun);
    };
    // The catalog forgets which recording it was when that is deleted.
    let recording = row.recording.map(|id| vault.recording(id)).transpose()?;
    Ok(match (row.state, recording.flatten()) {
        (_, None) => Before::Deleted,
        (state, Some(found))
            if matches!(
                (state, found.state),
                (ItemState::Published, RecordingState::Published)
                    | (
                        ItemState::Held,
                        RecordingState::Held | RecordingState::Ready
                    )
            ) =>
        {
            Before::Same(state, found.id)
        }
        _ => Before::Begun,
    })
}

/// Looks at everything that is not done yet, a few at a time.
fn look_at_all(
    vault: &Vault,
    sources: &Sources<'_>,
    scanner: Option<&Scanner>,
    items: &mut [Item],
    expected: &[bool],
) {
    let next = AtomicUsize::new(0);
    let seen = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let shared = &*items;
    thread::scope(|scope| {
        for _ in 0..threads.min(shared.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = shared.get(index) else {
                        return;
                    };
                    let is_done = matches!(item.before, Before::Same(..) | Before::Deleted);
                    if is_done || matches!(item.looked, Looked::Failed(_)) {
                        continue;
                    }
                    // A bug that one source brings to light is no reason to leave the others undone.
                    let looked = catch_unwind(AssertUnwindSafe(|| {
                        look(vault, sources, scanner, item, expected[index])
                    }));
                    let looked = looked.unwrap_or_else(|_| {
                        let text = "a bug stopped the probe: please report it";
                        Looked::Failed(Failure::words(Kind::Internal, text))
                    });
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.push((index, looked));
                }
            });
        }
    });
    for (index, looked) in seen.into_inner().unwrap_or_else(PoisonError::into_inner) {
        items[index].looked = looked;
    }
}

fn look(
    vault: &Vault,
    sources: &Sources<'_>,
    scanner: Option<&Scanner>,
    item: &Item,
    is_expected: bool,
) -> Looked {
    let looked = sources.open(&item.place).and_then(|bytes| {
        // Before anything takes it apart.
        if let Some(warning) = scanned(scanner, vault, bytes.as_ref())? {
            tracing::warn!("{warning}");
        }
        Ok(probed(bytes.as_ref()))
    });
    let probe = match looked {
        Ok(probe) => probe,
        Err(failure) => return Looked::Failed(failure),
    };
    match probe {
        Ok(probe) => Looked::Recording(probe),
        Err(SourceError::NotMedia | SourceError::NoTracks | SourceError::Empty) if !is_expected => {
            Looked::Nothing
        }
        Err(error) => Looked::Failed(error.into()),
    }
}
