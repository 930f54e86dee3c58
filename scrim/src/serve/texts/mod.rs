//! What pages say, in five languages.
//!
//! Texts are Fluent messages, embedded in the program. A page asks by key; that every key of every
//! page is there in every language, with the same arguments, is held by tests. A key that is missing
//! all the same is shown as itself, since a page that says too little is better than none.

mod amounts;
mod language;
mod messages;

#[cfg(test)]
mod tests;

pub(crate) use amounts::{clock, machine_time};
pub(crate) use language::Language;
pub(crate) use messages::{Arg, Texts};
