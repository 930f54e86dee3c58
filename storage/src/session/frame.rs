//! One chunk of a spool, sealed by itself.
//!
//! | bytes | what |
//! |---:|---|
//! | 4 | length of the rest, big-endian |
//! | 12 | nonce, random |
//! | length − 28 | the chunk, encrypted |
//! | 16 | tag |
//!
//! AES-256-GCM under a key of the layer alone, which is derived from its data key. The tag covers the
//! place of the frame as well: session, layer, kind and number. So a frame that was moved, repeated or
//! left out does not open.

use std::{
    io,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicU64, Ordering},
};

use hkdf::Hkdf;
use scrim_policy::{ArtefactId, RecordingId, TenantId};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    artefact::ArtefactKind,
    keyring::{open_short, seal_short},
    secret::{DataKey, EntropyError, Secret},
};

/// Bytes of the length before a frame.
pub(super) const LENGTH_BYTES: u64 = 4;

/// Nonce and tag.
const OVERHEAD: usize = 12 + 16;

/// The longest chunk of a track: 1 MiB, see the log of a track.
const MOST_OF_TRACK: usize = 1 << 20;

/// The longest chunk of anything else. Who is there when a session begins is one chunk of its timeline.
const MOST_OF_OTHERS: usize = 16 << 20;

/// The data key of a layer, and the key of its frames.
pub(super) struct LayerKeys {
    /// Seals the object that the layer becomes.
    pub(super) data: DataKey,
    spool: Secret<32>,
}

/// Which layer a frame is of.
#[derive(Clone, Debug)]
pub(super) struct Place {
    text: String,
    /// The longest chunk that there can be.
    most_bytes: usize,
}

impl LayerKeys {
    pub(super) fn new(data: DataKey, artefact: ArtefactId) -> Self {
        let artefact = artefact.to_string();
        let spool = Secret::filled_by(|bytes: &mut [u8; 32]| {
            let info: [&[u8]; 2] = [b"scrim/spool/v1", artefact.as_bytes()];
            Hkdf::<Sha256>::new(None, data.expose()).expand_multi_info(&info, bytes)
        })
        .expect("32 bytes are one block of HKDF-SHA256");
        Self { data, spool }
    }

    /// Seals a chunk as frame `number`, its length before it.
    pub(super) fn seal(
        &self,
        place: &Place,
        number: u64,
        chunk: &[u8],
    ) -> Result<Vec<u8>, EntropyError> {
        let sealed = seal_short(&self.spool, &place.of_frame(number), chunk)?;
        let length = u32::try_from(sealed.len()).expect("no chunk that is taken is that long");
        let mut frame = Vec::with_capacity(sealed.len() + LENGTH_BYTES as usize);
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(&sealed);
        Ok(frame)
    }

    /// Opens frame `number`, or returns nothing where it is not authentic.
    fn open(
        &self,
        place: &Place,
        number: u64,
        sealed: &mut Zeroizing<Vec<u8>>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let opened = open_short(&self.spool, &place.of_frame(number), sealed)?;
        Some(Zeroizing::new(opened.to_vec()))
    }
}

impl Place {
    pub(super) fn new(
        tenant: TenantId,
        recording: RecordingId,
        artefact: ArtefactId,
        kind: ArtefactKind,
    ) -> Self {
        Self {
            text: format!("scrim/spool/v1|{tenant}|{recording}|{artefact}|{kind}"),
            most_bytes: match kind {
                ArtefactKind::Layer => MOST_OF_TRACK,
                _ => MOST_OF_OTHERS,
            },
        }
    }

    /// Whether a chunk is short enough.
    pub(super) const fn takes(&self, chunk: &[u8]) -> bool {
        chunk.len() <= self.most_bytes
    }

    fn of_frame(&self, number: u64) -> Vec<u8> {
        format!("{}|{number}", self.text).into_bytes()
    }

    /// Returns the most bytes that a frame takes.
    const fn most_of_frame(&self) -> u64 {
        LENGTH_BYTES + (OVERHEAD + self.most_bytes) as u64
    }
}

