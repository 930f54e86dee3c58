//! What the recording of a session looks like: each layout, in the states that are different.

use scrim_policy::{
    Colour, ConsentPurpose, ConsentRule, InitialsBook, Moment, ParticipantId, Pii, PixelRect,
    Policy, Role, SessionPlan, TimelineEntry, TimelineEvent, TrackId, TrackSource, session::Shows,
};
use scrim_redact::{ColourSpace, Matrix, PixelFormat, session::Canvas, still::Still};
use uuid::Uuid;

use crate::{
    pixels_drawing::{INK, Tone, WHITE, fill, write},
    pixels_picture::{Picture, Shape},
    stills::check_golden,
};

/// The colours of what comes out.
const HD: ColourSpace = ColourSpace {
    matrix: Matrix::Bt709,
    full_range: false,
};

/// The colours of what a browser sends.
const BROWSER: ColourSpace = ColourSpace {
    matrix: Matrix::Bt601,
    full_range: false,
};

/// How long each one speaks, and how long the meeting goes on, in nanoseconds: 4 s.
const TURN_NS: u64 = 4_000_000_000;

/// Somebody who is in the meeting.
#[derive(Clone, Copy)]
struct Guest {
    name: &'static str,
    /// The colour of the wall behind them; none for whoever has no camera.
    wall: Option<Tone>,
    /// Columns and rows of their camera.
    size: (u32, u32),
    has_screen: bool,
}

const fn guest(name: &'static str, wall: Option<Tone>) -> Guest {
    Guest {
        name,
        wall,
        size: (640, 360),
        has_screen: false,
    }
}

const HOST: Guest = Guest {
    has_screen: true,
    ..guest("Hanna Holt", Some([120, 140, 108]))
};
const ADA: Guest = guest("Ada Krol", Some([150, 108, 140]));
const PLATE: Guest = guest("Łukasz Żak", None);
const PORTRAIT: Guest = Guest {
    size: (360, 640),
    ..guest("Élodie Roux", Some([170, 118, 122]))
};
const ODD: Guest = Guest {
    size: (213, 121),
    ..guest("Niccolò Rossi", Some([130, 90, 160]))
};
const SQUARE: Guest = Guest {
    size: (480, 480),
    ..guest("Özlem Weiß", Some([96, 150, 120]))
};

/// Nine who are told apart by everything: cameras of every shape, and plates between them.
const NINE: [Guest; 9] = [
    ADA,
    PLATE,
    PORTRAIT,
    ODD,
    SQUARE,
    guest("Bo Lund", None),
    guest("Ada Kos", Some([190, 120, 132])),
    guest("Maja Zielinska", None),
    guest("Jan Novak", Some([80, 132, 116])),
];

/// A host who shares a screen and has a camera on, and three with a camera and one without.
const LECTURE: [Guest; 5] = [HOST, ADA, PLATE, PORTRAIT, ODD];

/// Everybody comes, agrees to everything, sends what they have, and says something.
struct Meeting {
    timeline: Vec<TimelineEntry>,
    sources: Vec<(TrackId, usize, TrackSource)>,
    end: Moment,
}

impl Meeting {
    fn of(guests: &[Guest]) -> Self {
        let mut meeting = Self {
            timeline: Vec::new(),
            sources: Vec::new(),
            end: Moment::START,
        };
        let mut book = InitialsBook::default();
        meeting.note(TimelineEvent::Opened {
            unix_millis: 1_800_000_000_000,
            rule: ConsentRule::Explicit,
        });
        meeting.note(TimelineEvent::RecordingStarted);
        for (number, guest) in guests.iter().enumerate() {
            meeting.come(number, guest, &mut book);
        }
        for number in 0..guests.len() {
            let participant = Some(participant(number));
            meeting.note(TimelineEvent::Speaks { participant });
            meeting.end = meeting.end.later(TURN_NS);
        }
        meeting.end = meeting.end.later(TURN_NS);
        meeting
    }

    fn note(&mut self, event: TimelineEvent) {
        self.timeline.push(TimelineEntry {
            at: self.end,
            event,
        });
    }

