//! Project Wycheproof's vectors against the primitives that the sealed format is made of.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{TestResult, aead, hkdf as hkdf_vectors};

#[test]
fn aes_256_gcm_does_what_wycheproof_says() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let mut valid = 0;
    let mut invalid = 0;
    for group in set.test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let cipher = Aes256Gcm::new_from_slice(&test.key).unwrap();
            let nonce = Nonce::try_from(test.nonce.as_slice()).unwrap();
            let tag = Tag::try_from(test.tag.as_slice()).unwrap();
            let mut opened = test.ct.to_vec();
            let outcome = cipher.decrypt_inout_detached(
                &nonce,
                &test.aad,
                opened.as_mut_slice().into(),
                &tag,
            );
            if test.result != TestResult::Valid {
                assert!(outcome.is_err(), "test {}", test.tc_id);
                invalid += 1;
                continue;
            }
            outcome.unwrap();
            assert_eq!(opened, test.pt.as_slice(), "test {}", test.tc_id);

            let mut sealed = test.pt.to_vec();
            let found = cipher
                .encrypt_inout_detached(&nonce, &test.aad, sealed.as_mut_slice().into())
                .unwrap();
            assert_eq!(sealed, test.ct.as_slice(), "test {}", test.tc_id);
            assert_eq!(found, tag, "test {}", test.tc_id);
            valid += 1;
        }
    }
    assert_eq!((valid, invalid), (39, 27));
}

#[test]
fn hkdf_sha256_does_what_wycheproof_says() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let mut tried = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut okm = vec![0; test.size];
        let outcome = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        if test.result == TestResult::Valid {
            outcome.unwrap();
            assert_eq!(okm, test.okm.as_slice(), "test {}", test.tc_id);
        } else {
            assert!(outcome.is_err(), "test {}", test.tc_id);
        }
        tried += 1;
    }
    assert_eq!(tried, 86);
}
