//! The rules that a policy file must hold beyond its syntax.

use std::ops::Range;

use toml::Spanned;

use super::{Colour, Diagnostic, Policy, Region, live};
use crate::{
    document::{Document, RegionTable, SCHEMA, TimeText},
    moment::Moment,
};

/// Smallest and largest edge of an output picture, in pixels. The upper one is what H.264 level
/// 6.2 and common decoders take.
const OUTPUT_EDGE: std::ops::RangeInclusive<u32> = 16..=8192;

pub(super) struct Findings<'a> {
    text: &'a str,
    list: Vec<Diagnostic>,
}

impl Findings<'_> {
    pub(super) fn add(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.list
            .push(Diagnostic::new(self.text, span, message, remedy));
    }
}

pub(super) fn check(document: &Document, text: &str) -> Result<Policy, Vec<Diagnostic>> {
    let mut findings = Findings {
        text,
        list: Vec::new(),
    };
    check_head(document, &mut findings);
    let background = background(document, &mut findings);
    let regions: Vec<Region> = document
        .regions
        .iter()
        .map(|table| region(table, &mut findings))
        .collect();
    check_names(document, &mut findings);
    check_overlaps(document, &regions, &mut findings);
    check_something_is_kept(document, &regions, &mut findings);
    let live = live::layout(document, &mut findings);
    if !findings.list.is_empty() {
        return Err(findings.list);
    }
    Ok(Policy {
        name: document.name.get_ref().clone(),
        source_size: document.source.size.as_ref().map(|size| *size.get_ref()),
        output_size: document.output.size.as_ref().map(|size| *size.get_ref()),
        background,
        names: document.names.show,
        regions,
        live,
    })
}

fn check_head(document: &Document, findings: &mut Findings<'_>) {
    if *document.schema.get_ref() != SCHEMA {
        findings.add(
            document.schema.span(),
            format!("schema version {} is not known", document.schema.get_ref()),
            format!("write `schema = {SCHEMA}`, or use a newer Scrim"),
        );
    }
    if document.name.get_ref().trim().is_empty() {
        findings.add(
            document.name.span(),
            "the policy has no name",
            "give it a name",
        );
    }
    if let Some(size) = &document.output.size {
        let fits = |edge: &u32| OUTPUT_EDGE.contains(edge) && edge.is_multiple_of(2);
        if !size.get_ref().iter().all(fits) {
            findings.add(
                size.span(),
                format!("output size {:?} cannot be encoded", size.get_ref()),
                format!(
                    "use even numbers between {} and {}",
                    OUTPUT_EDGE.start(),
                    OUTPUT_EDGE.end()
                ),
            );
        }
    }
    if let Some(size) = &document.source.size
        && size.get_ref().contains(&0)
    {
        findings.add(
            size.span(),
            "the source has no area",
            "write its width and height in pixels",
        );
    }
}

fn background(document: &Document, findings: &mut Findings<'_>) -> Colour {
    let Some(text) = &document.output.background else {
        return Colour::BACKGROUND;
    };
    Colour::parse(text.get_ref()).unwrap_or_else(|| {
        findings.add(
            text.span(),
            "not a colour",
            "write six hexadecimal digits after a #, such as \"#20232a\"",
        );
        Colour::BACKGROUND
    })
}

fn region(table: &RegionTable, findings: &mut Findings<'_>) -> Region {
    let rect = *table.rect.get_ref();
    if !rect.is_inside_picture() {
        findings.add(
            table.rect.span(),
            format!("the rectangle of region `{}` is not inside the picture", table.name.get_ref()),
            "x, y, width and height are fractions: each in 0..1, with x + width and y + height at most 1",
        );
    }
    let from = moment(table.from.as_ref(), Moment::START, findings);
    let to = moment(table.to.as_ref(), Moment::END, findings);
    if from >= to {
        let span = table
            .to
            .as_ref()
            .or(table.from.as_ref())
            .map_or(table.name.span(), Spanned::span);
        findings.add(
            span,
            format!("region `{}` ends before it begins", table.name.get_ref()),
            "make `to` later than `from`",
        );
    }
    Region {
        name: table.name.get_ref().clone(),
        kind: table.kind,
        rect,
        action: table.action,
        from,
        to,
    }
}

fn moment(
    text: Option<&Spanned<TimeText>>,
    default: Moment,
    findings: &mut Findings<'_>,
) -> Moment {
    let Some(spanned) = text else {
        return default;
    };
    let read = match spanned.get_ref() {
        TimeText::Seconds(seconds) => seconds.to_string().parse::<Moment>(),
        TimeText::Text(text) => text.parse(),
    };
    read.unwrap_or_else(|error| {
        findings.add(spanned.span(), "not a time", error.to_string());
        default
    })
}

fn check_names(document: &Document, findings: &mut Findings<'_>) {
    for (index, table) in document.regions.iter().enumerate() {
        let name = table.name.get_ref();
        if name.trim().is_empty() {
            findings.add(
                table.name.span(),
                "the region has no name",
                "give it a name",
            );
        } else if document.regions[..index]
            .iter()
            .any(|earlier| earlier.name.get_ref() == name)
        {
            findings.add(
                table.name.span(),
                format!("the name `{name}` is used twice"),
                "give every region a name of its own, so that reports are clear",
            );
        }
    }
}

fn check_overlaps(document: &Document, regions: &[Region], findings: &mut Findings<'_>) {
    for (table, region) in document.regions.iter().zip(regions) {
        let hidden_below = regions.iter().find(|other| {
            region.action.shows_source()
                && !other.action.shows_source()
                && region.rect.is_inside_picture()
                && region.rect.overlaps(&other.rect)
                && region.from < other.to
                && other.from < region.to
        });
        if let Some(hidden) = hidden_below {
            findings.add(
                table.rect.span(),
                format!(
                    "region `{}` is kept but overlaps `{}`, which is not",
                    region.name, hidden.name
                ),
                "make the kept rectangle smaller, or give both time ranges that do not meet",
            );
        }
    }
}

fn check_something_is_kept(document: &Document, regions: &[Region], findings: &mut Findings<'_>) {
    let is_for_sessions_alone = document.live.is_some() && regions.is_empty();
    if is_for_sessions_alone {
        return;
    }
    if !regions.iter().any(|region| region.action.shows_source()) {
        findings.add(
            document.name.span(),
            "nothing is kept: the recording would be empty",
            "add a [[region]] with action = \"keep\"",
        );
    }
}
