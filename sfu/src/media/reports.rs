//! What receivers say by RTCP about what they are sent.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gstreamer as gst;
use gstreamer::{glib, prelude::*};

use super::{RoomClock, connection::Connection};

/// When something was heard of a peer last, by the clock of the room. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Heard(Arc<AtomicU64>);

impl Heard {
    /// It counts as heard of now.
    pub(super) fn now(clock: &RoomClock) -> Self {
        let heard = Self(Arc::default());
        heard.note(clock);
        heard
    }

    /// Something was heard.
    pub(super) fn note(&self, clock: &RoomClock) {
        let now = u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.0.store(now, Ordering::Relaxed);
    }

    /// Returns when that was.
    pub(super) fn at(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Takes note of whatever the peer of a connection reports from now on. What comes there was
    /// authenticated by SRTCP.
    pub(super) fn listen(&self, connection: &Connection, clock: &RoomClock) {
        let pad = rtpbin(connection).and_then(|rtpbin| rtpbin.static_pad("recv_rtcp_sink_0"));
        let Some(pad) = pad else {
            tracing::warn!("nothing that a player reports can be heard");
            return;
        };
        let (heard, clock) = (self.clone(), clock.clone());
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            heard.note(&clock);
            gst::PadProbeReturn::Ok
        });
    }
}

/// How far the reports of a receiver were looked at.
#[derive(Debug, Default)]
pub(super) struct Reports {
    highest: u64,
}

impl Reports {
    /// Returns the greatest share of packets that was lost, by what the receiver has reported since the
    /// last time.
    pub(super) fn lost(&mut self, connection: &Connection) -> Option<f64> {
        let session = rtpbin(connection)?
            .emit_by_name::<Option<glib::Object>>("get-internal-session", &[&0_u32])?;
        let stats = session.property::<gst::Structure>("stats");
        let sources = stats.get::<glib::ValueArray>("source-stats").ok()?;
        let reports = sources.iter().filter_map(|source| {
            let source = source.get::<gst::Structure>().ok()?;
            let has_report = source.get::<bool>("have-rb").ok()?;
            let lost = source.get::<u32>("rb-fractionlost").ok()?;
            let highest = source.get::<u32>("rb-exthighestseq").ok()?;
            has_report.then_some((f64::from(lost) / 256.0, u64::from(highest)))
        });
        let reports: Vec<_> = reports.collect();
        // The same report is not looked at twice.
        let highest = reports.iter().map(|(_, highest)| highest).sum();
        if std::mem::replace(&mut self.highest, highest) == highest {
            return None;
        }
        reports
            .into_iter()
            .map(|(lost, _)| lost)
            .max_by(f64::total_cmp)
    }
}

fn rtpbin(connection: &Connection) -> Option<gst::Element> {
    connection
        .webrtc
        .downcast_ref::<gst::Bin>()?
        .by_name("rtpbin")
}
