//! Sections: their heads, their order in the bundle, and what they become.

use std::{collections::BTreeSet, fmt};

use super::{
    Codec, Format, Limits, MOST_PAYLOADS, MOST_SECTIONS, SdpError,
    lines::{Attributes, RawDescription, RawSection, number},
};

/// What a section carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

impl Media {
    /// Returns the word of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

/// The name of a section: 1 to 16 letters of ASCII, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mid(String);

impl Mid {
    /// Returns the name, or nothing where it is none.
    pub fn new(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_mid = (1..=16).contains(&text.len()) && text.bytes().all(is_allowed);
        is_mid.then(|| Self(text.to_owned()))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The direction of a section, seen from the peer. A peer that offers both ways is read as what it is
/// for: one that publishes sends, since nothing is sent to it there, and one that plays receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The peer sends.
    SendOnly,
    /// The peer receives.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Returns the word of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// What a section sends: packets belong to the section of their SSRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// SSRC of the media, not 0, unique in the text.
    pub ssrc: u32,
    /// SSRC of its retransmissions. There is one exactly if a format has a payload type for them.
    pub rtx: Option<u32>,
}

/// A section as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, unique in the text.
    pub mid: Mid,
    /// What it carries.
    pub media: Media,
    /// Who sends.
    pub direction: Direction,
    /// What it can be encoded in, at least one; the peer's favourite first.
    pub formats: Vec<Format>,
    /// What it sends, if the peer does send.
    pub sending: Option<Sending>,
    /// Whether the peer takes RTCP packets that are not compound (RFC 5506).
    pub reduced_rtcp: bool,
    /// Id 1 to 14 of the header extension that tells how loud a packet is (RFC 6464).
    pub audio_level: Option<u8>,
}

impl Section {
    /// Returns the best format: of the codec that stands first in `prefer`, and of several of that
    /// codec the constrained baseline of H.264, then the peer's favourite.
    pub fn choose(&self, prefer: &[Codec]) -> Option<&Format> {
        prefer.iter().find_map(|codec| {
            let of_codec = self
                .formats
                .iter()
                .filter(|format| format.codec() == *codec);
            // The first one of the lowest.
            of_codec.min_by_key(|format| !format.parameters.is_best_of_its_codec())
        })
    }

    /// Leaves one format, and no retransmissions where that one has none.
    pub(super) fn keep(&mut self, format: Format) {
        if let Some(sending) = &mut self.sending {
            sending.rtx = sending.rtx.filter(|_| format.rtx.is_some());
        }
        self.formats = vec![format];
    }
}

/// The head of a section, beside its attributes.
pub(super) struct Head<'a> {
    pub(super) mid: Mid,
    pub(super) media: Media,
    /// All payload types of the `m=` line, each once.
    pub(super) payloads: Vec<u8>,
    pub(super) attributes: &'a Attributes<'a>,
}

/// Reads the heads of all sections and checks that they are one bundle.
pub(super) fn heads<'a>(
    raw: &'a RawDescription<'a>,
    limits: &Limits,
) -> Result<Vec<Head<'a>>, SdpError> {
    let limit = limits.sections.min(MOST_SECTIONS);
    if raw.sections.is_empty() {
        return Err(SdpError::NoSections);
    }
    if raw.sections.len() > limit {
        return Err(SdpError::TooManySections { limit });
    }
    let numbered = raw.sections.iter().zip(0..);
    let heads: Vec<Head<'a>> = numbered
        .map(|(section, number)| head(section, number))
        .collect::<Result<_, _>>()?;
    let mut mids = BTreeSet::new();
    for head in &heads {
        if !mids.insert(&head.mid) {
            return Err(SdpError::MidRepeated {
                mid: head.mid.clone(),
            });
        }
    }
    check_bundle(&raw.session, &heads)?;
    Ok(heads)
}