    fn come(&mut self, number: usize, guest: &Guest, book: &mut InitialsBook) {
        let participant = participant(number);
        let name = Pii::new(guest.name.to_owned());
        self.note(TimelineEvent::Joined {
            participant,
            initials: book.give(&name),
            name,
            email: None,
            role: Role::Presenter,
        });
        self.note(TimelineEvent::Noticed {
            participant,
            notice: "notice-1".to_owned(),
        });
        for purpose in ConsentPurpose::ALL {
            self.note(TimelineEvent::Consented {
                participant,
                purpose,
                given: true,
                notice: "notice-1".to_owned(),
            });
        }
        let sources = [
            (TrackSource::Microphone, true),
            (TrackSource::Camera, guest.wall.is_some()),
            (TrackSource::Screen, guest.has_screen),
        ];
        for (source, _) in sources.into_iter().filter(|(_, is_there)| *is_there) {
            let track = TrackId::from_uuid(Uuid::from_u128(1 + self.sources.len() as u128));
            self.sources.push((track, number, source));
            self.note(TimelineEvent::TrackOpened {
                track,
                participant,
                source,
            });
        }
    }
}

fn participant(number: usize) -> ParticipantId {
    ParticipantId::from_uuid(Uuid::from_u128(1 + number as u128))
}

/// A head before a wall, with a line in a strong colour at the right edge.
fn camera(guest: &Guest) -> Picture {
    const HEAD: Tone = [165, 108, 150];
    const CLOTHES: Tone = [60, 132, 124];
    const EDGE: Tone = [81, 90, 240];
    let (columns, rows) = guest.size;
    let shape = Shape::tight(PixelFormat::I420, columns, rows);
    let mut picture = Picture::plain(shape, guest.wall.unwrap_or([16, 128, 128]));
    let (width, height) = (i64::from(columns), i64::from(rows));
    let radius = width.min(height) / 4;
    for y in 0..rows {
        for x in 0..columns {
            let (right, down) = (i64::from(x) - width / 2, i64::from(y) - height * 2 / 5);
            let up = i64::from(y) - height;
            let tone = if right * right + down * down < radius * radius {
                HEAD
            } else if right * right / 2 + up * up < radius * radius * 2 {
                CLOTHES
            } else if i64::from(x) * 16 >= width * 15 {
                EDGE
            } else {
                continue;
            };
            fill(&mut picture, &PixelRect::new(x, y, 1, 1), tone);
        }
    }
    picture
}

/// A slide with text and the bars of Rec. ITU-R BT.709.
fn screen() -> Picture {
    let mut picture = Picture::plain(Shape::tight(PixelFormat::I420, 1280, 720), WHITE);
    fill(
        &mut picture,
        &PixelRect::new(0, 0, 1280, 80),
        [90, 160, 100],
    );
    write(&mut picture, 40, 32, "How bees find their way home", WHITE);
    let bars: [Tone; 6] = [
        [63, 102, 240],
        [173, 42, 26],
        [32, 240, 118],
        [219, 16, 138],
        [188, 154, 16],
        [78, 214, 230],
    ];
    for (index, tone) in (0..).zip(bars) {
        let high = 160 + index * 60;
        let bar = PixelRect::new(60 + index * 90, 660 - high, 64, high);
        fill(&mut picture, &bar, tone);
    }
    for row in 0..16 {
        let line = "They remember the sun and the landmarks.";
        write(&mut picture, 680, 140 + row * 32, line, INK);
    }
    picture
}

fn plan(meeting: &Meeting, policy: &str) -> SessionPlan {
    let text = format!("schema = 1\nname = \"stills\"\n{policy}\n");
    let policy = Policy::parse("stills.toml", &text).unwrap();
    SessionPlan::compile(&policy, &meeting.timeline, meeting.end, None)
}

/// The canvas at the end of a meeting, with a picture of everybody who is shown.
fn still(guests: &[Guest], policy: &str) -> Still {
    let meeting = Meeting::of(guests);
    let plan = plan(&meeting, policy);
    let tiles = &plan.scenes.last().unwrap().tiles;
    let [width, height] = plan.output.unwrap();
    let mut canvas = Canvas::new([width, height], Colour::BACKGROUND);
    canvas.set_scene(tiles);
    for tile in tiles {
        let Shows::Track(track) = tile.shows else {
            continue;
        };
        let source = meeting.sources.iter().find(|source| source.0 == track);
        let (_, number, source) = *source.unwrap();
        let (picture, space) = match source {
            TrackSource::Screen => (screen(), HD),
            _ => (camera(&guests[number]), BROWSER),
        };
        assert!(canvas.draw(track, &picture.frame(), space));
    }
    let mut out = Picture::plain(Shape::tight(PixelFormat::I420, width, height), [0; 3]);
    canvas.paint(out.frame_mut()).unwrap();
    Still::new(&out.frame(), HD)
}

