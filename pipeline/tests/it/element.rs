//! The element `scrimclear` by itself: what passes and what does not.

use std::sync::{Arc, Mutex};

use gstreamer::{self as gst, prelude::*};
use gstreamer_video::{self as gst_video, VideoFrameExt};
use scrim_pipeline::elements::{self, clear::Clear};
use scrim_policy::{Geometry, Moment, Plan, Roster};

use crate::support::{EVERYTHING, policy};

const MS: u64 = 1_000_000;

/// What came out of the element.
#[derive(Debug)]
enum Out {
    Event(gst::Event),
    Frame(gst::Buffer),
}

/// The element between this thread and a list.
struct Bench {
    element: gst::Element,
    sink: gst::Pad,
    out: Arc<Mutex<Vec<Out>>>,
    /// Receives what the element puts out.
    _receiver: gst::Pad,
}

impl Bench {
    fn new(plan: Option<&Plan>) -> Self {
        elements::register().unwrap();
        let element = gst::ElementFactory::make("scrimclear").build().unwrap();
        element.set_property(
            "plan",
            plan.map(|plan| serde_json::to_string(plan).unwrap()),
        );
        let out = Arc::new(Mutex::new(Vec::new()));
        let (frames, events) = (Arc::clone(&out), Arc::clone(&out));
        let receiver = gst::Pad::builder(gst::PadDirection::Sink)
            .chain_function(move |_, _, buffer| {
                frames.lock().unwrap().push(Out::Frame(buffer));
                Ok(gst::FlowSuccess::Ok)
            })
            .event_function(move |_, _, event| {
                events.lock().unwrap().push(Out::Event(event));
                true
            })
            .build();
        receiver.set_active(true).unwrap();
        element.static_pad("src").unwrap().link(&receiver).unwrap();
        element.set_state(gst::State::Playing).unwrap();
        let sink = element.static_pad("sink").unwrap();
        let bench = Self {
            element,
            sink,
            out,
            _receiver: receiver,
        };
        assert!(bench.sink.send_event(gst::event::StreamStart::new("test")));
        bench
    }

    fn started(plan: &Plan) -> Self {
        let bench = Self::new(Some(plan));
        assert!(bench.shape(gst_video::VideoFormat::I420, 64, 48));
        assert!(bench.begin());
        bench
    }

    fn begin(&self) -> bool {
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        self.sink.send_event(gst::event::Segment::new(&segment))
    }

    fn shape(&self, format: gst_video::VideoFormat, width: u32, height: u32) -> bool {
        let info = gst_video::VideoInfo::builder(format, width, height)
            .build()
            .unwrap();
        self.sink
            .send_event(gst::event::Caps::new(&info.to_caps().unwrap()))
    }

    fn push(&self, frame: gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.sink.chain(frame)
    }

    fn frames(&self) -> Vec<gst::Buffer> {
        let out = self.out.lock().unwrap();
        let frames = out.iter().filter_map(|out| match out {
            Out::Frame(frame) => Some(frame.clone()),
            Out::Event(_) => None,
        });
        frames.collect()
    }

    fn events(&self) -> Vec<gst::EventType> {
        let out = self.out.lock().unwrap();
        let events = out.iter().filter_map(|out| match out {
            Out::Event(event) => Some(event.type_()),
            Out::Frame(_) => None,
        });
        events.collect()
    }

    fn clear(&self) -> &Clear {
        self.element.downcast_ref().unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.element.set_state(gst::State::Null);
    }
}

/// A plan for pictures of 64x48 that keeps all of them.
fn plan() -> Plan {
    let geometry = Geometry::square(64, 48);
    Plan::compile(&policy(EVERYTHING), &geometry, &Roster::default()).unwrap()
}

/// A frame whose luma rises by one per row, from `first` on.
fn frame(width: usize, height: usize, first: u8, at_ms: u64) -> gst::Buffer {
    let rows = (0..height).flat_map(|row| vec![first.wrapping_add(row as u8); width]);
    let chroma = vec![128; width / 2 * (height / 2) * 2];
    let mut buffer = gst::Buffer::from_mut_slice(rows.chain(chroma).collect::<Vec<u8>>());
    let timed = buffer.get_mut().unwrap();
    timed.set_pts(gst::ClockTime::from_mseconds(at_ms));
    timed.set_duration(gst::ClockTime::from_mseconds(40));
    buffer
}

fn luma(frame: &gst::Buffer, width: usize, height: usize) -> Vec<u8> {
    let info =
        gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, width as u32, height as u32)
            .build()
            .unwrap();
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(frame, &info).unwrap();
    let stride = frame.plane_stride()[0] as usize;
    let plane = frame.plane_data(0).unwrap();
    plane
        .chunks(stride)
        .take(height)
        .flat_map(|row| row[..width].to_vec())
        .collect()
}

