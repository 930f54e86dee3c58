//! Packets as senders make them.

/// A packet before it is written.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: Vec<u8>,
    pub(super) padding: u8,
    /// Profile and elements of the header extension.
    pub(super) extension: Option<(u16, Vec<u8>)>,
    pub(super) contributing: Vec<u32>,
}

/// What all packets of the tests come with.
pub(super) const PAYLOAD_TYPE: u8 = 108;
pub(super) const SSRC: u32 = 0xfeed_beef;

impl Sent {
    pub(super) fn new(sequence: u16, timestamp: u32, payload: &[u8]) -> Self {
        Self {
            sequence,
            timestamp,
            marker: false,
            payload: payload.to_vec(),
            padding: 0,
            extension: None,
            contributing: Vec::new(),
        }
    }

    pub(super) fn marked(self) -> Self {
        Self {
            marker: true,
            ..self
        }
    }

    pub(super) fn padded(self, padding: u8) -> Self {
        Self { padding, ..self }
    }

    pub(super) fn extended(self, profile: u16, elements: &[u8]) -> Self {
        Self {
            extension: Some((profile, elements.to_vec())),
            ..self
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let contributing = u8::try_from(self.contributing.len()).unwrap();
        let mut bytes = vec![
            0x80 | flag(self.padding > 0, 0x20)
                | flag(self.extension.is_some(), 0x10)
                | contributing,
            flag(self.marker, 0x80) | PAYLOAD_TYPE,
        ];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(SSRC.to_be_bytes());
        bytes.extend(self.contributing.iter().flat_map(|ssrc| ssrc.to_be_bytes()));
        if let Some((profile, elements)) = &self.extension {
            let words = elements.len().div_ceil(4);
            bytes.extend(profile.to_be_bytes());
            bytes.extend(u16::try_from(words).unwrap().to_be_bytes());
            bytes.extend(elements);
            bytes.resize(bytes.len() + words * 4 - elements.len(), 0);
        }
        bytes.extend(&self.payload);
        if self.padding > 0 {
            bytes.resize(bytes.len() + usize::from(self.padding) - 1, 0);
            bytes.push(self.padding);
        }
        bytes
    }
}

/// A VP8 payload as Chromium sends it: 15 bits of PictureID, TL0PICIDX, TID and KEYIDX.
pub(super) fn vp8(is_first: bool, is_keyframe: bool, picture: u16, tl0: u8) -> Vec<u8> {
    let [high, low] = picture.to_be_bytes();
    vec![
        if is_first { 0x90 } else { 0x80 },
        0xf0,
        high | 0x80,
        low,
        tl0,
        0x25,
        // Whatever stands here in later packets of a frame is no header.
        if is_keyframe { 0x50 } else { 0x51 },
        0xaa,
    ]
}

/// H264 payloads.
pub(super) mod h264 {
    pub(crate) const SPS: &[u8] = &[0x67, 0x42, 0xe0, 0x1f];
    pub(crate) const PPS: &[u8] = &[0x68, 0xce];
    pub(crate) const SEI: &[u8] = &[0x06, 0x05];
    pub(crate) const DELIMITER: &[u8] = &[0x09, 0xf0];
    /// Single units: the first slice of a keyframe, a later one, and one of another picture.
    pub(crate) const IDR: &[u8] = &[0x65, 0xb8, 0x00];
    pub(crate) const IDR_LATER: &[u8] = &[0x65, 0x10, 0x00];
    pub(crate) const SLICE: &[u8] = &[0x61, 0xe0, 0x00];
    /// The same in pieces.
    pub(crate) const IDR_START: &[u8] = &[0x7c, 0x85, 0xb8];
    pub(crate) const IDR_MIDDLE: &[u8] = &[0x7c, 0x05, 0xff];
    pub(crate) const IDR_END: &[u8] = &[0x7c, 0x45, 0xff];
    pub(crate) const SLICE_START: &[u8] = &[0x7c, 0x81, 0xe0];
    pub(crate) const SPS_START: &[u8] = &[0x7c, 0x87, 0x42];

    /// Several units in one packet.
    pub(crate) fn stap_a(units: &[&[u8]]) -> Vec<u8> {
        let mut payload = vec![0x78];
        for unit in units {
            payload.extend(u16::try_from(unit.len()).unwrap().to_be_bytes());
            payload.extend(*unit);
        }
        payload
    }
}
