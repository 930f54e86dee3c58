//! What a log is made of.

use super::{
    LogError, RtpPacket,
    input::{Input, put_difference, put_varint},
};

/// One thing that happened on a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it is shown or heard, in nanoseconds of the running time of the room since recording
    /// clock zero. What the jitterbuffer says for packets; for all else the same as `arrival`.
    pub pts: u64,
    /// When it came, on the same clock.
    pub arrival: u64,
    /// What happened.
    pub body: Body<'a>,
}

/// What happened on a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// A packet came.
    Rtp(RtpPacket<'a>),
    /// The sender told which time of its own clock belongs to which RTP timestamp.
    SenderReport(SenderReport),
    /// Packets are missing here, for good.
    Gap {
        /// How many, 0 where that is unknown.
        packets: u16,
    },
    /// From here on nothing of this track is recorded.
    Pause,
    /// From here on it is recorded again.
    Resume,
    /// The sender was asked for a keyframe.
    KeyframeAsked,
}

/// What a sender report says about time (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    /// Time on the clock of the sender: seconds since 1900 in the upper 32 bits, 2^-32 seconds in
    /// the lower ones. The clock of a browser can be wrong by any amount.
    pub ntp: u64,
    /// The RTP timestamp of the same instant.
    pub rtp: u32,
}

const RTP: u8 = 1;
const SENDER_REPORT: u8 = 2;
const GAP: u8 = 3;
const PAUSE: u8 = 4;
const RESUME: u8 = 5;
const KEYFRAME_ASKED: u8 = 6;
const END: u8 = 7;

/// The most bytes that a record takes beside its body: kind, two times and the length.
pub(super) const MOST_OVERHEAD: usize = 1 + 10 + 10 + 3;

/// A body, or that there is nothing more.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Body(Body<'a>),
    End,
}

/// The times that the next record is told from, in nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) pts: u64,
    pub(super) arrival: u64,
}

impl Times {
    /// Before the first record of a chunk.
    pub(super) const fn first(pts: u64) -> Self {
        Self { pts, arrival: pts }
    }
}

impl Body<'_> {
    /// Length in a log, in bytes.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Rtp(packet) => packet.bytes().len(),
            Self::SenderReport(_) => 12,
            Self::Gap { .. } => 2,
            Self::Pause | Self::Resume | Self::KeyframeAsked => 0,
        }
    }
}

/// Writes a record that follows one with these times.
pub(super) fn put(out: &mut Vec<u8>, previous: Times, times: Times, entry: Entry<'_>) {
    let (kind, length) = match entry {
        Entry::Body(body) => (kind_of(body), body.len()),
        Entry::End => (END, 0),
    };
    out.push(kind);
    put_difference(out, previous.pts, times.pts);
    put_difference(out, previous.arrival, times.arrival);
    put_varint(out, length as u64);
    match entry {
        Entry::Body(Body::Rtp(packet)) => out.extend_from_slice(packet.bytes()),
        Entry::Body(Body::SenderReport(report)) => {
            out.extend_from_slice(&report.ntp.to_be_bytes());
            out.extend_from_slice(&report.rtp.to_be_bytes());
        }
        Entry::Body(Body::Gap { packets }) => out.extend_from_slice(&packets.to_be_bytes()),
        Entry::Body(Body::Pause | Body::Resume | Body::KeyframeAsked) | Entry::End => {}
    }
}

const fn kind_of(body: Body<'_>) -> u8 {
    match body {
        Body::Rtp(_) => RTP,
        Body::SenderReport(_) => SENDER_REPORT,
        Body::Gap { .. } => GAP,
        Body::Pause => PAUSE,
        Body::Resume => RESUME,
        Body::KeyframeAsked => KEYFRAME_ASKED,
    }
}

/// Reads a record that follows one with these times, and moves the times on.
pub(super) fn take<'a>(input: &mut Input<'a>, times: &mut Times) -> Result<Entry<'a>, LogError> {
    const WHAT: &str = "records";
    let kind = input.u8(WHAT)?;
    times.pts = input.next_after(times.pts, WHAT)?;
    times.arrival = input.next_after(times.arrival, WHAT)?;
    let length = input.varint(WHAT)?;
    let wrong_length = LogError::RecordLength { kind, length };
    let count = usize::try_from(length).map_err(|_| wrong_length)?;
    if count > RtpPacket::MOST_BYTES {
        return Err(wrong_length);
    }
    let mut body = Input::new(input.take(count, WHAT)?, 0);
    let wrong = |_| wrong_length;
    let entry = match kind {
        RTP => Entry::Body(Body::Rtp(RtpPacket::new(body.take(count, WHAT)?)?)),
        SENDER_REPORT => Entry::Body(Body::SenderReport(SenderReport {
            ntp: body.u64(WHAT).map_err(wrong)?,
            rtp: body.u32(WHAT).map_err(wrong)?,
        })),
        GAP => Entry::Body(Body::Gap {
            packets: body.array(WHAT).map(u16::from_be_bytes).map_err(wrong)?,
        }),
        PAUSE => Entry::Body(Body::Pause),
        RESUME => Entry::Body(Body::Resume),
        KEYFRAME_ASKED => Entry::Body(Body::KeyframeAsked),
        END => Entry::End,
        found => return Err(LogError::RecordKind { found }),
    };
    if body.left() > 0 {
        return Err(wrong_length);
    }
    Ok(entry)
}
