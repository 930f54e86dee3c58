//! From the packets of a track to its pictures, still encoded. Only what a decoder can show without
//! a mistake goes on: whole pictures, from a keyframe on, without a hole.

use scrim_ingest::log::{Codec, timing::Unwrapper};

use super::{
    feed::{Came, Packet, Timed},
    payload,
};

/// No picture has more bytes: 4 MiB. A keyframe of a screen in full HD has some hundred thousand.
const MOST_BYTES: usize = 4 << 20;

/// What happens to the pictures of a track. Times are nanoseconds of the room, never backwards.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: i64,
    pub(super) what: Change,
}

#[derive(Debug)]
pub(super) enum Change {
    /// A picture is shown.
    Picture(Encoded),
    /// Pictures are missing; the next one is a keyframe.
    Lost,
    /// Nothing was recorded from here on; the next picture is a keyframe.
    Paused,
}

/// A picture as it was sent.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) is_key: bool,
    pub(super) packets: Vec<Vec<u8>>,
}

impl Encoded {
    pub(super) fn bytes(&self) -> usize {
        self.packets.iter().map(Vec::len).sum()
    }
}

/// Puts pictures together.
pub(super) struct Gathering {
    codec: Codec,
    sequences: Unwrapper,
    /// Place and RTP time of the last packet.
    last: Option<(i64, i64)>,
    open: Option<Open>,
    needs_key: bool,
    /// When the last step was.
    at: i64,
}

/// A picture that is not complete yet.
struct Open {
    at: i64,
    rtp: i64,
    picture: Encoded,
    bytes: usize,
    /// Whether the parameters of the sequence came first, where the codec has some.
    has_parameters: bool,
}

impl Gathering {
    pub(super) const fn new(codec: Codec) -> Self {
        Self {
            codec,
            sequences: Unwrapper::sequences(),
            last: None,
            open: None,
            needs_key: true,
            at: i64::MIN,
        }
    }

    /// Takes what came next.
    pub(super) fn take(&mut self, timed: Timed, out: &mut impl Extend<Step>) {
        match timed.what {
            Came::Packet(packet) => self.packet(timed.at, packet, out),
            Came::Lost => self.lose(timed.at, out),
            Came::Paused => {
                self.open = None;
                self.needs_key = true;
                // Whatever comes next does not follow what came before.
                self.sequences = Unwrapper::sequences();
                self.last = None;
                self.put(timed.at, Change::Paused, out);
            }
        }
    }

    fn packet(&mut self, at: i64, packet: Packet, out: &mut impl Extend<Step>) {
        let place = self.sequences.follow(packet.sequence().into());
        if let Some((last, last_rtp)) = self.last {
            if place <= last && packet.rtp <= last_rtp {
                // Twice, or too late.
                return;
            }
            if place != last + 1 {
                self.lose(at, out);
            }
        }
        self.last = Some((place, packet.rtp));
        if packet.payload().is_empty() {
            // Sent to probe the network.
            return;
        }
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.rtp != packet.rtp)
        {
            self.close(out);
        }
        let is_last = packet.is_marked();
        let open = self.open.get_or_insert_with(|| Open {
            at,
            rtp: packet.rtp,
            picture: Encoded {
                is_key: false,
                packets: Vec::new(),
            },
            bytes: 0,
            has_parameters: false,
        });
        open.bytes += packet.bytes.len();
        open.look(self.codec, packet.payload());
        open.picture.packets.push(packet.bytes);
        if open.bytes > MOST_BYTES {
            self.lose(at, out);
        } else if is_last {
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut impl Extend<Step>) {
        let Some(open) = self.open.take() else {
            return;
        };
        if self.needs_key && !open.picture.is_key {
            return;
        }
        self.needs_key = false;
        self.put(open.at, Change::Picture(open.picture), out);
    }

    fn lose(&mut self, at: i64, out: &mut impl Extend<Step>) {
        self.open = None;
        if !self.needs_key {
            self.needs_key = true;
            self.put(at, Change::Lost, out);
        }
    }

    fn put(&mut self, at: i64, what: Change, out: &mut impl Extend<Step>) {
        self.at = self.at.max(at);
        out.extend([Step { at: self.at, what }]);
    }
}

impl Open {
    /// Finds out whether decoding can begin with this picture: all that it needs is in it, and its
    /// beginning was not lost.
    fn look(&mut self, codec: Codec, payload: &[u8]) {
        match codec {
            Codec::Vp8 => {
                self.picture.is_key |=
                    self.picture.packets.is_empty() && payload::begins_vp8_keyframe(payload);
            }
            Codec::H264 => {
                let (has_parameters, has_keyframe) = payload::h264_units(payload);
                self.has_parameters |= has_parameters;
                self.picture.is_key |= self.has_parameters && has_keyframe;
            }
            Codec::Opus => {}
        }
    }
}
