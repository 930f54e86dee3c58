//! Tags, retention rules and legal holds, seen from a thread.

use std::collections::BTreeSet;

use scrim_policy::{
    Actor, AuditEvent, HoldId, Line, Pii, RecordingId, RetentionClass, RetentionRule,
    RetentionRules, Tag, TenantId, Word,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Vault, VaultError};
use crate::{
    catalog::{CatalogError, HoldRow, RenderQueued, SealedHold},
    erasure::ErasureError,
    keyring::{KeyContext, KeyError, KmsKind, WrappedKey, open_short, seal_short},
    secret::DataKey,
    timestamp::{Timestamp, new_hold_id},
};

/// Why a hold was placed or released, and who approved it. Operators write names into these, so they
/// are sealed in the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldWords {
    /// Why.
    pub reason: Pii<String>,
    /// Who approved it.
    pub approver: Pii<String>,
}

/// The words of a hold: those of its beginning, and those of its end where it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldWordsPair {
    /// When it was placed.
    pub placed: HoldWords,
    /// When it was released.
    pub released: Option<HoldWords>,
}

#[derive(Serialize, Deserialize)]
struct PlainWords {
    reason: String,
    approver: String,
}

impl HoldWords {
    /// Takes a reason and an approver.
    ///
    /// # Errors
    /// [`ErasureError::NoReason`] where one of them is empty.
    pub fn new(reason: &str, approver: &str) -> Result<Self, ErasureError> {
        let (reason, approver) = (reason.trim(), approver.trim());
        if reason.is_empty() || approver.is_empty() {
            return Err(ErasureError::NoReason);
        }
        Ok(Self {
            reason: Pii::new(reason.to_owned()),
            approver: Pii::new(approver.to_owned()),
        })
    }

    fn seal(&self, key: &DataKey, context: &str) -> Result<Vec<u8>, VaultError> {
        let words = PlainWords {
            reason: self.reason.reveal().clone(),
            approver: self.approver.reveal().clone(),
        };
        let json = serde_json::to_vec(&words).expect("two texts can be written as JSON");
        let json = Zeroizing::new(json);
        Ok(seal_short(key, context.as_bytes(), &json)?)
    }

    fn open(key: &DataKey, context: &str, sealed: &[u8]) -> Result<Self, VaultError> {
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let json =
            open_short(key, context.as_bytes(), &mut sealed).ok_or(KeyError::NotAuthentic)?;
        let words: PlainWords =
            serde_json::from_slice(json).map_err(|_| CatalogError::Unreadable {
                column: "placed_words",
            })?;
        Ok(Self {
            reason: Pii::new(words.reason),
            approver: Pii::new(words.approver),
        })
    }

    /// Who approved it, for the audit log: a word where it is one, and else nobody is named.
    fn actor(&self) -> Actor {
        self.approver.reveal().parse().unwrap_or(Actor::SERVICE)
    }
}

/// What the words are bound to, so that those of an end are not taken for those of a beginning.
fn context_of(hold: HoldId, when: &str) -> String {
    format!("scrim/hold/v1|{hold}|{when}")
}

const PLACED: &str = "placed";
const RELEASED: &str = "released";

/// What the audit log says instead of the reason, which may name somebody.
fn sealed_reason() -> Line {
    Line::new("sealed with the hold")
}