/// What lies at a place of a spool file.
pub(super) enum Found {
    /// A chunk, and where the next frame begins.
    Chunk(Zeroizing<Vec<u8>>, u64),
    /// Nothing: this is the end.
    End,
    /// A frame that is not whole, or not authentic.
    Broken,
}

/// Reads the frame that begins at `at`, in a file of which `length` bytes count.
pub(super) fn read_frame(
    file: &impl FileExt,
    (at, length): (u64, u64),
    number: u64,
    keys: &LayerKeys,
    place: &Place,
) -> io::Result<Found> {
    if at >= length {
        return Ok(Found::End);
    }
    let Some((begin, end)) = bounds(file, at, length, place)? else {
        return Ok(Found::Broken);
    };
    let mut sealed = Zeroizing::new(vec![0; (end - begin) as usize]);
    file.read_exact_at(&mut sealed, begin)?;
    Ok(match keys.open(place, number, &mut sealed) {
        Some(chunk) => Found::Chunk(chunk, end),
        None => Found::Broken,
    })
}

/// Returns where the sealed bytes of the frame at `at` begin and end, if it can be one.
fn bounds(
    file: &impl FileExt,
    at: u64,
    length: u64,
    place: &Place,
) -> io::Result<Option<(u64, u64)>> {
    let begin = at + LENGTH_BYTES;
    if begin > length {
        return Ok(None);
    }
    let mut stated = [0; LENGTH_BYTES as usize];
    file.read_exact_at(&mut stated, at)?;
    let stated = u64::from(u32::from_be_bytes(stated));
    let end = begin + stated;
    let is_possible = stated >= OVERHEAD as u64 && end - at <= place.most_of_frame();
    Ok((is_possible && end <= length).then_some((begin, end)))
}

/// What counts of a file that a crash may have torn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    /// Where its last whole frame ends.
    pub(super) bytes: u64,
    /// Whether there is more behind it than a crash can have torn.
    pub(super) is_damaged: bool,
}

/// Finds out what counts of a file that a crash may have torn.
///
/// Every frame was forced to disk before the next one was written, so that only the last one can be
/// torn. What is broken before it is damage, and found by whoever reads that far.
pub(super) fn whole_frames(
    file: &impl FileExt,
    length: u64,
    keys: &LayerKeys,
    place: &Place,
) -> io::Result<Whole> {
    let (mut at, mut frames) = (0, 0);
    let mut last = 0;
    while let Some((_, end)) = bounds(file, at, length, place)? {
        last = at;
        at = end;
        frames += 1;
    }
    if frames > 0 {
        let found = read_frame(file, (last, at), frames - 1, keys, place)?;
        if !matches!(found, Found::Chunk(..)) {
            at = last;
        }
    }
    Ok(Whole {
        bytes: at,
        is_damaged: length - at > place.most_of_frame(),
    })
}

/// How much of a spool file counts. The writer moves it on, and readers go no further.
#[derive(Debug, Default)]
pub(super) struct Durable {
    bytes: AtomicU64,
}

impl Durable {
    pub(super) const fn new(bytes: u64) -> Self {
        Self {
            bytes: AtomicU64::new(bytes),
        }
    }

