//! The report as a page for people. It loads nothing from anywhere: pictures are inside.

use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_pipeline::{inspect::Verdict, job::Report, render::StillPair};
use scrim_policy::Moment;
use scrim_storage::proof::GateVerdict;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    report: &'a Report,
    is_published: bool,
    pairs: Vec<Pair>,
}

/// A picture before and after, ready for the page.
struct Pair {
    at: String,
    before: String,
    after: String,
}

/// What a picture of the page begins with.
const JPEG_URL: &str = "data:image/jpeg;base64,";

impl From<&StillPair> for Pair {
    fn from(pair: &StillPair) -> Self {
        let url = |jpeg: &[u8]| format!("{JPEG_URL}{}", STANDARD.encode(jpeg));
        Self {
            at: pair.at.to_string(),
            before: url(&pair.before),
            after: url(&pair.after),
        }
    }
}

impl ReportPage<'_> {
    fn mark(&self, verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::NotChecked => "not checked",
        }
    }

    fn clock(&self, seconds: &f64) -> String {
        Moment::from_seconds(*seconds).to_string()
    }

    fn end(&self, seconds: &Option<f64>) -> String {
        seconds.map_or_else(|| "the end".to_owned(), |seconds| self.clock(&seconds))
    }

    fn percent(&self, fraction: &f64) -> String {
        format!("{:.1} %", fraction * 100.0)
    }
}

/// Renders the report.
pub(crate) fn report(report: &Report) -> Vec<u8> {
    let page = ReportPage {
        report,
        is_published: report.verdict == GateVerdict::Publish,
        pairs: report.stills.iter().map(Pair::from).collect(),
    };
    page.render()
        .unwrap_or_else(|_| "<!doctype html><p>The report could not be drawn.</p>".to_owned())
        .into_bytes()
}

/// Takes the pictures out of a page that [`report`] has rendered: they are kept nowhere else. Another
/// page has none.
pub(crate) fn stills(page: &[u8]) -> Vec<StillPair> {
    let text = String::from_utf8_lossy(page);
    let figures = text.split("<figcaption>").skip(1);
    figures.filter_map(still).collect()
}

/// Returns when the pictures of a page are, without the pictures.
pub(crate) fn times_of_stills(page: &[u8]) -> Vec<Moment> {
    let text = String::from_utf8_lossy(page);
    let figures = text.split("<figcaption>").skip(1);
    figures
        .filter_map(|figure| figure.split('<').next()?.parse().ok())
        .collect()
}

fn still(figure: &str) -> Option<StillPair> {
    let at = figure.split('<').next()?.parse().ok()?;
    let mut pictures = figure.split(JPEG_URL).skip(1).map(|rest| {
        let encoded = rest.split('"').next().unwrap_or_default();
        STANDARD.decode(encoded).ok()
    });
    Some(StillPair {
        at,
        before: pictures.next()??,
        after: pictures.next()??,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_pictures_of_a_page_come_back() {
        let pair = |seconds: f64, byte: u8| StillPair {
            at: Moment::from_seconds(seconds),
            before: vec![byte; 1000],
            after: vec![byte + 1; 10],
        };
        let pairs = [pair(1.5, 3), pair(3661.25, 9)];
        let report = Report {
            stills: pairs.to_vec(),
            ..empty_report()
        };
        assert_eq!(stills(&super::report(&report)), pairs);
        let times = times_of_stills(&super::report(&report));
        assert_eq!(times, pairs.each_ref().map(|pair| pair.at));
        assert_eq!(stills(&super::report(&empty_report())), []);
        assert_eq!(stills(b"<figcaption>"), []);
    }

    fn empty_report() -> Report {
        serde_json::from_value(serde_json::json!({
            "recording": "rec_00000000000070008000000000000001",
            "created_at": "", "policy": "", "duration_s": 0.0, "source": null, "output": null,
            "shown_percent": 0.0, "regions": [], "pictures": 0, "repeats": 0,
            "tracks_left_out": 0, "wholly_hidden_s": [], "transcript": null, "checks": [],
            "verdict": "publish", "reasons": [],
        }))
        .unwrap()
    }
}
