//! Policies, jobs, messages and answers.

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    CatalogError, Sha256Digest, Timestamp, VaultError,
    service::{Channel, JobEnd, JobFailure, JobState, MessageState, NewJob, WebhookWords},
};
use std::io::Write;

use super::organiser;
use crate::{
    fixtures::{NOW, tenant},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    versions_of_a_policy_follow_each_other,
    a_job_is_done_once_by_whoever_has_it,
    a_job_that_is_begun_waits_for_nobody,
    a_message_is_tried_until_it_arrives,
    an_answer_is_given_again_to_the_same_request,
);

const TENANT: TenantId = TenantId::SINGLE;

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_micros(NOW.as_micros() + seconds * 1_000_000)
}

fn original(place: &Place) -> scrim_policy::RecordingId {
    let mut writer = place.vault.create_original(TENANT, NOW).unwrap();
    writer.write_all(b"a recording").unwrap();
    writer.finish(None, NOW).unwrap().row().id
}

fn versions_of_a_policy_follow_each_other(place: &Place) {
    let vault = &place.vault;
    let by = organiser(place);
    let save = |after, text| {
        vault
            .save_policy(TENANT, after, ("stage", text), by, NOW)
            .unwrap()
    };
    let (id, one) = save(None, "one").unwrap();
    let (_, two) = save(Some((id, one)), "two").unwrap();
    assert_eq!((one, two), (1, 2));
    // Somebody else saved in between.
    assert_eq!(save(Some((id, one)), "three"), None);
    let at = |version| {
        vault
            .saved_policy(TENANT, id, version)
            .unwrap()
            .map(|kept| kept.text)
    };
    assert_eq!(at(None).as_deref(), Some("two"));
    assert_eq!(at(Some(1)).as_deref(), Some("one"));
    assert_eq!(at(Some(9)), None);
    assert_eq!(vault.saved_policies(TENANT).unwrap().len(), 1);
    assert!(vault.saved_policy(tenant(7), id, None).unwrap().is_none());
    assert!(!vault.forget_policy(tenant(7), id).unwrap());
    assert!(vault.forget_policy(TENANT, id).unwrap());
    assert_eq!(vault.saved_policies(TENANT).unwrap().len(), 0);
}

/// The job over a session begins with it, before older ones that wait, and goes on after a crash.
fn a_job_that_is_begun_waits_for_nobody(place: &Place) {
    let vault = &place.vault;
    let created_by = organiser(place);
    let (policy, version) = vault
        .save_policy(TENANT, None, ("stage", "text"), created_by, NOW)
        .unwrap()
        .unwrap();
    let original = original(place);
    let job = NewJob {
        original,
        breakout: None,
        policy: (policy, version),
        roster: "",
        language: "auto",
        created_by,
    };
    let older = vault.add_job(TENANT, &job, NOW).unwrap();
    let (dead, begun) = vault
        .begin_job(TENANT, &job, after(1), after(100))
        .unwrap()
        .unwrap();
    assert_ne!(begun.id, older);
    assert_eq!(begun.state, JobState::Running);

    assert_eq!(vault.revive_jobs(original).unwrap(), 1);
    let far = ("render", 1, None);
    assert!(!vault.note_job(dead, far, after(100)).unwrap());
    let (_, first) = vault.claim_job(after(2), after(100)).unwrap().unwrap();
    let (_, second) = vault.claim_job(after(2), after(100)).unwrap().unwrap();
    assert_eq!((first.id, second.id), (older, begun.id));
    assert_eq!(vault.revive_jobs(original).unwrap(), 2);
}

