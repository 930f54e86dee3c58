//! Sweeps: what is due goes, and is shown to be gone.
//!
//! A sweep is an [erasure](crate::erasure) of everything that is due at one moment: frozen, deleted,
//! its keys destroyed, proven and certified in the same steps, and taken up again in the same way.
//!
//! > **Age counts from the first run of a recording.** Rendering it again, or wrapping its keys
//! > again, does not make it younger.
//!
//! > **What a run is working on is left alone** for a day after its last step, however old the
//! > recording is.

mod due;

pub use due::{DueSummary, Lateness, SweepReport, class_of};
pub(crate) use due::{RUN_ALIVE, is_past};
