//! The files that pages load: style sheets, modules and pictures, all from here.
//!
//! Each has the hash of its content in its address, so that browsers may keep it for as long as they
//! like, and a new version is fetched at once. That holds for modules that modules import as well:
//! their hashes are written into the imports.

use std::{borrow::Cow, sync::LazyLock};

use ring::digest::{SHA256, digest};

/// One file.
pub(crate) struct Asset {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is in it.
    pub(crate) bytes: &'static [u8],
    /// The `Content-Type` header.
    pub(crate) content_type: &'static str,
    /// The first 8 bytes of its SHA-256, in hexadecimal digits.
    pub(crate) hash: String,
}

/// A file as it was written.
struct Source {
    name: &'static str,
    text: &'static str,
    content_type: &'static str,
}

macro_rules! sources {
    ($($name:literal: $content_type:ident,)+) => {
        const SOURCES: &[Source] = &[$(Source {
            name: $name,
            text: include_str!(concat!("../../assets/", $name)),
            content_type: $content_type,
        },)+];
    };
}

const STYLE: &str = "text/css; charset=utf-8";
const MODULE: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

sources! {
    "scrim.css": STYLE,
    "parts.css": STYLE,
    "editor.css": STYLE,
    "player.css": STYLE,
    "room.css": STYLE,
    "scrim.svg": PICTURE,
    "api.js": MODULE,
    "copy.js": MODULE,
    "player.js": MODULE,
    "policy-form.js": MODULE,
    "progress.js": MODULE,
    "region-editor.js": MODULE,
    "region-model.js": MODULE,
    "region-overlay.js": MODULE,
    "region-panel.js": MODULE,
    "review.js": MODULE,
    "room-banners.js": MODULE,
    "room-beat.js": MODULE,
    "room-breakouts.js": MODULE,
    "room-candidates.js": MODULE,
    "room-chat.js": MODULE,
    "room-choices.js": MODULE,
    "room-cipher.js": MODULE,
    "room-devices.js": MODULE,
    "room-faces.js": MODULE,
    "room-grid.js": MODULE,
    "room-hosting.js": MODULE,
    "room-key.js": MODULE,
    "room-list.js": MODULE,
    "room-lobby.js": MODULE,
    "room-memory.js": MODULE,
    "room-notice.js": MODULE,
    "room-panels.js": MODULE,
    "room-people.js": MODULE,
    "room-publish.js": MODULE,
    "room-receipt.js": MODULE,
    "room-recording.js": MODULE,
    "room-said.js": MODULE,
    "room-seal.js": MODULE,
    "room-session.js": MODULE,
    "room-signal.js": MODULE,
    "room-sound.js": MODULE,
    "room-state.js": MODULE,
    "room-subscribe.js": MODULE,
    "room-tools.js": MODULE,
    "room.js": MODULE,
    "search.js": MODULE,
    "transcript-editor.js": MODULE,
    "tus.js": MODULE,
    "upload.js": MODULE,
}

static TABLE: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut table: Vec<Asset> = Vec::new();
    let mut waiting: Vec<&Source> = SOURCES.iter().collect();
    // A module comes once all that it imports are there. None imports itself, by whatever detour:
    // a test holds that all of them arrive.
    while let Some(at) = waiting.iter().position(|source| is_ready(source, &table)) {
        let source = waiting.remove(at);
        let bytes = with_hashes(source.text, &table);
        table.push(Asset {
            name: source.name,
            hash: hash(bytes),
            bytes,
            content_type: source.content_type,
        });
    }
    table
});

/// How an import of a module begins.
const IMPORT: &str = " from './";

/// The names that a module imports.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.split(IMPORT)
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
}

fn is_ready(source: &Source, table: &[Asset]) -> bool {
    imports(source.text).all(|name| table.iter().any(|asset| asset.name == name))
}

/// Writes the hashes of what a module imports into its imports.
fn with_hashes(text: &'static str, table: &[Asset]) -> &'static [u8] {
    let mut written = Cow::Borrowed(text);
    for asset in table {
        let plain = format!("{IMPORT}{}'", asset.name);
        if written.contains(&plain) {
            let hashed = format!("{IMPORT}{}?v={}'", asset.name, asset.hash);
            written = Cow::Owned(written.replace(&plain, &hashed));
        }
    }
    match written {
        Cow::Borrowed(text) => text.as_bytes(),
        // Once per module, and needed for as long as the program runs.
        Cow::Owned(text) => text.leak().as_bytes(),
    }
}

fn hash(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Returns a file by its name.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    TABLE.iter().find(|asset| asset.name == name)
}

/// Returns the address of a file, with the hash of its content.
pub(crate) fn href(name: &str) -> String {
    // A test holds that no template names a file that is not there.
    let hash = find(name).map_or("", |asset| asset.hash.as_str());
    format!("/assets/{name}?v={hash}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_module_imports_others_by_their_hashes() {
        assert_eq!(TABLE.len(), SOURCES.len());
        let mut imported = 0;
        for asset in TABLE.iter().filter(|asset| asset.content_type == MODULE) {
            for address in imports(std::str::from_utf8(asset.bytes).unwrap()) {
                let (name, hash) = address.split_once("?v=").unwrap();
                assert_eq!(
                    find(name).unwrap().hash,
                    hash,
                    "{} imports {name}",
                    asset.name
                );
                imported += 1;
            }
        }
        assert!(imported > 15, "only {imported} imports");
    }
}
