//! Round trips, ranges and nonces.

use std::{
    collections::HashSet,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
};

use hkdf::Hkdf;
use proptest::{collection::vec, prelude::*};
use scrim_policy::Kind;
use scrim_storage::{
    DataKey, Sha256Digest,
    seal::{Opener, PlaintextHash, SealError, Sealer, SegmentSize},
};
use sha2::Sha256;

use crate::fixtures::{Sealed, context, read_out, text};

const S: usize = 1 << 20;

fn small() -> SegmentSize {
    SegmentSize::for_vectors(64).unwrap()
}

/// The lengths that stock Tink 1.16.1 gives.
#[test]
fn objects_have_the_lengths_of_tink() {
    for (plaintext_bytes, ciphertext_bytes) in [
        (0, 56),
        (1, 57),
        (100, 156),
        (S - 57, S - 1),
        (S - 56, S),
        (S - 55, S + 17),
        (2 * S - 72, 2 * S),
        (3 * S, 3_145_832),
    ] {
        let plaintext = text(plaintext_bytes);
        let sealed = Sealed::new(SegmentSize::ONE_MIB, &plaintext);
        assert_eq!(sealed.object.len(), ciphertext_bytes);
        assert_eq!(sealed.info.ciphertext_bytes, ciphertext_bytes as u64);
        assert_eq!(sealed.info.segments, ciphertext_bytes.div_ceil(S) as u64);
        assert_eq!(sealed.info.plaintext_bytes, plaintext_bytes as u64);
        assert_eq!(
            sealed.info.plaintext_sha256,
            Some(Sha256Digest::of(&plaintext))
        );
        assert_eq!(
            sealed.info.ciphertext_sha256,
            Sha256Digest::of(&sealed.object)
        );

        let mut opened = Vec::new();
        let opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
        opener.copy_all(&mut opened).unwrap();
        assert!(
            opened == plaintext,
            "{plaintext_bytes} bytes came out changed"
        );
    }
}

#[test]
fn working_artefacts_need_no_hash_of_their_plaintext() {
    let key = DataKey::random().unwrap();
    let mut sealer = Sealer::new(Vec::new(), &key, &context(), PlaintextHash::Skip).unwrap();
    sealer.write_all(b"one frame").unwrap();
    let (info, object) = sealer.finish().unwrap();
    assert_eq!(info.plaintext_sha256, None);

    let mut opened = Vec::new();
    let opener = Opener::new(Cursor::new(object), &key, &context(), info).unwrap();
    opener.copy_all(&mut opened).unwrap();
    assert_eq!(opened, b"one frame");
}

#[test]
fn seeking_follows_the_rules_of_files() {
    let plaintext = text(200);
    let sealed = Sealed::new(small(), &plaintext);
    let mut opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
    let mut rest = Vec::new();
    assert_eq!(opener.seek(SeekFrom::End(-3)).unwrap(), 197);
    opener.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, plaintext[197..]);
    assert_eq!(opener.seek(SeekFrom::Current(-200)).unwrap(), 0);
    assert_eq!(opener.seek(SeekFrom::Start(5_000)).unwrap(), 5_000);
    assert_eq!(opener.read(&mut [0; 8]).unwrap(), 0);
    let before_the_start = opener.seek(SeekFrom::End(-201)).unwrap_err();
    assert_eq!(before_the_start.kind(), io::ErrorKind::InvalidInput);
}

