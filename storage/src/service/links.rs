//! Links under which recordings can be had for a while.

use scrim_policy::{AccountId, AuditEvent, LinkId, RecordingId, TenantId};
use serde::{Deserialize, Serialize};

use super::{Bearer, BearerText, NewPassword, passwords::is_password, words::Words};
use crate::{
    catalog::{LINK, LinkRow, NewLink as NewRow},
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// The secret of a link.
pub type LinkSecret = BearerText;

/// Whether a link is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It is.
    Good,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// It was used as often as it may be.
    UsedUp,
}

/// One link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Whose.
    pub tenant: TenantId,
    /// What it leads to.
    pub recording: RecordingId,
    /// What the organiser calls it.
    pub label: String,
    /// For whom it is, in words that are shown to whoever opens it.
    pub audience: String,
    /// The secret, to be copied again.
    pub secret: LinkSecret,
    /// What may be had, as words: `play mp4 txt vtt srt`.
    pub allows: String,
    /// Whether a password is asked for.
    pub has_password: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// How often it may be opened.
    pub most_uses: Option<u64>,
    /// How often it was.
    pub uses: u64,
    /// Whether it is good at the time that was asked for.
    pub state: LinkState,
    password: Option<String>,
}

impl Link {
    /// Says whether a text is the password of the link. It takes as long where it has none.
    pub fn is_password(&self, text: &str) -> bool {
        is_password(self.password.as_deref(), text)
    }
}

/// A link that is to be made.
#[derive(Debug)]
pub struct NewLink<'a> {
    /// What it leads to.
    pub recording: RecordingId,
    /// What the organiser calls it.
    pub label: &'a str,
    /// For whom it is.
    pub audience: &'a str,
    /// What may be had.
    pub allows: &'a str,
    /// A password that is asked for.
    pub password: Option<&'a NewPassword>,
    /// When it is over.
    pub expires_at: Timestamp,
    /// How often it may be opened.
    pub most_uses: Option<u64>,
    /// Who makes it.
    pub created_by: AccountId,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    label: String,
    audience: String,
    secret: String,
}

impl Vault {
    /// Makes a link to a recording of the tenant.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`], among others where there is no such recording.
    pub fn make_link(
        &self,
        tenant: TenantId,
        link: &NewLink<'_>,
        now: Timestamp,
    ) -> Result<(LinkId, LinkSecret), VaultError> {
        let id = new_id(now).map(LinkId::from_uuid)?;
        let secret = BearerText::random(Bearer::Link)?;
        let password = link.password.map(NewPassword::hash).transpose()?;
        let row = NewRow {
            id,
            recording: link.recording,
            digest: secret.digest(),
            password: password.as_deref(),
            allows: link.allows,
            created_at: now,
            created_by: link.created_by,
            expires_at: link.expires_at,
            most_uses: link.most_uses,
        };
        let plain = Plain {
            label: link.label.to_owned(),
            audience: link.audience.to_owned(),
            secret: secret.expose().to_owned(),
        };
        let recording = link.recording;
        self.audit(
            AuditEvent::LinkMade {
                link: id,
                recording,
            },
            now,
        )?;
        self.with_words(tenant, |words| {
            let sealed = words.seal(LINK, &id.to_string(), &plain)?;
            Ok(self.wait(self.catalog().add_link(&row, sealed.as_row()))?)
        })?;
        Ok((id, secret))
    }

    /// Returns the link with a secret, whether it is good or not.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn link(&self, secret: &LinkSecret, now: Timestamp) -> Result<Option<Link>, VaultError> {
        let row = self.wait(self.catalog().link_by_digest(secret.digest()))?;
        match row {
            None => Ok(None),
            Some(row) => open(&self.words(row.tenant)?, row, now).map(Some),
        }
    }

    /// Returns the links of a recording, newest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn links(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<Vec<Link>, VaultError> {
        let rows = self.wait(self.catalog().links(tenant, recording))?;
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row, now)).collect()
    }

    /// Counts one opening of a link, unless it is over by now. Says whether it did.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn use_link(&self, link: &Link, now: Timestamp) -> Result<bool, VaultError> {
        if !self.wait(self.catalog().use_link(link.id, now))? {
            return Ok(false);
        }
        let (link, recording) = (link.id, link.recording);
        self.audit(AuditEvent::LinkOpened { link, recording }, now)?;
        Ok(true)
    }

    /// Revokes a link and says whether there was one to revoke.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn revoke_link(
        &self,
        tenant: TenantId,
        link: LinkId,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let revoked = self.wait(self.catalog().revoke_link(tenant, link, now))?;
        if revoked {
            self.audit(AuditEvent::LinkRevoked { link }, now)?;
        }
        Ok(revoked)
    }
}

fn open(words: &Words, row: LinkRow, now: Timestamp) -> Result<Link, VaultError> {
    let plain: Plain = words.open(LINK, &row.id.to_string(), &row.words)?;
    let unreadable = crate::catalog::CatalogError::Unreadable { column: "words" };
    let secret = BearerText::parse(Bearer::Link, &plain.secret).ok_or(unreadable)?;
    let state = if row.revoked_at.is_some() {
        LinkState::Revoked
    } else if row.expires_at <= now {
        LinkState::Expired
    } else if row.most_uses.is_some_and(|most| row.uses >= most) {
        LinkState::UsedUp
    } else {
        LinkState::Good
    };
    Ok(Link {
        id: row.id,
        tenant: row.tenant,
        recording: row.recording,
        label: plain.label,
        audience: plain.audience,
        secret,
        allows: row.allows,
        has_password: row.password.is_some(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        most_uses: row.most_uses,
        uses: row.uses,
        state,
        password: row.password,
    })
}
