//! What is checked, one entry for each rule.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $word:literal,)+) => {
        /// What is checked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// All rules with what each wants, in the order in which they are checked.
            pub const ALL: &[(Self, &str)] = &[$((Self::$rule, concat!($($doc),+))),+];

            /// Returns the word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $word,)+
                }
            }
        }
    };
}

rules! {
    /// The host is on the list of places, or is the operator's own: a full name, no address, no
    /// host below the domain of a public provider.
    Host = "host",
    /// The connection is encrypted. Only to this machine itself it need not be.
    Encryption = "encryption",
    /// A host of a provider is reached through port 443.
    Port = "port",
    /// The country of the host, listed or declared, is in the European Economic Area.
    Country = "country",
    /// Requests are signed for the region of the host. The name of a region elsewhere is refused
    /// on an own host too.
    DeclaredRegion = "declared_region",
    /// The bucket is named by its own name: no alias of an access point, no directory bucket.
    Bucket = "bucket",
    /// The store does not send the client elsewhere. Redirects are never followed.
    Redirect = "redirect",
    /// The region that the store answers to HeadBucket is the declared one.
    ToldRegion = "told_region",
    /// So is the one that it answers to GetBucketLocation.
    SecondOpinion = "second_opinion",
    /// The store names the same region as the last time.
    Unchanged = "unchanged",
    /// Nothing is copied to a bucket outside of the EEA, or to one whose region nobody tells.
    Replication = "replication",
    /// No Object Lock in compliance mode, unless the operator has allowed it: it would keep what
    /// has to be erased.
    ObjectLock = "object_lock",
    /// Transfer acceleration is off: it takes uploads in anywhere in the world. Only AWS has it.
    Acceleration = "acceleration",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
