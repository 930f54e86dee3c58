//! What lies in a store, whoever put it there.

use super::ObjectKey;
use crate::timestamp::Timestamp;

/// Some of what lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is, sorted by name.
    pub stored: Vec<Stored>,
    /// What to continue after, or nothing on the last page.
    pub next: Option<String>,
}

/// Something that lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it is called.
    pub name: StoredName,
    /// Its length.
    pub bytes: u64,
    /// When it came to be what it is, by the clock of the store.
    pub changed_at: Timestamp,
}

/// The name of something in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredName {
    /// The key of an object.
    Object(ObjectKey),
    /// Anything else. It is not ours, so it is reported and never deleted.
    Foreign(String),
}

impl StoredName {
    pub(super) fn of(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Foreign(text.to_owned()), Self::Object)
    }
}

/// Everything in a store.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Objects, sorted.
    pub objects: Vec<Listed>,
    /// Things whose names are not those of objects. Somebody else put them there.
    pub foreign: u64,
}

impl Survey {
    pub(super) fn add(&mut self, stored: Stored) {
        match stored.name {
            StoredName::Object(key) => self.objects.push(Listed {
                key,
                bytes: stored.bytes,
                written_at: stored.changed_at,
            }),
            StoredName::Foreign(_) => self.foreign += 1,
        }
    }
}

/// One object of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written last.
    pub written_at: Timestamp,
}

/// An object that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which object it would become, where the store knows.
    pub name: Option<StoredName>,
    /// When it was begun, by the clock of the store.
    pub begun_at: Timestamp,
    /// What the store calls it.
    pub(super) handle: String,
}
