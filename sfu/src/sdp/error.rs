//! Why SDP is refused.

use super::Mid;

/// SDP of a peer is refused. Nothing of it is used.
///
/// Texts of peers are never copied into an error, but for [`Mid`]s and names of codecs, which are
/// short and made of letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdpError {
    /// The text is too long.
    #[error("the SDP is longer than {limit} bytes")]
    TooLong {
        /// Most bytes.
        limit: usize,
    },
    /// A line is too long.
    #[error("line {line} of the SDP is longer than {limit} bytes")]
    LineTooLong {
        /// Number of the line, from 1.
        line: usize,
        /// Most bytes.
        limit: usize,
    },
    /// A line has characters that are not printable, or not ASCII.
    #[error("line {line} of the SDP has characters that are not allowed")]
    Character {
        /// Number of the line, from 1.
        line: usize,
    },
    /// A line is not of the form `a=…`, or begins with an unknown letter.
    #[error("line {line} of the SDP is none")]
    Line {
        /// Number of the line, from 1.
        line: usize,
    },
    /// The text does not begin with `v=0`, or says it again.
    #[error("the SDP does not begin with v=0, or has several of them")]
    Version,
    /// An attribute that may be there once is there several times.
    #[error("the attribute {attribute} is there several times in one place")]
    Repeated {
        /// Name of the attribute.
        attribute: &'static str,
    },
    /// There are no sections.
    #[error("the SDP has no media section")]
    NoSections,
    /// There are too many sections.
    #[error("the SDP has more than {limit} media sections")]
    TooManySections {
        /// Most sections.
        limit: usize,
    },
    /// An `m=` line cannot be read.
    #[error("the m= line of section {section} is malformed")]
    MediaLine {
        /// Number of the section, from 0.
        section: usize,
    },
    /// A section is neither audio nor video.
    #[error("section {section} is neither audio nor video")]
    Kind {
        /// Number of the section, from 0.
        section: usize,
    },
    /// A section asks for a data channel.
    #[error("section {section} is a data channel; Scrim has none")]
    DataChannel {
        /// Number of the section, from 0.
        section: usize,
    },
    /// A section uses another transport than the one that browsers use.
    #[error("section {section} does not use UDP/TLS/RTP/SAVPF")]
    Profile {
        /// Number of the section, from 0.
        section: usize,
    },
    /// A section lists too many payload types.
    #[error("section {section} lists more than {limit} payload types")]
    TooManyPayloads {
        /// Number of the section, from 0.
        section: usize,
        /// Most payload types.
        limit: usize,
    },
    /// A section has no mid, or one that is not 1 to 16 letters, digits, `-` and `_`.
    #[error("section {section} has no usable mid")]
    NoMid {
        /// Number of the section, from 0.
        section: usize,
    },
    /// Two sections have the same mid.
    #[error("several sections have the mid {mid}")]
    MidRepeated {
        /// The mid.
        mid: Mid,
    },
    /// A section is rejected by its port.
    #[error("section {mid} is rejected by its port")]
    Rejected {
        /// The section.
        mid: Mid,
    },
    /// There is not exactly one BUNDLE group of all sections, in their order.
    #[error("there has to be one BUNDLE group with all sections in their order")]
    Bundle,
    /// RTP and RTCP are not multiplexed.
    #[error("rtcp-mux is missing")]
    RtcpMux,
    /// The peer does not do ICE itself.
    #[error("ice-lite is not supported")]
    IceLite,
    /// ICE credentials are missing or malformed.
    #[error("ice-ufrag or ice-pwd is missing or malformed")]
    Credentials,
    /// No fingerprint is of the kind that is checked.
    #[error("there is no sha-256 fingerprint")]
    NoFingerprint,
    /// A fingerprint cannot be read.
    #[error("a fingerprint is malformed")]
    FingerprintMalformed,
    /// A fingerprint is of a kind that is weak or unknown.
    #[error("a fingerprint is neither sha-256, sha-384 nor sha-512")]
    FingerprintHash,
    /// There are too many fingerprints, or several of the kind that is checked.
    #[error("there are too many fingerprints, or several of sha-256")]
    TooManyFingerprints,
    /// The role in DTLS is missing, unknown or not possible here.
    #[error("the attribute setup is missing, or not possible here")]
    Setup,
    /// A section of the bundle has a transport of its own.
    #[error("section {mid} has another {attribute} than the first one of the bundle")]
    TransportDiffers {
        /// The section.
        mid: Mid,
        /// What differs.
        attribute: &'static str,
    },
    /// A section has a direction that is not possible here.
    #[error("section {mid} has to be {expected}")]
    Direction {
        /// The section.
        mid: Mid,
        /// What it has to be.
        expected: &'static str,
    },
    /// A player wants several sections of a kind.
    #[error(
        "there are several sections for {kind}; a player gets one for sound and one for pictures"
    )]
    SeveralTracks {
        /// `audio` or `video`.
        kind: &'static str,
    },
    /// A payload type is there several times in a section.
    #[error("payload type {payload} is there several times in section {mid}")]
    PayloadRepeated {
        /// The section.
        mid: Mid,
        /// The payload type.
        payload: u8,
    },
    /// An `rtpmap` cannot be read.
    #[error("an rtpmap of section {mid} is malformed")]
    Rtpmap {
        /// The section.
        mid: Mid,
    },
    /// A codec of the list is on a payload type that is not dynamic.
    #[error("payload type {payload} of section {mid} is neither in 35..=63 nor in 96..=127")]
    PayloadNumber {
        /// The section.
        mid: Mid,
        /// The payload type.
        payload: u8,
    },
    /// A payload type means different codecs in different sections.
    #[error("payload type {payload} means different codecs in different sections")]
    PayloadConflict {
        /// The payload type.
        payload: u8,
    },
    /// No codec of a section is on the list.
    #[error("section {mid} has no usable codec: it has {offered}, supported is {supported}")]
    NoCodec {
        /// The section.
        mid: Mid,
        /// Names of codecs that it has, or `none`.
        offered: String,
        /// Names of codecs that are supported.
        supported: &'static str,
    },
    /// A section sends several layers or several sources.
    #[error("section {mid} sends several layers or sources; send one, without simulcast")]
    Simulcast {
        /// The section.
        mid: Mid,
    },
    /// A section sends and does not say what: packets could not be told from those of others.
    #[error("section {mid} sends without an a=ssrc line that has a cname")]
    NoSource {
        /// The section.
        mid: Mid,
    },
    /// A line about sources is malformed.
    #[error("an a=ssrc or a=ssrc-group line of section {mid} is malformed")]
    Source {
        /// The section.
        mid: Mid,
    },
    /// Two sections, or two sources of one, have the same SSRC.
    #[error("section {mid} uses an SSRC that is already used")]
    SourceRepeated {
        /// The second section.
        mid: Mid,
    },
    /// There are too many candidates.
    #[error("there are more than {limit} candidates")]
    TooManyCandidates {
        /// Most candidates.
        limit: usize,
    },
    /// A candidate cannot be read.
    #[error("a candidate is malformed")]
    Candidate,
    /// An answer has another number of sections than the offer.
    #[error("the answer has {found} sections, the offer {expected}")]
    SectionCount {
        /// Sections of the answer.
        found: usize,
        /// Sections of the offer.
        expected: usize,
    },
    /// An answer has another section in a place than the offer.
    #[error("section {section} of the answer is not the one of the offer")]
    SectionDiffers {
        /// Number of the section, from 0.
        section: usize,
    },
    /// An answer has a payload type that the offer does not have, or has for another codec.
    #[error("payload type {payload} of section {mid} was not offered like that")]
    NotOffered {
        /// The section.
        mid: Mid,
        /// The payload type.
        payload: u8,
    },
}
