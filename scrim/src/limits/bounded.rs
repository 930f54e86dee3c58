//! A map that forgets.

use std::collections::HashMap;

use super::Subject;

/// What is known about at most so many subjects.
///
/// There are two generations. Who is asked for is young. When the young ones are half of what may
/// be kept, they become the old ones, and the old ones are forgotten. So somebody who keeps coming
/// is kept, and one step costs the same however many there are.
#[derive(Debug)]
pub(super) struct Bounded<V> {
    half: usize,
    young: HashMap<Subject, V>,
    old: HashMap<Subject, V>,
}

impl<V> Bounded<V> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            half: (most / 2).max(1),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Returns what is known, and keeps it for longer.
    pub(super) fn get(&mut self, subject: &Subject) -> Option<&mut V> {
        if !self.young.contains_key(subject) {
            let value = self.old.remove(subject)?;
            self.insert(*subject, value);
        }
        self.young.get_mut(subject)
    }

    pub(super) fn insert(&mut self, subject: Subject, value: V) {
        if self.young.len() >= self.half && !self.young.contains_key(&subject) {
            self.turn();
        }
        self.young.insert(subject, value);
    }

    pub(super) fn remove(&mut self, subject: &Subject) {
        self.young.remove(subject);
        self.old.remove(subject);
    }

    /// Forgets the old ones and makes the young ones old.
    pub(super) fn turn(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
