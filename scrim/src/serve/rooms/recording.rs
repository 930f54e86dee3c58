//! What becomes of a session: a job that begins with it.

use scrim_policy::{PolicyId, RecordingId, TenantId};
use scrim_storage::{
    Vault, VaultError,
    service::{Job, JobClaim, NewJob, Room, RoomProtection},
};
use tokio::runtime::Handle;

use super::{
    super::{
        app::{App, now},
        work,
    },
    recorder::{Began, RecordingHook},
};

/// The policy of rooms that name none: who speaks and what is shared, with initials.
const MEETING: &str = include_str!("meeting.toml");

/// What it is called among the policies of a tenant.
const MEETING_NAME: &str = "meeting";

/// Begins a job with each session of a room. Without one the session is kept all the same, so that
/// somebody can process it later.
pub(super) struct SessionJobs {
    pub(super) app: App,
    pub(super) threads: Handle,
    pub(super) room: Room,
}

impl RecordingHook for SessionJobs {
    fn began(&self, began: Began) {
        let session = began.recording;
        self.app.rooms.recordings.began(began);
        let (app, room) = (self.app.clone(), self.room.clone());
        self.threads
            .spawn_blocking(move || match begin(&app.vault, &room, session) {
                Ok(Some((claim, job))) => work::work(&app, claim, &job),
                // Somebody who works at jobs was faster.
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(room = %room.id, %session, %error, "no job could be begun");
                }
            });
    }

    fn ended(&self, recording: RecordingId) {
        self.app.rooms.recordings.ended(recording);
    }
}

fn begin(
    vault: &Vault,
    room: &Room,
    session: RecordingId,
) -> Result<Option<(JobClaim, Job)>, VaultError> {
    let policy = match &room.rules.protection {
        RoomProtection::Recorded {
            policy: Some(policy),
            ..
        } => chosen(vault, room.tenant, *policy)?,
        _ => None,
    };
    let policy = match policy {
        Some(policy) => policy,
        None => meeting(vault, room)?,
    };
    let job = NewJob {
        original: session,
        breakout: None,
        policy,
        roster: "",
        language: "auto",
        created_by: room.made_by,
    };
    let now = now();
    vault.begin_job(room.tenant, &job, now, now.after(work::LEASE))
}

/// Returns the newest version of the policy that a room names, if it was not deleted.
fn chosen(
    vault: &Vault,
    tenant: TenantId,
    policy: PolicyId,
) -> Result<Option<(PolicyId, u64)>, VaultError> {
    let kept = vault.saved_policy(tenant, policy, None)?;
    Ok(kept.map(|kept| (policy, kept.version)))
}

/// Returns the policy for rooms that name none. It is kept like any other, so that it can be read and
/// changed.
fn meeting(vault: &Vault, room: &Room) -> Result<(PolicyId, u64), VaultError> {
    let kept = vault.saved_policies(room.tenant)?;
    if let Some(kept) = kept.iter().find(|kept| kept.name == MEETING_NAME) {
        return Ok((kept.id, kept.version));
    }
    let text = (MEETING_NAME, MEETING);
    let saved = vault.save_policy(room.tenant, None, text, room.made_by, now())?;
    Ok(saved.expect("a new policy replaces none that could be gone"))
}
