//! Working on the items of a batch: threads that each run one job after another.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use scrim_ingest::SourceError;
use scrim_pipeline::{
    job::{Input, JobError, JobSpec, Outcome, Release, process},
    transcribe::CancelFlag,
};
use scrim_policy::{BatchId, Kind, RecordingId, TenantId};
use scrim_storage::{
    CatalogError, ItemOutcome, ItemState, Vault, VaultError, export::write_outputs,
};

use super::{
    board::Board,
    items::{Item, Looked},
    limits::Limits,
    queue::{Next, Queue, Task},
};
use crate::{
    commands::{now, process::explained, source::Sources},
    failure::Failure,
    page,
};

/// What became of one item.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) index: usize,
    pub(super) state: ItemState,
    pub(super) recording: Option<RecordingId>,
    /// Whether it had been made before.
    pub(super) is_old: bool,
    pub(super) trouble: Option<Trouble>,
    pub(super) tries: u64,
    pub(super) seconds: f64,
}

/// Why an item was held or not made.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) kind: Kind,
    pub(super) stage: &'static str,
    pub(super) message: String,
    /// Whether the policy does not fit the source: a verdict, which takes the place of those before.
    pub(super) is_verdict: bool,
    /// Whether another run of the same job was in the way.
    is_taken_over: bool,
}

impl Trouble {
    pub(super) fn new(stage: &'static str, failure: &Failure) -> Self {
        Self {
            kind: failure.kind(),
            stage,
            message: failure.whole_message(),
            is_verdict: false,
            is_taken_over: false,
        }
    }

    fn of_job(error: JobError) -> Self {
        // The other run raises the generation, and sweeps what this one has not recorded yet.
        let is_taken_over = matches!(
            &error,
            JobError::Vault(VaultError::Catalog(
                CatalogError::StaleClaim { .. } | CatalogError::NoArtefact { .. }
            ))
        );
        let stage = error.stage().word();
        Self {
            is_verdict: matches!(&error, JobError::Plan(_)) && error.kind() == Kind::Refused,
            is_taken_over,
            ..Self::new(stage, &explained(error))
        }
    }
}

/// What all workers share.
pub(super) struct Work<'a> {
    pub(super) vault: &'a Vault,
    pub(super) sources: &'a Sources<'a>,
    pub(super) batch: BatchId,
    pub(super) items: &'a [Item],
    pub(super) limits: Limits,
    pub(super) retries: u64,
    pub(super) out: Option<&'a Path>,
    pub(super) board: &'a Board,
}

/// How one try ended.
struct Tried {
    state: ItemState,
    recording: Option<RecordingId>,
    is_old: bool,
    trouble: Option<Trouble>,
}

impl Tried {
    const fn failed(trouble: Trouble) -> Self {
        Self {
            state: ItemState::Failed,
            recording: None,
            is_old: false,
            trouble: Some(trouble),
        }
    }
}

