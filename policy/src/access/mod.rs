//! Who may do what: roles of accounts, and the permissions that they come to.
//!
//! > **What nobody granted is denied.** A role is a list of permissions, and there is no permission
//! > that stands for all of them. An operator runs the machine and sees no content; a DPO answers for
//! > the data and publishes nothing.

mod permission;
mod role;

pub use permission::{Permission, Permissions};
pub use role::{AccountRole, AccountRoles};

/// A word that names no role and no permission.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{word}` is no {wanted}: expected one of {known}")]
pub struct AccessWordError {
    /// The word.
    pub word: String,
    /// What it should have named.
    pub wanted: &'static str,
    /// The words that there are.
    pub known: String,
}

/// Defines an enum of words, and a set of them that is written as words between spaces.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident, $(#[$set_doc:meta])* $set:ident, $wanted:literal,
        $($(#[$word_doc:meta])* $word:ident = $text:literal,)+
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// Returns its word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::access::AccessWordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|word| word.as_str() == text);
                found.ok_or_else(|| $crate::access::AccessWordError {
                    word: text.chars().take(40).collect(),
                    wanted: $wanted,
                    known: [$($text,)+].join(", "),
                })
            }
        }

        $(#[$set_doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $set(std::collections::BTreeSet<$name>);

        impl $set {
            /// Returns a set of these.
            pub fn of(words: &[$name]) -> Self {
                words.iter().copied().collect()
            }

            /// Says whether this is one of them.
            pub fn has(&self, word: $name) -> bool {
                self.0.contains(&word)
            }

            /// Returns them in order.
            pub fn iter(&self) -> impl Iterator<Item = $name> + '_ {
                self.0.iter().copied()
            }

            /// Says whether there is none.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// Returns those that are in both.
            pub fn and(&self, other: &Self) -> Self {
                Self(self.0.intersection(&other.0).copied().collect())
            }

            /// Says whether all of them are in the other set.
            pub fn is_within(&self, other: &Self) -> bool {
                self.0.is_subset(&other.0)
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(words: I) -> Self {
                Self(words.into_iter().collect())
            }
        }

        impl std::fmt::Display for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                for (index, word) in self.0.iter().enumerate() {
                    let space = if index == 0 { "" } else { " " };
                    write!(f, "{space}{word}")?;
                }
                Ok(())
            }
        }

        impl std::str::FromStr for $set {
            type Err = $crate::access::AccessWordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.split_whitespace().map(str::parse).collect()
            }
        }
    };
}

use words;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sets_of_words_survive_text() {
        for role in AccountRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
            let permissions = role.permissions();
            assert_eq!(permissions.to_string().parse(), Ok(permissions));
        }
        assert_eq!("".parse(), Ok(AccountRoles::default()));
        let refused = "organiser root".parse::<AccountRoles>().unwrap_err();
        assert_eq!(refused.word, "root");
        assert!(
            refused.to_string().contains("organiser, editor"),
            "{refused}"
        );
    }

    /// The sentences that an auditor will ask for.
    #[test]
    fn nobody_may_more_than_the_role_says() {
        use AccountRole as Role;
        use Permission as May;
        let may = |role: Role, permission| role.permissions().has(permission);
        // An operator sees no content, and neither does an auditor or an administrator.
        for role in [Role::Operator, Role::Auditor, Role::Administrator] {
            for content in [
                May::OriginalsView,
                May::RecordingsView,
                May::TranscriptsView,
            ] {
                assert!(!may(role, content), "{role} {content}");
            }
        }
        // Who answers for the data does not publish, and who publishes does not erase.
        for publishing in [
            May::RecordingsPublish,
            May::RecordingsOverride,
            May::LinksManage,
        ] {
            assert!(!may(Role::Dpo, publishing));
        }
        for role in [
            Role::Organiser,
            Role::Editor,
            Role::Administrator,
            Role::Operator,
        ] {
            assert!(
                !may(role, May::ErasuresManage) && !may(role, May::ConsentsView),
                "{role}"
            );
        }
        // An editor prepares; somebody else decides.
        assert!(may(Role::Editor, May::TranscriptsEdit));
        assert!(!may(Role::Editor, May::RecordingsPublish));
        // Whoever runs sessions holds meetings, and nobody else: a host sees every name.
        for role in Role::ALL {
            assert_eq!(may(*role, May::RoomsManage), *role == Role::Organiser);
        }
        // An auditor changes nothing.
        let reads = |permission: &Permission| permission.as_str().ends_with(":view");
        for permission in Role::Auditor.permissions().iter() {
            assert!(
                reads(&permission) || permission == May::AccountUse,
                "{permission}"
            );
        }
        // Accounts are given by one role alone.
        for role in Role::ALL {
            assert_eq!(
                may(*role, May::AccountsManage),
                *role == Role::Administrator
            );
        }
    }

    #[test]
    fn every_permission_is_granted_to_somebody() {
        for permission in Permission::ALL {
            let is_granted = |role: &&AccountRole| role.permissions().has(*permission);
            assert!(
                AccountRole::ALL.iter().any(|role| is_granted(&role)),
                "{permission}"
            );
        }
    }
}
