//! Accounts, webhooks, and how the machine is doing.

use askama::Template;

use super::{
    Frame,
    words::{Choice, ROLES},
};

/// `/admin/users`. POST to the same address invites: `name`, `email`, `role` repeated. POST
/// `/admin/users/{id}/roles` with `role` repeated, `/admin/users/{id}/disable` and `…/enable`.
#[derive(Template)]
#[template(path = "serve/users.html")]
pub(crate) struct UsersPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The accounts.
    pub(crate) users: Vec<UserLine>,
    /// The address for whoever was just invited. It is shown this once.
    pub(crate) invitation: Option<String>,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// How an account is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserState {
    /// It can be used.
    Active,
    /// Nobody has chosen a password yet.
    Invited,
    /// Too many wrong passwords.
    LockedOut,
    /// Somebody switched it off.
    Disabled,
}

impl UserState {
    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::LockedOut => "locked-out",
            Self::Disabled => "disabled",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Active => "user-active",
            Self::Invited => "user-invited",
            Self::LockedOut => "user-locked-out",
            Self::Disabled => "user-disabled",
        }
    }
}

/// An account.
pub(crate) struct UserLine {
    /// Its id.
    pub(crate) id: String,
    /// The name. Personal data.
    pub(crate) name: String,
    /// The address. Personal data.
    pub(crate) email: String,
    /// Words of roles.
    pub(crate) roles: Vec<&'static str>,
    /// How it is doing.
    pub(crate) state: UserState,
    /// When the person was last there.
    pub(crate) seen_us: Option<i64>,
    /// Whether it is the own account, which nobody can switch off for themselves.
    pub(crate) is_own: bool,
}

/// A role to be ticked.
pub(crate) struct RoleChoice {
    /// The role.
    pub(crate) role: Choice,
    /// Whether it is.
    pub(crate) is_ticked: bool,
}

impl UserLine {
    fn choices(&self) -> Vec<RoleChoice> {
        let choice = |role: &Choice| RoleChoice {
            role: *role,
            is_ticked: self.roles.contains(&role.word),
        };
        ROLES.iter().map(choice).collect()
    }

    fn is_disabled(&self) -> bool {
        self.state == UserState::Disabled
    }
}

impl UsersPage {
    fn roles(&self) -> &'static [Choice] {
        &ROLES
    }
}

/// `/admin/webhooks`. POST to the same address: `url`, `event` repeated;
/// `/admin/webhooks/{id}/remove`.
#[derive(Template)]
#[template(path = "serve/webhooks.html")]
pub(crate) struct WebhooksPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The webhooks.
    pub(crate) webhooks: Vec<WebhookLine>,
    /// Events that can be told, such as `recording.ready`.
    pub(crate) events: Vec<String>,
    /// The secret that the new webhook is signed with. It is shown this once.
    pub(crate) secret: Option<String>,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// How the last message to a webhook went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// None was sent.
    None,
    /// It arrived.
    Done,
    /// It is tried again.
    Retrying,
    /// It was given up.
    GivenUp,
}

impl Delivery {
    fn word(self) -> &'static str {
        match self {
            Self::None => "unknown",
            Self::Done => "passed",
            Self::Retrying => "waiting",
            Self::GivenUp => "failed",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::None => "delivery-none",
            Self::Done => "delivery-done",
            Self::Retrying => "delivery-retrying",
            Self::GivenUp => "delivery-given-up",
        }
    }
}

/// A webhook.
pub(crate) struct WebhookLine {
    /// Its id.
    pub(crate) id: String,
    /// Its address.
    pub(crate) url: String,
    /// What it is told.
    pub(crate) events: Vec<String>,
    /// How the last message went.
    pub(crate) delivery: Delivery,
    /// When that was.
    pub(crate) delivered_us: Option<i64>,
    /// Messages that wait.
    pub(crate) waiting: u64,
}

/// `/admin/health`.
#[derive(Template)]
#[template(path = "serve/health.html")]
pub(crate) struct HealthPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The version of the program.
    pub(crate) version: String,
    /// Since when it runs.
    pub(crate) since_us: i64,
    /// What it needs, and whether it has it.
    pub(crate) lines: Vec<HealthLine>,
    /// Jobs that wait.
    pub(crate) jobs_waiting: u64,
    /// Jobs that run.
    pub(crate) jobs_running: u64,
    /// Bytes that are free where work is done.
    pub(crate) free_bytes: u64,
}

/// Something that the service needs.
pub(crate) struct HealthLine {
    /// What, such as `catalog`.
    pub(crate) what: String,
    /// Whether it is there.
    pub(crate) is_well: bool,
    /// More about it.
    pub(crate) detail: String,
}

impl HealthPage {
    fn is_well(&self) -> bool {
        self.lines.iter().all(|line| line.is_well)
    }
}
