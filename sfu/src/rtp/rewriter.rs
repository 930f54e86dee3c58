//! One slot of one viewer: a stream of its own, made of the packets of changing sources.

use super::{
    keyframe::Start,
    order::{Frames, Order, Place},
    packet::{HEADER_BYTES, Packet},
    shifts::{Pictures, Timestamps},
    vp8::Vp8Descriptor,
};
use crate::codec::Codec;

/// Version 2, without padding, extension and contributing sources.
const PLAIN: u8 = 0x80;

/// One incoming track, for as long as it keeps its clock and its sequence numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u64);

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It was written, and is sent.
    Forward,
    /// It is not sent, because the viewer cannot begin here.
    Hold {
        /// Whether a keyframe has to be asked for. Said once, and again where one came that could
        /// not be used.
        needs_keyframe: bool,
    },
    /// It is not sent, and nothing is missing: padding, late, or not of what the slot shows.
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is shown.
    Paused,
    /// Nothing is shown until a keyframe starts.
    Waiting {
        /// Whether it was said that one is needed.
        is_said: bool,
    },
    /// Parameters were sent, and a keyframe has to follow.
    Opening,
    /// Everything is sent.
    Flowing,
}

const WAITING: Stage = Stage::Waiting { is_said: false };

/// Returns how many of the first bytes of a payload are written for each slot by
/// [`Rewriter::rewrite_head`]. The bytes behind them are the same in all slots, which can share them.
pub fn head_of_payload(codec: Codec, payload: &[u8]) -> usize {
    match codec {
        // It is so short that sharing it costs more than writing it.
        Codec::Opus => payload.len(),
        // The numbers of frames are in the descriptor.
        Codec::Vp8 => Vp8Descriptor::read(payload).map_or(payload.len(), |read| read.length),
        Codec::H264 => 0,
    }
}

/// One slot of one viewer.
///
/// What goes out is one stream: one SSRC, one payload type for a codec, sequence numbers without a hole,
/// timestamps and VP8 frame numbers that go on when the source changes. It has no padding, no
/// header extension and no contributing source: their meaning was agreed with the sender and not
/// with the viewer, and the loudness of a person is nobody's business.
///
/// A viewer cannot get again what the server never got, and shows a still picture for seconds while
/// it tries. So no hole is shown: pictures are held from the gap to the next keyframe, and sound
/// goes on. Nothing that is held is sent later.
///
/// > **Every packet of the source is given, in order, padding included.** A packet that is left out
/// > looks like a gap.
#[derive(Clone, Debug)]
pub struct Rewriter {
    ssrc: u32,
    payload_type: u8,
    /// Codecs whose packets get another one.
    other_types: Vec<(Codec, u8)>,
    next_sequence: u16,
    timestamps: Timestamps,
    pictures: Pictures,
    source: Option<SourceId>,
    order: Order,
    frames: Frames,
    stage: Stage,
}

impl Rewriter {
    /// Makes a slot that shows nothing yet. The first packet gets `first_sequence` and
    /// `first_timestamp`, which should not be guessed (RFC 3550, 5.1).
    pub fn new(ssrc: u32, payload_type: u8, first_sequence: u16, first_timestamp: u32) -> Self {
        Self {
            ssrc,
            payload_type: payload_type & 0x7f,
            other_types: Vec::new(),
            next_sequence: first_sequence,
            timestamps: Timestamps::new(first_timestamp),
            pictures: Pictures::default(),
            source: None,
            order: Order::default(),
            frames: Frames::default(),
            stage: WAITING,
        }
    }

    /// Gives packets of a codec a payload type of their own, where the slot carries several codecs of
    /// one clock rate.
    #[must_use]
    pub fn with_type(mut self, codec: Codec, payload_type: u8) -> Self {
        self.other_types.push((codec, payload_type & 0x7f));
        self
    }

    /// Shows this source from its next keyframe on, and no other. Showing the same again changes
    /// nothing; a paused slot stays paused.
    ///
    /// The caller asks for a keyframe at once: a source that stands still, as a shared screen does,
    /// sends no packet that could say so.
    pub fn switch_to(&mut self, source: SourceId) {
        if self.source == Some(source) {
            return;
        }
        self.source = Some(source);
        self.timestamps.detach();
        self.pictures.detach();
        self.begin();
    }

    /// Shows nothing until [`resume`](Self::resume).
    pub fn pause(&mut self) {
        self.stage = Stage::Paused;
    }

