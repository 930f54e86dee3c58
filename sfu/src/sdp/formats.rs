//! Reads the formats of a section: `rtpmap`, `fmtp` and `rtcp-fb` of the payload types in its head.

use std::collections::BTreeMap;

use super::{
    Codec, Feedback, Format, H264, Media, Opus, Parameters, ProfileLevelId, SdpError,
    lines::number, section::Head,
};

/// The codecs that a section may use, for errors.
pub(super) const fn supported(media: Media) -> &'static str {
    match media {
        Media::Audio => "opus",
        Media::Video => "VP8 and H264 (baseline, packetization-mode=1)",
    }
}

/// What an `rtpmap` says. Names are in lower case: RFC 8866 does not tell `OPUS` from `opus`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Encoding {
    name: String,
    clock: u32,
    channels: u32,
}

impl Encoding {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let encoding = Self {
            name: parts.next()?.to_ascii_lowercase(),
            clock: number(parts.next()?)?,
            channels: parts.next().map_or(Some(1), number)?,
        };
        parts.next().is_none().then_some(encoding)
    }

    fn codec(&self, media: Media) -> Option<Codec> {
        match (media, self.name.as_str(), self.clock, self.channels) {
            (Media::Audio, "opus", 48_000, 2) => Some(Codec::Opus),
            (Media::Video, "vp8", 90_000, 1) => Some(Codec::Vp8),
            (Media::Video, "h264", 90_000, 1) => Some(Codec::H264),
            _ => None,
        }
    }

    /// Chromium has no RTX for audio, and refuses offers that have.
    fn is_rtx(&self, media: Media) -> bool {
        media == Media::Video && self.name == "rtx" && self.clock == 90_000
    }
}

/// What the payload types of a section mean, and what of it is usable.
pub(super) struct Formats {
    /// In the order of the peer. Never empty.
    pub(super) usable: Vec<Format>,
    meanings: BTreeMap<u8, (Encoding, Option<u8>)>,
}

/// Reads the formats of a section. Retransmissions are left out where `with_rtx` is not set.
pub(super) fn read_formats(head: &Head<'_>, with_rtx: bool) -> Result<Formats, SdpError> {
    let meanings = meanings(head)?;
    let mut usable = Vec::new();
    for payload in &head.payloads {
        let encoding = meanings.get(payload).map(|(encoding, _)| encoding);
        let Some(codec) = encoding.and_then(|encoding| encoding.codec(head.media)) else {
            continue;
        };
        check_dynamic(head, *payload)?;
        usable.extend(format(head, *payload, codec)?);
    }
    if with_rtx {
        add_rtx(head, &meanings, &mut usable)?;
    }
    if usable.is_empty() {
        return Err(SdpError::NoCodec {
            mid: head.mid.clone(),
            offered: names(head, &meanings),
            supported: supported(head.media),
        });
    }
    Ok(Formats { usable, meanings })
}

/// Refuses payload types that mean one thing here and another there: in a bundle they share a
/// transport.
pub(super) fn check_meanings<'a>(
    sections: impl Iterator<Item = &'a Formats>,
) -> Result<(), SdpError> {
    let mut known = BTreeMap::new();
    for (payload, meaning) in sections.flat_map(|section| &section.meanings) {
        if *known.entry(*payload).or_insert(meaning) != meaning {
            return Err(SdpError::PayloadConflict { payload: *payload });
        }
    }
    Ok(())
}

/// The `rtpmap`s of the payload types in the head, with the `apt` of retransmissions.
fn meanings(head: &Head<'_>) -> Result<BTreeMap<u8, (Encoding, Option<u8>)>, SdpError> {
    let mut meanings = BTreeMap::new();
    for value in head.attributes.all("rtpmap") {
        let read = |(payload, encoding)| Some((number::<u8>(payload)?, Encoding::read(encoding)?));
        let (payload, encoding) =
            value
                .split_once(' ')
                .and_then(read)
                .ok_or_else(|| SdpError::Rtpmap {
                    mid: head.mid.clone(),
                })?;
        if !head.payloads.contains(&payload) {
            continue;
        }
        let apt = match encoding.is_rtx(head.media) {
            true => fmtp(head, payload)?.get("apt").and_then(number),
            false => None,
        };
        if meanings.insert(payload, (encoding, apt)).is_some() {
            return Err(repeated(head, payload));
        }
    }
    Ok(meanings)
}

