//! How often somebody may be wrong.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::super::{LoginGuard, Subject};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn account(number: u32) -> Subject {
    Subject::account(&format!("usr_{number}"))
}

fn address(number: u32) -> Subject {
    Subject::address(IpAddr::from(number.to_be_bytes()))
}

/// Fails as often and as early as it is allowed to, and returns how often that was.
fn guesses(
    guard: &mut LoginGuard,
    start: Instant,
    span: Duration,
    subjects: impl Fn(u32) -> (Subject, Subject),
) -> u32 {
    let mut now = start;
    let mut count = 0;
    while now < start + span {
        let (account, address) = subjects(count);
        match guard.attempt(account, address, now) {
            Ok(_) => count += 1,
            Err(locked) => now += locked.wait,
        }
    }
    count
}

#[test]
fn waits_double_up_to_a_quarter_of_an_hour() {
    let mut guard = LoginGuard::default();
    let mut now = Instant::now();
    let mut waits = Vec::new();
    for _ in 0..18 {
        let admitted = guard.attempt(account(1), address(1), now).unwrap();
        waits.push(admitted.wait_if_it_fails.as_secs());
        now += admitted.wait_if_it_fails;
    }
    assert_eq!(
        waits,
        [
            0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900
        ]
    );
}

#[test]
fn one_account_is_guessed_at_about_a_hundred_times_a_day() {
    let mut guard = LoginGuard::default();
    let from_everywhere = guesses(&mut guard, Instant::now(), DAY, |n| {
        (account(1), address(n))
    });
    assert!(from_everywhere < 115, "{from_everywhere}");
}

#[test]
fn one_address_tries_few_accounts_a_day() {
    let mut guard = LoginGuard::default();
    let at_everybody = guesses(&mut guard, Instant::now(), DAY, |n| {
        (account(n), address(1))
    });
    assert!(at_everybody < 90, "{at_everybody}");
}

#[test]
fn many_attempts_at_the_same_moment_are_counted_before_they_fail() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    let admitted = (0..1_000).filter(|_| guard.attempt(account(1), address(1), now).is_ok());
    assert_eq!(admitted.count(), 5);
}

#[test]
fn a_success_takes_back_what_its_own_account_has_failed() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    for _ in 0..20 {
        for failures in 1..=4 {
            let admitted = guard.attempt(account(1), address(failures), now).unwrap();
            assert_eq!(admitted.account_failures, failures);
        }
        guard.succeeded(&account(1), &address(4));
    }
}

#[test]
fn an_own_account_frees_no_address() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    let mut failed = 0;
    for number in 10..1_000 {
        if guard.attempt(account(number), address(1), now).is_err() {
            break;
        }
        failed += 1;
        if guard.attempt(account(1), address(1), now).is_ok() {
            guard.succeeded(&account(1), &address(1));
        }
    }
    assert_eq!(failed, 50);
}

#[test]
fn two_hundred_people_behind_one_address_sign_in() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    for number in 0..200 {
        // All of them mistype first.
        guard.attempt(account(number), address(1), now).unwrap();
        guard.attempt(account(number), address(1), now).unwrap();
        guard.succeeded(&account(number), &address(1));
    }
}

#[test]
fn early_attempts_do_not_make_it_longer() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    for _ in 0..5 {
        guard.attempt(account(1), address(1), now).unwrap();
    }
    for tenth in 0..10 {
        let early = now + Duration::from_millis(tenth * 100);
        assert!(guard.attempt(account(1), address(2), early).is_err());
    }
    let owner = guard.attempt(account(1), address(3), now + Duration::from_secs(1));
    assert!(owner.is_ok());
}

#[test]
fn failures_are_forgotten_and_can_be_taken_back() {
    let mut guard = LoginGuard::default();
    let now = Instant::now();
    for _ in 0..5 {
        guard.attempt(account(1), address(1), now).unwrap();
    }
    assert!(guard.attempt(account(1), address(1), now).is_err());
    guard.unlock(&account(1));
    let first = guard.attempt(account(1), address(1), now).unwrap();
    assert_eq!(first.account_failures, 1);
    let next_day = guard.attempt(account(1), address(1), now + DAY).unwrap();
    assert_eq!(next_day.account_failures, 1);
}

#[test]
fn a_flood_of_accounts_takes_no_memory() {
    let mut guard = LoginGuard::new(1_000);
    let now = Instant::now();
    for number in 0..20_000 {
        guard
            .attempt(account(number), address(number), now)
            .unwrap();
        assert!(guard.len() <= 2_000);
    }
}

proptest! {
    #[test]
    fn waiting_as_long_as_was_said_is_always_enough(
        steps in prop::collection::vec((0_u32..4, 0_u32..3, 0_u64..2_000, any::<bool>()), 1..300),
    ) {
        let mut guard = LoginGuard::default();
        let mut now = Instant::now();
        for (who, whence, pause, is_right) in steps {
            now += Duration::from_secs(pause);
            let (who, whence) = (account(who), address(whence));
            if let Err(locked) = guard.attempt(who, whence, now) {
                prop_assert!(locked.wait <= Duration::from_secs(60 * 60));
                now += locked.wait;
                prop_assert!(guard.attempt(who, whence, now).is_ok());
            }
            if is_right {
                guard.succeeded(&who, &whence);
            }
        }
    }
}
