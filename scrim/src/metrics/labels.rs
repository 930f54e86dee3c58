//! All labels, and all values that they can have.

use std::{fmt::Write, sync::Arc};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use scrim_pipeline::job::Stage;

/// The values that a label can have.
pub(super) trait LabelValues {
    /// The values, or in angle brackets what they are.
    fn words() -> Vec<&'static str>;
}

/// The labels of a family.
pub(super) trait Labels: EncodeLabelSet {
    /// Names and values of the labels.
    fn described() -> Vec<(&'static str, Vec<&'static str>)>;
}

/// Declares an enum of the values of a label.
macro_rules! values {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl LabelValues for $name {
            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|value| value.word()).collect()
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
                encoder.write_str(self.word())
            }
        }
    };
}

/// Declares the labels of a family.
macro_rules! labels {
    ($name:ident { $($label:ident: $values:ty),* }) => {
        #[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $label: $values,)*
        }

        impl Labels for $name {
            fn described() -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$((stringify!($label), <$values>::words()),)*]
            }
        }
    };
}

values! {
    /// Method of a request.
    Method {
        /// `GET`.
        Get = "GET",
        /// `HEAD`.
        Head = "HEAD",
        /// `POST`.
        Post = "POST",
        /// `PUT`.
        Put = "PUT",
        /// `PATCH`.
        Patch = "PATCH",
        /// `DELETE`.
        Delete = "DELETE",
        /// `OPTIONS`.
        Options = "OPTIONS",
        /// What no route takes.
        Other = "other",
    }
}

impl Method {
    /// Returns the label of a method of HTTP.
    pub(crate) fn of(method: &str) -> Self {
        let named = Self::ALL.iter().find(|known| known.word() == method);
        named.copied().unwrap_or(Self::Other)
    }
}

values! {
    /// First digit of the status of an answer.
    StatusClass {
        /// Not finished.
        Informational = "1xx",
        /// Done.
        Success = "2xx",
        /// Elsewhere.
        Redirect = "3xx",
        /// The client is wrong.
        ClientError = "4xx",
        /// The server is wrong.
        ServerError = "5xx",
    }
}

impl StatusClass {
    /// Returns the class of a status. What is no status is an error of the server.
    pub(crate) const fn of(status: u16) -> Self {
        match status {
            100..=199 => Self::Informational,
            200..=299 => Self::Success,
            300..=399 => Self::Redirect,
            400..=499 => Self::ClientError,
            _ => Self::ServerError,
        }
    }
}

values! {
    /// What there were too many of.
    Limit {
        /// Tries to log in.
        Login = "login",
        /// Requests from one address.
        Address = "address",
        /// Requests of one account in a browser.
        Account = "account",
        /// Requests with one token.
        Token = "token",
        /// Requests of one link.
        Link = "link",
        /// Registrations for rooms from one address.
        Registration = "registration",
    }
}

values! {
    /// How much of a file was asked for.
    Extent {
        /// All of it.
        Whole = "whole",
        /// A range of bytes.
        Range = "range",
    }
}

values! {
    /// What came of a try to log in.
    LoginResult {
        /// It is the user.
        Ok = "ok",
        /// Wrong user or password.
        Failed = "failed",
        /// Too many were wrong before.
        Locked = "locked",
    }
}

values! {
    /// Where a job is.
    JobState {
        /// It waits for a worker.
        Queued = "queued",
        /// A worker has it.
        Running = "running",
        /// The gate said no.
        Held = "held",
        /// It is done, and users can get the recording.
        Published = "published",
        /// It gave up.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
    }
}

values! {
    /// How people and programs are told.
    Channel {
        /// By mail.
        Mail = "mail",
        /// By webhook.
        Webhook = "webhook",
    }
}

impl From<scrim_storage::service::Channel> for Channel {
    fn from(channel: scrim_storage::service::Channel) -> Self {
        match channel {
            scrim_storage::service::Channel::Mail => Self::Mail,
            scrim_storage::service::Channel::Webhook => Self::Webhook,
        }
    }
}

values! {
    /// Where a message of the outbox is.
    OutboxState {
        /// It will be tried, for the first time or again.
        Pending = "pending",
        /// It was given up.
        Failed = "failed",
    }
}

values! {
    /// What Scrim depends on.
    Dependency {
        /// The catalog.
        Catalog = "catalog",
        /// The store of objects.
        Store = "store",
        /// The key management.
        Keys = "keys",
    }
}

values! {
    /// A stage of a job, named as in the catalog.
    StageValue {
        /// See [`Stage::Hash`].
        Hash = "hash",
        /// See [`Stage::Probe`].
        Probe = "probe",
        /// See [`Stage::Render`].
        Render = "render",
        /// See [`Stage::Transcribe`].
        Transcribe = "transcribe",
        /// See [`Stage::Assemble`].
        Assemble = "assemble",
        /// See [`Stage::Verify`].
        Verify = "verify",
        /// See [`Stage::Publish`].
        Publish = "publish",
    }
}

impl From<Stage> for StageValue {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Hash => Self::Hash,
            Stage::Probe => Self::Probe,
            Stage::Render => Self::Render,
            Stage::Transcribe => Self::Transcribe,
            Stage::Assemble => Self::Assemble,
            Stage::Verify => Self::Verify,
            Stage::Publish => Self::Publish,
        }
    }
}

/// A route as it is written in the code, with names instead of what a request has in their place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Route(Option<Arc<str>>);

impl Route {
    /// No route of the program.
    pub(crate) const OTHER: Self = Self(None);

    pub(super) const fn of(template: Arc<str>) -> Self {
        Self(Some(template))
    }

    fn word(&self) -> &str {
        self.0.as_deref().unwrap_or("other")
    }
}

impl LabelValues for Route {
    fn words() -> Vec<&'static str> {
        vec!["<route>", "other"]
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        encoder.write_str(self.word())
    }
}

/// The version of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Version(&'static str);

impl LabelValues for Version {
    fn words() -> Vec<&'static str> {
        vec!["<version>"]
    }
}

impl EncodeLabelValue for Version {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        encoder.write_str(self.0)
    }
}

labels!(NoLabels {});
labels!(RequestLabels {
    route: Route,
    method: Method,
    status: StatusClass
});
labels!(RouteLabels { route: Route });
labels!(LimitLabels { limit: Limit });
labels!(DownloadLabels { extent: Extent });
labels!(LoginLabels {
    result: LoginResult
});
labels!(JobLabels { state: JobState });
labels!(StageLabels { stage: StageValue });
labels!(OutboxLabels {
    channel: Channel,
    state: OutboxState
});
labels!(DependencyLabels {
    dependency: Dependency
});
labels!(BuildLabels { version: Version });

impl BuildLabels {
    /// Those of this program.
    pub(super) const CURRENT: Self = Self {
        version: Version(env!("CARGO_PKG_VERSION")),
    };
}
