//! What networks and stores do wrong: tried again, then said clearly, and nothing half visible.

use std::{io::Read, time::Duration};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    ObjectKey, ObjectStore, S3Store,
    objects::{ObjectError, s3::Checksum},
};
use scrim_testkit::{
    SeaweedFs,
    proxy::{Fate, Proxy, Request},
};

use super::{connect, contents, key, location, names, put};
use crate::fixtures::text;

/// Longer than a part.
const LONG: usize = (9 << 20) + 77;

const BUSY: &str =
    "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>busy</Message></Error>";

const LATE: &str =
    "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>late</Message></Error>";

fn object(number: u128) -> ObjectKey {
    key(TenantId::SINGLE, number)
}

struct Place {
    _server: SeaweedFs,
    proxy: Proxy,
    store: S3Store,
    /// The same bucket with nothing in between.
    direct: S3Store,
}

impl Place {
    fn new(checksum: Checksum) -> Self {
        let server = SeaweedFs::start();
        let proxy = Proxy::before(server.port());
        let mut through = location(&proxy.endpoint());
        through.checksum = checksum;
        Self {
            store: connect(through),
            direct: connect(location(&server.endpoint())),
            proxy,
            _server: server,
        }
    }

    /// Lets this happen to the first requests of a kind, so many of them.
    fn first(&self, count: usize, is_meant: fn(&Request) -> bool, fate: Fate) {
        let mut left = count;
        self.proxy.set_rule(move |request| {
            if left > 0 && is_meant(request) {
                left -= 1;
                return fate;
            }
            Fate::Pass
        });
    }

    fn always(&self, is_meant: fn(&Request) -> bool, fate: Fate) {
        self.first(usize::MAX, is_meant, fate);
    }

    /// That nothing of an object is there, whoever looks.
    fn assert_nothing_is_left(&self) {
        self.proxy.set_rule(|_| Fate::Pass);
        assert_eq!(names(&self.direct), Vec::<String>::new());
        assert_eq!(self.direct.unfinished().unwrap(), []);
    }

    /// That objects of both lengths arrive whole and once, although things go wrong.
    fn assert_arrive(&self, set: impl Fn(&Self)) {
        for (number, length) in [(1, 1000), (2, LONG)] {
            set(self);
            put(&self.store, &object(number), &text(length)).unwrap();
            assert!(contents(&self.direct, &object(number)) == text(length));
        }
        assert_eq!(names(&self.direct).len(), 2);
        assert_eq!(self.direct.unfinished().unwrap(), []);
        for number in [1, 2] {
            self.direct.delete(&object(number)).unwrap();
        }
    }
}

fn is_any(_: &Request) -> bool {
    true
}

fn is_upload(request: &Request) -> bool {
    request.method == "PUT"
}

/// Of the contents of an object, not of a list.
fn is_read(request: &Request) -> bool {
    request.method == "GET" && request.path.contains("/art_")
}

fn is_completion(request: &Request) -> bool {
    request.method == "POST" && request.path.contains("uploadId=")
}

#[test]
fn what_goes_wrong_for_a_while_is_tried_again() {
    let place = Place::new(Checksum::Sha256);
    place.assert_arrive(|place| place.first(2, is_any, Fate::Refuse));
    place.assert_arrive(|place| place.first(2, is_any, Fate::Answer(503, BUSY)));
    place.assert_arrive(|place| place.first(2, is_upload, Fate::CutRequest(500)));
    place.assert_arrive(|place| place.first(2, is_upload, Fate::FlipRequest));
    place.assert_arrive(|place| place.first(1, is_any, Fate::Wait(Duration::from_secs(1))));
    // The store has done it, and nobody was told: doing it again must not double anything.
    place.assert_arrive(|place| place.first(1, is_upload, Fate::LoseAnswer));
    place.assert_arrive(|place| place.first(2, is_completion, Fate::LoseAnswer));
    place.assert_arrive(|place| place.first(1, is_completion, Fate::Answer(200, LATE)));
}

#[test]
fn what_goes_wrong_for_good_is_said_and_leaves_nothing() {
    let place = Place::new(Checksum::Sha256);
    /// What is met, what happens to it, and whether an object of several parts is needed.
    type Failing = (fn(&Request) -> bool, Fate, bool);
    let failing: [Failing; 5] = [
        (is_any, Fate::Refuse, false),
        (is_upload, Fate::Answer(503, BUSY), false),
        (is_upload, Fate::CutRequest(500), false),
        (is_completion, Fate::Answer(200, LATE), true),
        (is_completion, Fate::Refuse, true),
    ];
    for (is_meant, fate, needs_parts) in failing {
        for length in [1000, LONG] {
            if needs_parts && length < LONG {
                continue;
            }
            place.always(is_meant, fate);
            let failed = put(&place.store, &object(1), &text(length)).unwrap_err();
            assert!(
                matches!(failed, ObjectError::Unreachable { .. }),
                "{fate:?}: {failed:?}"
            );
            assert_eq!(failed.kind(), Kind::Unavailable);
            place.assert_nothing_is_left();
        }
    }
}

#[test]
fn bytes_that_are_damaged_on_every_way_are_not_kept() {
    let place = Place::new(Checksum::Sha256);
    for length in [1000, LONG] {
        place.always(is_upload, Fate::FlipRequest);
        let failed = put(&place.store, &object(1), &text(length)).unwrap_err();
        assert!(matches!(failed, ObjectError::Damaged { .. }), "{failed:?}");
        assert_eq!(failed.kind(), Kind::Damaged);
        place.assert_nothing_is_left();
    }
}