fn head<'a>(raw: &'a RawSection<'a>, section: usize) -> Result<Head<'a>, SdpError> {
    let mut words = raw.media_line.split(' ');
    let media = media(words.next().unwrap_or_default(), section)?;
    let port = words.next().and_then(number::<u16>);
    let port = port.ok_or(SdpError::MediaLine { section })?;
    if words.next() != Some("UDP/TLS/RTP/SAVPF") {
        return Err(SdpError::Profile { section });
    }
    let mid = raw.attributes.single("mid")?.and_then(Mid::new);
    let mid = mid.ok_or(SdpError::NoMid { section })?;
    // A port of 0 with `bundle-only` means "only in the bundle", and the first section carries it.
    let is_carried = section > 0 && raw.attributes.has("bundle-only");
    if port == 0 && !is_carried {
        return Err(SdpError::Rejected { mid });
    }
    Ok(Head {
        payloads: payloads(words, &mid, section)?,
        mid,
        media,
        attributes: &raw.attributes,
    })
}

pub(super) fn media(word: &str, section: usize) -> Result<Media, SdpError> {
    match word {
        "audio" => Ok(Media::Audio),
        "video" => Ok(Media::Video),
        "application" => Err(SdpError::DataChannel { section }),
        _ => Err(SdpError::Kind { section }),
    }
}

fn payloads<'a>(
    words: impl Iterator<Item = &'a str>,
    mid: &Mid,
    section: usize,
) -> Result<Vec<u8>, SdpError> {
    let mut payloads = Vec::new();
    for word in words {
        let payload = number(word).filter(|payload: &u8| *payload < 128);
        let payload = payload.ok_or(SdpError::MediaLine { section })?;
        if payloads.contains(&payload) {
            return Err(SdpError::PayloadRepeated {
                mid: mid.clone(),
                payload,
            });
        }
        if payloads.len() == MOST_PAYLOADS {
            return Err(SdpError::TooManyPayloads {
                section,
                limit: MOST_PAYLOADS,
            });
        }
        payloads.push(payload);
    }
    match payloads.is_empty() {
        true => Err(SdpError::MediaLine { section }),
        false => Ok(payloads),
    }
}

/// The first section is the one that carries the bundle (RFC 8843, "tagged"), so the order counts.
fn check_bundle(session: &Attributes<'_>, heads: &[Head<'_>]) -> Result<(), SdpError> {
    let mut groups = session
        .all("group")
        .filter_map(|group| group.strip_prefix("BUNDLE "));
    let bundle = groups.next().ok_or(SdpError::Bundle)?;
    let mids = heads.iter().map(|head| head.mid.as_str());
    match groups.next().is_none() && bundle.split(' ').eq(mids) {
        true => Ok(()),
        false => Err(SdpError::Bundle),
    }
}

/// A direction as it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// Reads the direction of a section: its own, that of the session, or both ways.
pub(super) fn written_direction(
    session: &Attributes<'_>,
    section: &Attributes<'_>,
) -> Result<Written, SdpError> {
    let own = one_direction(section)?;
    Ok(own.or(one_direction(session)?).unwrap_or(Written::SendRecv))
}

fn one_direction(attributes: &Attributes<'_>) -> Result<Option<Written>, SdpError> {
    let words = [
        ("sendrecv", Written::SendRecv),
        ("sendonly", Written::SendOnly),
        ("recvonly", Written::RecvOnly),
        ("inactive", Written::Inactive),
    ];
    let mut found = words
        .into_iter()
        .filter(|(word, _)| attributes.has(word))
        .map(|(_, written)| written);
    let first = found.next();
    match found.next() {
        Some(_) => Err(SdpError::Repeated {
            attribute: "sendrecv, sendonly, recvonly or inactive",
        }),
        None => Ok(first),
    }
}

/// URI of the one header extension that is kept (RFC 6464).
pub(super) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// Reads the id of the audio level; those that need headers of two bytes are dropped.
pub(super) fn audio_level(attributes: &Attributes<'_>) -> Option<u8> {
    attributes.all("extmap").find_map(|extension| {
        let (id, rest) = extension.split_once(' ')?;
        let uri = rest.split(' ').next()?;
        // `1/sendonly` restricts the direction.
        let id = id.split('/').next().and_then(number::<u8>)?;
        (uri == AUDIO_LEVEL && (1..=14).contains(&id)).then_some(id)
    })
}
