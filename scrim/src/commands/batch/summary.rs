//! The summary of a batch: a table for spreadsheets and a page for people.
//!
//! It names sources as whoever ran the batch knows them, and lies where they want it to. Nothing of it
//! goes into the catalog.

use std::path::Path;

use askama::Template;
use scrim_policy::{BatchId, Kind, Moment};
use scrim_storage::Timestamp;

use super::board::clock;
use crate::{commands::get::write_whole, failure::Failure};

/// One line of the summary.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) path: String,
    /// published, held, failed, unchanged, deleted or no recording.
    pub(super) state: &'static str,
    pub(super) recording: Option<String>,
    pub(super) policy: String,
    pub(super) duration_ns: Option<u64>,
    pub(super) seconds: Option<f64>,
    pub(super) tries: u64,
    pub(super) kind: Option<Kind>,
    pub(super) stage: &'static str,
    pub(super) message: String,
}

/// How many lines have which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) published: usize,
    pub(super) held: usize,
    pub(super) failed: usize,
    pub(super) unchanged: usize,
    pub(super) skipped: usize,
    pub(super) deleted: usize,
}

impl Totals {
    pub(super) fn of(lines: &[Line]) -> Self {
        let count = |state| lines.iter().filter(|line| line.state == state).count();
        Self {
            published: count(PUBLISHED),
            held: count(HELD),
            failed: count(FAILED),
            unchanged: count(UNCHANGED),
            skipped: count(SKIPPED),
            deleted: count(DELETED),
        }
    }
}

pub(super) const PUBLISHED: &str = "published";
pub(super) const HELD: &str = "held";
pub(super) const FAILED: &str = "failed";
pub(super) const UNCHANGED: &str = "unchanged";
pub(super) const SKIPPED: &str = "no recording";
pub(super) const DELETED: &str = "deleted";

/// What is said of a source whose recording was deleted.
pub(super) const IS_DELETED: &str =
    "what was made of it is deleted and stays so; `scrim process` makes it anew";

impl Line {
    fn duration(&self) -> String {
        self.duration_ns
            .map_or_else(String::new, |duration| Moment(duration).to_string())
    }

    fn work(&self) -> String {
        self.seconds.map_or_else(String::new, clock)
    }

    fn recording(&self) -> &str {
        self.recording.as_deref().unwrap_or("")
    }

    pub(super) fn kind_word(&self) -> String {
        let word = self.kind.map(serde_json::to_value);
        let word = word.and_then(Result::ok);
        word.and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "batch.html")]
struct Page<'a> {
    batch: BatchId,
    ended_at: String,
    totals: Totals,
    lines: &'a [Line],
}

/// Refuses a table that the page beside it would replace.
pub(super) fn check_path(path: &Path) -> Result<(), Failure> {
    if path.extension().is_some_and(|ending| ending == "html") {
        let text = format!(
            "the summary {} would be replaced by its own page",
            path.display()
        );
        return Err(Failure::words(Kind::Invalid, text)
            .hint("name the table, such as done.csv: the page is written beside it"));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let text = format!("there is no folder {} for the summary", folder.display());
            Err(Failure::words(Kind::NotFound, text).hint("make it, or name another one"))
        }
        _ => Ok(()),
    }
}

/// Writes the table, and the page beside it.
pub(super) fn write(
    path: &Path,
    batch: BatchId,
    lines: &[Line],
    ended_at: Timestamp,
) -> Result<(), Failure> {
    let table = table(lines);
    write_whole(path, |out| {
        out.write_all(&table)
            .map_err(|error| Failure::file("write", path, error))
    })?;
    let page = Page {
        batch,
        ended_at: ended_at.to_string(),
        totals: Totals::of(lines),
        lines,
    };
    let html = page
        .render()
        .unwrap_or_else(|_| "<!doctype html><p>The summary could not be drawn.</p>".to_owned());
    let path = path.with_extension("html");
    write_whole(&path, |out| {
        out.write_all(html.as_bytes())
            .map_err(|error| Failure::file("write", &path, error))
    })
}

fn table(lines: &[Line]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "path",
        "state",
        "recording",
        "policy",
        "duration",
        "work",
        "tries",
        "kind",
        "stage",
        "message",
    ];
    let rows = lines.iter().map(|line| {
        [
            line.path.clone(),
            line.state.to_owned(),
            line.recording().to_owned(),
            line.policy.clone(),
            line.duration(),
            line.work(),
            line.tries.to_string(),
            line.kind_word(),
            line.stage.to_owned(),
            line.message.clone(),
        ]
        .map(defused)
    });
    // Writing to memory does not fail, and all rows have as many fields.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// Spreadsheets take a field that begins like a formula for one, and whoever names files is not
/// whoever opens the table (OWASP, CSV injection). An apostrophe before it makes it a text.
fn defused(field: String) -> String {
    let is_formula = field.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]) || field.starts_with(['\t', '\r', '\n']);
    if is_formula {
        format!("'{field}")
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_field_of_the_table_is_a_formula() {
        let line = |path: &str| Line {
            path: path.to_owned(),
            state: FAILED,
            ..Line::default()
        };
        let paths = [
            "=cmd|'/c calc'!A0",
            "@SUM(1)",
            "+1",
            "-1",
            "\t=1",
            " =1",
            "＝1",
        ];
        let lines: Vec<Line> = paths.iter().map(|path| line(path)).collect();
        let table = table(&lines);
        let mut reader = csv::Reader::from_reader(table.as_slice());
        for (record, path) in reader.records().zip(paths) {
            assert_eq!(record.unwrap()[0], format!("'{path}"));
        }
        assert_eq!(defused("a=b.mp4".to_owned()), "a=b.mp4");
    }

    #[test]
    fn the_page_holds_no_markup_of_others() {
        let lines = [Line {
            path: "<script>alert(1)</script>.mp4".to_owned(),
            state: HELD,
            ..Line::default()
        }];
        let page = Page {
            batch: BatchId::from_uuid(Default::default()),
            ended_at: String::new(),
            totals: Totals::of(&lines),
            lines: &lines,
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<script>"), "{html}");
        assert_eq!(Totals::of(&lines).held, 1);
    }
}