impl Work<'_> {
    /// Works on everything that there is to do. `ended` is told of each item as it ends.
    ///
    /// # Errors
    /// The catalog does not take what became of an item; nothing more is begun then.
    pub(super) fn run(&self, ended: &(dyn Fn(Ended) + Sync)) -> Result<(), Failure> {
        let tasks = self.items.iter().enumerate();
        let tasks = tasks
            .filter(|(_, item)| item.is_work())
            .map(|(index, item)| Task::new(index, self.limits.need(item.size())));
        let queue = Queue::new(tasks.collect(), self.limits.memory);
        let broken = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.limits.jobs {
                scope.spawn(|| {
                    while let Some(task) = queue.take() {
                        let is_broken = broken.lock().is_ok_and(|broken| broken.is_some());
                        if is_broken {
                            queue.done(task, Next::Over);
                            continue;
                        }
                        let next = self.try_one(&task, ended).unwrap_or_else(|failure| {
                            let mut broken = broken.lock().unwrap_or_else(PoisonError::into_inner);
                            broken.get_or_insert(failure);
                            Next::Over
                        });
                        queue.done(task, next);
                    }
                });
            }
        });
        let broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
        broken.map_or(Ok(()), Err)
    }

    fn try_one(&self, task: &Task, ended: &(dyn Fn(Ended) + Sync)) -> Result<Next, Failure> {
        let item = &self.items[task.index];
        let began = Instant::now();
        self.vault.start_item(self.batch, item.locator, now())?;
        let speaks = item.recipe.speech.is_some();
        self.board.start(task.index, &item.shown, speaks);
        // A bug that one source brings to light is no reason to leave the others undone.
        let tried = catch_unwind(AssertUnwindSafe(|| self.attempt(task.index, item)));
        let tried = tried.unwrap_or_else(|_| {
            let bug = Failure::words(Kind::Internal, "a bug stopped the job: please report it");
            Tried::failed(Trouble::new("process", &bug))
        });
        let seconds = began.elapsed().as_secs_f64();
        let next = self.next(task, &tried);
        let is_over = next == Next::Over;
        let has_worked = tried.recording.is_some() && !tried.is_old;
        let outcome = ItemOutcome {
            state: if is_over {
                tried.state
            } else {
                ItemState::Waiting
            },
            recording: tried.recording,
            failure: tried
                .trouble
                .as_ref()
                .map(|trouble| (trouble.kind, trouble.stage)),
            duration_ns: item.duration_ns(),
            worked_us: has_worked.then_some((seconds * 1e6) as u64),
        };
        self.board.end(task.index, is_over);
        self.vault
            .end_item(self.batch, item.locator, &outcome, now())?;
        if is_over {
            ended(Ended {
                index: task.index,
                state: tried.state,
                recording: tried.recording,
                is_old: tried.is_old,
                trouble: tried.trouble,
                tries: task.tries + 1,
                seconds,
            });
        }
        Ok(next)
    }

    /// What did not answer is tried again, but the same failure twice is the last.
    fn next(&self, task: &Task, tried: &Tried) -> Next {
        let Some(trouble) = &tried.trouble else {
            return Next::Over;
        };
        let failure = format!("{}: {}", trouble.stage, trouble.message);
        let is_failed = tried.state == ItemState::Failed;
        if is_failed && trouble.is_taken_over && task.tries == 0 {
            return Next::Alone { failure };
        }
        let may_try = is_failed && trouble.kind == Kind::Unavailable && task.tries < self.retries;
        match task.last_failure.as_ref() == Some(&failure) {
            false if may_try => Next::Again { failure },
            _ => Next::Over,
        }
    }

    fn attempt(&self, index: usize, item: &Item) -> Tried {
        if let Looked::Failed(failure) = &item.looked {
            return Tried::failed(Trouble::new("probe", failure));
        }
        let input = match self.sources.open(&item.place) {
            Ok(input) => input,
            Err(failure) => return Tried::failed(Trouble::new("probe", &failure)),
        };
        // What was scanned and probed is what is processed.
        let revision = input.revision();
        match revision {
            Ok(revision) if item.revision == Some(revision) => {}
            Ok(_) => return Tried::failed(Trouble::of_job(JobError::SourceChanged)),
            Err(source) => {
                let failure = SourceError::Read { source }.into();
                return Tried::failed(Trouble::new("probe", &failure));
            }
        }
        let (policy, policy_text) = &*item.recipe.policy;
        let (roster, roster_text) = &*item.recipe.roster;
        let spec = JobSpec {
            input: Input::File(input),
            tenant: TenantId::SINGLE,
            policy,
            policy_text,
            roster,
            roster_text,
            speech: item.recipe.speech.clone(),
            batch: Some(self.batch),
            release: Release::AtOnce,
            workers: self.limits.workers,
            cancel: CancelFlag::default(),
            report_page: &page::report,
        };
        let outcome = process(self.vault, &spec, &|progress| {
            self.board.progress(index, progress);
        });
        let tried = match outcome {
            Ok(outcome) => made(outcome),
            Err(error) => return Tried::failed(Trouble::of_job(error)),
        };
        self.written(tried)
    }

    /// Writes the outputs, where that is wanted.
    fn written(&self, tried: Tried) -> Tried {
        let (Some(folder), Some(id)) = (self.out, tried.recording) else {
            return tried;
        };
        let written = write_outputs(self.vault, id, &folder.join(id.to_string()), now());
        match written.map_err(Failure::from) {
            Ok(()) => tried,
            Err(failure) => Tried {
                trouble: Some(Trouble::new("write", &failure)),
                ..tried
            },
        }
    }
}

fn made(outcome: Outcome) -> Tried {
    let (state, recording, is_old, reasons) = match outcome {
        Outcome::Published(id) => (ItemState::Published, id, false, None),
        Outcome::PublishedBefore(id) => (ItemState::Published, id, true, None),
        Outcome::Held(id, reasons) => (ItemState::Held, id, false, Some(reasons)),
        // Somebody has made it by hand to look at it first: a batch does not decide for them.
        Outcome::Ready(id) | Outcome::ReadyBefore(id) => {
            let reasons = vec!["it waits for somebody to publish it".to_owned()];
            (ItemState::Held, id, true, Some(reasons))
        }
        Outcome::HeldBefore(id) => {
            let reasons = vec!["an earlier run was held".to_owned()];
            (ItemState::Held, id, true, Some(reasons))
        }
    };
    Tried {
        state,
        recording: Some(recording),
        is_old,
        trouble: reasons.map(|reasons| Trouble::new("verify", &Failure::Held { reasons })),
    }
}
