//! Codecs, and the formats that a section may have.

use std::fmt;

pub use crate::codec::Codec;

/// One way to encode a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// Payload type of RTP, 35 to 63 or 96 to 127.
    pub payload: u8,
    /// The codec and its parameters.
    pub parameters: Parameters,
    /// What receivers may ask for.
    pub feedback: Feedback,
    /// Payload type of its retransmissions. Only video has some.
    pub rtx: Option<u8>,
}

impl Format {
    /// Returns the codec.
    pub const fn codec(&self) -> Codec {
        match self.parameters {
            Parameters::Opus(_) => Codec::Opus,
            Parameters::Vp8 => Codec::Vp8,
            Parameters::H264(_) => Codec::H264,
        }
    }
}

/// Feedback that receivers may send for video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    /// Lost packets may be asked for.
    pub nack: bool,
    /// A keyframe may be asked for by PLI.
    pub pli: bool,
    /// A keyframe may be asked for by FIR.
    pub fir: bool,
}

/// A codec with the parameters that are known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// Opus.
    Opus(Opus),
    /// VP8, of which none matters.
    Vp8,
    /// H.264.
    H264(H264),
}

impl Parameters {
    /// Whether every browser decodes this variant of the codec.
    pub(super) fn is_best_of_its_codec(&self) -> bool {
        match self {
            Self::H264(h264) => h264
                .profile_level_id
                .is_some_and(ProfileLevelId::is_constrained_baseline),
            Self::Opus(_) | Self::Vp8 => true,
        }
    }
}

/// Writes what follows the payload type in `fmtp`; nothing where there are no parameters.
impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opus(opus) => opus.fmt(f),
            Self::Vp8 => Ok(()),
            Self::H264(h264) => h264.fmt(f),
        }
    }
}

/// Parameters of Opus (RFC 7587).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opus {
    /// Shortest packet that the peer wants to receive, 3 to 120 ms.
    pub shortest_packet_ms: Option<u8>,
    /// The peer makes use of forward error correction in the packets.
    pub error_correction: bool,
    /// The peer wants to receive stereo.
    pub stereo: bool,
    /// The peer will send stereo.
    pub sends_stereo: bool,
}

impl fmt::Display for Opus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(shortest) = self.shortest_packet_ms {
            write!(f, "minptime={shortest}")?;
            separator = ";";
        }
        let flags = [
            (self.error_correction, "useinbandfec"),
            (self.stereo, "stereo"),
            (self.sends_stereo, "sprop-stereo"),
        ];
        for (_, name) in flags.into_iter().filter(|(is_set, _)| *is_set) {
            write!(f, "{separator}{name}=1")?;
            separator = ";";
        }
        Ok(())
    }
}

/// Parameters of H.264 (RFC 6184). The packetization mode is always 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H264 {
    /// Profile and level, where the peer states them. webrtcbin's own texts may lack them.
    pub profile_level_id: Option<ProfileLevelId>,
    /// The peer may send another level than it receives.
    pub level_asymmetry: bool,
}

impl fmt::Display for H264 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.level_asymmetry {
            f.write_str("level-asymmetry-allowed=1;")?;
        }
        f.write_str("packetization-mode=1")?;
        match self.profile_level_id {
            Some(id) => write!(f, ";profile-level-id={id}"),
            None => Ok(()),
        }
    }
}

/// A `profile-level-id` of H.264 in the baseline profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileLevelId {
    constraints: u8,
    level: u8,
}

impl ProfileLevelId {
    /// `profile_idc` of the baseline profile.
    const BASELINE: u8 = 0x42;
    /// `constraint_set1_flag`: what is sent can be decoded as main profile as well.
    const CONSTRAINED: u8 = 0x40;

    /// Returns the id in six hexadecimal digits, or nothing where it is none or of another profile.
    pub fn new(text: &str) -> Option<Self> {
        let is_hex = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_hex.then(|| u32::from_str_radix(text, 16).ok())??;
        let [_, profile, constraints, level] = number.to_be_bytes();
        (profile == Self::BASELINE).then_some(Self { constraints, level })
    }

    /// Whether this is the constrained baseline profile, which every browser decodes.
    pub const fn is_constrained_baseline(self) -> bool {
        self.constraints & Self::CONSTRAINED != 0
    }

    /// Returns ten times the level, for instance 31.
    pub const fn level(self) -> u8 {
        self.level
    }
}

/// Writes six hexadecimal digits.
impl fmt::Display for ProfileLevelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (constraints, level) = (self.constraints, self.level);
        write!(f, "{:02x}{constraints:02x}{level:02x}", Self::BASELINE)
    }
}
