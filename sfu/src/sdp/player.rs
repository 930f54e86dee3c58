//! What a player is sent, by WHEP (draft-ietf-wish-whep-03): one stream, with one section for sound and
//! one for pictures at most.

use super::{
    Codec, Direction, Feedback, Format, Media, Offer, Rework, SdpError,
    ours::{finish, parts, sections},
    write::write_format,
};

/// Codecs of a section, the one first that webrtcbin negotiates.
const PREFERRED: [Codec; 3] = [Codec::Opus, Codec::Vp8, Codec::H264];

/// A section of a player's offer that is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// What it carries.
    pub media: Media,
    /// One format for each codec that the player takes, at least one. The first is what webrtcbin
    /// negotiates.
    pub formats: Vec<Format>,
}

impl Offer {
    /// Returns what of the offer of a player is sent to, sound before pictures.
    ///
    /// # Errors
    ///
    /// [`SdpError::SeveralTracks`] if the player wants two of a kind: there is one programme.
    pub fn played(&self) -> Result<Vec<Played>, SdpError> {
        let mut played: Vec<Played> = Vec::new();
        let sent = |direction| direction == Direction::RecvOnly;
        for section in self.sections.iter().filter(|one| sent(one.direction)) {
            let media = section.media;
            if played.iter().any(|one| one.media == media) {
                return Err(SdpError::SeveralTracks { kind: media.name() });
            }
            let formats = PREFERRED.iter();
            let formats = formats.filter_map(|codec| section.choose(&[*codec]).cloned());
            played.push(Played {
                media,
                formats: formats.map(repaired).collect(),
            });
        }
        played.sort_by_key(|one| one.media);
        Ok(played)
    }
}

/// What is lost is sent again in packets of another payload type, or not at all.
fn repaired(format: Format) -> Format {
    Format {
        feedback: Feedback {
            nack: format.feedback.nack && format.rtx.is_some(),
            ..format.feedback
        },
        ..format
    }
}

/// Changes the answer to a player.
///
/// webrtcbin negotiates one codec in a section. The others that the player takes are added, so that
/// what it plays may come from a browser now and from an encoder later. The stream is named for the
/// section as well (RFC 8830), and not for its SSRCs alone.
pub fn rework_play_answer(text: &str, rework: &Rework, played: &[Played]) -> String {
    let mut parts = parts(text);
    for section in sections(&mut parts) {
        let Some(stream) = section.iter().find_map(|line| stream(line)) else {
            continue;
        };
        section.push(format!("a=msid:{stream}"));
        let is_it = |one: &&Played| section[0].starts_with(&format!("m={} ", one.media.name()));
        let formats = played.iter().find(is_it).map(|one| one.formats.as_slice());
        for format in formats.unwrap_or_default().iter().skip(1) {
            for payload in [Some(format.payload), format.rtx].into_iter().flatten() {
                section[0].push_str(&format!(" {payload}"));
            }
            write_format(section, format);
        }
    }
    finish(parts, rework)
}

/// The stream and the track that an SSRC belongs to, in the old way.
fn stream(line: &str) -> Option<String> {
    let (_, stream) = line.strip_prefix("a=ssrc:")?.split_once(" msid:")?;
    Some(stream.to_owned())
}
