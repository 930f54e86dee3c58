//! The order of the packets of one source.

use super::packet::Packet;

/// How far behind a packet may be to be merely late (`MAX_MISORDER` of RFC 3550, A.1).
const MOST_BEHIND: u16 = 100;

/// Where a packet stands after those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the first that is seen.
    First,
    /// It follows the one before.
    Next,
    /// Packets before it are missing.
    Jump,
    /// The source counts anew.
    Restart,
    /// It is late, or came already.
    Behind,
}

/// The place in the sequence numbers of a source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    last: Option<u16>,
    /// What would confirm that the source counts anew.
    restart: Option<u16>,
}

impl Order {
    /// Places a packet. One that is far behind is late as well, but two in a row mean that the
    /// source counts anew (RFC 3550, A.1); otherwise nothing would be forwarded for minutes.
    pub(super) fn place(&mut self, sequence: u16) -> Place {
        let Some(last) = self.last else {
            self.last = Some(sequence);
            return Place::First;
        };
        let ahead = sequence.wrapping_sub(last);
        let behind = last.wrapping_sub(sequence);
        let place = match (ahead, behind) {
            (1, _) => Place::Next,
            (2..0x8000, _) => Place::Jump,
            (_, ..=MOST_BEHIND) => return Place::Behind,
            _ if self.restart == Some(sequence) => Place::Restart,
            _ => {
                self.restart = Some(sequence.wrapping_add(1));
                return Place::Behind;
            }
        };
        self.last = Some(sequence);
        self.restart = None;
        place
    }
}

/// Whether the frames of a source are seen from their first packet on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frames {
    /// Timestamp of the packet before, where none is missing in between.
    before: Option<u32>,
    /// Whether a frame began since a packet was missing.
    began: bool,
}

impl Frames {
    /// Takes note of a packet. Those of padding belong to no frame.
    pub(super) fn follow(&mut self, place: Place, packet: &Packet<'_>) {
        if place != Place::Next {
            *self = Self::default();
        }
        if packet.is_padding_only() {
            return;
        }
        // All packets of a frame have one timestamp, and no other frame has it (RFC 6184, 5.1).
        let begins = |before| before != packet.timestamp();
        self.began |= self.before.is_some_and(begins);
        self.before = Some(packet.timestamp());
    }

    /// Whether no packet of the current frame is missing so far.
    pub(super) const fn is_whole(&self) -> bool {
        self.began
    }
}