#[test]
fn without_a_plan_nothing_passes() {
    for json in [None, Some("{"), Some("[]")] {
        let bench = Bench::new(None);
        bench.element.set_property("plan", json);
        assert!(
            !bench.shape(gst_video::VideoFormat::I420, 64, 48),
            "{json:?}"
        );
        let _ = bench.begin();
        assert!(bench.push(frame(64, 48, 0, 0)).is_err(), "{json:?}");
        assert!(bench.frames().is_empty(), "{json:?}");
    }
}

#[test]
fn a_pipeline_without_a_plan_stops_with_an_error() {
    elements::register().unwrap();
    let line = "videotestsrc num-buffers=3 ! video/x-raw,format=I420 ! scrimclear ! fakesink";
    let pipeline = gst::parse::launch(line).unwrap();
    let bus = pipeline.bus().unwrap();
    let _ = pipeline.set_state(gst::State::Playing);
    let kinds = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = bus
        .timed_pop_filtered(gst::ClockTime::from_seconds(20), &kinds)
        .unwrap();
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(message.type_(), gst::MessageType::Error);
}

#[test]
fn kept_frames_pass_unchanged_with_their_times() {
    let bench = Bench::started(&plan());
    bench.push(frame(64, 48, 30, 0)).unwrap();
    bench.push(frame(64, 48, 60, 40)).unwrap();
    let frames = bench.frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[1].pts(), Some(gst::ClockTime::from_mseconds(40)));
    assert_eq!(
        frames[1].duration(),
        Some(gst::ClockTime::from_mseconds(40))
    );
    let expected: Vec<u8> = (0..48).flat_map(|row| vec![60 + row; 64]).collect();
    assert_eq!(luma(&frames[1], 64, 48), expected);
}

#[test]
fn nv12_passes_and_other_formats_are_refused() {
    let bench = Bench::new(Some(&plan()));
    assert!(bench.shape(gst_video::VideoFormat::Nv12, 64, 48));
    assert!(bench.begin());
    bench.push(frame(64, 48, 30, 0)).unwrap();
    assert_eq!(bench.frames().len(), 1);
    let bench = Bench::new(Some(&plan()));
    assert!(!bench.shape(gst_video::VideoFormat::Rgb, 64, 48));
}

#[test]
fn metas_do_not_pass() {
    let bench = Bench::started(&plan());
    let mut captioned = frame(64, 48, 30, 0);
    gst_video::VideoCaptionMeta::add(
        captioned.get_mut().unwrap(),
        gst_video::VideoCaptionType::Cea608Raw,
        b"QZ",
    );
    gst_video::VideoRegionOfInterestMeta::add(
        captioned.get_mut().unwrap(),
        "Wojciech",
        (0, 0, 8, 8),
    );
    bench.push(captioned).unwrap();
    let frames = bench.frames();
    assert_eq!(frames.len(), 1);
    assert!(frames[0].meta::<gst_video::VideoCaptionMeta>().is_none());
    assert!(
        frames[0]
            .meta::<gst_video::VideoRegionOfInterestMeta>()
            .is_none()
    );
}

#[test]
fn tags_contents_and_unknown_events_do_not_pass() {
    let bench = Bench::started(&plan());
    let mut tags = gst::TagList::new();
    tags.get_mut()
        .unwrap()
        .add::<gst::tags::Title>(&"Wojciech", gst::TagMergeMode::Append);
    let toc = gst::Toc::new(gst::TocScope::Global);
    let named = gst::Structure::builder("names")
        .field("host", "Wojciech")
        .build();
    bench.sink.send_event(gst::event::Tag::new(tags));
    bench.sink.send_event(gst::event::Toc::new(&toc, false));
    bench
        .sink
        .send_event(gst::event::CustomDownstream::new(named.clone()));
    bench
        .sink
        .send_event(gst::event::CustomDownstreamOob::new(named.clone()));
    bench
        .sink
        .send_event(gst::event::CustomDownstreamSticky::new(named));
    bench.push(frame(64, 48, 30, 0)).unwrap();
    let gap = gst::event::Gap::builder(gst::ClockTime::from_mseconds(40)).build();
    assert!(bench.sink.send_event(gap));
    assert!(bench.sink.send_event(gst::event::Eos::new()));
    let expected = [
        gst::EventType::StreamStart,
        gst::EventType::Caps,
        gst::EventType::Segment,
        gst::EventType::Gap,
        gst::EventType::Eos,
    ];
    assert_eq!(bench.events(), expected);
}