/// A small picture in one of the layouts.
fn layout(word: &str) -> String {
    format!("[output]\nsize = [640, 360]\n[live]\nlayout = \"{word}\"")
}

/// A slide at the left, and three people at the right.
fn custom() -> String {
    let mut policy = layout("custom");
    for (name, shows, rect) in [
        ("slides", "screen", [0.0, 0.0, 0.7, 1.0]),
        ("presenter", "presenter", [0.7, 0.0, 0.3, 0.3]),
        ("voice", "speaker", [0.7, 0.35, 0.3, 0.3]),
        ("another", "others", [0.7, 0.7, 0.3, 0.3]),
    ] {
        policy +=
            &format!("\n[[live.tile]]\nname = \"{name}\"\nshows = \"{shows}\"\nrect = {rect:?}");
    }
    policy
}

#[test]
fn a_meeting_of_nobody_is_an_empty_canvas_in_every_layout() {
    for policy in [
        layout("speaker"),
        layout("presentation"),
        layout("grid"),
        custom(),
    ] {
        check_golden("canvas-nobody.png", &still(&[], &policy));
    }
}

#[test]
fn a_recording_of_sound_alone_has_no_canvas() {
    for guests in [&LECTURE[..0], &LECTURE[..]] {
        let plan = plan(&Meeting::of(guests), &layout("audio"));
        assert_eq!((plan.output, plan.scenes.len()), (None, 0));
        assert_eq!(plan.voices.is_empty(), guests.is_empty());
    }
}

#[test]
fn one_who_speaks_looks_as_committed() {
    for (name, guest) in [
        ("canvas-speaker-camera.png", ADA),
        ("canvas-speaker-plate.png", PLATE),
        ("canvas-speaker-portrait.png", PORTRAIT),
        ("canvas-speaker-odd.png", ODD),
    ] {
        check_golden(name, &still(&[guest], &layout("speaker")));
    }
}

#[test]
fn whoever_speaks_last_is_seen_alone_as_committed() {
    check_golden(
        "canvas-speaker-last.png",
        &still(&[HOST, PLATE, SQUARE], &layout("speaker")),
    );
}

#[test]
fn a_presentation_looks_as_committed() {
    let policy = layout("presentation");
    for (name, guests) in [
        ("canvas-presentation-camera.png", &[ADA][..]),
        ("canvas-presentation-plate.png", &[PLATE][..]),
        ("canvas-presentation-people.png", &[SQUARE, PLATE, ADA][..]),
        ("canvas-presentation-screen.png", &LECTURE[..]),
    ] {
        check_golden(name, &still(guests, &policy));
    }
}

#[test]
fn a_grid_looks_as_committed() {
    let policy = layout("grid");
    check_golden("canvas-grid-camera.png", &still(&[ADA], &policy));
    check_golden("canvas-grid-plate.png", &still(&[PLATE], &policy));
    check_golden("canvas-grid-two.png", &still(&[ADA, PLATE], &policy));
    check_golden("canvas-grid-nine.png", &still(&NINE, &policy));
    check_golden("canvas-grid-screen.png", &still(&LECTURE, &policy));
}

#[test]
fn a_layout_of_the_policy_looks_as_committed() {
    check_golden("canvas-custom-camera.png", &still(&[ADA], &custom()));
    check_golden("canvas-custom-plate.png", &still(&[PLATE], &custom()));
    check_golden("canvas-custom-screen.png", &still(&LECTURE, &custom()));
}

#[test]
fn what_people_are_called_looks_as_committed() {
    for (name, word) in [
        ("canvas-names-full.png", "full"),
        ("canvas-names-hidden.png", "hidden"),
    ] {
        let policy = format!("[names]\nshow = \"{word}\"\n{}", layout("presentation"));
        check_golden(name, &still(&LECTURE, &policy));
    }
}

#[test]
fn a_canvas_that_is_higher_than_wide_looks_as_committed() {
    let size = "[output]\nsize = [360, 640]\n[live]\nlayout =";
    for (name, word) in [
        ("canvas-narrow-presentation.png", "presentation"),
        ("canvas-narrow-grid.png", "grid"),
    ] {
        let policy = format!("{size} \"{word}\"");
        check_golden(name, &still(&LECTURE, &policy));
    }
}
