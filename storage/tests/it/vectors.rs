//! Objects that stock Tink has sealed, and what must not open: one defect per file.

use std::fs;

use scrim_storage::{
    DataKey, Sha256Digest,
    seal::{SealContext, SealedInfo, SegmentSize},
};
use serde::Deserialize;

use crate::fixtures::{Sealed, artefact, lengths_of_object, read_out, workspace};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    what: String,
    bad_segment: Option<u64>,
    segment_bytes: u32,
    key: String,
    associated_data: String,
    plaintext: String,
    ciphertext: String,
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).unwrap().try_into().unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn vectors() -> Vec<Vector> {
    let folder = workspace().join("tests/vectors/sealed");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
        .collect()
}

/// The vector with the lengths that its plaintext would have.
fn sealed(vector: &Vector) -> Sealed {
    let size = SegmentSize::for_vectors(vector.segment_bytes).unwrap();
    let key = DataKey::copy_from(&hex(&vector.key)).unwrap();
    let context = SealContext::foreign(artefact(1), vector.associated_data.as_bytes());
    let plaintext = hex(&vector.plaintext);
    let ciphertext_bytes = size.ciphertext_bytes(plaintext.len() as u64).unwrap();
    let info = SealedInfo {
        plaintext_bytes: plaintext.len() as u64,
        ciphertext_bytes,
        segments: size.segments(ciphertext_bytes),
        plaintext_sha256: Some(Sha256Digest::of(&plaintext)),
        ciphertext_sha256: Sha256Digest::of(&hex(&vector.ciphertext)),
        commitment: context.commitment(&key),
    };
    Sealed {
        key,
        context,
        size,
        info,
        object: hex(&vector.ciphertext),
    }
}

/// Where the plaintext of a segment starts.
fn start_of(segment: u64, segment_bytes: u32) -> usize {
    let full = segment * u64::from(segment_bytes) - 16 * segment;
    usize::try_from(full.saturating_sub(40)).unwrap()
}

#[test]
fn what_tink_has_sealed_opens() {
    let valid: Vec<_> = vectors()
        .into_iter()
        .filter(|vector| vector.bad_segment.is_none())
        .collect();
    assert_eq!(valid.len(), 7);
    for vector in valid {
        let sealed = sealed(&vector);
        let mut plaintext = Vec::new();
        let opener = sealed.opener(&sealed.object, &sealed.info).unwrap();
        opener.copy_all(&mut plaintext).unwrap();
        assert_eq!(plaintext, hex(&vector.plaintext), "{}", vector.what);
    }
}

#[test]
fn no_defect_opens_when_the_catalog_knows_the_lengths() {
    for vector in vectors()
        .into_iter()
        .filter(|vector| vector.bad_segment.is_some())
    {
        let sealed = sealed(&vector);
        let Ok(opener) = sealed.opener(&sealed.object, &sealed.info) else {
            continue;
        };
        let refused = opener.copy_all(&mut std::io::sink());
        assert!(refused.is_err(), "{}", vector.what);
    }
}

/// Even with a catalog that states the lengths of the defective object.
#[test]
fn no_defect_gives_a_byte_of_its_bad_segment() {
    let mut tried = 0;
    for vector in vectors() {
        let Some(bad_segment) = vector.bad_segment else {
            continue;
        };
        let sealed = sealed(&vector);
        let Some(info) = lengths_of_object(&sealed, &sealed.object) else {
            continue;
        };
        tried += 1;
        let Ok(mut opener) = sealed.opener(&sealed.object, &info) else {
            assert_eq!(bad_segment, 0, "{}", vector.what);
            continue;
        };
        let out = read_out(&mut opener);
        assert!(out.error.is_some(), "{}", vector.what);
        let authentic = start_of(bad_segment, vector.segment_bytes);
        assert_eq!(
            out.plaintext,
            hex(&vector.plaintext)[..authentic],
            "{}",
            vector.what
        );
    }
    assert_eq!(tried, 19);
}
