//! The files that pages load: one style sheet after another, modules and pictures, all from here.
//!
//! Each has the hash of its content in its address, so that it may be kept by browsers for as long
//! as they like, and a new version is fetched at once.

use std::sync::LazyLock;

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

macro_rules! table {
    ($($name:literal: $content_type:ident,)+) => {
        static TABLE: LazyLock<Vec<Asset>> = LazyLock::new(|| vec![$({
            let bytes: &'static [u8] = include_bytes!(concat!("../../assets/", $name));
            Asset { name: $name, bytes, content_type: $content_type, hash: hash(bytes) }
        },)+]);
    };
}

const STYLE: &str = "text/css; charset=utf-8";
const MODULE: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

table! {
    "scrim.css": STYLE,
    "parts.css": STYLE,
    "editor.css": STYLE,
    "player.css": STYLE,
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
    "search.js": MODULE,
    "transcript-editor.js": MODULE,
    "tus.js": MODULE,
    "upload.js": MODULE,
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
