//! What somebody sees who registers for a room.

use askama::Template;

use super::{Frame, RoomNotice};

/// `/register/{code}`. POST to the same address: `name`, `email`, `language`.
#[derive(Template)]
#[template(path = "serve/register.html")]
pub(crate) struct RegisterPage {
    /// The frame. Nobody needs to be signed in.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) action: String,
    /// What the room is called.
    pub(crate) title: String,
    /// When it begins, where that is known.
    pub(crate) begins_us: Option<i64>,
    /// The name of whoever has planned it; empty where nobody is known. Personal data.
    pub(crate) organiser: String,
    /// Whom to ask; empty where nobody is named.
    pub(crate) contact: String,
    /// Whether media are encrypted from page to page.
    pub(crate) is_end_to_end: bool,
    /// What people are told about recording.
    pub(crate) notice: Option<RoomNotice>,
    /// Whether somebody decides about each registration.
    pub(crate) needs_approval: bool,
    /// Whether there is no place left.
    pub(crate) is_full: bool,
    /// What was typed before. Personal data.
    pub(crate) name: String,
    /// What was typed before. Personal data.
    pub(crate) email: String,
    /// The tag of the language of the mails.
    pub(crate) language: &'static str,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

impl RegisterPage {
    fn is_language(&self, tag: &str) -> bool {
        self.language == tag
    }

    fn has_facts(&self) -> bool {
        self.begins_us.is_some() || !self.organiser.is_empty() || !self.contact.is_empty()
    }
}

/// `/register/{code}`, after the form was sent: the same for everybody.
#[derive(Template)]
#[template(path = "serve/register_sent.html")]
pub(crate) struct RegisterSentPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Where the form is.
    pub(crate) action: String,
    /// What the room is called.
    pub(crate) title: String,
}

/// `/register/{code}` and `/confirm/{secret}`, where there is nothing to register for.
#[derive(Template)]
#[template(path = "serve/register_closed.html")]
pub(crate) struct RegisterClosedPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Why.
    pub(crate) reason: RegisterClosed,
    /// Whom to ask; empty where nobody is named.
    pub(crate) contact: String,
}

/// Why nobody can register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegisterClosed {
    /// There is no such room.
    Unknown,
    /// Its meeting is over.
    Over,
    /// It takes no registrations now.
    Shut,
    /// Nothing is to be confirmed here any more.
    Expired,
}

impl RegisterClosedPage {
    fn title_key(&self) -> &'static str {
        match self.reason {
            RegisterClosed::Unknown => "room-closed-unknown",
            RegisterClosed::Over => "room-closed-over",
            RegisterClosed::Shut => "register-shut",
            RegisterClosed::Expired => "register-expired",
        }
    }

    fn help_key(&self) -> &'static str {
        match self.reason {
            RegisterClosed::Unknown => "room-closed-unknown-help",
            RegisterClosed::Over => "register-over-help",
            RegisterClosed::Shut => "register-shut-help",
            RegisterClosed::Expired => "register-expired-help",
        }
    }
}

/// `/confirm/{secret}`. POST to the same address: `name`.
#[derive(Template)]
#[template(path = "serve/register_confirm.html")]
pub(crate) struct ConfirmPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) action: String,
    /// What the room is called.
    pub(crate) title: String,
    /// When it begins, where that is known.
    pub(crate) begins_us: Option<i64>,
    /// The name that was entered, to be put right. Personal data.
    pub(crate) name: String,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// `/confirm/{secret}`, once there is nothing more to do here.
#[derive(Template)]
#[template(path = "serve/register_done.html")]
pub(crate) struct RegisteredPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// What the room is called.
    pub(crate) title: String,
    /// When it begins, where that is known.
    pub(crate) begins_us: Option<i64>,
    /// How far the person is.
    pub(crate) standing: RegisteredAs,
}

/// How far somebody is who has confirmed a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegisteredAs {
    /// The way in comes by mail.
    Invited,
    /// Somebody has to decide.
    Waiting,
    /// There is no place left.
    Full,
}

impl RegisteredPage {
    fn title_key(&self) -> &'static str {
        match self.standing {
            RegisteredAs::Invited => "register-done-invited",
            RegisteredAs::Waiting => "register-done-waiting",
            RegisteredAs::Full => "register-done-full",
        }
    }

    fn help_key(&self) -> &'static str {
        match self.standing {
            RegisteredAs::Invited => "register-done-invited-help",
            RegisteredAs::Waiting => "register-done-waiting-help",
            RegisteredAs::Full => "register-done-full-help",
        }
    }
}
