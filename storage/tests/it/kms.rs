//! What every key management promises, asked of each of them in the same words.

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    DataKey, KeyVersions, Keyring, Kms, Token, Transit, TransitAddress, TransitSettings, Unlock,
    keyring::{KeyContext, KeyError, WrappedKey},
};
use scrim_testkit::OpenBao;

use crate::fixtures::{artefact, recording, tenant};

pub(crate) fn transit_settings(bao: &OpenBao, token: &str) -> TransitSettings {
    let address = TransitAddress::new(&bao.address()).unwrap();
    TransitSettings {
        ca_file: Some(bao.ca_file()),
        ..TransitSettings::new(address, Token::new(token.to_owned()))
    }
}

fn context(tenant: TenantId, number: u128) -> KeyContext {
    KeyContext::new(tenant, recording(1), artefact(number), None)
}

fn wrap(kms: &dyn Kms, context: &KeyContext) -> (DataKey, WrappedKey) {
    let key = DataKey::random().unwrap();
    let wrapped = kms.wrap_key(context, &key).unwrap();
    assert_eq!(wrapped.kms, kms.which());
    (key, wrapped)
}

fn opens(kms: &dyn Kms, context: &KeyContext, wrapped: &WrappedKey, key: &DataKey) -> bool {
    kms.unwrap_key(context, wrapped).unwrap().matches(key)
}

fn versions(kms: &dyn Kms, tenant: TenantId) -> Option<(u32, u32)> {
    let found = kms.key_versions(tenant).unwrap();
    found.map(|KeyVersions { newest, oldest }| (oldest, newest))
}

fn unknown_version(result: Result<impl Sized, KeyError>) -> bool {
    matches!(result, Err(error @ KeyError::UnknownVersion { .. }) if error.kind() == Kind::NotFound)
}

fn not_authentic(result: Result<impl Sized, KeyError>) -> bool {
    matches!(result, Err(error @ KeyError::NotAuthentic) if error.kind() == Kind::Damaged)
}

fn a_key_opens_in_its_place_only(kms: &dyn Kms) {
    let here = context(tenant(1), 1);
    let (key, wrapped) = wrap(kms, &here);
    assert!(opens(kms, &here, &wrapped, &key));
    assert!(not_authentic(
        kms.unwrap_key(&context(tenant(1), 2), &wrapped)
    ));
    let (_, other) = wrap(kms, &context(tenant(2), 1));
    assert!(not_authentic(kms.unwrap_key(&here, &other)));
    assert!(unknown_version(
        kms.unwrap_key(&context(tenant(99), 1), &wrapped)
    ));
    // The same key wrapped twice looks different.
    assert_ne!(kms.wrap_key(&here, &key).unwrap().bytes, wrapped.bytes);
}

fn a_changed_wrap_is_refused(kms: &dyn Kms) {
    let here = context(tenant(1), 1);
    let (_, wrapped) = wrap(kms, &here);
    let last = wrapped.bytes.len() - 1;
    for index in [0, 1, last / 2, last - 4] {
        let mut changed = wrapped.clone();
        changed.bytes[index] = if changed.bytes[index] == b'A' {
            b'B'
        } else {
            b'A'
        };
        let refused = kms.unwrap_key(&here, &changed);
        assert!(not_authentic(refused), "byte {index}");
    }
    for length in [0, 1, 10, last] {
        let mut cut = wrapped.clone();
        cut.bytes.truncate(length);
        assert!(not_authentic(kms.unwrap_key(&here, &cut)), "{length} bytes");
    }
    let mut lie = wrapped;
    lie.version += 1;
    assert!(kms.unwrap_key(&here, &lie).is_err());
}

fn versions_follow_each_other(kms: &dyn Kms) {
    let tenant = tenant(3);
    assert_eq!(versions(kms, tenant), None);
    assert_eq!(kms.rotate_key(tenant).unwrap(), 1);
    assert_eq!(kms.rotate_key(tenant).unwrap(), 2);
    assert_eq!(versions(kms, tenant), Some((1, 2)));
    let (_, wrapped) = wrap(kms, &context(tenant, 1));
    assert_eq!(wrapped.version, 2);
}

fn wrapping_again_keeps_the_key(kms: &dyn Kms) {
    let tenant = tenant(4);
    let here = context(tenant, 1);
    let (key, before) = wrap(kms, &here);
    kms.rotate_key(tenant).unwrap();
    let then = kms.rewrap_key(&here, &before).unwrap();
    assert_eq!((before.version, then.version), (1, 2));
    assert!(opens(kms, &here, &before, &key));
    assert!(opens(kms, &here, &then, &key));
    assert!(not_authentic(kms.rewrap_key(&context(tenant, 2), &before)));
}

fn a_destroyed_version_opens_nothing(kms: &dyn Kms) {
    let tenant = tenant(5);
    let here = context(tenant, 1);
    let (key, first) = wrap(kms, &here);
    let second = {
        kms.rotate_key(tenant).unwrap();
        kms.rewrap_key(&here, &first).unwrap()
    };
    kms.rotate_key(tenant).unwrap();
    for _ in 0..2 {
        kms.destroy_versions_below(tenant, 2).unwrap();
        assert_eq!(versions(kms, tenant), Some((2, 3)));
    }
    assert!(unknown_version(kms.unwrap_key(&here, &first)));
    assert!(unknown_version(kms.rewrap_key(&here, &first)));
    assert!(opens(kms, &here, &second, &key));

    // Lowering it again brings nothing back, and the newest version cannot go.
    kms.destroy_versions_below(tenant, 1).unwrap();
    assert!(unknown_version(kms.unwrap_key(&here, &first)));
    assert!(unknown_version(kms.destroy_versions_below(tenant, 4)));
    assert!(opens(kms, &here, &second, &key));
    assert_eq!(versions(kms, tenant), Some((2, 3)));
}

fn a_destroyed_tenant_opens_nothing(kms: &dyn Kms) {
    let tenant = tenant(6);
    let here = context(tenant, 1);
    let (_, wrapped) = wrap(kms, &here);
    assert!(unknown_version(
        kms.destroy_versions_below(crate::fixtures::tenant(98), 1)
    ));
    for _ in 0..2 {
        kms.destroy_tenant_key(tenant).unwrap();
        assert_eq!(versions(kms, tenant), None);
    }
    assert!(unknown_version(kms.unwrap_key(&here, &wrapped)));
    // Should the tenant come back, it has a new key.
    wrap(kms, &here);
    assert!(not_authentic(kms.unwrap_key(&here, &wrapped)));
}

fn keeps_its_promises(kms: &dyn Kms) {
    a_key_opens_in_its_place_only(kms);
    a_changed_wrap_is_refused(kms);
    versions_follow_each_other(kms);
    wrapping_again_keeps_the_key(kms);
    a_destroyed_version_opens_nothing(kms);
    a_destroyed_tenant_opens_nothing(kms);
}

#[test]
fn the_keyring_keeps_the_promises_of_a_key_management() {
    let folder = tempfile::tempdir().unwrap();
    let unlock = Unlock::KeyFile(folder.path().join("keyring.key"));
    keeps_its_promises(
        &Keyring::open_or_create(&folder.path().join("keyring.json"), &unlock).unwrap(),
    );
}

#[test]
fn transit_keeps_the_promises_of_a_key_management() {
    let bao = OpenBao::new();
    keeps_its_promises(&Transit::new(&transit_settings(&bao, bao.root_token())).unwrap());
}
