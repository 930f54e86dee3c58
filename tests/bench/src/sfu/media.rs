//! The stream of the presenter, packet by packet, and what receivers look at.
//!
//! Nothing is encoded: a payload begins as VP8 and Opus do, says when it was sent, and ends with zeros.
//! No server that forwards looks further.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Payload types and SSRCs of the presenter. Servers keep the types.
pub(super) const AUDIO_PAYLOAD: u8 = 111;
pub(super) const VIDEO_PAYLOAD: u8 = 96;
pub(super) const AUDIO_SSRC: u32 = 1001;
pub(super) const VIDEO_SSRC: u32 = 2001;

/// The header extension that says how loud a packet is (RFC 6464).
pub(super) const LEVEL_EXTENSION: u8 = 1;

/// 720p at 1.5 Mbit/s: 30 frames a second, each of 6 packets.
pub(super) const FRAMES_PER_SECOND: u32 = 30;
pub(super) const PACKETS_PER_FRAME: u32 = 6;
const VIDEO_BYTES: usize = 1040;

/// Opus at 32 kbit/s: 50 packets a second.
pub(super) const VOICES_PER_SECOND: u32 = 50;
const VOICE_BYTES: usize = 80;

/// All packets of a second.
pub(super) const PACKETS_PER_SECOND: u32 =
    FRAMES_PER_SECOND * PACKETS_PER_FRAME + VOICES_PER_SECOND;

const HEADER_BYTES: usize = 12;

/// Where a payload says when it was sent: behind the descriptor of VP8 (RFC 7741) and the header of a
/// keyframe (RFC 6386, 9.1), and behind the first byte of Opus (RFC 6716, 3.1).
const VIDEO_STAMP: usize = 4 + 10;
const VOICE_STAMP: usize = 1;
const STAMP_BYTES: usize = 8;

/// Payload-specific feedback: of that, a picture that is lost and one that is wanted whole (RFC 4585,
/// RFC 5104).
const FEEDBACK: u8 = 206;
const PICTURE_LOSS: u8 = 1;
const FULL_INTRA: u8 = 4;

/// Writes the packets of the presenter.
#[derive(Default)]
pub(super) struct Stream {
    has_level: bool,
    voices: u32,
    video_packets: u16,
    frames: u32,
}

impl Stream {
    /// Begins. `has_level`: packets say how loud they are, as those of browsers do.
    pub(super) fn new(has_level: bool) -> Self {
        Self {
            has_level,
            ..Self::default()
        }
    }

    /// Writes the next 20 ms of sound.
    pub(super) fn voice(&mut self) -> Vec<u8> {
        let timestamp = self.voices.wrapping_mul(48_000 / VOICES_PER_SECOND);
        let mut packet = header(
            AUDIO_PAYLOAD,
            self.voices as u16,
            timestamp,
            AUDIO_SSRC,
            self.voices == 0,
        );
        if self.has_level {
            packet[0] |= 0x10;
            // One byte for each element (RFC 8285, 4.2): a voice at -20 dB, and padding.
            packet.extend([0xbe, 0xde, 0, 1, LEVEL_EXTENSION << 4, 0x80 | 20, 0, 0]);
        }
        self.voices = self.voices.wrapping_add(1);
        let begin = packet.len();
        packet.resize(begin + VOICE_BYTES, 0);
        // 20 ms of sound over its whole band, from both sides.
        packet[begin] = 0xfc;
        stamp(&mut packet[begin..], VOICE_STAMP);
        packet
    }

