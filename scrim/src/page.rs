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

impl From<&StillPair> for Pair {
    fn from(pair: &StillPair) -> Self {
        let url = |jpeg: &[u8]| format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
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
