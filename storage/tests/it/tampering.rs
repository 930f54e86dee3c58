//! Objects that somebody has changed.

use std::io::{Cursor, Read, Seek, SeekFrom};

use proptest::{collection::vec, prelude::*};
use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    ArtefactKind, DataKey, Sha256Digest,
    seal::{OpenError, Opener, PlaintextHash, SealContext, SealedInfo, Sealer, SegmentSize},
};

use crate::fixtures::{Sealed, artefact, context, lengths_of_object, read_out, recording, text};

const SEGMENT: usize = 64;
const FIRST: usize = SEGMENT - 56;
const REST: usize = SEGMENT - 16;

fn small() -> SegmentSize {
    SegmentSize::for_vectors(SEGMENT as u32).unwrap()
}

/// Three segments, the last one short.
fn plaintext() -> Vec<u8> {
    text(FIRST + REST + 20)
}

/// Where the plaintext of the segment that holds this byte of the object starts.
fn authentic_before(object_offset: usize) -> usize {
    match object_offset / SEGMENT {
        0 => 0,
        segment => FIRST + (segment - 1) * REST,
    }
}

#[test]
fn every_flipped_bit_is_refused_and_gives_no_byte_of_its_segment() {
    let plaintext = plaintext();
    let sealed = Sealed::new(small(), &plaintext);
    for bit in 0..sealed.object.len() * 8 {
        let mut changed = sealed.object.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Ok(mut opener) = sealed.opener(&changed, &sealed.info) else {
            assert!(bit < 8, "only the first byte is judged before a segment is");
            continue;
        };
        let out = read_out(&mut opener);
        assert!(
            matches!(out.error, Some(OpenError::NotAuthentic { .. })),
            "bit {bit}"
        );
        assert_eq!(
            out.plaintext,
            plaintext[..authentic_before(bit / 8)],
            "bit {bit}"
        );

        let again = read_out(&mut opener);
        assert!(matches!(again.error, Some(OpenError::GivenUp)), "bit {bit}");
        assert!(again.plaintext.is_empty());
    }
}

#[test]
fn every_truncation_is_refused() {
    let plaintext = plaintext();
    let sealed = Sealed::new(small(), &plaintext);
    for length in 0..sealed.object.len() {
        let cut = &sealed.object[..length];
        let refused = sealed.opener(cut, &sealed.info).unwrap_err();
        assert!(
            matches!(refused, OpenError::WrongLength { .. }),
            "{length} bytes"
        );
        assert_eq!(refused.kind(), Kind::Damaged);

        // Also where the catalog was changed to the length of what is left.
        let Some(lie) = lengths_of_object(&sealed, cut) else {
            continue;
        };
        let out = read_out(&mut sealed.opener(cut, &lie).unwrap());
        assert!(
            matches!(out.error, Some(OpenError::NotAuthentic { .. })),
            "{length} bytes"
        );
        assert!(plaintext.starts_with(&out.plaintext) && out.plaintext.len() < plaintext.len());
        assert!(out.plaintext.len() <= authentic_before(length));
    }
}

/// An object and the first byte of it that is not what was sealed there.
fn rearranged(sealed: &Sealed) -> Vec<(&'static str, Vec<u8>, usize)> {
    let object = &sealed.object;
    let (first, second, third) = (
        &object[..SEGMENT],
        &object[SEGMENT..2 * SEGMENT],
        &object[2 * SEGMENT..],
    );
    vec![
        ("segments swapped", [first, third, second].concat(), SEGMENT),
        (
            "one byte more",
            [object.as_slice(), &[0]].concat(),
            2 * SEGMENT,
        ),
        (
            "many bytes more",
            [object.as_slice(), &[7; 500]].concat(),
            2 * SEGMENT,
        ),
        (
            "last segment repeated",
            [object.as_slice(), third].concat(),
            2 * SEGMENT,
        ),
        (
            "middle segment repeated",
            [first, second, second, third].concat(),
            2 * SEGMENT,
        ),
        ("middle segment dropped", [first, third].concat(), SEGMENT),
        ("first segment dropped", [second, third].concat(), 0),
        (
            "header repeated",
            [&object[..40], object.as_slice()].concat(),
            0,
        ),
    ]
}

#[test]
fn rearranged_and_extended_objects_are_refused() {
    let plaintext = plaintext();
    let sealed = Sealed::new(small(), &plaintext);
    for (what, object, wrong_from) in rearranged(&sealed) {
        if let Ok(opener) = sealed.opener(&object, &sealed.info) {
            assert!(opener.copy_all(&mut std::io::sink()).is_err(), "{what}");
        }
        let Some(lie) = lengths_of_object(&sealed, &object) else {
            continue;
        };
        let Ok(mut opener) = sealed.opener(&object, &lie) else {
            assert_eq!(wrong_from, 0, "{what}");
            continue;
        };
        let out = read_out(&mut opener);
        assert!(out.error.is_some(), "{what}");
        assert_eq!(
            out.plaintext,
            plaintext[..authentic_before(wrong_from)],
            "{what}"
        );
    }
}

#[test]
fn another_key_is_refused_before_anything_is_opened() {
    let sealed = Sealed::new(small(), &plaintext());
    let other = DataKey::random().unwrap();
    let opener = Opener::with_segments(
        small(),
        Cursor::new(&sealed.object),
        &other,
        &sealed.context,
        sealed.info.clone(),
    );
    assert!(matches!(opener.unwrap_err(), OpenError::WrongKey));
}

