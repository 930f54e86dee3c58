//! One picture of a recording: as it is, and as a policy would show it.
//!
//! The picture is found by the index of the file, so that it takes as long in a long recording as in
//! a short one: what is decoded is the group of pictures that it lies in, up to it. A file without an
//! index is read from its start.

use scrim_ingest::{Archive, Packet, SourceBytes, Track, VideoTrack};
use scrim_policy::{Kind, Moment, Plan, PlanError, Policy, RegionAction, Roster};
use scrim_redact::still::Still;

use crate::render::{PictureDecoder, RenderError, Taken};

/// How many packets of later pictures can come before an earlier picture: no codec holds more than 16
/// pictures back, and each may come as two fields. How long that is says nothing, since a slide may be
/// seen for minutes.
const REORDERED: usize = 32;

/// How much earlier than the moment the file is read where the first try comes out too late.
const BACK_NS: u64 = 10_000_000_000;

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
    fn reading(source: std::io::Error) -> Self {
        Self::Render(RenderError::from(scrim_ingest::SourceError::Read {
            source,
        }))
    }

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

/// Shows what a policy does to the picture that is seen at a moment.
///
/// # Errors
/// See [`PreviewError`].
pub fn preview(
    input: impl SourceBytes + 'static,
    policy: &Policy,
    roster: &Roster,
    at: Moment,
) -> Result<Preview, PreviewError> {
    let compile = |video: &VideoTrack| Plan::compile(policy, &video.geometry, roster).map(Some);
    let (taken, after_end) = take(input, at, compile)?;
    let Some(Taken::Cleared(capture)) = taken else {
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

/// Returns the picture of the source that is seen at a moment, with sides of at most `longest_side`
/// pixels. **It shows what is to be hidden**: it is for whoever may see the source.
///
/// # Errors
/// See [`PreviewError`].
pub fn frame(
    input: impl SourceBytes + 'static,
    at: Moment,
    longest_side: u32,
) -> Result<Still, PreviewError> {
    match take(input, at, |_| Ok(None))? {
        (Some(Taken::Source(still)), _) => Ok(still.scaled_to_fit(longest_side)),
        (_, after_end) => Err(after_end),
    }
}

/// Returns the plan that a policy comes to for a recording, without a roster.
///
/// # Errors
/// See [`PreviewError`].
pub fn plan_for(input: impl SourceBytes + 'static, policy: &Policy) -> Result<Plan, PreviewError> {
    let archive = Archive::open(input).map_err(RenderError::from)?;
    let video = archive
        .probe()
        .video
        .as_ref()
        .ok_or(PreviewError::NoVideo)?;
    Ok(Plan::compile(policy, &video.geometry, &Roster::default())?)
}

/// Takes the picture that is seen at a moment, if there is one. What it means that there is none comes
/// with it.
fn take(
    input: impl SourceBytes + 'static,
    at: Moment,
    compile: impl FnOnce(&VideoTrack) -> Result<Option<Plan>, PlanError>,
) -> Result<(Option<Taken>, PreviewError), PreviewError> {
    crate::elements::register().map_err(|source| RenderError::Start { source })?;
    let again = input.again().map_err(PreviewError::reading)?;
    let mut archive = Archive::open(input).map_err(RenderError::from)?;
    let video = archive.probe().video.clone().ok_or(PreviewError::NoVideo)?;
    let plan = compile(&video)?;
    let anew = || -> Result<Archive, PreviewError> {
        let again = again.again().map_err(PreviewError::reading)?;
        Ok(Archive::open(again).map_err(RenderError::from)?)
    };
    let mut shot = Shot::default();
    for from in [at, Moment(at.0.saturating_sub(BACK_NS))] {
        if !archive.seek(from) {
            break;
        }
        shot = Shot::read(&mut archive, at)?;
        // A demuxer that goes by no index adds the delay of the first picture again each time that it
        // comes by: what it says after a jump is not to be trusted.
        let has_index = !archive.has_landed_between();
        if shot.has_begun && has_index {
            break;
        }
        shot = Shot::default();
        archive = anew()?;
        if !has_index {
            break;
        }
    }
    if !shot.has_begun {
        shot = Shot::read(&mut archive, at)?;
    }
    if shot.is_over && at > archive.position() && archive.has_sought() {
        // A header may say that the recording ends before its last picture, and the demuxer goes by it.
        archive = anew()?;
        shot = Shot::read(&mut archive, at)?;
    }
    let after_end = PreviewError::AfterEnd {
        at,
        end: archive.position(),
    };
    if shot.is_over && at > archive.position() {
        return Ok((None, after_end));
    }
    // What the decoder needs comes before the picture; a stream that says it otherwise gets the rest.
    for count in [shot.needed, shot.packets.len()] {
        let packets = &shot.packets[..count];
        let Some(first) = packets.first() else {
            break;
        };
        let decoder = PictureDecoder::start(plan.as_ref(), &video, &first.caps, shot.wanted)?;
        for packet in packets {
            decoder.push(packet.clone())?;
        }
        if let Some(taken) = decoder.finish()? {
            return Ok((Some(taken), after_end));
        }
    }
    Ok((None, after_end))
}

/// The packets that a picture is decoded from.
#[derive(Default)]
struct Shot {
    /// From the last entry before the picture to as far as it may be out of order.
    packets: Vec<Packet>,
    /// How many of them lead up to the picture.
    needed: usize,
    /// When the picture begins to be shown.
    wanted: Moment,
    /// Whether the packets begin early enough.
    has_begun: bool,
    /// Whether they reach to the end of the recording.
    is_over: bool,
}

impl Shot {
    /// Reads from where an archive is until no earlier picture can come any more.
    fn read(archive: &mut Archive, at: Moment) -> Result<Self, PreviewError> {
        let mut shot = Self {
            is_over: true,
            ..Self::default()
        };
        let mut later = 0;
        while let Some(packet) = archive.next().map_err(RenderError::from)? {
            if packet.track != Track::Video {
                continue;
            }
            let start = Moment(u64::try_from(packet.timing.start).unwrap_or(0));
            let is_seen = start <= at;
            later += usize::from(!is_seen);
            if later > REORDERED {
                shot.is_over = false;
                break;
            }
            if packet.is_entry && is_seen {
                shot = Self {
                    has_begun: true,
                    is_over: true,
                    ..Self::default()
                };
            }
            shot.packets.push(packet);
            // The picture that is seen is the last one that begins before; where none does, the
            // recording begins later and the first one is taken.
            if is_seen && (shot.needed == 0 || start >= shot.wanted) {
                (shot.needed, shot.wanted) = (shot.packets.len(), start);
            }
        }
        if shot.needed == 0 {
            shot.needed = shot.packets.len();
            shot.has_begun = false;
        }
        Ok(shot)
    }
}
