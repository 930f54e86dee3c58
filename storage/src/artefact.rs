//! What an artefact is for.

use std::{fmt, str::FromStr};

use scrim_policy::Kind;
use serde::{Deserialize, Serialize};

/// What an artefact holds.
///
/// Published kinds are what users get, at most one of each per recording. Raw kinds are what
/// recordings are made from and what was said about them; users never get them. Working kinds are what stages leave for
/// each other; they are deleted once a recording is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArtefactKind {
    /// The redacted recording, MP4.
    Recording,
    /// The transcript as plain text.
    TranscriptTxt,
    /// The transcript as WebVTT.
    TranscriptVtt,
    /// The transcript as SubRip.
    TranscriptSrt,
    /// The transcript as JSON with word times.
    TranscriptJson,
    /// The leak report for machines.
    ReportJson,
    /// The leak report for people.
    ReportHtml,
    /// The signed proof.
    Proof,
    /// What a recording that came from another Scrim was imported as, signed.
    ImportProof,
    /// Raw: a file as it was taken in.
    Original,
    /// Raw: the own tracks of one participant.
    Layer,
    /// Raw: what one participant wrote in a live session.
    Chat,
    /// Raw: what happened in a live session, signed.
    Timeline,
    /// Raw: who took part and agreed to what, JSON.
    Attendance,
    /// Raw: why people have decided about a recording, JSON.
    Review,
    /// Working: one rendered segment of the picture.
    Segment,
    /// Working: the rendered audio.
    Audio,
    /// Working: one transcribed part.
    TranscriptPart,
    /// Working: one piece of an upload.
    UploadPiece,
}

impl ArtefactKind {
    /// All kinds that users get, in the order in which they are listed.
    pub const PUBLISHED: [Self; 9] = [
        Self::Recording,
        Self::TranscriptTxt,
        Self::TranscriptVtt,
        Self::TranscriptSrt,
        Self::TranscriptJson,
        Self::ReportJson,
        Self::ReportHtml,
        Self::Proof,
        Self::ImportProof,
    ];

    /// All kinds that recordings are made from, and what was said about them.
    pub const RAW: [Self; 6] = [
        Self::Original,
        Self::Layer,
        Self::Chat,
        Self::Timeline,
        Self::Attendance,
        Self::Review,
    ];

    /// All kinds that stages leave for each other.
    pub const WORKING: [Self; 4] = [
        Self::Segment,
        Self::Audio,
        Self::TranscriptPart,
        Self::UploadPiece,
    ];

    /// Returns the word for this kind in the catalog, in proofs and in associated data.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::TranscriptTxt => "transcript_txt",
            Self::TranscriptVtt => "transcript_vtt",
            Self::TranscriptSrt => "transcript_srt",
            Self::TranscriptJson => "transcript_json",
            Self::ReportJson => "report_json",
            Self::ReportHtml => "report_html",
            Self::Proof => "proof",
            Self::ImportProof => "import_proof",
            Self::Original => "original",
            Self::Layer => "layer",
            Self::Chat => "chat",
            Self::Timeline => "timeline",
            Self::Attendance => "attendance",
            Self::Review => "review",
            Self::Segment => "segment",
            Self::Audio => "audio",
            Self::TranscriptPart => "transcript_part",
            Self::UploadPiece => "upload_piece",
        }
    }

    /// Returns the name of the file that users get, or nothing for working kinds.
    pub const fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Recording => Some("recording.mp4"),
            Self::TranscriptTxt => Some("transcript.txt"),
            Self::TranscriptVtt => Some("transcript.vtt"),
            Self::TranscriptSrt => Some("transcript.srt"),
            Self::TranscriptJson => Some("transcript.json"),
            Self::ReportJson => Some("report.json"),
            Self::ReportHtml => Some("report.html"),
            Self::Proof => Some("proof.json"),
            Self::ImportProof => Some("import.json"),
            Self::Original
            | Self::Layer
            | Self::Chat
            | Self::Timeline
            | Self::Attendance
            | Self::Review
            | Self::Segment
            | Self::Audio
            | Self::TranscriptPart
            | Self::UploadPiece => None,
        }
    }

    /// Says whether users get this kind.
    pub const fn is_published(self) -> bool {
        self.file_name().is_some()
    }

    /// Says whether an artefact of this kind becomes part of a recording together with what users
    /// get. Attendance does, though users never get it.
    pub const fn settles_with_outputs(self) -> bool {
        self.is_published() || matches!(self, Self::Attendance)
    }

    /// Says whether the SHA-256 of the contents may be kept beside the artefact. A list of names, a
    /// line of chat or a reason is too easily guessed from its hash, and working artefacts need none.
    pub const fn has_plaintext_hash(self) -> bool {
        !self.is_working()
            && !matches!(
                self,
                Self::Attendance | Self::Review | Self::Chat | Self::Timeline
            )
    }

    /// Says whether an artefact of this kind may be one participant's own, which goes when they do.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Layer | Self::Chat)
    }

    /// Says whether only stages need this kind.
    pub const fn is_working(self) -> bool {
        matches!(
            self,
            Self::Segment | Self::Audio | Self::TranscriptPart | Self::UploadPiece
        )
    }
}

impl fmt::Display for ArtefactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of artefact.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a kind of artefact")]
pub struct ArtefactKindError;

impl ArtefactKindError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

/// Reads both the word (`transcript_txt`) and the file name (`transcript.txt`).
impl FromStr for ArtefactKind {
    type Err = ArtefactKindError;

    fn from_str(text: &str) -> Result<Self, ArtefactKindError> {
        Self::PUBLISHED
            .into_iter()
            .chain(Self::RAW)
            .chain(Self::WORKING)
            .find(|kind| kind.as_str() == text || kind.file_name() == Some(text))
            .ok_or(ArtefactKindError)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_has_one_word_everywhere() {
        for kind in ArtefactKind::PUBLISHED
            .into_iter()
            .chain(ArtefactKind::RAW)
            .chain(ArtefactKind::WORKING)
        {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!("recording.mp4".parse(), Ok(ArtefactKind::Recording));
        assert_eq!(
            "recording.exe".parse::<ArtefactKind>(),
            Err(ArtefactKindError)
        );
    }

    #[test]
    fn raw_and_working_kinds_are_never_published() {
        assert!(
            ArtefactKind::PUBLISHED
                .iter()
                .all(|kind| kind.is_published())
        );
        assert!(!ArtefactKind::RAW.iter().any(|kind| kind.is_published()));
        assert!(!ArtefactKind::WORKING.iter().any(|kind| kind.is_published()));
        assert!(!ArtefactKind::RAW.iter().any(|kind| kind.is_working()));
    }

    #[test]
    fn attendance_comes_with_outputs_but_is_none() {
        let kind = ArtefactKind::Attendance;
        assert!(kind.settles_with_outputs() && !kind.is_published());
        assert!(!kind.has_plaintext_hash());
        assert_eq!(kind.file_name(), None);
        for other in [ArtefactKind::Original, ArtefactKind::Layer] {
            assert!(!other.settles_with_outputs() && other.has_plaintext_hash());
        }
    }
}
