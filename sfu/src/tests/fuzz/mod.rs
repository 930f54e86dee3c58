//! Fuzzing on stable Rust: inputs that nobody thought of, for a while.
//!
//! A target has inputs that are right, a way to make others of them, and a check that says more
//! than "no panic". Each input is made of a number of its own. So a failure names the number that
//! makes its input, and shows the input as Rust writes it: as the next seed of the target.
//!
//! ```text
//! SCRIM_FUZZ_SECONDS   how long each target runs; 1 without it
//! SCRIM_FUZZ_SEED      the number of the first input; 1 without it
//! ```
//!
//! There is no feedback of coverage: that needs another compiler. What replaces it is that inputs
//! are changed by what they are made of, and that a target whose inputs are all refused fails.

mod changes;
mod random;
mod tests;

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

pub(crate) use self::{
    changes::{Grammar, with_other_bytes},
    random::Random,
};

/// How many inputs are looked at, however short the time is.
const LEAST_INPUTS: u64 = 100;

/// One input of so many, at least, has to be understood. Otherwise only the refusing is tested.
const ONE_UNDERSTOOD_OF: u64 = 100;

/// How long a target runs, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fuzz {
    first: u64,
    time: Duration,
}

impl Fuzz {
    /// As the environment says.
    pub(crate) fn as_asked() -> Self {
        Self {
            first: number_in("SCRIM_FUZZ_SEED", 1),
            time: Duration::from_secs(number_in("SCRIM_FUZZ_SECONDS", 1)),
        }
    }

    /// Checks the seeds, and then what `make` makes, until the time is over. `check` panics where a
    /// rule is broken, and says whether the input was understood at all.
    ///
    /// # Panics
    /// At the first input that breaks a rule; and where a seed is not understood, or hardly
    /// anything is.
    pub(crate) fn run(
        self,
        seeds: &[Vec<u8>],
        mut make: impl FnMut(&mut Random) -> Vec<u8>,
        mut check: impl FnMut(&[u8]) -> bool,
    ) {
        let began = Instant::now();
        for seed in seeds {
            let is_understood = checked("a seed", seed, &mut check);
            assert!(is_understood, "not understood: {}", literal(seed));
        }
        let (mut count, mut understood) = (0, 0);
        while count < LEAST_INPUTS || began.elapsed() < self.time {
            let number = self.first.wrapping_add(count);
            let input = make(&mut Random::new(number));
            let origin = format!("SCRIM_FUZZ_SEED={number}");
            understood += u64::from(checked(&origin, &input, &mut check));
            count += 1;
        }
        assert!(
            understood >= count / ONE_UNDERSTOOD_OF,
            "only {understood} of {count} inputs were understood"
        );
    }
}

/// Reads a number of the environment.
fn number_in(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// Checks an input. Where that panics, what panics next says with what.
fn checked(origin: &str, input: &[u8], check: &mut impl FnMut(&[u8]) -> bool) -> bool {
    match catch_unwind(AssertUnwindSafe(|| check(input))) {
        Ok(is_understood) => is_understood,
        Err(panic) => panic!(
            "{origin} breaks a rule: {}\nthe input: {}",
            words(&*panic),
            literal(input)
        ),
    }
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words")
}

/// Writes an input as Rust does.
fn literal(input: &[u8]) -> String {
    format!("b\"{}\"", input.escape_ascii())
}