fn a_job_is_done_once_by_whoever_has_it(place: &Place) {
    let vault = &place.vault;
    let created_by = organiser(place);
    let (policy, version) = vault
        .save_policy(TENANT, None, ("stage", "text"), created_by, NOW)
        .unwrap()
        .unwrap();
    let job = NewJob {
        original: original(place),
        breakout: None,
        policy: (policy, version),
        roster: "name\nAnna Canary\n",
        language: "pl",
        created_by,
    };
    let elsewhere = vault.add_job(tenant(7), &job, NOW).unwrap_err();
    assert!(
        matches!(
            elsewhere,
            VaultError::Catalog(CatalogError::NoRecording { .. })
        ),
        "{elsewhere:?}"
    );
    let id = vault.add_job(TENANT, &job, NOW).unwrap();
    let now = || vault.job(TENANT, id).unwrap().unwrap();
    assert_eq!(now().state, JobState::Waiting);

    let (first, claimed) = vault.claim_job(NOW, after(30)).unwrap().unwrap();
    assert_eq!((claimed.id, claimed.roster.as_str()), (id, job.roster));
    assert!(vault.claim_job(after(30), after(60)).unwrap().is_none());
    assert!(
        vault
            .note_job(first, ("render", 5, Some(10)), after(60))
            .unwrap()
    );
    assert_eq!((now().stage.as_deref(), now().done), (Some("render"), 5));
    // Nothing is heard of it for too long, so another one takes over, and the first is not heard.
    assert!(vault.claim_job(after(60), after(90)).unwrap().is_none());
    let (second, _) = vault.claim_job(after(61), after(90)).unwrap().unwrap();
    assert!(
        !vault
            .note_job(first, ("render", 9, Some(10)), after(90))
            .unwrap()
    );
    let failure = JobFailure {
        kind: Kind::Damaged,
        stage: "render".to_owned(),
        what: "the recording is damaged".to_owned(),
        help: Some("fetch it again".to_owned()),
    };
    assert!(
        !vault
            .end_job(first, &JobEnd::Failed(failure.clone()), NOW)
            .unwrap()
    );
    assert!(
        vault
            .end_job(second, &JobEnd::Failed(failure.clone()), NOW)
            .unwrap()
    );
    assert_eq!(
        (now().state, now().failure),
        (JobState::Failed, Some(failure))
    );

    assert!(vault.retry_job(TENANT, id).unwrap() && !vault.retry_job(TENANT, id).unwrap());
    let (third, claimed) = vault.claim_job(after(100), after(130)).unwrap().unwrap();
    assert_eq!((claimed.tries, now().failure), (3, None));
    assert!(!vault.cancel_job(tenant(7), id).unwrap());
    assert!(vault.cancel_job(TENANT, id).unwrap());
    assert!(
        !vault
            .note_job(third, ("render", 9, None), after(200))
            .unwrap()
    );
    assert_eq!(now().state, JobState::Cancelled);

    assert!(vault.retry_job(TENANT, id).unwrap());
    let (fourth, _) = vault.claim_job(after(200), after(230)).unwrap().unwrap();
    let made = place.render("made").recording();
    assert!(
        vault
            .end_job(fourth, &JobEnd::Done(made), after(210))
            .unwrap()
    );
    assert_eq!((now().state, now().recording), (JobState::Done, Some(made)));
    assert!(!vault.retry_job(TENANT, id).unwrap() && !vault.cancel_job(TENANT, id).unwrap());
    assert!(vault.jobs(tenant(7), None, 10).unwrap().is_empty());
    assert_eq!(vault.jobs(TENANT, Some(id), 10).unwrap().len(), 0);
    assert_eq!(vault.jobs_open().unwrap(), []);
}

fn a_message_is_tried_until_it_arrives(place: &Place) {
    let vault = &place.vault;
    let words = WebhookWords {
        url: "https://hooks.example/scrim".to_owned(),
        secret: "whsec_canary".to_owned(),
    };
    let hook = vault
        .add_webhook(TENANT, &words, "recording.ready", NOW)
        .unwrap();
    let target = hook.to_string();
    let to = (Channel::Webhook, target.as_str());
    let one = vault.add_message(TENANT, to, &"one", NOW).unwrap();
    let two = vault.add_message(TENANT, to, &"two", after(1)).unwrap();
    let take = |now, again| vault.take_messages::<String>(now, again, 10).unwrap();
    let first = take(after(1), after(60));
    let bodies: Vec<_> = first.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, ["one", "two"]);
    // Somebody has them: nobody else gets them, until that one is taken to be dead.
    assert!(take(after(59), after(90)).is_empty());
    vault
        .note_message(one, MessageState::Sent, after(60), None)
        .unwrap();
    vault
        .note_message(two, MessageState::Waiting, after(300), Some("timeout"))
        .unwrap();
    assert!(take(after(299), after(400)).is_empty());
    let again = take(after(300), after(400));
    assert_eq!((again[0].id, again[0].tries), (two, 2));
    vault.disable_webhook(TENANT, hook, NOW).unwrap();
    assert!(take(after(1000), after(1100)).is_empty());
    let states = vault.messages_by_state().unwrap();
    assert_eq!(states.len(), 2, "{states:?}");
    assert_eq!(vault.forget_messages(after(9999)).unwrap(), 2);
    assert!(vault.webhooks(TENANT).unwrap()[0].disabled_at.is_some());
    assert!(vault.forget_webhook(TENANT, hook, NOW).unwrap());
    assert!(vault.webhooks(TENANT).unwrap().is_empty());
}

fn an_answer_is_given_again_to_the_same_request(place: &Place) {
    let vault = &place.vault;
    let whose = (TENANT, organiser(place));
    let request = Sha256Digest::of(b"POST /api/v1/jobs {}");
    let asked = |request| vault.answered(whose, "key-1", request).unwrap();
    assert_eq!(asked(request), None);
    let answer = (201, r#"{"id":"job_1"}"#);
    vault
        .remember_answer(whose, "key-1", request, answer, NOW)
        .unwrap();
    let body = answer.1.to_owned();
    assert_eq!(asked(request), Some((true, 201, body.clone())));
    assert_eq!(
        asked(Sha256Digest::of(b"another")),
        Some((false, 201, body))
    );
    assert_eq!(vault.forget_answers(after(86_399)).unwrap(), 0);
    assert!(asked(request).is_some());
    assert_eq!(vault.forget_answers(after(86_401)).unwrap(), 1);
    assert_eq!(asked(request), None);
}