    pub(super) fn set(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Release);
    }

    pub(super) fn get(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{fs::File, io::Write};

    use uuid::Uuid;

    use super::*;

    fn place(artefact: u128) -> Place {
        Place::new(
            TenantId::SINGLE,
            RecordingId::from_uuid(Uuid::from_u128(1)),
            ArtefactId::from_uuid(Uuid::from_u128(artefact)),
            ArtefactKind::Layer,
        )
    }

    fn keys() -> LayerKeys {
        let artefact = ArtefactId::from_uuid(Uuid::from_u128(2));
        LayerKeys::new(DataKey::random().unwrap(), artefact)
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    /// Three frames, and where each of them ends.
    fn frames(keys: &LayerKeys) -> (Vec<u8>, Vec<u64>) {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for (number, chunk) in (0..).zip([&b"first"[..], b"", b"third"]) {
            bytes.extend(keys.seal(&place(2), number, chunk).unwrap());
            ends.push(bytes.len() as u64);
        }
        (bytes, ends)
    }

    fn read_all(bytes: &[u8], keys: &LayerKeys) -> (Vec<Vec<u8>>, bool) {
        let file = file(bytes);
        let length = bytes.len() as u64;
        let (mut chunks, mut at) = (Vec::new(), 0);
        loop {
            let number = chunks.len() as u64;
            match read_frame(&file, (at, length), number, keys, &place(2)).unwrap() {
                Found::Chunk(chunk, next) => {
                    chunks.push(chunk.to_vec());
                    at = next;
                }
                Found::End => return (chunks, true),
                Found::Broken => return (chunks, false),
            }
        }
    }

    #[test]
    fn frames_come_back_in_order() {
        let keys = keys();
        let (bytes, _) = frames(&keys);
        let chunks = vec![b"first".to_vec(), Vec::new(), b"third".to_vec()];
        assert_eq!(read_all(&bytes, &keys), (chunks, true));
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"first") && !holds(b"third"));
    }

    #[test]
    fn a_frame_that_was_moved_repeated_or_changed_does_not_open() {
        let keys = keys();
        let (bytes, ends) = frames(&keys);
        let [first, second, _] = ends[..] else {
            panic!("three frames")
        };
        let (first, second) = (first as usize, second as usize);
        let moved = [&bytes[first..second], &bytes[..first]].concat();
        assert_eq!(read_all(&moved, &keys), (vec![], false));
        let repeated = [&bytes[..first], &bytes[..first]].concat();
        assert_eq!(read_all(&repeated, &keys).0.len(), 1);
        for at in LENGTH_BYTES as usize..first {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(read_all(&changed, &keys), (vec![], false), "byte {at}");
        }
    }

    #[test]
    fn another_key_and_another_layer_open_nothing() {
        let keys = keys();
        let (bytes, _) = frames(&keys);
        assert_eq!(read_all(&bytes, &self::keys()), (vec![], false));
        let file = file(&bytes);
        let found = read_frame(&file, (0, bytes.len() as u64), 0, &keys, &place(3)).unwrap();
        assert!(matches!(found, Found::Broken));
    }

    #[test]
    fn a_torn_tail_takes_its_own_frame_and_nothing_before_it() {
        let keys = keys();
        let (bytes, ends) = frames(&keys);
        let whole = |bytes: &[u8]| {
            let length = bytes.len() as u64;
            let whole = whole_frames(&file(bytes), length, &keys, &place(2)).unwrap();
            assert!(!whole.is_damaged);
            whole.bytes
        };
        assert_eq!(whole(&bytes), ends[2]);
        for length in ends[1] as usize..bytes.len() {
            assert_eq!(whole(&bytes[..length]), ends[1], "{length} bytes");
        }
        // As a disk leaves it that had the length and not the bytes.
        for from in ends[1] as usize..bytes.len() {
            let mut zeros = bytes.clone();
            zeros[from..].fill(0);
            // Its last bytes may be zeros anyway.
            if zeros != bytes {
                assert_eq!(whole(&zeros), ends[1], "zeros from {from}");
            }
        }
        assert_eq!(whole(&[]), 0);
        assert_eq!(whole(&bytes[..3]), 0);
    }
    #[test]
    fn what_no_crash_can_have_torn_is_damage() {
        let keys = keys();
        let (mut bytes, ends) = frames(&keys);
        // The length of the second frame, and more behind it than a frame can have.
        bytes[ends[0] as usize] = 0xff;
        bytes.resize(bytes.len() + (2 << 20), 7);
        let whole = whole_frames(&file(&bytes), bytes.len() as u64, &keys, &place(2)).unwrap();
        assert_eq!(whole.bytes, ends[0]);
        assert!(whole.is_damaged);
    }
}
