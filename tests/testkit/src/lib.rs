//! What several test suites need and none should write twice.
//!
//! - [`Home`]: a private place for one run of the program, and the program itself ([`program`]).
//! - [`Service`]: `scrim serve` of a home, alone for one test.
//! - [`sample`]: invented webinars, rendered once however many test processes ask at the same time.
//! - [`OpenBao`]: a key server of its own for one test.
//! - [`Canaries`]: a search for personal data in whatever a run has left behind.
//! - [`Postgres`]: a real server, alone for one test.
//! - [`bad`]: hostile recordings, made on demand.
//! - [`Moto`]: a server that answers like Amazon about regions.
//! - [`SeaweedFs`]: a real S3 server; [`proxy`]: what networks do to requests on their way to one.
//! - [`MailServer`], [`WebhookReceiver`], [`TraceCollector`]: what mail, webhooks and traces are sent to.
//! - [`certificates`]: an authority that only one test knows.
//! - [`peer`]: foreign programs.
//! - [`tink`]: the other implementation of the sealed format.
//! - [`OidcProvider`]: a provider that people sign in with.
//! - [`Clamd`]: a ClamAV daemon with signatures written by hand.
//! - [`Turn`]: coturn, with the configuration of the samples.
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
pub mod certificates;
mod clamd;
mod home;
mod listening;
mod moto;
mod oidc;
mod openbao;
pub mod peer;
mod postgres;
pub mod program;
pub mod proxy;
mod sample;
mod seaweed;
mod service;
pub mod tink;
mod turn;
pub mod workspace;

pub use canaries::{Canaries, Form, Hit};
pub use clamd::Clamd;
pub use home::Home;
pub use listening::{MailEncryption, MailServer, TraceCollector, WebhookReceiver};
pub use moto::Moto;
pub use oidc::OidcProvider;
pub use openbao::OpenBao;
pub use postgres::Postgres;
pub use sample::{committed_sample, sample, sample_with};
pub use seaweed::SeaweedFs;
pub use service::Service;
pub use turn::Turn;
