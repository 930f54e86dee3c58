//! The moving parts of the picture: cameras and shared screens.

mod camera;
mod document;
mod landscape;
mod movement;
mod person;
mod raster;
mod room;
mod sensor;

use std::collections::HashMap;

use scrim_policy::PixelRect;

use crate::{
    draw::{Fonts, Planes},
    picture::LivePart,
    scenario::{Scenario, Share, ShareContent},
};

use self::{camera::CameraPicture, document::MovingPaper, landscape::Landscape};
pub(crate) use document::MovingText;

/// What a moving part is prepared as.
enum Prepared {
    Camera(Box<CameraPicture>),
    Paper(Box<MovingPaper>),
    Landscape(Box<Landscape>),
}

/// All moving parts that were needed so far, each prepared once per size.
#[derive(Default)]
pub(crate) struct LiveParts {
    prepared: HashMap<(bool, usize, u32, u32), Prepared>,
}

impl LiveParts {
    /// Draws a part as it is in a frame.
    pub(crate) fn draw(
        &mut self,
        fonts: &mut Fonts,
        scenario: &Scenario,
        part: LivePart,
        frame: u32,
        planes: &mut Planes,
    ) {
        let rect = part.rect();
        let seconds = scenario.moment_of(frame).seconds();
        match self.prepared(fonts, scenario, part) {
            Prepared::Camera(camera) => camera.draw(planes, rect, frame, seconds),
            Prepared::Paper(paper) => paper.draw(planes, rect, frame),
            Prepared::Landscape(landscape) => landscape.draw(planes, rect, frame, seconds),
        }
    }

    /// Returns the texts of a part with the frames in which they are seen.
    pub(crate) fn texts(
        &mut self,
        fonts: &mut Fonts,
        scenario: &Scenario,
        part: LivePart,
    ) -> Vec<MovingText> {
        let has_text = match part {
            LivePart::Camera { .. } => false,
            LivePart::Share { index, .. } => scenario.shares[index].content != ShareContent::Video,
        };
        if !has_text {
            return Vec::new();
        }
        match self.prepared(fonts, scenario, part) {
            Prepared::Paper(paper) => paper.texts(part.rect()),
            Prepared::Camera(_) | Prepared::Landscape(_) => Vec::new(),
        }
    }

    fn prepared(
        &mut self,
        fonts: &mut Fonts,
        scenario: &Scenario,
        part: LivePart,
    ) -> &mut Prepared {
        let size = (part.rect().width, part.rect().height);
        let key = match part {
            LivePart::Camera { index, .. } => (true, index, size.0, size.1),
            LivePart::Share { index, .. } => (false, index, size.0, size.1),
        };
        self.prepared
            .entry(key)
            .or_insert_with(|| prepare(fonts, scenario, part))
    }
}

fn prepare(fonts: &mut Fonts, scenario: &Scenario, part: LivePart) -> Prepared {
    let rect = part.rect();
    match part {
        LivePart::Camera { index, .. } => {
            let seed = crate::random::derive(scenario.seed, scenario.cameras[index].look);
            Prepared::Camera(Box::new(CameraPicture::new(seed, rect.width, rect.height)))
        }
        LivePart::Share { index, .. } => {
            let share = &scenario.shares[index];
            if share.content == ShareContent::Video {
                let seed = crate::random::derive(scenario.seed, index as u64);
                return Prepared::Landscape(Box::new(Landscape::new(
                    seed,
                    rect.width,
                    rect.height,
                )));
            }
            Prepared::Paper(Box::new(paper(fonts, scenario, share, index, rect)))
        }
    }
}

fn paper(
    fonts: &mut Fonts,
    scenario: &Scenario,
    share: &Share,
    index: usize,
    rect: PixelRect,
) -> MovingPaper {
    let seed = crate::random::derive(scenario.seed, 0x5_0000 + index as u64);
    let frames = scenario.frame_at(share.from)..scenario.frame_at(share.to.min(scenario.duration));
    match share.content {
        ShareContent::Window => MovingPaper::window(fonts, scenario, share, seed, rect, frames),
        _ => MovingPaper::document(fonts, scenario, share, seed, rect, frames),
    }
}
