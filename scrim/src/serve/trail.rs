//! What a tenant sees of the audit log.
//!
//! There is one log for all, since a log for each could be left out as a whole, unnoticed. So entries
//! are looked up as they stand, and what is about somebody else comes without its body, as what was
//! erased does.

use std::collections::BTreeMap;

use scrim_policy::{AccountId, RecordingId, RoomId, TenantId};
use scrim_storage::{Vault, audit::Record};
use serde_json::Value;

use super::problem::Problem;

/// Returns entries, newest last, as a tenant sees them.
///
/// # Errors
/// Another tenant's recording is not there.
pub(crate) fn records(
    vault: &Vault,
    tenant: TenantId,
    recording: Option<RecordingId>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Record>, Problem> {
    let mut eyes = Eyes::new(vault, tenant);
    if let Some(id) = recording
        && eyes.recording(id)? == Some(false)
    {
        return Err(Problem::not_found("recording"));
    }
    let mut records = vault.audit_records(recording, before, limit)?;
    if is_whole_for(vault, tenant)? {
        return Ok(records);
    }
    for record in &mut records {
        let body = record.body.as_deref();
        let entry: Value = body
            .and_then(|body| serde_json::from_str(body).ok())
            .unwrap_or_default();
        if !eyes.may_see(&entry)? {
            (record.body, record.salt) = (None, None);
        }
    }
    Ok(records)
}

/// Says whether the log holds entries of one tenant only, who may have all of it then.
pub(crate) fn is_whole_for(vault: &Vault, tenant: TenantId) -> Result<bool, Problem> {
    Ok(vault.tenants()?.iter().all(|other| *other == tenant))
}

/// Whose things are whose, as far as that was asked already.
struct Eyes<'a> {
    vault: &'a Vault,
    tenant: TenantId,
    recordings: BTreeMap<RecordingId, Option<bool>>,
    accounts: BTreeMap<AccountId, bool>,
    rooms: BTreeMap<RoomId, Option<bool>>,
}

impl<'a> Eyes<'a> {
    fn new(vault: &'a Vault, tenant: TenantId) -> Self {
        Self {
            vault,
            tenant,
            recordings: BTreeMap::new(),
            accounts: BTreeMap::new(),
            rooms: BTreeMap::new(),
        }
    }

    /// An entry is seen where it names something of one's own and nothing of somebody else. What says
    /// nothing of whose it is is seen by nobody.
    fn may_see(&mut self, entry: &Value) -> Result<bool, Problem> {
        let mut is_own = false;
        for (name, value) in entry.as_object().into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            let account = match name.as_str() {
                "actor" => text.strip_prefix("account:").unwrap_or_default(),
                _ => text,
            };
            let account = account.split('/').next().unwrap_or_default();
            let owner = match (text.parse(), account.parse(), text.parse::<TenantId>()) {
                (Ok(recording), ..) => self.recording(recording)?,
                (_, Ok(account), _) => Some(self.account(account)?),
                (.., Ok(tenant)) => Some(tenant == self.tenant),
                _ => match text.parse() {
                    Ok(room) => self.room(room)?,
                    Err(_) => None,
                },
            };
            match owner {
                Some(false) => return Ok(false),
                Some(true) => is_own = true,
                None => {}
            }
        }
        Ok(is_own)
    }

    /// Whether a recording is one's own. What is gone says nothing.
    fn recording(&mut self, id: RecordingId) -> Result<Option<bool>, Problem> {
        if let Some(known) = self.recordings.get(&id) {
            return Ok(*known);
        }
        let row = self.vault.recording(id)?;
        let is_own = row.map(|row| row.tenant == self.tenant);
        self.recordings.insert(id, is_own);
        Ok(is_own)
    }

    /// Whether a room is one's own. One that is gone, or somebody else's, says nothing.
    fn room(&mut self, id: RoomId) -> Result<Option<bool>, Problem> {
        if let Some(known) = self.rooms.get(&id) {
            return Ok(*known);
        }
        let is_own = self.vault.room(self.tenant, id)?.map(|_| true);
        self.rooms.insert(id, is_own);
        Ok(is_own)
    }

    fn account(&mut self, id: AccountId) -> Result<bool, Problem> {
        if let Some(known) = self.accounts.get(&id) {
            return Ok(*known);
        }
        let is_own = self.vault.account(self.tenant, id)?.is_some();
        self.accounts.insert(id, is_own);
        Ok(is_own)
    }
}
