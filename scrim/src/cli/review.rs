//! Options of `scrim publish` and `scrim withdraw`.

use clap::Args;
use scrim_policy::RecordingId;

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The recording
    pub(crate) id: RecordingId,
    /// Why it is published although the gate said no. It is sealed with the recording
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// The recording
    pub(crate) id: RecordingId,
    /// Why. It is sealed with the recording
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}
