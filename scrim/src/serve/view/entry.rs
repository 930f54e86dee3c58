//! Ways in.

use askama::Template;

use super::Frame;

/// `/setup/{token}`: the first administrator. POST to the same address: `name`, `email`, `password`,
/// `password_again`.
#[derive(Template)]
#[template(path = "serve/setup.html")]
pub(crate) struct SetupPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) action: String,
    /// What was typed before.
    pub(crate) name: String,
    /// What was typed before.
    pub(crate) email: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
}

/// `/login`: POST `email`, `password`, `next`.
#[derive(Template)]
#[template(path = "serve/login.html")]
pub(crate) struct LoginPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// What was typed before.
    pub(crate) email: String,
    /// Where to go afterwards, a path of this service.
    pub(crate) next: String,
    /// Why it was refused.
    pub(crate) error: Option<String>,
    /// The name of the identity provider, where there is one.
    pub(crate) provider: Option<String>,
}

impl LoginPage {
    fn provider_href(&self) -> String {
        let query = serde_urlencoded::to_string([("next", self.next.as_str())]);
        format!("/login/oidc?{}", query.unwrap_or_default())
    }
}

/// `/invite/{token}`: POST to the same address: `password`, `password_again`.
#[derive(Template)]
#[template(path = "serve/invite.html")]
pub(crate) struct InvitePage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) action: String,
    /// Who is invited.
    pub(crate) email: String,
    /// What is wrong with the password.
    pub(crate) error: Option<String>,
}
