//! Forms.

use axum::extract::{FromRequest, Request};

use super::super::{app::App, incoming, problem::Problem};

/// The longest form.
const MOST_BYTES: usize = 2 << 20;

/// The fields of a form, in their order. A field may be there several times.
pub(crate) struct Form(Vec<(String, String)>);

impl FromRequest<App> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let bytes = incoming::whole(request.into_body(), MOST_BYTES).await?;
        serde_urlencoded::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| Problem::invalid("form", "this is no form"))
    }
}

impl Form {
    /// Returns a form that nobody has filled in.
    pub(crate) const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Returns a field, empty where it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Returns a field that was filled in.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// Returns a field that may be there several times.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Returns a field that is a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Problem> {
        let text = self.text(name).trim();
        text.parse()
            .map_err(|_| Problem::invalid(name, "this is no number"))
    }
}
