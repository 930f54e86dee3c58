//! The rules that types alone cannot hold.

use std::{collections::HashSet, ops::Range};

use scrim_policy::{Fractions, Moment};
use toml::Spanned;

use super::{Layout, Scenario, Share, ShareContent, Slide, Span, Speech, file::Document};

/// A rule that a part of the file breaks.
pub(super) struct Broken {
    pub(super) span: Range<usize>,
    pub(super) problem: String,
}

type Verdict = Result<(), String>;

/// Returns the scenario when the file keeps all rules, else the first broken one.
pub(super) fn checked(document: Document) -> Result<Scenario, Broken> {
    let at = |span: Range<usize>| move |problem| Broken { span, problem };

    schema(*document.schema.get_ref()).map_err(at(document.schema.span()))?;
    name(document.name.get_ref()).map_err(at(document.name.span()))?;
    size(*document.size.get_ref()).map_err(at(document.size.span()))?;
    rate(*document.rate.get_ref()).map_err(at(document.rate.span()))?;
    let duration = duration(document.duration.get_ref()).map_err(at(document.duration.span()))?;
    let clock = clock(document.clock.get_ref()).map_err(at(document.clock.span()))?;
    if let Some(scale) = &document.scale {
        self::scale(*scale.get_ref()).map_err(at(scale.span()))?;
    }
    first_layout(&document.layouts).map_err(at(document.name.span()))?;

    let names: HashSet<String> = document
        .people
        .iter()
        .map(|person| person.get_ref().name.clone())
        .collect();
    let mut earlier = HashSet::new();
    let mut before = None;

    let [width, height] = document.size.into_inner();
    Ok(Scenario {
        name: document.name.into_inner(),
        title: document.title,
        size: (width, height),
        rate: document.rate.into_inner(),
        duration,
        theme: document.theme,
        seed: document.seed,
        language: document.language,
        scale: document.scale.map(Spanned::into_inner),
        clock,
        layouts: all(document.layouts, |layout| {
            if before.is_some_and(|before| layout.at <= before) {
                return Err("layouts come in the order of their time".to_owned());
            }
            before = Some(layout.at);
            self::layout(layout)
        })?,
        people: all(document.people, |person| {
            if !earlier.insert(person.name.clone()) {
                return Err("two people have the same name; invent another one".to_owned());
            }
            filled("name", &person.name)?;
            address(&person.email)?;
            let spans = person.unmuted.iter().chain(&person.hand);
            spans.copied().try_for_each(span)?;
            span(Span {
                from: person.from,
                to: person.to,
            })
        })?,
        cameras: all(document.cameras, |camera| {
            known(&names, &camera.person)?;
            inside("rect", camera.rect)?;
            span(Span {
                from: camera.from,
                to: camera.to,
            })
        })?,
        slides: all(document.slides, slide)?,
        shares: all(document.shares, share)?,
        chat: all(document.chat, |message| {
            filled("text", &message.text)?;
            known(&names, &message.who)
        })?,
        toasts: all(document.toasts, |toast| {
            filled("text", &toast.text)?;
            span(Span {
                from: toast.from,
                to: toast.to,
            })
        })?,
        speech: all(document.speech, |line| {
            known(&names, &line.speaker)?;
            speech(line)
        })?,
    })
}

/// Checks every part and takes it out of its place in the file.
fn all<T>(parts: Vec<Spanned<T>>, mut rule: impl FnMut(&T) -> Verdict) -> Result<Vec<T>, Broken> {
    let checked = parts.into_iter().map(|part| match rule(part.get_ref()) {
        Ok(()) => Ok(part.into_inner()),
        Err(problem) => Err(Broken {
            span: part.span(),
            problem,
        }),
    });
    checked.collect()
}

fn schema(version: u32) -> Verdict {
    if version == 1 {
        Ok(())
    } else {
        Err(format!("schema {version} is unknown; write 1"))
    }
}

/// Names become file names.
fn name(name: &str) -> Verdict {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.chars().all(allowed) {
        return Ok(());
    }
    Err("a scenario is named with lower-case letters, digits and `-`".to_owned())
}

/// I420 has one colour sample for two by two pixels.
pub(crate) fn size([width, height]: [u32; 2]) -> Verdict {
    let fits = |length: u32| (64..=8192).contains(&length) && length.is_multiple_of(2);
    if fits(width) && fits(height) {
        return Ok(());
    }
    Err(format!(
        "{width}x{height} cannot be drawn; both are even and in 64..8192"
    ))
}

fn rate(rate: u32) -> Verdict {
    if (1..=120).contains(&rate) {
        Ok(())
    } else {
        Err("rate is 1 to 120 frames".to_owned())
    }
}