proptest! {
    #[test]
    fn whatever_is_sealed_in_any_pieces_opens(
        plaintext in vec(any::<u8>(), 0..700),
        pieces in vec(1_usize..150, 1..20),
        segment_bytes in 57_u32..200,
    ) {
        let size = SegmentSize::for_vectors(segment_bytes).unwrap();
        let key = DataKey::random().unwrap();
        let hash = PlaintextHash::Sha256;
        let mut sealer =
            Sealer::with_segments(size, Vec::new(), &key, &context(), hash).unwrap();
        let mut rest = plaintext.as_slice();
        for piece in pieces.iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(*piece));
            sealer.write_all(now).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let (info, object) = sealer.finish().unwrap();
        prop_assert_eq!(Some(info.ciphertext_bytes), size.ciphertext_bytes(info.plaintext_bytes));
        let mut opener =
            Opener::with_segments(size, Cursor::new(object), &key, &context(), info).unwrap();
        let out = read_out(&mut opener);
        prop_assert!(out.error.is_none());
        prop_assert_eq!(out.plaintext, plaintext);
    }

    #[test]
    fn every_range_is_that_of_the_plaintext(
        bytes in 1_usize..600,
        ranges in vec((0_usize..650, 0_usize..200), 1..20),
    ) {
        let plaintext = text(bytes);
        let sealed = Sealed::new(small(), &plaintext);
        let mut opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
        for (start, count) in ranges {
            opener.seek(SeekFrom::Start(start as u64)).unwrap();
            let mut range = Vec::new();
            (&mut opener).take(count as u64).read_to_end(&mut range).unwrap();
            let wanted = plaintext.get(start.min(bytes)..(start + count).min(bytes)).unwrap();
            prop_assert_eq!(range.as_slice(), wanted);
        }
    }
}

/// A disk that is full after so many bytes. What it took can be looked at.
struct FullAfter {
    room: usize,
    taken: Vec<u8>,
}

impl Write for &mut FullAfter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let count = bytes.len().min(self.room);
        self.taken.extend_from_slice(&bytes[..count]);
        self.room -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_ever_sealed() {
    let key = DataKey::random().unwrap();
    let mut disk = FullAfter {
        room: 100,
        taken: Vec::new(),
    };
    let hash = PlaintextHash::Skip;
    let mut sealer = Sealer::with_segments(small(), &mut disk, &key, &context(), hash).unwrap();
    let full = sealer.write_all(&text(500)).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    let given_up = sealer
        .write_all(b"other bytes under the same nonce")
        .unwrap_err();
    let given_up: SealError = given_up.downcast().unwrap();
    assert!(matches!(given_up, SealError::GivenUp));
    assert_eq!(given_up.kind(), Kind::Unavailable);
    assert!(matches!(sealer.finish(), Err(SealError::GivenUp)));
    assert_eq!(disk.taken.len(), 100);
}

/// All pairs of file key and nonce that an object of small segments uses.
fn nonces(key: &DataKey, object: &[u8], is_finished: bool) -> Vec<([u8; 32], [u8; 12])> {
    let mut file_key = [0; 32];
    Hkdf::<Sha256>::new(Some(&object[1..33]), key.expose())
        .expand(context().associated_data(), &mut file_key)
        .unwrap();
    let segments = object.len().div_ceil(64);
    let nonce = |number: usize| {
        let mut nonce = [0; 12];
        nonce[..7].copy_from_slice(&object[33..40]);
        nonce[7..11].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
        nonce[11] = u8::from(is_finished && number + 1 == segments);
        nonce
    };
    (0..segments)
        .map(|number| (file_key, nonce(number)))
        .collect()
}

/// One data key for all objects, which never happens, so that only salts keep them apart.
#[test]
fn no_nonce_is_used_twice_under_one_file_key() {
    let key = DataKey::random().unwrap();
    let mut used = HashSet::new();
    let mut segments = 0;
    for round in 0..400 {
        let mut object = FullAfter {
            room: 10_000,
            taken: Vec::new(),
        };
        let hash = PlaintextHash::Skip;
        let mut sealer =
            Sealer::with_segments(small(), &mut object, &key, &context(), hash).unwrap();
        sealer.write_all(&text(60 + round)).unwrap();
        // Every third one is abandoned, as when a run is killed.
        let is_finished = round % 3 != 0;
        if is_finished {
            sealer.finish().unwrap();
        } else {
            drop(sealer);
        }
        let pairs = nonces(&key, &object.taken, is_finished);
        segments += pairs.len();
        used.extend(pairs);
    }
    assert!(segments > 1_000);
    assert_eq!(used.len(), segments);
}