#[test]
fn frames_outside_the_window_are_dropped() {
    let bench = Bench::new(Some(&plan()));
    bench.element.set_property("from", 80 * MS);
    bench.element.set_property("origin", -(40 * MS as i64));
    assert!(bench.shape(gst_video::VideoFormat::I420, 64, 48));
    assert!(bench.begin());
    for index in 0..4 {
        bench
            .push(frame(64, 48, index * 30, u64::from(index) * 40))
            .unwrap();
    }
    // The end of the window may be set while frames come.
    bench.element.set_property("to", 160 * MS);
    for index in 4..8 {
        bench
            .push(frame(64, 48, index * 30, u64::from(index) * 40))
            .unwrap();
    }
    let times: Vec<u64> = bench
        .frames()
        .iter()
        .map(|frame| frame.pts().unwrap().mseconds())
        .collect();
    assert_eq!(times, [120, 160]);
    let counters = bench.clear().counters();
    assert_eq!((counters.frames, counters.repeats), (2, 0));
    assert_eq!(counters.end, Moment(160 * MS));
}

#[test]
fn a_repeat_is_left_out_until_the_limit() {
    let bench = Bench::new(Some(&plan()));
    bench.element.set_property("repeat-limit", 100 * MS);
    assert!(bench.shape(gst_video::VideoFormat::I420, 64, 48));
    assert!(bench.begin());
    for index in 0..6 {
        bench.push(frame(64, 48, 30, index * 40)).unwrap();
    }
    let times: Vec<u64> = bench
        .frames()
        .iter()
        .map(|frame| frame.pts().unwrap().mseconds())
        .collect();
    assert_eq!(times, [0, 80, 160]);
    assert_eq!(bench.clear().counters().repeats, 3);
    assert_eq!(bench.clear().counters().end, Moment(240 * MS));
}

#[test]
fn a_frame_of_another_size_is_hidden_as_a_whole_and_listed() {
    let bench = Bench::started(&plan());
    bench.push(frame(64, 48, 30, 0)).unwrap();
    assert!(bench.shape(gst_video::VideoFormat::I420, 96, 32));
    bench.push(frame(96, 32, 30, 40)).unwrap();
    bench.push(frame(96, 32, 90, 80)).unwrap();
    assert!(bench.shape(gst_video::VideoFormat::I420, 64, 48));
    bench.push(frame(64, 48, 60, 120)).unwrap();
    let frames = bench.frames();
    assert_eq!(frames.len(), 4);
    for hidden in &frames[1..3] {
        let luma = luma(hidden, 64, 48);
        assert!(luma.iter().all(|sample| *sample == luma[0]));
    }
    assert_eq!(luma(&frames[3], 64, 48)[0], 60);
    let spans = bench.clear().counters().wholly_hidden;
    assert_eq!(spans, [(Moment(40 * MS), Moment(120 * MS))]);
    let shapes = bench
        .events()
        .iter()
        .filter(|kind| **kind == gst::EventType::Caps)
        .count();
    assert_eq!(shapes, 1, "the output keeps its shape");
}

#[test]
fn a_frame_that_is_smaller_than_its_caps_or_has_no_time_is_refused() {
    let bench = Bench::started(&plan());
    assert!(bench.push(frame(32, 32, 30, 0)).is_err());
    let bench = Bench::started(&plan());
    let mut timeless = frame(64, 48, 30, 0);
    timeless.get_mut().unwrap().set_pts(gst::ClockTime::NONE);
    assert!(bench.push(timeless).is_err());
    assert!(bench.frames().is_empty());
}

#[test]
fn the_properties_are_described_and_keep_what_is_set() {
    elements::register().unwrap();
    let element = gst::ElementFactory::make("scrimclear").build().unwrap();
    let own: Vec<_> = element
        .list_properties()
        .iter()
        .filter(|property| property.owner_type() == Clear::static_type())
        .map(|property| (property.name(), property.blurb().unwrap().to_owned()))
        .collect();
    let names: Vec<&str> = own.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["plan", "origin", "from", "to", "repeat-limit", "digest"]
    );
    assert!(own.iter().all(|(_, blurb)| blurb.len() > 10));

    assert_eq!(element.property::<Option<String>>("plan"), None);
    assert_eq!(element.property::<u64>("to"), u64::MAX);
    assert_eq!(element.property::<u64>("repeat-limit"), 2000 * MS);
    element.set_property("origin", -5_i64);
    element.set_property("from", 7_u64);
    element.set_property("digest", true);
    element.set_property("plan", serde_json::to_string(&plan()).unwrap());
    assert_eq!(element.property::<i64>("origin"), -5);
    assert_eq!(element.property::<u64>("from"), 7);
    assert!(element.property::<bool>("digest"));
    let json = element.property::<Option<String>>("plan").unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan());

    let factory = element.factory().unwrap();
    assert_eq!(
        factory.rank(),
        gst::Rank::NONE,
        "it is never plugged in by itself"
    );
    assert_eq!(factory.static_pad_templates().len(), 2);
}