fn scale(scale: f64) -> Verdict {
    if (0.25..=8.0).contains(&scale) {
        Ok(())
    } else {
        Err("scale is 0.25 to 8.0".to_owned())
    }
}

fn duration(text: &str) -> Result<Moment, String> {
    let duration: Moment = text
        .parse()
        .map_err(|_| format!("`{text}` is no duration"))?;
    if (1.0..=36_000.0).contains(&duration.seconds()) {
        return Ok(duration);
    }
    Err("duration is between one second and ten hours".to_owned())
}

fn clock(text: &str) -> Result<u32, String> {
    let minutes = text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    minutes.ok_or_else(|| format!("`{text}` is no wall clock; write for example \"14:05\""))
}

fn first_layout(layouts: &[Spanned<Layout>]) -> Verdict {
    match layouts.first() {
        None => Err("there is no [[layout]]; one has to begin at 0".to_owned()),
        Some(first) if first.get_ref().at != Moment::START => {
            Err("the first [[layout]] has to begin at 0; leave `at` out".to_owned())
        }
        Some(_) => Ok(()),
    }
}

fn layout(layout: &Layout) -> Verdict {
    inside("window", layout.window)?;
    inside("toolbar", layout.toolbar)?;
    inside("stage", layout.stage)?;
    inside("toast", layout.toast)?;
    let panels: Vec<(&str, Fractions)> = [
        ("toolbar", Some(layout.toolbar)),
        ("stage", Some(layout.stage)),
        ("list", layout.list),
        ("chat", layout.chat),
    ]
    .into_iter()
    .filter_map(|(name, rect)| Some((name, rect?)))
    .collect();
    for (index, (name, rect)) in panels.iter().enumerate() {
        inside(name, *rect)?;
        if let Some((other, _)) = panels[..index]
            .iter()
            .find(|(_, other)| other.overlaps(rect))
        {
            return Err(format!("{name} and {other} overlap"));
        }
    }
    Ok(())
}

fn slide(slide: &Slide) -> Verdict {
    inside("rect", slide.rect)?;
    filled("title", &slide.title)?;
    if let Some(chart) = &slide.chart {
        let sound = chart
            .values
            .iter()
            .all(|value| value.is_finite() && *value >= 0.0);
        if chart.labels.len() != chart.values.len() || chart.values.is_empty() || !sound {
            return Err("a chart has as many labels as values, none of them negative".to_owned());
        }
    }
    span(Span {
        from: slide.from,
        to: slide.to,
    })
}

fn share(share: &Share) -> Verdict {
    inside("rect", share.rect)?;
    let is_film = share.content == ShareContent::Video;
    if is_film != share.text.is_empty() {
        return Err("documents and windows have `text`, a video has none".to_owned());
    }
    span(Span {
        from: share.from,
        to: share.to,
    })
}

fn speech(line: &Speech) -> Verdict {
    if line.text.is_some() == line.clip.is_some() {
        return Err("a speech line has either `text` or `clip`".to_owned());
    }
    if !(0.0..=3600.0).contains(&line.pause) {
        return Err("a pause is 0 to 3600 seconds".to_owned());
    }
    let clip_is_a_name = |clip: &String| {
        clip.chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    match (&line.text, &line.clip) {
        (_, Some(clip)) if !clip_is_a_name(clip) => Err(format!("`{clip}` is no clip")),
        (Some(text), _) => filled("text", text),
        _ => Ok(()),
    }
}

fn inside(name: &str, rect: Fractions) -> Verdict {
    if rect.is_inside_picture() {
        return Ok(());
    }
    Err(format!(
        "{name} leaves 0..1; write [x, y, width, height] as fractions"
    ))
}

fn span(span: Span) -> Verdict {
    if span.from < span.to {
        Ok(())
    } else {
        Err("`to` has to be after `from`".to_owned())
    }
}

fn filled(key: &str, text: &str) -> Verdict {
    if text.trim().is_empty() {
        Err(format!("`{key}` is empty"))
    } else {
        Ok(())
    }
}

fn known(names: &HashSet<String>, name: &str) -> Verdict {
    if names.contains(name) {
        Ok(())
    } else {
        Err(format!("no [[person]] is named `{name}`"))
    }
}

/// `.example` is reserved (RFC 2606), so that no sample ever holds somebody's real address.
fn address(email: &str) -> Verdict {
    match email.split_once('@') {
        Some((user, host)) if !user.is_empty() && host.ends_with(".example") => Ok(()),
        _ => Err(format!(
            "`{email}` has to be an address that ends in `.example`"
        )),
    }
}