    /// Goes on, with pictures from the next keyframe. The caller asks for one, as in
    /// [`switch_to`](Self::switch_to). Whether packets were given in between does not matter.
    pub fn resume(&mut self) {
        if self.is_paused() {
            self.stage = WAITING;
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.order = Order::default();
        self.frames = Frames::default();
        if !self.is_paused() {
            self.stage = WAITING;
        }
    }

    /// Whether nothing is shown on purpose.
    pub fn is_paused(&self) -> bool {
        self.stage == Stage::Paused
    }

    /// Whether a source is to be shown and has to send a keyframe first. Of sound, its next packet
    /// is one.
    pub fn is_waiting(&self) -> bool {
        self.source.is_some() && matches!(self.stage, Stage::Waiting { .. })
    }

    /// Returns what is shown, or will be.
    pub fn source(&self) -> Option<SourceId> {
        self.source
    }

    /// Decides about a packet, and writes it to `out` where it is forwarded; otherwise `out` is
    /// empty afterwards. It needs [`HEADER_BYTES`] more than the payload, and is never allocated
    /// again where it has room.
    ///
    /// `pts_ns` is the presentation time on a clock that all sources share, in nanoseconds.
    pub fn rewrite(
        &mut self,
        source: SourceId,
        codec: Codec,
        packet: &Packet<'_>,
        pts_ns: u64,
        out: &mut Vec<u8>,
    ) -> Verdict {
        let whole = packet.payload().len();
        self.rewrite_up_to(whole, source, codec, packet, pts_ns, out)
    }

    /// The same, but of the payload only the [head](head_of_payload) is written. What is sent is `out`
    /// with the rest of the payload behind it.
    pub fn rewrite_head(
        &mut self,
        source: SourceId,
        codec: Codec,
        packet: &Packet<'_>,
        pts_ns: u64,
        out: &mut Vec<u8>,
    ) -> Verdict {
        let head = head_of_payload(codec, packet.payload());
        self.rewrite_up_to(head, source, codec, packet, pts_ns, out)
    }

    fn rewrite_up_to(
        &mut self,
        length: usize,
        source: SourceId,
        codec: Codec,
        packet: &Packet<'_>,
        pts_ns: u64,
        out: &mut Vec<u8>,
    ) -> Verdict {
        out.clear();
        if self.source != Some(source) {
            return Verdict::Drop;
        }
        let place = self.order.place(packet.sequence());
        if place == Place::Behind {
            return Verdict::Drop;
        }
        self.frames.follow(place, packet);
        self.notice_gap(codec, place);
        if self.is_paused() || packet.is_padding_only() {
            return Verdict::Drop;
        }
        self.stage = self.stage_at(Start::of(codec, packet.payload()));
        if let Stage::Waiting { is_said } = &mut self.stage {
            let needs_keyframe = !std::mem::replace(is_said, true);
            return Verdict::Hold { needs_keyframe };
        }
        self.write_up_to(length, codec, packet, pts_ns, out);
        Verdict::Forward
    }

    fn notice_gap(&mut self, codec: Codec, place: Place) {
        if place == Place::Restart {
            // Whoever counts anew has begun anew, with other timestamps as well.
            self.timestamps.detach();
            self.pictures.detach();
        }
        let is_gap = matches!(place, Place::Jump | Place::Restart);
        let is_shown = matches!(self.stage, Stage::Opening | Stage::Flowing);
        if is_gap && is_shown && codec.is_video() {
            self.stage = WAITING;
        }
    }

    /// The stage with this packet, which is sent unless it is held.
    fn stage_at(&self, start: Start) -> Stage {
        match (self.stage, start) {
            (Stage::Paused, _) => Stage::Paused,
            (
                stage @ Stage::Waiting { .. },
                Start::Other | Start::Continuation | Start::Unreadable,
            ) => stage,
            (_, Start::Unreadable) => WAITING,
            (Stage::Flowing, _) | (_, Start::Whole) => Stage::Flowing,
            (_, Start::Parameters) => Stage::Opening,
            (Stage::Opening, Start::Picture) => Stage::Flowing,
            (Stage::Opening, Start::Continuation) => Stage::Opening,
            // Parameters in front of a picture that needs others: there was no keyframe.
            (Stage::Opening, Start::Other) => WAITING,
            // Without its beginning it may lack its parameters, which may be others than before.
            (Stage::Waiting { .. }, Start::Picture) if self.frames.is_whole() => Stage::Flowing,
            (Stage::Waiting { .. }, Start::Picture) => WAITING,
        }
    }

    fn write_up_to(
        &mut self,
        length: usize,
        codec: Codec,
        packet: &Packet<'_>,
        pts_ns: u64,
        out: &mut Vec<u8>,
    ) {
        let payload = packet.payload();
        let payload = payload.get(..length).unwrap_or(payload);
        let sequence = self.next_sequence;
        self.next_sequence = sequence.wrapping_add(1);
        let timestamp = self.timestamps.moved(codec, packet.timestamp(), pts_ns);
        let mut others = self.other_types.iter();
        let payload_type = others.find(|(of, _)| *of == codec);
        let payload_type =
            payload_type.map_or(self.payload_type, |(_, payload_type)| *payload_type);
        out.reserve(HEADER_BYTES + payload.len());
        out.extend([PLAIN, u8::from(packet.marker()) << 7 | payload_type]);
        out.extend(sequence.to_be_bytes());
        out.extend(timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend_from_slice(payload);
        if let (Codec::Vp8, Some(payload)) = (codec, out.get_mut(HEADER_BYTES..)) {
            self.pictures.renumber(payload);
        }
    }
}
