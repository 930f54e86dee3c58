//! What several test suites need and none should write twice.
//!
//! - [`Home`]: a private place for one run of the program, and the program itself ([`program`]).
//! - [`sample`]: invented webinars, rendered once however many test processes ask at the same time.
//! - [`OpenBao`]: a key server of its own for one test.
//! - [`Canaries`]: a search for personal data in whatever a run has left behind.
//! - [`bad`]: hostile recordings, made on demand.
//! - [`workspace`]: where the sources and the build folder are.
//!
//! It deliberately holds no expectations about Scrim: it knows no pipeline, no storage and no
//! format that Scrim writes, so that it stays an independent witness. Nothing of it is shipped.
//!
//! > **A failure here is a failed test.** Functions panic with what they were doing instead of
//! > returning an error that every test would have to unwrap.
#![forbid(unsafe_code)]

pub mod bad;
mod canaries;
mod home;
mod openbao;
pub mod program;
mod sample;
pub mod workspace;

pub use canaries::{Canaries, Form, Hit};
pub use home::Home;
pub use openbao::OpenBao;
pub use sample::{committed_sample, sample, sample_with};