/// Reads a format; nothing where the codec is one of the list, but this variant of it is not.
fn format(head: &Head<'_>, payload: u8, codec: Codec) -> Result<Option<Format>, SdpError> {
    let fmtp = fmtp(head, payload)?;
    let parameters = match codec {
        Codec::Opus => Some(Parameters::Opus(opus(&fmtp))),
        Codec::Vp8 => Some(Parameters::Vp8),
        Codec::H264 => h264(&fmtp).map(Parameters::H264),
    };
    Ok(parameters.map(|parameters| Format {
        payload,
        parameters,
        feedback: feedback(head, payload),
        rtx: None,
    }))
}

fn opus(fmtp: &Fmtp<'_>) -> Opus {
    let shortest = fmtp.get("minptime").and_then(number);
    Opus {
        shortest_packet_ms: shortest.filter(|shortest| (3..=120).contains(shortest)),
        error_correction: fmtp.is_set("useinbandfec"),
        stereo: fmtp.is_set("stereo"),
        sends_stereo: fmtp.is_set("sprop-stereo"),
    }
}

fn h264(fmtp: &Fmtp<'_>) -> Option<H264> {
    if !fmtp.is_set("packetization-mode") {
        return None;
    }
    let profile_level_id = match fmtp.get("profile-level-id") {
        Some(id) => Some(ProfileLevelId::new(id)?),
        None => None,
    };
    Some(H264 {
        profile_level_id,
        level_asymmetry: fmtp.is_set("level-asymmetry-allowed"),
    })
}

fn feedback(head: &Head<'_>, payload: u8) -> Feedback {
    let mut feedback = Feedback::default();
    if head.media == Media::Audio {
        return feedback;
    }
    for value in head.attributes.all("rtcp-fb") {
        let (of, kind) = value.split_once(' ').unwrap_or_default();
        if of != "*" && number(of) != Some(payload) {
            continue;
        }
        match kind {
            "nack" => feedback.nack = true,
            "nack pli" => feedback.pli = true,
            "ccm fir" => feedback.fir = true,
            _ => {}
        }
    }
    feedback
}

fn add_rtx(
    head: &Head<'_>,
    meanings: &BTreeMap<u8, (Encoding, Option<u8>)>,
    usable: &mut [Format],
) -> Result<(), SdpError> {
    for payload in &head.payloads {
        let apt = meanings.get(payload).and_then(|(_, apt)| *apt);
        let format = usable
            .iter_mut()
            .find(|format| Some(format.payload) == apt && format.rtx.is_none());
        if let Some(format) = format {
            check_dynamic(head, *payload)?;
            format.rtx = Some(*payload);
        }
    }
    Ok(())
}

/// Static payload types have a meaning of their own, and 64 to 95 look like RTCP (RFC 5761).
fn check_dynamic(head: &Head<'_>, payload: u8) -> Result<(), SdpError> {
    match payload {
        35..=63 | 96..=127 => Ok(()),
        _ => Err(SdpError::PayloadNumber {
            mid: head.mid.clone(),
            payload,
        }),
    }
}

/// Parameters as names and values.
struct Fmtp<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fmtp<'a> {
    /// The first value: Firefox writes some twice.
    fn get(&self, name: &str) -> Option<&'a str> {
        let named = |(other, _): &&(&str, &str)| other.eq_ignore_ascii_case(name);
        self.0.iter().find(named).map(|(_, value)| *value)
    }

    fn is_set(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }
}

fn fmtp<'a>(head: &Head<'a>, payload: u8) -> Result<Fmtp<'a>, SdpError> {
    let mut of_payload = head.attributes.all("fmtp").filter_map(|value| {
        let (of, parameters) = value.split_once(' ')?;
        (number(of) == Some(payload)).then_some(parameters)
    });
    let parameters = of_payload.next().unwrap_or_default();
    if of_payload.next().is_some() {
        return Err(repeated(head, payload));
    }
    let pairs = parameters.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim(), value.trim()))
    });
    Ok(Fmtp(pairs.collect()))
}

fn repeated(head: &Head<'_>, payload: u8) -> SdpError {
    SdpError::PayloadRepeated {
        mid: head.mid.clone(),
        payload,
    }
}

/// Most names of codecs that an error lists.
const MOST_NAMES: usize = 8;

/// The codecs of a section for an error: only what looks like the name of one.
fn names(head: &Head<'_>, meanings: &BTreeMap<u8, (Encoding, Option<u8>)>) -> String {
    let is_name = |name: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=32).contains(&name.len()) && name.bytes().all(is_allowed)
    };
    let mut names: Vec<&str> = Vec::new();
    for payload in &head.payloads {
        let name = meanings
            .get(payload)
            .map(|(encoding, _)| encoding.name.as_str())
            .filter(|name| is_name(name) && *name != "rtx");
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names.truncate(MOST_NAMES);
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}
