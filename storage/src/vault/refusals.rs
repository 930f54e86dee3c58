//! What participants have refused after a meeting, on its way out.

use super::{Vault, VaultError};
use crate::{
    catalog::{CatalogError, ErasureRow},
    erasure::ErasureTerms,
    timestamp::{Timestamp, new_erasure_id},
};

impl Vault {
    /// Destroys what participants have refused, in all sessions of which something was, to the
    /// certificate, and goes on with what was interrupted. Sessions that still run have to end first. Whatever was made from those sessions
    /// waits to be made again afterwards. Where a hold keeps something, it stays as it is until
    /// that is released, and is given to nobody meanwhile.
    ///
    /// # Errors
    /// Those of [`Vault::resume_erasure`]. Going on later is always possible.
    pub fn erase_refused(
        &self,
        terms: ErasureTerms,
        now: Timestamp,
    ) -> Result<Vec<ErasureRow>, VaultError> {
        for (tenant, source) in self.wait(self.catalog().refused_sources())? {
            let id = new_erasure_id(now)?;
            let begun = self.catalog().freeze_refused(id, tenant, source, now);
            match self.wait(begun) {
                Ok(())
                | Err(CatalogError::OnHold { .. } | CatalogError::ErasureUnderWay { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut erased = Vec::new();
        for id in self.wait(self.catalog().open_refusal_erasures())? {
            erased.push(self.resume_erasure(id, terms, now, &|_| ())?);
        }
        Ok(erased)
    }
}