impl Vault {
    /// Returns the tags of a recording.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn tags(&self, recording: RecordingId) -> Result<BTreeSet<Tag>, VaultError> {
        Ok(self.wait(self.catalog().tags(recording))?)
    }

    /// Adds and takes away tags, see [`crate::Catalog::change_tags`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn change_tags(
        &self,
        recording: RecordingId,
        add: &[Tag],
        take_away: &[Tag],
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().change_tags(recording, add, take_away))?)
    }

    /// Returns the retention rules of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn retention_rules(&self, tenant: TenantId) -> Result<RetentionRules, VaultError> {
        Ok(self.wait(self.catalog().retention_rules(tenant))?)
    }

    /// Sets a rule, in the place of an earlier one for the same class and tag.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn set_retention_rule(
        &self,
        tenant: TenantId,
        rule: &RetentionRule,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let days = Some(u64::from(rule.period.count()));
        self.audit(retention_changed(rule.class, rule.tag.as_ref(), days), now)?;
        Ok(self.wait(self.catalog().set_retention_rule(tenant, rule))?)
    }

    /// Takes a rule away and says whether there was one.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn clear_retention_rule(
        &self,
        tenant: TenantId,
        class: RetentionClass,
        tag: Option<&Tag>,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        self.audit(retention_changed(class, tag, None), now)?;
        Ok(self.wait(self.catalog().clear_retention_rule(tenant, class, tag))?)
    }

    /// Places a hold on a recording, or on everything of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Key`] and [`VaultError::Catalog`], among others
    /// [`CatalogError::ErasureUnderWay`] where it comes too late.
    pub fn place_hold(
        &self,
        tenant: TenantId,
        recording: Option<RecordingId>,
        words: &HoldWords,
        now: Timestamp,
    ) -> Result<HoldId, VaultError> {
        let id = new_hold_id(now)?;
        let (hold, event) = self.seal_hold(id, tenant, recording, words, now)?;
        self.audit(event, now)?;
        self.wait(self.catalog().place_hold(&hold))?;
        Ok(id)
    }

    /// Seals the words of a hold, and says what the audit log has to know of it.
    pub(crate) fn seal_hold(
        &self,
        id: HoldId,
        tenant: TenantId,
        recording: Option<RecordingId>,
        words: &HoldWords,
        placed_at: Timestamp,
    ) -> Result<(SealedHold, AuditEvent), VaultError> {
        let key = DataKey::random()?;
        let hold = SealedHold {
            id,
            tenant,
            recording,
            placed_at,
            words: words.seal(&key, &context_of(id, PLACED))?,
            wrapped_key: self
                .kms()
                .wrap_key(&KeyContext::of_hold(tenant, id), &key)?,
        };
        let event = AuditEvent::HoldPlaced {
            hold: id,
            recording,
            tenant: recording.is_none().then_some(tenant),
            reason: sealed_reason(),
            approver: words.actor(),
        };
        Ok((hold, event))
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn release_hold(
        &self,
        id: HoldId,
        words: &HoldWords,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let hold = self.wait(self.catalog().hold_row(id))?;
        if hold.released_at.is_some() {
            return Err(CatalogError::NoHold { hold: id }.into());
        }
        let sealed = words.seal(&self.hold_key(&hold)?, &context_of(id, RELEASED))?;
        let event = AuditEvent::HoldReleased {
            hold: id,
            recording: hold.recording,
            tenant: hold.recording.is_none().then_some(hold.tenant),
            reason: sealed_reason(),
            approver: words.actor(),
        };
        self.audit(event, now)?;
        Ok(self.wait(self.catalog().release_hold(id, &sealed, now))?)
    }

    /// Returns a hold.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn hold_row(&self, id: HoldId) -> Result<HoldRow, VaultError> {
        Ok(self.wait(self.catalog().hold_row(id))?)
    }

    /// Returns all holds of a tenant, released ones too, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn holds(&self, tenant: TenantId) -> Result<Vec<HoldRow>, VaultError> {
        Ok(self.wait(self.catalog().holds(tenant))?)
    }

    /// Opens the words of a hold.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn hold_words(&self, hold: &HoldRow) -> Result<HoldWordsPair, VaultError> {
        let key = self.hold_key(hold)?;
        let released = hold.released_words.as_ref();
        Ok(HoldWordsPair {
            placed: HoldWords::open(&key, &context_of(hold.id, PLACED), &hold.placed_words)?,
            released: released
                .map(|sealed| HoldWords::open(&key, &context_of(hold.id, RELEASED), sealed))
                .transpose()?,
        })
    }

    /// Wraps the keys of holds again, each in the place of the one before. One that no key opens any
    /// more is left: the hold itself stands without its words.
    pub(crate) fn rewrap_holds(
        &self,
        tenant: TenantId,
        kms: KmsKind,
        replace: impl Fn(&KeyContext, &WrappedKey) -> Result<WrappedKey, KeyError>,
    ) -> Result<(), VaultError> {
        for hold in self.wait(self.catalog().holds(tenant))? {
            if hold.wrapped_key.kms != kms {
                continue;
            }
            let context = KeyContext::of_hold(tenant, hold.id);
            match replace(&context, &hold.wrapped_key) {
                Ok(wrapped) => self.wait(self.catalog().rewrap_hold(&hold, &wrapped))?,
                Err(error) if error.is_final() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn hold_key(&self, hold: &HoldRow) -> Result<DataKey, VaultError> {
        let context = KeyContext::of_hold(hold.tenant, hold.id);
        let kms = self.kms_of(hold.wrapped_key.kms)?;
        Ok(kms.unwrap_key(&context, &hold.wrapped_key)?)
    }

    /// Returns the recordings of a tenant that wait to be rendered again, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn render_queue(&self, tenant: TenantId) -> Result<Vec<RenderQueued>, VaultError> {
        Ok(self.wait(self.catalog().render_queue(tenant))?)
    }
}

/// What the audit log says of a rule.
pub(crate) fn retention_changed(
    class: RetentionClass,
    tag: Option<&Tag>,
    days: Option<u64>,
) -> AuditEvent {
    AuditEvent::RetentionChanged {
        class: Word::new(class),
        tag: tag.map(Word::new),
        days,
    }
}
