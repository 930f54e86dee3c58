//! What an export prints: to standard error where the export itself goes to standard output.

use std::path::Path;

use scrim_storage::Sha256Digest;
use serde_json::json;

pub(super) struct Said {
    is_json: bool,
    is_stream: bool,
    notes: Vec<String>,
}

impl Said {
    pub(super) fn new(is_json: bool, is_stream: bool) -> Self {
        Self {
            is_json,
            is_stream,
            notes: Vec::new(),
        }
    }

    /// Something that whoever exports should know.
    pub(super) fn note(&mut self, words: &str) {
        if !self.is_json {
            eprintln!("note: {words}");
        }
        self.notes.push(words.to_owned());
    }

    /// A file that would be written.
    pub(super) fn file(&self, path: &str, bytes: Option<u64>) {
        if self.is_json {
            println!(
                "{}",
                json!({"message_type": "file", "path": path, "bytes": bytes})
            );
            return;
        }
        let bytes = bytes.map_or_else(|| "?".to_owned(), |bytes| bytes.to_string());
        self.line(&format!("{bytes:>14}  {path}"));
    }

    pub(super) fn would_write(&self, files: usize, bytes: u64) {
        if self.is_json {
            let line = json!({
                "message_type": "summary",
                "dry_run": true,
                "files": files,
                "bytes": bytes,
                "notes": self.notes,
            });
            println!("{line}");
            return;
        }
        self.line(&format!(
            "would write {files} files with {bytes} bytes; sizes marked ? come on top"
        ));
    }

    pub(super) fn written(
        &self,
        out: Option<&Path>,
        files: usize,
        bytes: u64,
        is_encrypted: bool,
        manifest: Sha256Digest,
    ) {
        let out = out
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        if self.is_json {
            let line = json!({
                "message_type": "summary",
                "dry_run": false,
                "out": out,
                "files": files,
                "bytes": bytes,
                "encrypted": is_encrypted,
                "manifest_sha256": manifest.to_string(),
                "notes": self.notes,
            });
            println!("{line}");
            return;
        }
        let encrypted = if is_encrypted { ", encrypted" } else { "" };
        self.line(&format!(
            "wrote {files} files with {bytes} bytes to {out}{encrypted}"
        ));
        self.line(&format!("manifest   sha256 {manifest}"));
    }

    fn line(&self, line: &str) {
        if self.is_stream {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}
