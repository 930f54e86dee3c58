//! The finished picture of a session as a plan, for whoever checks it.

use super::{SessionPlan, SessionScene};
use crate::{
    Colour, Geometry, Moment, PixelRect, Plan,
    plan::{Layout, Scene},
};

impl SessionPlan {
    /// Returns the plan that the finished picture has to fit: kept is what tiles cover, and everything
    /// else is the background. None where only sound is recorded.
    pub fn canvas(&self, background: Colour) -> Option<Plan> {
        let output = self.output?;
        let source = Geometry::square(output[0], output[1]);
        let mut scenes: Vec<Scene> = self
            .scenes
            .iter()
            .map(|scene| canvas_scene(scene, &source, output))
            .collect();
        // A plan goes on for ever, in which nothing is shown after the end.
        let end = scenes.last().map_or(Moment::START, |scene| scene.to);
        let nothing = SessionScene {
            from: end,
            to: Moment::END,
            tiles: Vec::new(),
        };
        scenes.push(canvas_scene(&nothing, &source, output));
        Some(Plan {
            source,
            output,
            background,
            scenes,
        })
    }
}

fn canvas_scene(scene: &SessionScene, source: &Geometry, output: [u32; 2]) -> Scene {
    let whole = PixelRect::new(0, 0, output[0], output[1]);
    let kept: Vec<PixelRect> = scene.tiles.iter().map(|tile| tile.rect).collect();
    let filled = kept.iter().fold(vec![whole], |left, hole| {
        left.iter().flat_map(|rect| rect.without(hole)).collect()
    });
    Scene {
        from: scene.from,
        to: scene.to,
        kept,
        filled,
        overlays: Vec::new(),
        layout: Layout::whole(source, output),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::session::{Shows, Tile};

    #[test]
    fn nothing_but_the_tiles_is_kept_and_nothing_after_the_end() {
        let tile = |x| Tile {
            rect: PixelRect::new(x, 8, 300, 200),
            shows: Shows::Plate {
                text: "A.K.".to_owned(),
                colour: 0,
            },
            label: None,
        };
        let scene = |from, to, tiles| SessionScene {
            from: Moment(from),
            to: Moment(to),
            tiles,
        };
        let plan = SessionPlan {
            output: Some([640, 360]),
            takes: Vec::new(),
            scenes: vec![
                scene(0, 5, vec![tile(8), tile(320)]),
                scene(5, 9, vec![tile(8)]),
            ],
            voices: Vec::new(),
        };
        let canvas = plan.canvas(Colour::BACKGROUND).unwrap();
        assert_eq!(canvas.scenes.len(), 3);
        for (scene, tiles) in canvas.scenes.iter().zip([2, 1, 0]) {
            let area = |rects: &[PixelRect]| -> u32 {
                rects.iter().map(|rect| rect.width * rect.height).sum()
            };
            assert_eq!(scene.kept.len(), tiles);
            assert_eq!(area(&scene.kept) + area(&scene.filled), 640 * 360);
            let apart = |rect: &PixelRect| scene.kept.iter().all(|kept| !kept.overlaps(rect));
            assert!(scene.filled.iter().all(apart));
        }
        assert_eq!(canvas.scenes[2].to, Moment::END);
        assert!(SessionPlan::default().canvas(Colour::BACKGROUND).is_none());
    }
}