    /// Writes one packet of a frame, the first of which is number 0.
    pub(super) fn picture(&mut self, number: u32, is_key: bool) -> Vec<u8> {
        let timestamp = self.frames.wrapping_mul(90_000 / FRAMES_PER_SECOND);
        let is_last = number + 1 == PACKETS_PER_FRAME;
        let sequence = self.video_packets;
        let mut packet = header(VIDEO_PAYLOAD, sequence, timestamp, VIDEO_SSRC, is_last);
        let [high, low] = (self.frames as u16).to_be_bytes();
        let begins = if number == 0 { 0x10 } else { 0 };
        packet.extend([0x80 | begins, 0x80, 0x80 | high, low]);
        let begin = packet.len();
        if number == 0 {
            // Shown, and not to be guessed from the frame before, where it is a keyframe.
            packet.push(if is_key { 0x10 } else { 0x11 });
        }
        if number == 0 && is_key {
            packet.extend([0, 0, 0x9d, 0x01, 0x2a]);
            packet.extend(1280_u16.to_le_bytes());
            packet.extend(720_u16.to_le_bytes());
        }
        let payload = begin - 4;
        packet.resize(payload + VIDEO_BYTES, 0);
        stamp(&mut packet[payload..], VIDEO_STAMP);
        self.video_packets = self.video_packets.wrapping_add(1);
        if is_last {
            self.frames = self.frames.wrapping_add(1);
        }
        packet
    }
}

fn header(payload: u8, sequence: u16, timestamp: u32, ssrc: u32, marker: bool) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES + 8 + VIDEO_BYTES);
    header.extend([0x80, u8::from(marker) << 7 | payload]);
    header.extend(sequence.to_be_bytes());
    header.extend(timestamp.to_be_bytes());
    header.extend(ssrc.to_be_bytes());
    header
}

fn stamp(payload: &mut [u8], at: usize) {
    payload[at..at + STAMP_BYTES].copy_from_slice(&since_epoch().to_be_bytes());
}

/// The clock that the kernel stamps what arrives with, in nanoseconds.
pub(super) fn since_epoch() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or(Duration::ZERO).as_nanos()).unwrap_or(u64::MAX)
}

/// What can be read of a packet without its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) payload: u8,
    pub(super) sequence: u16,
    pub(super) ssrc: u32,
}

impl Head {
    /// Reads the head of an RTP packet. None for RTCP and everything else (RFC 5761).
    pub(super) fn read(datagram: &[u8]) -> Option<Self> {
        let head = datagram.get(..HEADER_BYTES)?;
        let is_rtp = head[0] >> 6 == 2 && !is_rtcp(head);
        is_rtp.then(|| Self {
            payload: head[1] & 0x7f,
            sequence: u16::from_be_bytes([head[2], head[3]]),
            ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
        })
    }
}

/// Whether a datagram is RTCP.
pub(super) fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [first, 192..=223, ..] if first >> 6 == 2)
}