#[test]
fn another_artefact_is_refused_before_anything_is_opened() {
    let sealed = Sealed::new(small(), &plaintext());
    let other = SealContext::new(
        TenantId::SINGLE,
        recording(1),
        artefact(3),
        ArtefactKind::Recording,
    );
    let opener = Opener::with_segments(
        small(),
        Cursor::new(&sealed.object),
        &sealed.key,
        &other,
        sealed.info.clone(),
    );
    assert!(matches!(opener.unwrap_err(), OpenError::WrongKey));
}

#[test]
fn another_tenant_recording_or_kind_gives_no_byte() {
    let sealed = Sealed::new(small(), &plaintext());
    let tenant = crate::fixtures::tenant(9);
    for other in [
        SealContext::new(tenant, recording(1), artefact(2), ArtefactKind::Recording),
        SealContext::new(
            TenantId::SINGLE,
            recording(9),
            artefact(2),
            ArtefactKind::Recording,
        ),
        SealContext::new(
            TenantId::SINGLE,
            recording(1),
            artefact(2),
            ArtefactKind::Segment,
        ),
    ] {
        let object = Cursor::new(&sealed.object);
        let mut opener =
            Opener::with_segments(small(), object, &sealed.key, &other, sealed.info.clone())
                .unwrap();
        let out = read_out(&mut opener);
        assert!(matches!(
            out.error,
            Some(OpenError::NotAuthentic { segment: 0 })
        ));
        assert!(out.plaintext.is_empty());
    }
}

#[test]
fn lengths_that_contradict_each_other_are_refused() {
    let sealed = Sealed::new(small(), &plaintext());
    let info = &sealed.info;
    for lie in [
        SealedInfo {
            plaintext_bytes: info.plaintext_bytes + 1,
            ..info.clone()
        },
        SealedInfo {
            plaintext_bytes: u64::MAX,
            ..info.clone()
        },
        SealedInfo {
            segments: info.segments + 1,
            ..info.clone()
        },
        SealedInfo {
            ciphertext_bytes: 0,
            plaintext_bytes: 0,
            segments: 0,
            ..info.clone()
        },
    ] {
        let refused = sealed.opener(&sealed.object, &lie).unwrap_err();
        assert!(matches!(refused, OpenError::Contradiction));
    }
}

#[test]
fn a_whole_read_compares_both_hashes() {
    let sealed = Sealed::new(small(), &plaintext());
    let wrong = Sha256Digest::of(b"something else");
    for lie in [
        SealedInfo {
            ciphertext_sha256: wrong,
            ..sealed.info.clone()
        },
        SealedInfo {
            plaintext_sha256: Some(wrong),
            ..sealed.info.clone()
        },
    ] {
        let opener = sealed.opener(&sealed.object, &lie).unwrap();
        let refused = opener.copy_all(&mut std::io::sink()).unwrap_err();
        assert!(matches!(refused, OpenError::WrongHash { .. }));
    }
}

#[test]
fn an_object_that_was_never_finished_does_not_open() {
    use std::io::Write;
    let key = DataKey::random().unwrap();
    let plaintext = text(FIRST + 3 * REST + 5);
    let mut object = Vec::new();
    let hash = PlaintextHash::Skip;
    let mut sealer = Sealer::with_segments(small(), &mut object, &key, &context(), hash).unwrap();
    sealer.write_all(&plaintext).unwrap();
    drop(sealer);
    assert_eq!(object.len(), 4 * SEGMENT);

    let finished = Sealed::new(small(), &plaintext);
    let sealed = Sealed {
        info: SealedInfo {
            commitment: context().commitment(&key),
            ..finished.info
        },
        key,
        object,
        ..finished
    };
    let lie = lengths_of_object(&sealed, &sealed.object).unwrap();
    let out = read_out(&mut sealed.opener(&sealed.object, &lie).unwrap());
    assert!(matches!(
        out.error,
        Some(OpenError::NotAuthentic { segment: 3 })
    ));
    assert_eq!(out.plaintext, plaintext[..FIRST + 2 * REST]);
}

proptest! {
    #[test]
    fn bytes_that_nobody_sealed_give_nothing(object in vec(any::<u8>(), 0..300)) {
        let mut sealed = Sealed::new(small(), b"");
        sealed.object = object;
        if let Some(byte) = sealed.object.first_mut() {
            *byte = 40;
        }
        let info = lengths_of_object(&sealed, &sealed.object).unwrap_or(sealed.info.clone());
        if let Ok(mut opener) = sealed.opener(&sealed.object, &info) {
            let out = read_out(&mut opener);
            let is_refused = matches!(out.error, Some(OpenError::NotAuthentic { segment: 0 }));
            prop_assert!(is_refused);
            prop_assert!(out.plaintext.is_empty());
        }
    }
}

#[test]
fn a_bad_segment_does_not_hide_behind_a_seek() {
    let plaintext = plaintext();
    let mut sealed = Sealed::new(small(), &plaintext);
    let last = sealed.object.len() - 1;
    sealed.object[last] ^= 1;
    let mut opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
    opener.seek(SeekFrom::End(-1)).unwrap();
    let mut byte = [0];
    assert!(opener.read(&mut byte).is_err());
    assert_eq!(byte, [0]);
    opener.rewind().unwrap();
    assert!(
        opener.read(&mut byte).is_err(),
        "an object that was caught stays closed"
    );
}

#[test]
fn one_flipped_bit_in_a_mebibyte_is_refused() {
    let mut sealed = Sealed::new(SegmentSize::ONE_MIB, &text((1 << 20) + 5));
    sealed.object[777_777] ^= 0x10;
    let mut out = Vec::new();
    let opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
    let refused = opener.copy_all(&mut out).unwrap_err();
    assert!(matches!(refused, OpenError::NotAuthentic { segment: 0 }));
    assert!(out.is_empty());
}
