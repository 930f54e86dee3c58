//! The picture of a scenario, frame by frame.

use std::{collections::BTreeSet, ops::Range};

use scrim_policy::Moment;

use crate::{
    draw::{FontError, Fonts, Planes},
    live::{LiveParts, MovingText},
    picture::{DrawnText, Scene, draw_scene},
    scenario::Scenario,
    truth::{Panel, Text, TextKind},
};

/// Draws any frame of a scenario. The same scenario always gives the same pixels.
///
/// The still part of the picture is drawn once and kept until the next event, so frames are best
/// asked for in order.
pub struct Film {
    scenario: Scenario,
    fonts: Fonts,
    /// First frame of every scene.
    cuts: Vec<u32>,
    scene: Option<(usize, Scene)>,
    live: LiveParts,
    frame: Planes,
}

impl Film {
    /// Loads the fonts and finds out when the picture changes.
    pub fn new(scenario: &Scenario) -> Result<Self, FontError> {
        Ok(Self {
            scenario: scenario.clone(),
            fonts: Fonts::load()?,
            cuts: cuts(scenario),
            scene: None,
            live: LiveParts::default(),
            frame: Planes::black(scenario.size.0, scenario.size.1),
        })
    }

    /// Returns the number of frames.
    pub fn frame_count(&self) -> u32 {
        self.scenario.frame_count()
    }

    /// Draws frame `number`, counted from 0.
    pub fn frame(&mut self, number: u32) -> &Planes {
        let index = self
            .cuts
            .partition_point(|cut| *cut <= number)
            .saturating_sub(1);
        if self.scene.as_ref().is_none_or(|(drawn, _)| *drawn != index) {
            let scene = self.draw_scene(index);
            self.frame.clone_from(&scene.base);
            self.scene = Some((index, scene));
        }
        if let Some((_, scene)) = &self.scene {
            for part in &scene.live {
                let scenario = &self.scenario;
                self.live
                    .draw(&mut self.fonts, scenario, *part, number, &mut self.frame);
            }
            for overlay in &scene.overlays {
                self.frame.restore(&scene.base, *overlay);
            }
        }
        &self.frame
    }

    /// Returns all panels and texts with the times during which they are seen.
    pub fn panels_and_texts(&mut self) -> (Vec<Panel>, Vec<Text>) {
        let (mut panels, mut texts) = (Vec::new(), Vec::new());
        for index in 0..self.cuts.len() {
            let scene = self.draw_scene(index);
            let frames = self.frames_of(index);
            let (from, to) = (self.seconds(frames.start), self.seconds(frames.end));
            for (kind, person, rect) in scene.panels {
                extend(
                    &mut panels,
                    Panel {
                        kind,
                        person,
                        rect,
                        from,
                        to,
                    },
                );
            }
            for drawn in scene.texts {
                let DrawnText {
                    kind,
                    text,
                    person,
                    rect,
                } = drawn;
                extend(
                    &mut texts,
                    Text {
                        kind,
                        text,
                        person,
                        rect,
                        from,
                        to,
                        moving: false,
                    },
                );
            }
            for part in scene.live {
                for text in self.live.texts(&mut self.fonts, &self.scenario, part) {
                    let first = text.frames.start.max(frames.start);
                    let last = text.frames.end.min(frames.end);
                    if first < last {
                        let span = (self.seconds(first), self.seconds(last));
                        extend(&mut texts, shared_text(text, span));
                    }
                }
            }
        }
        (panels, texts)
    }

    fn draw_scene(&mut self, index: usize) -> Scene {
        let now = self.scenario.moment_of(self.cuts[index]);
        draw_scene(&mut self.fonts, &self.scenario, now)
    }

    /// Returns the frames of a scene.
    fn frames_of(&self, index: usize) -> Range<u32> {
        let end = self
            .cuts
            .get(index + 1)
            .copied()
            .unwrap_or(self.frame_count());
        self.cuts[index]..end
    }

    fn seconds(&self, frame: u32) -> f64 {
        f64::from(frame) / f64::from(self.scenario.rate)
    }
}

fn shared_text(text: MovingText, (from, to): (f64, f64)) -> Text {
    let MovingText {
        text,
        rect,
        moves: moving,
        ..
    } = text;
    Text {
        kind: TextKind::Document,
        text,
        person: None,
        rect,
        from,
        to,
        moving,
    }
}

/// Something with a beginning and an end.
trait Lasting: PartialEq {
    /// Beginning and end.
    fn span(&mut self) -> (&mut f64, &mut f64);
}

impl Lasting for Panel {
    fn span(&mut self) -> (&mut f64, &mut f64) {
        (&mut self.from, &mut self.to)
    }
}

impl Lasting for Text {
    fn span(&mut self) -> (&mut f64, &mut f64) {
        (&mut self.from, &mut self.to)
    }
}

/// Adds something to what is known, or lets the same thing last longer that ended when it begins.
fn extend<T: Lasting>(known: &mut Vec<T>, mut new: T) {
    let (from, to) = new.span();
    let (from, to) = (*from, *to);
    for old in known.iter_mut().rev() {
        let (old_from, old_to) = (*old.span().0, *old.span().1);
        if old_to != from {
            continue;
        }
        (*old.span().0, *old.span().1) = (from, to);
        let is_same = *old == new;
        (*old.span().0, *old.span().1) = (old_from, if is_same { to } else { old_to });
        if is_same {
            return;
        }
    }
    known.push(new);
}

/// Returns the first frames of all scenes: wherever anything in the still picture may change.
fn cuts(scenario: &Scenario) -> Vec<u32> {
    let mut moments = vec![Moment::START];
    let mut span = |from: Moment, to: Moment| moments.extend([from, to]);
    for person in &scenario.people {
        span(person.from, person.to);
        for inner in person.unmuted.iter().chain(&person.hand) {
            span(inner.from, inner.to);
        }
    }
    scenario
        .cameras
        .iter()
        .for_each(|camera| span(camera.from, camera.to));
    scenario
        .slides
        .iter()
        .for_each(|slide| span(slide.from, slide.to));
    scenario
        .shares
        .iter()
        .for_each(|share| span(share.from, share.to));
    scenario
        .toasts
        .iter()
        .for_each(|toast| span(toast.from, toast.to));
    moments.extend(scenario.chat.iter().map(|message| message.at));
    moments.extend(scenario.layouts.iter().map(|layout| layout.at));
    let minutes = scenario.duration.seconds() as u64 / 60;
    moments.extend((1..=minutes).map(|minute| Moment(minute * 60_000_000_000)));

    let frames = moments.into_iter().map(|moment| scenario.frame_at(moment));
    let cuts: BTreeSet<u32> = frames
        .filter(|frame| *frame < scenario.frame_count())
        .collect();
    cuts.into_iter().collect()
}
