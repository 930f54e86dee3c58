//! Pictures that are no pictures, and canvases that do not fit.

use scrim_policy::{Geometry, Kind, Moment, Plan, Policy, Roster};
use scrim_redact::{CanvasError, ColourSpace, FrameError, FrameRef, PixelFormat, Redactor};

use crate::pixels_picture::{Picture, Random, Shape};

const LEFT_HIDDEN: &str = r#"
    schema = 1
    name = "left half hidden"
    [[region]]
    name = "right"
    kind = "stage"
    rect = [0.5, 0.0, 0.5, 1.0]
    action = "keep"
"#;

fn redactor(width: u32, height: u32) -> Redactor {
    let policy = Policy::parse("test.toml", LEFT_HIDDEN).unwrap();
    let geometry = Geometry::square(width, height);
    let plan = Plan::compile(&policy, &geometry, &Roster::default()).unwrap();
    Redactor::new(plan, ColourSpace::default())
}

#[test]
fn memory_that_cannot_hold_the_picture_is_refused() {
    let plane = [0; 64];
    let planes = |lengths: &[(usize, usize)]| -> Vec<(&[u8], usize)> {
        lengths
            .iter()
            .map(|&(length, stride)| (&plane[..length], stride))
            .collect()
    };
    let i420 = |width, height, lengths: &[(usize, usize)]| {
        FrameRef::new(PixelFormat::I420, width, height, planes(lengths)).map(|_| ())
    };
    let nv12 = |width, height, lengths: &[(usize, usize)]| {
        FrameRef::new(PixelFormat::Nv12, width, height, planes(lengths)).map(|_| ())
    };
    // 5x5: chroma has 3x3. The last row needs no padding.
    assert_eq!(i420(5, 5, &[(37, 8), (11, 4), (11, 4)]), Ok(()));
    assert_eq!(nv12(5, 5, &[(37, 8), (22, 8)]), Ok(()));
    let too_short = |plane, stride, expected, actual| {
        Err(FrameError::TooShort {
            plane,
            stride,
            expected,
            actual,
        })
    };
    assert_eq!(
        i420(5, 5, &[(36, 8), (11, 4), (11, 4)]),
        too_short(0, 8, 37, 36)
    );
    assert_eq!(
        i420(5, 5, &[(37, 8), (11, 4), (10, 4)]),
        too_short(2, 4, 11, 10)
    );
    assert_eq!(nv12(5, 5, &[(37, 8), (21, 8)]), too_short(1, 8, 22, 21));
    assert_eq!(
        i420(5, 5, &[(64, 4), (11, 4), (11, 4)]),
        too_short(0, 4, 21, 64)
    );
    assert_eq!(
        i420(0, 5, &[(0, 0); 3]),
        Err(FrameError::Empty {
            width: 0,
            height: 5
        })
    );
    let planes = FrameError::Planes {
        format: PixelFormat::Nv12,
        expected: 2,
        actual: 3,
    };
    assert_eq!(nv12(5, 5, &[(37, 8), (11, 4), (11, 4)]), Err(planes));
}

#[test]
fn an_absurd_stride_is_refused_and_does_not_overflow() {
    let plane = [0; 16];
    for stride in [usize::MAX, usize::MAX / 2] {
        let planes = vec![(&plane[..], stride), (&plane[..], 2), (&plane[..], 2)];
        let error = FrameRef::new(PixelFormat::I420, 4, 4, planes).unwrap_err();
        assert!(
            matches!(error, FrameError::TooShort { plane: 0, .. }),
            "{error}"
        );
        assert_eq!(error.kind(), Kind::Internal);
    }
}

#[test]
fn a_canvas_of_another_size_is_refused_and_left_alone() {
    let mut redactor = redactor(96, 64);
    let shape = |width, height| Shape::tight(PixelFormat::I420, width, height);
    let mut random = Random(1);
    let mut source = Picture::random(shape(96, 64), &mut random);
    let mut canvas = Picture::random(shape(64, 96), &mut random);
    let before = canvas.visible();
    let cleared = redactor.clear(source.frame_mut(), Moment::START);
    let refused = redactor.compose(&cleared, Moment::START, canvas.frame_mut());
    assert_eq!(
        refused.unwrap_err(),
        CanvasError {
            expected: [96, 64],
            actual: [64, 96]
        }
    );
    assert_eq!(canvas.visible(), before);
}

#[test]
fn a_picture_that_another_redactor_cleared_is_hidden_when_it_does_not_fit() {
    let (mut small, mut large) = (redactor(96, 64), redactor(192, 128));
    let shape = |width, height| Shape::tight(PixelFormat::I420, width, height);
    let mut source = Picture::random(shape(96, 64), &mut Random(1));
    let mut canvas = Picture::random(shape(192, 128), &mut Random(2));
    let cleared = small.clear(source.frame_mut(), Moment::START);
    let done = large
        .compose(&cleared, Moment::START, canvas.frame_mut())
        .unwrap();
    assert!(done.is_wholly_hidden());
    let background = [
        canvas.get(0, 0, 0),
        canvas.get(1, 0, 0),
        canvas.get(2, 0, 0),
    ];
    assert!(canvas.visible() == Picture::plain(canvas.shape, background).visible());
}
