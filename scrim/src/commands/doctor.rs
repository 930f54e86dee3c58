//! `scrim doctor`.

use scrim_pipeline::{
    elements::plugin_version,
    models::{ModelStore, known_models},
};
use serde_json::json;

use super::{Session, retention::lateness};
use crate::{exit::Exit, failure::Failure};

/// An element, what it is for, and the Debian package that brings it.
const ELEMENTS: [(&str, &str, &str, bool); 26] = [
    (
        "filesrc",
        "reading files",
        "gstreamer1.0-plugins-base",
        true,
    ),
    (
        "parsebin",
        "taking files apart",
        "gstreamer1.0-plugins-base",
        true,
    ),
    ("videoconvert", "pixels", "gstreamer1.0-plugins-base", true),
    ("audioresample", "sound", "gstreamer1.0-plugins-base", true),
    ("qtdemux", "MP4 and MOV", "gstreamer1.0-plugins-good", true),
    (
        "matroskademux",
        "MKV and WebM",
        "gstreamer1.0-plugins-good",
        true,
    ),
    ("flvdemux", "FLV", "gstreamer1.0-plugins-good", true),
    (
        "videoflip",
        "turned pictures",
        "gstreamer1.0-plugins-good",
        true,
    ),
    ("vp8dec", "VP8", "gstreamer1.0-plugins-good", false),
    ("vp9dec", "VP9", "gstreamer1.0-plugins-good", false),
    (
        "capssetter",
        "frame rates",
        "gstreamer1.0-plugins-good",
        true,
    ),
    ("tsdemux", "MPEG-TS", "gstreamer1.0-plugins-bad", true),
    ("h264parse", "H.264", "gstreamer1.0-plugins-bad", true),
    ("h265parse", "H.265", "gstreamer1.0-plugins-bad", false),
    ("av1dec", "AV1", "gstreamer1.0-plugins-bad", false),
    ("opusdec", "Opus", "gstreamer1.0-plugins-base", false),
    ("vorbisdec", "Vorbis", "gstreamer1.0-plugins-base", false),
    ("avdec_h264", "H.264", "gstreamer1.0-libav", true),
    ("avdec_h265", "H.265", "gstreamer1.0-libav", false),
    ("avdec_aac", "AAC", "gstreamer1.0-libav", true),
    (
        "x264enc",
        "encoding video",
        "gstreamer1.0-plugins-ugly",
        true,
    ),
    ("avenc_aac", "encoding sound", "gstreamer1.0-libav", true),
    ("webrtcbin", "rooms", "gstreamer1.0-plugins-bad", false),
    ("dtlsdec", "rooms", "gstreamer1.0-plugins-bad", false),
    ("srtpdec", "rooms", "gstreamer1.0-plugins-bad", false),
    ("nicesrc", "rooms", "gstreamer1.0-nice", false),
];

struct Finding {
    name: String,
    purpose: String,
    version: Option<String>,
    remedy: String,
    is_needed: bool,
}

pub(super) fn run(session: &Session) -> Result<Exit, Failure> {
    let started = scrim_pipeline::elements::register();
    let mut findings = vec![Finding {
        name: "gstreamer".to_owned(),
        purpose: "media".to_owned(),
        version: started
            .is_ok()
            .then(scrim_pipeline::elements::framework_version),
        remedy: "apt-get install libgstreamer1.0-0".to_owned(),
        is_needed: true,
    }];
    if started.is_ok() {
        findings.extend(ELEMENTS.iter().map(|(name, purpose, package, is_needed)| {
            let version = plugin_version(name);
            Finding {
                name: (*name).to_owned(),
                purpose: (*purpose).to_owned(),
                version: (version != "missing").then_some(version),
                remedy: format!("apt-get install {package}"),
                is_needed: *is_needed,
            }
        }));
    }
    findings.extend(models(session)?);
    findings.extend(sweeps(session)?);
    print(session, &findings);
    let is_complete = findings
        .iter()
        .all(|finding| finding.version.is_some() || !finding.is_needed);
    Ok(if is_complete {
        Exit::Done
    } else {
        Exit::Unavailable
    })
}

/// Says when the last sweep was, where there is something to sweep. A late one counts as missing.
fn sweeps(session: &Session) -> Result<Option<Finding>, Failure> {
    let home = session.home()?;
    if !home.folder().join("keyring.json").exists() {
        return Ok(None);
    }
    let settings = home.config()?.retention;
    // What keeps the vault closed is said by every other command.
    let Ok(vault) = home.vault() else {
        return Ok(None);
    };
    let lateness = lateness(&vault, &settings)?;
    let last = lateness
        .last
        .map_or_else(|| "nothing is due yet".to_owned(), |at| at.to_string());
    Ok(Some(Finding {
        name: "retention sweep".to_owned(),
        purpose: "deleting what is due".to_owned(),
        version: (!lateness.is_late).then_some(last),
        remedy: "scrim retention sweep".to_owned(),
        is_needed: true,
    }))
}

fn models(session: &Session) -> Result<Vec<Finding>, Failure> {
    let home = session.home()?;
    let here = if home.models().is_dir() {
        ModelStore::open(home.models())?.list()?
    } else {
        Vec::new()
    };
    let finding = |known: &scrim_pipeline::models::KnownModel| {
        let stored = here.iter().find(|model| model.name == known.name);
        let bytes = stored.and_then(|model| model.installed_bytes);
        Finding {
            name: known.name.to_owned(),
            purpose: "speech model".to_owned(),
            version: bytes.map(|bytes| format!("{bytes} bytes")),
            remedy: format!("scrim models pull {}", known.name),
            is_needed: false,
        }
    };
    Ok(known_models().iter().map(finding).collect())
}

fn print(session: &Session, findings: &[Finding]) {
    for finding in findings {
        let Finding {
            name,
            purpose,
            version,
            remedy,
            is_needed,
        } = finding;
        if session.json {
            let line = json!({
                "name": name,
                "purpose": purpose,
                "version": version,
                "needed": is_needed,
                "remedy": version.is_none().then_some(remedy),
            });
            println!("{line}");
            continue;
        }
        match version {
            Some(version) => println!("ok       {name:<15} {version:<18} {purpose}"),
            None if *is_needed => println!("MISSING  {name:<15} {remedy:<44} {purpose}"),
            None => println!("absent   {name:<15} {remedy:<44} {purpose}"),
        }
    }
}
