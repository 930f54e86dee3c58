//! What an erasure of somebody takes of rooms: registrations and invitations.

use scrim_policy::{ErasureId, InvitationId, RegistrationId, TenantId};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError,
    rows::{parsed, value},
};

const FIND: &str = "look for what an erasure takes of rooms";

/// A registration or an invitation of somebody whom an erasure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrozenInvited {
    /// Somebody wanted to come.
    Registration(RegistrationId),
    /// Somebody was invited.
    Invitation(InvitationId),
}

impl FrozenInvited {
    /// Returns the word for what it is.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Registration(_) => "registration",
            Self::Invitation(_) => "invitation",
        }
    }

    /// Returns its id.
    pub(crate) fn id(self) -> String {
        match self {
            Self::Registration(id) => id.to_string(),
            Self::Invitation(id) => id.to_string(),
        }
    }

    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        let kind: &str = value(row, "kind")?;
        match kind {
            "registration" => parsed(row, "entry").map(Self::Registration),
            "invitation" => parsed(row, "entry").map(Self::Invitation),
            _ => Err(CatalogError::Unreadable { column: "kind" }),
        }
    }
}

/// Writes down what an erasure takes.
pub(super) async fn freeze(
    transaction: &mut Transaction<'_, Any>,
    erasure: ErasureId,
    invited: &[FrozenInvited],
) -> Result<(), sqlx::Error> {
    for one in invited {
        query("INSERT INTO erasure_invited (erasure, kind, entry) VALUES ($1, $2, $3)")
            .bind(erasure.to_string())
            .bind(one.kind())
            .bind(one.id())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Two erasures never take the same: each would find the other's work undone.
pub(super) async fn refuse_another(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    invited: &[FrozenInvited],
    doing: &'static str,
) -> Result<(), CatalogError> {
    let rows = query(
        "SELECT erasure.id AS id, erasure_invited.kind AS kind, erasure_invited.entry AS entry
         FROM erasure JOIN erasure_invited ON erasure_invited.erasure = erasure.id
         WHERE erasure.tenant = $1 AND erasure.step <> 'certified'",
    )
    .bind(tenant.to_string())
    .fetch_all(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?;
    for row in &rows {
        if invited.contains(&FrozenInvited::read(row)?) {
            let erasure = parsed(row, "id")?;
            return Err(CatalogError::ErasureUnderWay { erasure, doing });
        }
    }
    Ok(())
}

/// Takes it out, with the mails that are on their way to it.
pub(super) async fn delete(
    transaction: &mut Transaction<'_, Any>,
    erasure: ErasureId,
) -> Result<(), sqlx::Error> {
    for text in [
        "DELETE FROM outbox WHERE target IN (SELECT entry FROM erasure_invited WHERE erasure = $1)",
        // Somebody may have been invited since the list was made.
        "DELETE FROM room_invitation WHERE id IN (SELECT invitation FROM room_registration
         WHERE id IN (SELECT entry FROM erasure_invited WHERE erasure = $1))",
        "DELETE FROM room_registration WHERE id IN (SELECT entry FROM erasure_invited
         WHERE erasure = $1)",
        "DELETE FROM room_invitation WHERE id IN (SELECT entry FROM erasure_invited
         WHERE erasure = $1)",
    ] {
        query(text)
            .bind(erasure.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

impl Catalog {
    /// Returns what an erasure takes of rooms, until it is certified.
    pub(crate) async fn frozen_invited(
        &self,
        erasure: ErasureId,
    ) -> Result<Vec<FrozenInvited>, CatalogError> {
        let rows = query("SELECT * FROM erasure_invited WHERE erasure = $1 ORDER BY entry")
            .bind(erasure.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(FrozenInvited::read).collect()
    }
}
