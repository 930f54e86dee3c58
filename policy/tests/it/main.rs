//! The rules of the policy crate, seen from outside.
#![allow(clippy::unwrap_used, missing_docs)]

mod audit_events;
mod plans;
mod policy_files;
mod retention;
mod roster;
mod session;