/// Returns when a packet was sent, by what its payload says. None where it is none of the presenter's.
pub(super) fn sent_at(packet: &[u8]) -> Option<u64> {
    let head = Head::read(packet)?;
    let mut payload = HEADER_BYTES + 4 * usize::from(packet[0] & 0x0f);
    if packet[0] & 0x10 != 0 {
        let words = packet.get(payload + 2..payload + 4)?;
        payload += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    let at = match head.payload {
        AUDIO_PAYLOAD => payload + VOICE_STAMP,
        VIDEO_PAYLOAD => payload + VIDEO_STAMP,
        _ => return None,
    };
    let stamp = packet.get(at..at + STAMP_BYTES)?;
    Some(u64::from_be_bytes(stamp.try_into().ok()?))
}

/// Whether RTCP asks for a keyframe.
pub(super) fn wants_keyframe(mut compound: &[u8]) -> bool {
    while let [first, kind, high, low, ..] = compound {
        let is_wish = matches!(first & 0x1f, PICTURE_LOSS | FULL_INTRA);
        if *kind == FEEDBACK && is_wish {
            return true;
        }
        let length = 4 * (usize::from(u16::from_be_bytes([*high, *low])) + 1);
        compound = compound.get(length..).unwrap_or_default();
    }
    false
}

/// What a receiver reports about one stream (RFC 3550, 6.4.1).
pub(super) struct Report {
    pub(super) ssrc: u32,
    /// Share of packets that were lost since the last report, in 256ths.
    pub(super) fraction: u8,
    /// All that were lost.
    pub(super) lost: u32,
    /// The highest sequence number, with how often it began anew above it.
    pub(super) highest: u32,
}

/// Writes the report of a receiver, in a packet with its name (RFC 3550, 6.1).
pub(super) fn receiver_report(ssrc: u32, reports: &[Report]) -> Vec<u8> {
    const RECEIVER_REPORT: u8 = 201;
    const SOURCE_DESCRIPTION: u8 = 202;
    let words = 1 + 6 * reports.len() as u16;
    let mut packet = vec![0x80 | reports.len() as u8, RECEIVER_REPORT];
    packet.extend(words.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    for report in reports {
        packet.extend(report.ssrc.to_be_bytes());
        packet
            .extend(((u32::from(report.fraction) << 24) | (report.lost & 0xff_ffff)).to_be_bytes());
        packet.extend(report.highest.to_be_bytes());
        // No jitter, and no report of the sender that is answered.
        packet.extend([0; 12]);
    }
    packet.extend([0x81, SOURCE_DESCRIPTION, 0, 3]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(b"\x01\x05bench\0");
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_say_when_they_were_sent_and_have_the_size_of_the_bitrate() {
        let before = since_epoch();
        let mut stream = Stream::new(true);
        let voice = stream.voice();
        assert_eq!(voice.len(), HEADER_BYTES + 8 + VOICE_BYTES);
        assert!(sent_at(&voice).is_some_and(|at| at >= before));
        for is_key in [true, false] {
            for number in 0..PACKETS_PER_FRAME {
                let picture = stream.picture(number, is_key);
                assert_eq!(picture.len(), HEADER_BYTES + VIDEO_BYTES);
                assert!(sent_at(&picture).is_some_and(|at| at >= before));
            }
        }
        let bits = VIDEO_BYTES * 8 * (FRAMES_PER_SECOND * PACKETS_PER_FRAME) as usize;
        assert!((1_490_000..=1_510_000).contains(&bits));
    }

    #[test]
    fn a_frame_is_whole_and_the_next_one_follows() {
        let mut stream = Stream::new(false);
        let frame = |stream: &mut Stream, is_key| -> Vec<Vec<u8>> {
            let packets = 0..PACKETS_PER_FRAME;
            packets
                .map(|number| stream.picture(number, is_key))
                .collect()
        };
        let (first, second) = (frame(&mut stream, true), frame(&mut stream, false));
        let markers = first.iter().filter(|packet| packet[1] & 0x80 != 0);
        assert_eq!(markers.count(), 1);
        // The start of the first partition, the number of the picture, and whether it is a keyframe.
        assert_eq!(
            first[0][HEADER_BYTES..HEADER_BYTES + 5],
            [0x90, 0x80, 0x80, 0, 0x10]
        );
        assert_eq!(
            second[0][HEADER_BYTES..HEADER_BYTES + 5],
            [0x90, 0x80, 0x80, 1, 0x11]
        );
        assert_eq!(first[1][HEADER_BYTES], 0x80);
        assert_eq!(first[5][4..8], first[0][4..8]);
        assert_ne!(second[0][4..8], first[0][4..8]);
        let sequence = |packet: &[u8]| Head::read(packet).map(|head| head.sequence);
        assert_eq!(
            (sequence(&first[5]), sequence(&second[0])),
            (Some(5), Some(6))
        );
    }

    #[test]
    fn requests_for_keyframes_are_found_behind_reports() {
        let report = Report {
            ssrc: VIDEO_SSRC,
            fraction: 0,
            lost: 0,
            highest: 9,
        };
        let mut compound = receiver_report(1, &[report]);
        assert_eq!(compound.len() % 4, 0);
        assert!(is_rtcp(&compound) && Head::read(&compound).is_none());
        assert!(!wants_keyframe(&compound));
        compound.extend([0x81, FEEDBACK, 0, 2, 0, 0, 0, 1, 0, 0, 0x07, 0xd1]);
        assert!(wants_keyframe(&compound));
        assert!(!wants_keyframe(&[0x81, FEEDBACK, 0xff]));
    }
}
