//! Erasing a session, and somebody who took part in one.

use scrim_policy::{Kind, SubjectText, TenantId, TimelineEntry, TimelineEvent};
use scrim_storage::{
    CatalogError, Job, VaultError,
    catalog::{RenderBasis, Selection},
};

use super::{objects, record};
use crate::{
    erasures::{certificate, claim_of, erase, job_of, opens, publish},
    fixtures::{NOW, later},
    runs::{Place, catalog_error, on_both_databases},
};

on_both_databases!(
    somebody_who_is_erased_takes_their_layers_and_nobody_elses,
    nobody_is_taken_out_of_a_session_that_goes_on,
    an_erased_session_leaves_nothing,
    a_session_that_is_erased_while_it_is_recorded_ends,
);

fn zofia(place: &Place) -> Selection {
    let name = SubjectText::of_name("WISNIEWSKA, Zofia").unwrap();
    Selection::Person(vec![place.vault.subject(&name)])
}

/// Returns the name of somebody who has joined. An address is never kept without one.
fn name_of(entry: &TimelineEntry) -> Option<&str> {
    match &entry.event {
        TimelineEvent::Joined { name, email, .. } => {
            assert!(email.is_none() || !name.reveal().is_empty());
            Some(name.reveal())
        }
        _ => None,
    }
}

fn somebody_who_is_erased_takes_their_layers_and_nobody_elses(place: &Place) {
    let vault = &place.vault;
    let recorded = record(place);
    let theirs = [recorded.zofias_voice, recorded.zofias_camera];
    let others = [recorded.lucas_voice, recorded.lucas_chat];
    let ended = recorded.end();
    let rows = theirs.map(|id| vault.artefact(id).unwrap().unwrap());
    let session = vault.recording(ended.recording).unwrap().unwrap();
    let made = Job {
        source_sha256: session.source_sha256,
        original: Some(session.id),
        ..job_of("made", "made")
    };
    let made = claim_of(vault.begin_or_resume(&made, NOW).unwrap());
    publish(vault, &made);

    let plan = vault.plan_erasure(TenantId::SINGLE, &zofia(place)).unwrap();
    assert_eq!((plan.deleted, plan.withdrawn), (0, 2));
    let erasure = erase(vault, &zofia(place)).unwrap();

    for row in &rows {
        assert_eq!(vault.artefact(row.id).unwrap(), None);
        assert!(!opens(vault, row));
    }
    for layer in others {
        assert_eq!(ended.chunks(place, layer).unwrap().len(), 2);
    }
    let timeline = ended.reader(place).timeline().clone();
    let listed: Vec<_> = timeline.layers.iter().map(|one| one.artefact).collect();
    assert_eq!(listed, others);
    let names: Vec<&str> = timeline.entries.iter().filter_map(name_of).collect();
    assert_eq!(names, ["", "Luca Conti"]);
    let certificate = certificate(vault, &erasure);
    let count = |kind: &str| {
        let places = certificate.places.iter();
        let objects = places.filter(|one| one.place == "object store" && one.kind == kind);
        objects.map(|one| one.count).sum::<u64>()
    };
    assert_eq!(
        (count("layer"), count("timeline"), count("chat")),
        (2, 1, 0)
    );
    // The session is no recording that could be rendered again; what was made from it is.
    let queue = vault.render_queue(TenantId::SINGLE).unwrap();
    let queue: Vec<_> = queue.iter().map(|one| (one.recording, one.basis)).collect();
    assert_eq!(queue, [(made.recording(), RenderBasis::Layers)]);
    // Nobody is found any more.
    let nobody = vault.plan_erasure(TenantId::SINGLE, &zofia(place));
    assert_eq!(nobody.unwrap_err().kind(), Kind::NotFound);
}

fn nobody_is_taken_out_of_a_session_that_goes_on(place: &Place) {
    let vault = &place.vault;
    let recorded = record(place);
    let refused = erase(vault, &zofia(place)).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Catalog(CatalogError::StillRunning { .. })
    ));
    assert_eq!(refused.kind(), Kind::Unavailable);
    recorded.end();
    erase(vault, &zofia(place)).unwrap();
}

fn an_erased_session_leaves_nothing(place: &Place) {
    let vault = &place.vault;
    let recorded = record(place);
    let rows = recorded.layers().map(|(id, _)| id);
    let ended = recorded.end();
    let rows = rows.map(|id| vault.artefact(id).unwrap().unwrap());
    let session = vault.recording(ended.recording).unwrap().unwrap();
    erase(vault, &Selection::Recording(ended.recording)).unwrap();
    assert_eq!(vault.recording(ended.recording).unwrap(), None);
    assert_eq!(vault.live_session(ended.recording).unwrap(), None);
    assert_eq!(objects(place), 0);
    assert!(rows.iter().all(|row| !opens(vault, row)));
    let again = Job {
        source_sha256: session.source_sha256,
        ..job_of("again", "again")
    };
    let refused = catalog_error(vault.begin_or_resume(&again, NOW));
    assert!(matches!(refused, CatalogError::SourceErased { .. }));
}

fn a_session_that_is_erased_while_it_is_recorded_ends(place: &Place) {
    let vault = &place.vault;
    let mut recorded = record(place);
    recorded.sealing.advance(NOW).unwrap();
    let rows = vault.artefacts(recorded.recording).unwrap();
    erase(vault, &Selection::Recording(recorded.recording)).unwrap();
    let refused = catalog_error(recorded.sealing.advance(later(61)));
    assert!(matches!(refused, CatalogError::NotRunning { .. }));
    // The keys are gone from memory as well.
    let view = recorded.view();
    assert!(super::spooled(&view, recorded.lucas_voice).is_none());
    let opened = recorded
        .session
        .open_layer(super::owner(9, scrim_policy::ConsentPurpose::Voice), NOW);
    let refused = catalog_error(opened);
    assert!(matches!(refused, CatalogError::NotRunning { .. }));
    assert!(rows.iter().all(|row| !opens(vault, row)));
    drop((view, recorded));
    assert_eq!(objects(place), 0);
    assert!(crate::fixtures::files_below(&place.home.join("live")).is_empty());
}