/// Without a checksum of the store, what is read back is the proof. The answers are changed here as
/// a store would change them that keeps something else than it was given.
#[test]
fn what_is_not_read_back_as_it_was_sent_does_not_count() {
    let place = Place::new(Checksum::None);
    for length in [1000, LONG] {
        place.always(is_read, Fate::FlipAnswer);
        let failed = put(&place.store, &object(1), &text(length)).unwrap_err();
        assert!(matches!(failed, ObjectError::Damaged { .. }), "{failed:?}");
        place.assert_nothing_is_left();
    }
}

#[test]
fn answers_that_end_early_are_read_again_and_then_said() {
    let place = Place::new(Checksum::Sha256);
    put(&place.store, &object(1), &text(LONG)).unwrap();
    place.first(2, is_read, Fate::CutAnswer(100_000));
    assert!(contents(&place.store, &object(1)) == text(LONG));

    place.proxy.set_rule(|_| Fate::Pass);
    let mut reader = place.store.get(&object(1)).unwrap();
    place.always(is_read, Fate::CutAnswer(100_000));
    let failed = reader.read_to_end(&mut Vec::new()).unwrap_err();
    let failed = ObjectError::while_doing("read", failed);
    assert!(
        matches!(failed, ObjectError::Unreachable { .. }),
        "{failed:?}"
    );
    assert_eq!(
        failed.to_string(),
        "the store does not answer, could not read an object"
    );
}

#[test]
fn a_store_that_sends_elsewhere_is_not_followed() {
    let place = Place::new(Checksum::Sha256);
    place.always(
        is_any,
        Fate::Answer(
            307,
            "<?xml version=\"1.0\"?><Error><Code>TemporaryRedirect</Code></Error>",
        ),
    );
    let refused = place.store.get(&object(1)).err().unwrap();
    assert!(
        matches!(refused, ObjectError::Elsewhere { .. }),
        "{refused:?}"
    );
    assert_eq!(refused.kind(), Kind::Invalid);
    let refused = place.store.put(&object(1)).err().unwrap();
    assert!(
        matches!(refused, ObjectError::Elsewhere { .. }),
        "{refused:?}"
    );
}

#[test]
fn errors_hold_nothing_that_a_store_says_in_its_own_words() {
    let place = Place::new(Checksum::Sha256);
    place.always(
        is_any,
        Fate::Answer(
            403,
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Zbigniew may not</Message></Error>",
        ),
    );
    let denied = place.store.get(&object(1)).err().unwrap();
    assert!(matches!(denied, ObjectError::Denied { .. }), "{denied:?}");
    let shown = format!("{denied:?} {denied}");
    assert!(
        shown.contains("AccessDenied") && !shown.contains("Zbigniew"),
        "{shown}"
    );
}

/// "It is gone" is what erasures certify, so an answer that says less is not taken for it.
#[test]
fn an_object_whose_length_is_not_told_is_not_gone() {
    let place = Place::new(Checksum::Sha256);
    put(&place.store, &object(1), b"still there").unwrap();
    // The store says that it has deleted, and has not.
    place
        .proxy
        .set_rule(|request| match request.method.as_str() {
            "HEAD" => Fate::HideLength,
            "DELETE" => Fate::Answer(204, ""),
            _ => Fate::Pass,
        });
    let asked = place.store.size(&object(1)).unwrap_err();
    assert!(!matches!(asked, ObjectError::NotFound { .. }), "{asked:?}");
    place.store.delete(&object(1)).unwrap_err();
    assert!(contents(&place.direct, &object(1)) == b"still there");
}

#[test]
fn a_reader_that_failed_can_be_asked_again() {
    let place = Place::new(Checksum::Sha256);
    put(&place.store, &object(1), &text(LONG)).unwrap();
    let mut reader = place.store.get(&object(1)).unwrap();
    let mut piece = vec![0; 1000];
    reader.read_exact(&mut piece).unwrap();
    let at = 5 << 20;
    std::io::Seek::seek(&mut reader, std::io::SeekFrom::Start(at)).unwrap();
    place.always(is_read, Fate::CutAnswer(10));
    for _ in 0..2 {
        reader.read_exact(&mut piece).unwrap_err();
    }
    // Back to where the first range began, which is where nothing at all would end.
    for at in [0, at] {
        std::io::Seek::seek(&mut reader, std::io::SeekFrom::Start(at)).unwrap();
        place.proxy.set_rule(|_| Fate::Pass);
        reader.read_exact(&mut piece).unwrap();
        let at = at as usize;
        assert!(piece == text(LONG)[at..at + piece.len()]);
    }
}

#[test]
fn a_list_that_never_ends_is_given_up() {
    const AGAIN: &str = "<?xml version=\"1.0\"?><ListMultipartUploadsResult>\
        <IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>\
        <NextUploadIdMarker>b</NextUploadIdMarker></ListMultipartUploadsResult>";
    let place = Place::new(Checksum::Sha256);
    place.always(
        |request| request.method == "GET" && request.path.contains("uploads"),
        Fate::Answer(200, AGAIN),
    );
    let failed = place.store.unfinished().unwrap_err();
    assert!(
        matches!(
            failed,
            ObjectError::Unreachable { .. } | ObjectError::Io { .. }
        ),
        "{failed:?}"
    );
}
