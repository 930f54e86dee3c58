//! What a policy does to one picture, before anything is rendered.

use std::fs::File;

use scrim_ingest::{Archive, Packet, Track};
use scrim_policy::{Kind, Moment, Plan, PlanError, Policy, RegionAction, Roster};
use scrim_redact::still::Still;

use crate::render::{ClearingDecoder, RenderError};

/// How far pictures may be out of order: packets this much later are decoded as well.
const REORDER_NS: u64 = 2_000_000_000;

/// Outline of kept regions.
const KEPT: [u8; 3] = [0x1b, 0x9e, 0x4b];

/// Outline of regions that are not shown.
const HIDDEN: [u8; 3] = [0xd0, 0x2f, 0x2f];

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// The recording could not be read or decoded.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The policy does not fit.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is nothing to see.
    #[error("the recording has no video")]
    NoVideo,
    /// The recording is shorter.
    #[error("the recording has no picture at {at}; it ends at {end}")]
    AfterEnd {
        /// The moment that was asked for.
        at: Moment,
        /// End of the recording.
        end: Moment,
    },
}

impl PreviewError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Render(error) => error.kind(),
            Self::Plan(error) => error.kind(),
            Self::NoVideo | Self::AfterEnd { .. } => Kind::Invalid,
        }
    }
}

/// The picture at one moment, as it is and as it would be published.
#[derive(Debug)]
pub struct Preview {
    /// When the picture is shown.
    pub at: Moment,
    /// The source picture with the regions of the policy outlined: green is kept, red is not.
    pub before: Still,
    /// The picture as it would be published.
    pub after: Still,
}

/// Shows what a policy does to the picture at a moment.
///
/// # Errors
/// See [`PreviewError`].
pub fn preview(
    input: File,
    policy: &Policy,
    roster: &Roster,
    at: Moment,
) -> Result<Preview, PreviewError> {
    crate::elements::register().map_err(|source| RenderError::Start { source })?;
    let mut archive = Archive::open(input).map_err(RenderError::from)?;
    let video = archive.probe().video.clone().ok_or(PreviewError::NoVideo)?;
    let plan = Plan::compile(policy, &video.geometry, roster)?;
    let packets = packets_around(&mut archive, at)?;
    let after_end = PreviewError::AfterEnd {
        at,
        end: archive.position(),
    };
    let Some(first) = packets.first() else {
        return Err(after_end);
    };
    let decoder = ClearingDecoder::start(&plan, &video, &first.caps, at)?;
    for packet in packets {
        decoder.push(packet)?;
    }
    let Some(capture) = decoder.finish()? else {
        return Err(after_end);
    };
    let mut before = capture.before;
    let (width, height) = before.size();
    for region in policy
        .regions
        .iter()
        .filter(|region| region.from <= at && at < region.to)
    {
        let colour = if region.action == RegionAction::Keep {
            KEPT
        } else {
            HIDDEN
        };
        before.outline(&region.rect.outer_pixels(width, height), colour);
    }
    Ok(Preview {
        at: capture.at,
        before,
        after: capture.after,
    })
}

/// Returns the plan that a policy comes to for a recording, without a roster.
///
/// # Errors
/// See [`PreviewError`].
pub fn plan_for(input: File, policy: &Policy) -> Result<Plan, PreviewError> {
    let archive = Archive::open(input).map_err(RenderError::from)?;
    let video = archive
        .probe()
        .video
        .as_ref()
        .ok_or(PreviewError::NoVideo)?;
    Ok(Plan::compile(policy, &video.geometry, &Roster::default())?)
}

/// Reads the packets from the last entry before a moment to a little after it.
fn packets_around(archive: &mut Archive, at: Moment) -> Result<Vec<Packet>, PreviewError> {
    let mut packets: Vec<Packet> = Vec::new();
    while let Some(packet) = archive.next().map_err(RenderError::from)? {
        if packet.track != Track::Video {
            continue;
        }
        let start = Moment(u64::try_from(packet.timing.start).unwrap_or(0));
        if start >= at.later(REORDER_NS) {
            break;
        }
        if packet.is_entry && start <= at {
            packets.clear();
        }
        packets.push(packet);
    }
    Ok(packets)
}
