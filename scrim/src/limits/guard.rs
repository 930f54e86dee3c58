//! Making whoever guesses passwords wait.
//!
//! | failures in a row | of an account | of an address |
//! |---|---|---|
//! | some are free | 5 | 50 |
//! | then one has to wait | 1 s, 2 s, 4 s … 15 min | 1 s, 2 s, 4 s … 1 h |
//! | forgotten after so long without a try | 24 h | 6 h |
//!
//! An attempt counts as failed from its beginning until it succeeds. So many attempts at the same
//! moment are no way around it. One that comes too early is not counted: it would let anybody keep
//! an account locked for ever, while now its owner gets a try at least every quarter of an hour.

use std::time::{Duration, Instant};

use super::{Subject, bounded::Bounded};

/// How many accounts and how many addresses are remembered.
const MOST_SUBJECTS: usize = 100_000;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

const ACCOUNT: Rule = Rule {
    free: 5,
    most: Duration::from_secs(15 * MINUTE.as_secs()),
    memory: Duration::from_secs(24 * HOUR.as_secs()),
};

/// People behind one address may be many, and their failures are those of all.
const ADDRESS: Rule = Rule {
    free: 50,
    most: HOUR,
    memory: Duration::from_secs(6 * HOUR.as_secs()),
};

/// How long one waits after the last failure that is free.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Memory is longer than the longest wait, or waiting would give the free failures back.
const _: () = assert!(ACCOUNT.memory.as_secs() > 4 * ACCOUNT.most.as_secs());
const _: () = assert!(ADDRESS.memory.as_secs() > 4 * ADDRESS.most.as_secs());

#[derive(Clone, Copy, Debug)]
struct Rule {
    free: u32,
    most: Duration,
    memory: Duration,
}

impl Rule {
    /// Returns how long one waits after so many failures.
    fn wait(self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free) else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        FIRST_WAIT.saturating_mul(factor).min(self.most)
    }
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

/// Who has failed how often. The caller passes the time in and holds the lock.
#[derive(Debug)]
pub(crate) struct LoginGuard {
    accounts: Bounded<Failures>,
    addresses: Bounded<Failures>,
}

/// An attempt that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// How often this account has failed in a row should this attempt fail.
    pub(crate) account_failures: u32,
    /// How long everybody has to wait for this account, or for this address, should it fail; zero
    /// at first.
    pub(crate) wait_if_it_fails: Duration,
}

/// An attempt that comes too early. The password was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many failed attempts to sign in")]
pub(crate) struct Locked {
    /// How long to wait.
    pub(crate) wait: Duration,
}

impl Default for LoginGuard {
    fn default() -> Self {
        Self::new(MOST_SUBJECTS)
    }
}

impl LoginGuard {
    /// Remembers so many accounts, and as many addresses.
    pub(crate) fn new(most_subjects: usize) -> Self {
        Self {
            accounts: Bounded::new(most_subjects),
            addresses: Bounded::new(most_subjects),
        }
    }

    /// Begins an attempt. It is to be asked for accounts that do not exist as well, or the answer
    /// tells which do.
    ///
    /// # Errors
    /// [`Locked`] where it comes too early.
    pub(crate) fn attempt(
        &mut self,
        account: Subject,
        address: Subject,
        now: Instant,
    ) -> Result<Admitted, Locked> {
        let of_account = current(&mut self.accounts, &account, ACCOUNT, now);
        let of_address = current(&mut self.addresses, &address, ADDRESS, now);
        let left = left(of_account, ACCOUNT, now).max(left(of_address, ADDRESS, now));
        if !left.is_zero() {
            return Err(Locked { wait: left });
        }
        let count = |failures: Option<Failures>| failures.map_or(1, |f| f.count.saturating_add(1));
        let account_failures = count(of_account);
        let address_failures = count(of_address);
        let last = now;
        let failed = |count| Failures { count, last };
        self.accounts.insert(account, failed(account_failures));
        self.addresses.insert(address, failed(address_failures));
        Ok(Admitted {
            account_failures,
            wait_if_it_fails: ACCOUNT
                .wait(account_failures)
                .max(ADDRESS.wait(address_failures)),
        })
    }

    /// Takes back what the attempts for this account have counted. Failures for other accounts stay
    /// with the address: an account of one's own is no way to guess the passwords of others.
    pub(crate) fn succeeded(&mut self, account: &Subject, address: &Subject) {
        let own = self.accounts.get(account).map_or(0, |known| known.count);
        self.accounts.remove(account);
        match self.addresses.get(address) {
            Some(failures) if failures.count > own => failures.count -= own,
            Some(_) => self.addresses.remove(address),
            None => {}
        }
    }

    /// Says whether an account has to wait for its next try.
    pub(crate) fn is_locked(&mut self, account: &Subject, now: Instant) -> bool {
        let failures = current(&mut self.accounts, account, ACCOUNT, now);
        !left(failures, ACCOUNT, now).is_zero()
    }

    /// Returns how many accounts and addresses are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.accounts.len() + self.addresses.len()
    }

    /// Forgets the failures of an account that has got a new password.
    pub(crate) fn unlock(&mut self, account: &Subject) {
        self.accounts.remove(account);
    }
}

/// Returns the failures that still count.
fn current(
    failures: &mut Bounded<Failures>,
    subject: &Subject,
    rule: Rule,
    now: Instant,
) -> Option<Failures> {
    let known = *failures.get(subject)?;
    let is_over = now.saturating_duration_since(known.last) >= rule.memory;
    (!is_over).then_some(known)
}

/// Returns how long one still has to wait.
fn left(failures: Option<Failures>, rule: Rule, now: Instant) -> Duration {
    failures.map_or(Duration::ZERO, |failures| {
        let waited = now.saturating_duration_since(failures.last);
        rule.wait(failures.count).saturating_sub(waited)
    })
}
