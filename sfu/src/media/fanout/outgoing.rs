//! A packet as it goes into many slots.

use gstreamer as gst;

use crate::codec::Codec;
use crate::rtp::{Packet, head_of_payload};

/// A packet whose payload is not copied for each slot. The buffers of all slots hold the same memory behind
/// a head of their own, as those of GStreamer's payloaders do; also what webrtcbin keeps to send again.
pub(super) struct Outgoing<'a> {
    pub(super) packet: Packet<'a>,
    pub(super) pts: gst::ClockTime,
    /// What comes behind the head.
    rest: Vec<gst::Memory>,
}

impl<'a> Outgoing<'a> {
    /// Reads a packet of a buffer with these bytes. `None` where it is none, or nobody knows when it is
    /// from.
    pub(super) fn read(codec: Codec, buffer: &gst::BufferRef, bytes: &'a [u8]) -> Option<Self> {
        let packet = Packet::read(bytes)?;
        let pts = buffer.pts()?;
        let payload = packet.payload_range();
        let rest = payload.start + head_of_payload(codec, packet.payload())..payload.end;
        let rest = if rest.is_empty() {
            Vec::new()
        } else {
            let region = buffer.copy_region(gst::BufferCopyFlags::MEMORY, rest);
            region.ok()?.iter_memories_owned().collect()
        };
        Some(Self { packet, pts, rest })
    }

    /// Returns the packet with the head of a slot. `None` where there is no memory left.
    pub(super) fn with_head(&self, head: &[u8]) -> Option<gst::Buffer> {
        let mut buffer = gst::Buffer::with_size(head.len()).ok()?;
        let writable = buffer.get_mut()?;
        writable.copy_from_slice(0, head).ok()?;
        for memory in &self.rest {
            writable.append_memory(memory.clone());
        }
        writable.set_pts(self.pts);
        Some(buffer)
    }
}
