//! `[catalog]`: where it is kept what there is.

use std::env;

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_storage::{CatalogPlace, DatabaseUrl};
use serde::Deserialize;

use crate::failure::Failure;

/// The section.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Section {
    /// Environment variable that holds `postgres://user:password@host/database`. Without it the
    /// catalog is a SQLite file in the home folder.
    #[schemars(example = &"SCRIM_DATABASE_URL")]
    url_env: Option<String>,
}

impl Section {
    /// Returns the place, or nothing for the SQLite file. `SCRIM_DATABASE_URL` says it as well.
    pub(super) fn place(&self) -> Result<Option<CatalogPlace>, Failure> {
        let name = self.url_env.as_deref().unwrap_or("SCRIM_DATABASE_URL");
        let Ok(url) = env::var(name) else {
            if self.url_env.is_none() {
                return Ok(None);
            }
            return Err(Failure::words(
                Kind::Invalid,
                format!("the environment variable {name} is not set"),
            )
            .hint("it holds the address of the catalog, as [catalog] url_env says"));
        };
        let url = DatabaseUrl::new(url).map_err(|error| Failure::new(error.kind(), error))?;
        Ok(Some(CatalogPlace::Postgres(url)))
    }
}
