//! What every page has: language, navigation, who is signed in, a message, the footer.

use crate::serve::{
    assets,
    texts::{Arg, Language, Texts, clock, machine_time},
};

/// A page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The list of recordings, and everything about one of them.
    Recordings,
    /// Uploading.
    Upload,
    /// The list of rooms, and everything about one of them.
    Rooms,
    /// The numbers of the DPO.
    Overview,
    /// What is stored where and until when.
    Stored,
    /// Who agreed to what.
    Consents,
    /// Erasures.
    Erasures,
    /// Rules and holds.
    Retention,
    /// The audit log.
    Audit,
    /// Stores and where they are.
    Places,
    /// Accounts of people.
    Users,
    /// Webhooks.
    Webhooks,
    /// How the machine is doing.
    Health,
    /// The own account.
    Account,
    /// The own API tokens.
    Tokens,
}

/// Pages that stand together under one entry.
const GROUPS: [(&str, &[Place]); 4] = [
    ("nav-recordings", &[Place::Recordings]),
    ("nav-rooms", &[Place::Rooms]),
    (
        "nav-protection",
        &[
            Place::Overview,
            Place::Stored,
            Place::Consents,
            Place::Erasures,
            Place::Retention,
            Place::Audit,
            Place::Places,
        ],
    ),
    (
        "nav-administration",
        &[Place::Users, Place::Webhooks, Place::Health],
    ),
];

const ACCOUNT: &[Place] = &[Place::Account, Place::Tokens];

impl Place {
    const fn href(self) -> &'static str {
        match self {
            Self::Recordings => "/recordings",
            Self::Upload => "/recordings/new",
            Self::Rooms => "/rooms",
            Self::Overview => "/dpo",
            Self::Stored => "/dpo/recordings",
            Self::Consents => "/dpo/consents",
            Self::Erasures => "/dpo/erasures",
            Self::Retention => "/dpo/retention",
            Self::Audit => "/dpo/audit",
            Self::Places => "/dpo/places",
            Self::Users => "/admin/users",
            Self::Webhooks => "/admin/webhooks",
            Self::Health => "/admin/health",
            Self::Account => "/account",
            Self::Tokens => "/account/tokens",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Recordings => "nav-recordings",
            Self::Upload => "nav-upload",
            Self::Rooms => "nav-rooms",
            Self::Overview => "nav-overview",
            Self::Stored => "nav-stored",
            Self::Consents => "nav-consents",
            Self::Erasures => "nav-erasures",
            Self::Retention => "nav-retention",
            Self::Audit => "nav-audit",
            Self::Places => "nav-places",
            Self::Users => "nav-users",
            Self::Webhooks => "nav-webhooks",
            Self::Health => "nav-health",
            Self::Account => "nav-account",
            Self::Tokens => "nav-tokens",
        }
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NavEntry {
    /// Key of its text.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: &'static str,
    /// Whether the page is this one, or one below it.
    pub(crate) is_current: bool,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The name to show. Personal data.
    pub(crate) name: String,
    /// Words of roles, such as `organiser`.
    pub(crate) roles: Vec<&'static str>,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlashKind {
    /// It was done.
    Done,
    /// It was not done.
    Refused,
}

/// A message about what was just done.
#[derive(Clone, Debug)]
pub(crate) struct Flash {
    /// How it is meant.
    pub(crate) kind: FlashKind,
    /// What it says, in the language of the page.
    pub(crate) text: String,
}

impl Flash {
    pub(super) fn is_done(&self) -> bool {
        self.kind == FlashKind::Done
    }
}

/// Links that the law asks for, as far as the operator gave them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Legal {
    /// Address of the imprint.
    pub(crate) imprint: Option<String>,
    /// Address of the privacy statement.
    pub(crate) privacy: Option<String>,
}

/// What every page has.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The texts, in the language of the reader.
    pub(crate) texts: Texts,
    /// The token that every form carries; empty where nobody has a session.
    pub(crate) csrf: String,
    /// Who is signed in.
    pub(crate) person: Option<SignedIn>,
    /// Where this page is.
    pub(crate) place: Option<Place>,
    /// The places that the person may see.
    pub(crate) may_see: Vec<Place>,
    /// What was just done.
    pub(crate) flash: Option<Flash>,
    /// The links of the footer.
    pub(crate) legal: Legal,
}

impl Frame {
    /// Returns a text.
    pub(crate) fn say(&self, key: &str) -> String {
        self.texts.say(key)
    }

    /// Returns a text with one variable.
    pub(crate) fn say_one(&self, key: &str, name: &str, arg: impl Into<Arg>) -> String {
        self.texts.say_with(key, &[(name, arg.into())])
    }

    /// Returns a text with two variables.
    pub(crate) fn say_two(
        &self,
        key: &str,
        name: &str,
        arg: impl Into<Arg>,
        other_name: &str,
        other: impl Into<Arg>,
    ) -> String {
        self.texts
            .say_with(key, &[(name, arg.into()), (other_name, other.into())])
    }

    /// Returns the tag of the language.
    pub(crate) fn lang(&self) -> &'static str {
        self.texts.language().tag()
    }

    /// Returns all languages, for the footer.
    pub(crate) fn languages(&self) -> [Language; 5] {
        Language::ALL
    }

    /// Returns the address of an asset.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// Returns a day, for people.
    pub(crate) fn day(&self, at_us: &i64) -> String {
        self.texts.day(*at_us)
    }

    /// Returns a day and a time, for people.
    pub(crate) fn day_and_time(&self, at_us: &i64) -> String {
        self.texts.day_and_time(*at_us)
    }

    /// Returns a moment, for machines.
    pub(crate) fn machine_time(&self, at_us: &i64) -> String {
        machine_time(*at_us)
    }

    /// Returns a place in a recording, or its length.
    pub(crate) fn clock(&self, seconds: &f64) -> String {
        clock(*seconds)
    }

    /// Returns a number of bytes, for people.
    pub(crate) fn bytes(&self, bytes: &u64) -> String {
        self.texts.bytes(*bytes)
    }

    /// Returns the entries at the top: the first page that the person may see of each group.
    pub(crate) fn nav(&self) -> Vec<NavEntry> {
        let entry = |(label, places): &(&'static str, &[Place])| {
            let first = places.iter().find(|place| self.may_see.contains(place))?;
            let is_current = self.place.is_some_and(|place| places.contains(&place));
            Some(NavEntry {
                label,
                href: first.href(),
                is_current,
            })
        };
        GROUPS.iter().filter_map(entry).collect()
    }

    /// Returns the entries beside the current page; none where it stands alone.
    pub(crate) fn subnav(&self) -> Vec<NavEntry> {
        let Some(current) = self.place else {
            return Vec::new();
        };
        let mut groups = GROUPS.iter().map(|(_, places)| *places).chain([ACCOUNT]);
        let group = groups.find(|places| places.contains(&current));
        let siblings: Vec<NavEntry> = group
            .unwrap_or_default()
            .iter()
            .filter(|place| self.may_see.contains(place))
            .map(|place| NavEntry {
                label: place.label(),
                href: place.href(),
                is_current: *place == current,
            })
            .collect();
        if siblings.len() > 1 {
            siblings
        } else {
            Vec::new()
        }
    }

    /// Whether the person may upload.
    pub(crate) fn may_upload(&self) -> bool {
        self.may_see.contains(&Place::Upload)
    }

    /// Returns the key of the name of a role.
    pub(crate) fn role_key(&self, word: &str) -> &'static str {
        super::words::role_key(word)
    }
}
