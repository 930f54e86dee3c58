//! From a decoded picture to a cleared one.

use std::collections::HashMap;

use scrim_policy::{
    Moment, PixelRect, Plan,
    plan::{Look, Overlay, Scene},
};

use crate::{
    badge,
    colour::{ColourSpace, Samples},
    compose::Composer,
    frame::{COMPONENTS, FrameMut, FrameRef},
    frost,
    patch::Patch,
};

/// A picture in which nothing is left that the plan does not keep.
///
/// Only [`Redactor`] and [`Canvas`](crate::session::Canvas) make one. Whoever takes a `Cleared` cannot be handed anything else.
#[derive(Debug)]
pub struct Cleared<'a> {
    frame: FrameMut<'a>,
    wholly_hidden: bool,
}

impl<'a> Cleared<'a> {
    /// What a canvas shows was drawn on it, or is background.
    pub(crate) const fn of_canvas(frame: FrameMut<'a>) -> Self {
        Self {
            frame,
            wholly_hidden: false,
        }
    }
}

impl Cleared<'_> {
    /// Returns the picture to read.
    pub fn frame(&self) -> FrameRef<'_> {
        self.frame.as_ref()
    }

    /// Whether the whole picture was filled because it has another shape than the plan.
    pub const fn is_wholly_hidden(&self) -> bool {
        self.wholly_hidden
    }
}

/// Applies one plan to the pictures of one source.
#[derive(Debug)]
pub struct Redactor {
    plan: Plan,
    space: ColourSpace,
    background: Samples,
    /// Overlays that were drawn already. They depend on the plan alone.
    patches: HashMap<Overlay, Patch>,
    composer: Composer,
}

impl Redactor {
    /// Prepares a plan for pictures of a colour space.
    pub fn new(plan: Plan, space: ColourSpace) -> Self {
        let background = space.samples(plan.background);
        Self {
            plan,
            space,
            background,
            patches: HashMap::new(),
            composer: Composer::default(),
        }
    }

    /// The plan that is applied.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Paints over everything that the plan does not keep at this moment, in place.
    ///
    /// A picture of another shape than the plan's source is filled completely: its layout is not
    /// the one that the policy was made for.
    pub fn clear<'a>(&mut self, mut frame: FrameMut<'a>, at: Moment) -> Cleared<'a> {
        if frame.size() != self.source_size() {
            let (width, height) = frame.size();
            fill(
                &mut frame,
                &PixelRect::new(0, 0, width, height),
                self.background,
            );
            return Cleared {
                frame,
                wholly_hidden: true,
            };
        }
        let scene = self.plan.scene_at(at);
        for rect in &scene.filled {
            fill(&mut frame, rect, self.background);
        }
        for overlay in &scene.overlays {
            let patch = self.patches.entry(overlay.clone()).or_insert_with(|| {
                draw(overlay, self.background, self.plan.background, self.space)
            });
            patch.paint(&mut frame);
        }
        Cleared {
            frame,
            wholly_hidden: false,
        }
    }

    /// Whether a picture would come out exactly as an earlier one: same scene, and the same
    /// samples wherever something is kept. Hidden pixels are not looked at.
    pub fn is_repeat(
        &self,
        earlier: (&FrameRef<'_>, Moment),
        current: (&FrameRef<'_>, Moment),
    ) -> bool {
        let shape = self.source_size();
        let fits = earlier.0.size() == shape && current.0.size() == shape;
        let scene = self.plan.scene_at(current.1);
        fits && std::ptr::eq(scene, self.plan.scene_at(earlier.1))
            && scene
                .kept
                .iter()
                .all(|rect| current.0.equals_in(earlier.0, rect))
    }

    const fn source_size(&self) -> (u32, u32) {
        (self.plan.source.width, self.plan.source.height)
    }

    /// Whether the cleared picture itself is the output at this moment, so that [`Self::compose`]
    /// is not needed.
    pub fn is_in_place(&self, at: Moment) -> bool {
        self.plan
            .scene_at(at)
            .layout
            .is_identity(&self.plan.source, self.plan.output)
    }

    /// Lays a cleared picture out on a canvas of the plan's output size.
    ///
    /// # Errors
    /// The canvas has another size than the plan's output.
    pub fn compose<'b>(
        &mut self,
        cleared: &Cleared<'_>,
        at: Moment,
        mut canvas: FrameMut<'b>,
    ) -> Result<Cleared<'b>, CanvasError> {
        let (width, height) = canvas.size();
        if [width, height] != self.plan.output {
            return Err(CanvasError {
                expected: self.plan.output,
                actual: [width, height],
            });
        }
        let scene: &Scene = self.plan.scene_at(at);
        let whole = PixelRect::new(0, 0, width, height);
        // A picture that was cleared for another plan is of another shape as well.
        let is_of_source_shape = cleared.frame.size() == self.source_size();
        let wholly_hidden = cleared.wholly_hidden || !is_of_source_shape;
        if wholly_hidden || scene.layout.target != whole {
            fill(&mut canvas, &whole, self.background);
        }
        if !wholly_hidden {
            self.composer
                .lay_out(&cleared.frame(), &scene.layout, &mut canvas);
        }
        Ok(Cleared {
            frame: canvas,
            wholly_hidden,
        })
    }
}

/// A canvas of the wrong size.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the canvas has {actual:?} pixels, the plan puts out {expected:?}")]
pub struct CanvasError {
    /// Size that the plan puts out.
    pub expected: [u32; 2],
    /// Size of the canvas.
    pub actual: [u32; 2],
}

pub(crate) fn fill(frame: &mut FrameMut<'_>, rect: &PixelRect, with: Samples) {
    for (component, value) in COMPONENTS.into_iter().zip([with.y, with.u, with.v]) {
        frame.fill(component, rect, value);
    }
}

fn draw(
    overlay: &Overlay,
    fill: Samples,
    background: scrim_policy::Colour,
    space: ColourSpace,
) -> Patch {
    match &overlay.look {
        Look::Frosted => frost::frosted(overlay.rect, fill),
        Look::Initials(initials) => badge::plates(overlay.rect, initials, background, space),
    }
}
