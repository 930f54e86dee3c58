//! The own account.

use askama::Template;

use super::Frame;

/// `/account`. POST `/account/password` with `current`, `password`, `password_again`;
/// `/account/language` with `language`; `/account/sign-out-everywhere`.
#[derive(Template)]
#[template(path = "serve/account.html")]
pub(crate) struct AccountPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The own address.
    pub(crate) email: String,
    /// Whether there is a password to change; people of an identity provider have none.
    pub(crate) has_password: bool,
    /// How many sessions there are, this one included.
    pub(crate) sessions: usize,
    /// What is wrong with the password.
    pub(crate) error: Option<String>,
}

/// `/account/tokens`. POST to the same address with `name`, `scope` (repeated), `days`;
/// `/account/tokens/{id}/revoke`.
#[derive(Template)]
#[template(path = "serve/tokens.html")]
pub(crate) struct TokensPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The token that was just made. It is shown this once.
    pub(crate) fresh: Option<String>,
    /// The own tokens, newest first.
    pub(crate) tokens: Vec<TokenLine>,
    /// The scopes that the own roles allow, such as `recordings:view`.
    pub(crate) scopes: Vec<String>,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// One API token.
pub(crate) struct TokenLine {
    /// Its id.
    pub(crate) id: String,
    /// What it was called.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) scopes: Vec<String>,
    /// Until when it is good.
    pub(crate) expires_us: i64,
    /// When it was last used.
    pub(crate) used_us: Option<i64>,
    /// Whether it still works.
    pub(crate) is_valid: bool,
}
