//! The signs of the interface, drawn from lines and discs around a middle.

use super::{
    Screen,
    theme::{HAND, WARNING, WHITE},
};
use crate::draw::{Area, Colour};

impl Screen<'_> {
    /// A microphone, crossed out when muted. About 14 units high.
    pub(super) fn microphone(&mut self, (x, y): (f32, f32), colour: Colour, muted: bool) {
        let u = self.unit;
        let body = Area::new(x - 2.2 * u, y - 6.0 * u, 4.4 * u, 7.6 * u);
        self.canvas.fill_rounded(body, 2.2 * u, colour);
        let bow = [
            (-4.2, -0.6),
            (-3.4, 2.2),
            (0.0, 3.8),
            (3.4, 2.2),
            (4.2, -0.6),
        ];
        self.strokes((x, y), &bow, 1.1, colour);
        self.strokes((x, y), &[(0.0, 3.8), (0.0, 6.4)], 1.1, colour);
        if muted {
            self.strokes((x, y), &[(-5.2, -5.6), (5.2, 5.6)], 1.5, WARNING);
        }
    }

    /// A raised hand. About 13 units high.
    pub(super) fn raised_hand(&mut self, (x, y): (f32, f32)) {
        let u = self.unit;
        let palm = Area::new(x - 3.4 * u, y - 0.8 * u, 6.8 * u, 6.6 * u);
        self.canvas.fill_rounded(palm, 2.6 * u, HAND);
        for (finger, top) in [(-2.6, -4.4), (-0.9, -6.0), (0.9, -6.0), (2.6, -4.8)] {
            self.strokes((x, y), &[(finger, top), (finger, 1.0)], 1.4, HAND);
        }
        self.strokes((x, y), &[(-5.0, -0.6), (-2.8, 2.8)], 1.5, HAND);
    }

    /// A camera.
    pub(super) fn film_camera(&mut self, (x, y): (f32, f32), colour: Colour) {
        let u = self.unit;
        let body = Area::new(x - 7.0 * u, y - 4.2 * u, 9.4 * u, 8.4 * u);
        self.canvas.fill_rounded(body, 1.8 * u, colour);
        for edge in [-3.0, -1.5, 0.0, 1.5, 3.0] {
            self.strokes((x, y), &[(3.4, edge * 0.4), (6.4, edge)], 1.5, colour);
        }
    }

    /// A screen with an arrow.
    pub(super) fn shared_screen(&mut self, middle: (f32, f32), colour: Colour) {
        let frame = [
            (-7.0, -5.0),
            (7.0, -5.0),
            (7.0, 4.0),
            (-7.0, 4.0),
            (-7.0, -5.0),
        ];
        self.strokes(middle, &frame, 1.2, colour);
        self.strokes(middle, &[(0.0, 2.2), (0.0, -2.6)], 1.3, colour);
        self.strokes(
            middle,
            &[(-2.2, -0.6), (0.0, -2.8), (2.2, -0.6)],
            1.3,
            colour,
        );
        self.strokes(middle, &[(-3.0, 6.4), (3.0, 6.4)], 1.2, colour);
    }

    /// The mark of the invented webinar service.
    pub(super) fn mark(&mut self, (x, y): (f32, f32)) {
        let u = self.unit;
        let accent = self.palette.accent;
        let ground = Area::new(x - 13.0 * u, y - 13.0 * u, 26.0 * u, 26.0 * u);
        self.canvas.fill_rounded(ground, 6.0 * u, accent);
        self.strokes((x, y), &[(-5.5, 4.5), (-5.5, -1.0)], 2.6, WHITE);
        self.strokes((x, y), &[(0.0, 4.5), (0.0, -5.0)], 2.6, WHITE);
        self.strokes((x, y), &[(5.5, 4.5), (5.5, 1.0)], 2.6, WHITE);
    }

    /// Joins points around a middle; points and width are in units.
    fn strokes(&mut self, (x, y): (f32, f32), points: &[(f32, f32)], width: f32, colour: Colour) {
        let u = self.unit;
        for pair in points.windows(2) {
            let place = |(right, down): (f32, f32)| (x + right * u, y + down * u);
            self.canvas
                .line(place(pair[0]), place(pair[1]), width * u, colour);
        }
    }
}
