//! The fuzzer itself.

use std::collections::BTreeSet;

use super::*;

const GRAMMAR: Grammar = Grammar {
    separators: &[b"\n", b" "],
    words: &["Zofia"],
};

fn seeds() -> Vec<Vec<u8>> {
    vec![b"one two\nthree".to_vec(), b"four".to_vec(), Vec::new()]
}

fn made(random: &mut Random) -> Vec<u8> {
    let seeds = seeds();
    let seed = random.pick(&seeds);
    GRAMMAR.changed(random, seed, &seeds)
}

const SHORT: Fuzz = Fuzz {
    first: 7,
    time: Duration::ZERO,
};

/// Runs a target that fails, and returns what it says.
fn failure(check: impl FnMut(&[u8]) -> bool) -> String {
    let run = || SHORT.run(&seeds(), made, check);
    let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    words(&*panic).to_owned()
}

#[test]
fn a_failure_names_the_number_that_makes_its_input_again() {
    let is_zofia = |input: &[u8]| input.windows(5).any(|bytes| bytes == b"Zofia");
    let said = failure(|input| {
        assert!(!is_zofia(input), "there is a person in it");
        true
    });
    assert!(said.contains("there is a person in it"), "{said}");
    let number = said.strip_prefix("SCRIM_FUZZ_SEED=").unwrap();
    let number = number.split(' ').next().unwrap().parse().unwrap();
    let input = made(&mut Random::new(number));
    assert!(is_zofia(&input));
    assert!(said.ends_with(&literal(&input)), "{said}");
}

#[test]
fn a_target_that_understands_nothing_fails() {
    let mut seeds_left = seeds().len();
    let said = failure(|_| {
        let is_seed = seeds_left > 0;
        seeds_left = seeds_left.saturating_sub(1);
        is_seed
    });
    assert_eq!(said, "only 0 of 100 inputs were understood");
    assert!(failure(|_| false).contains("not understood: b\"one two\\nthree\""));
}

#[test]
fn inputs_are_many_and_none_is_too_long() {
    let all: BTreeSet<_> = (0..2000)
        .map(|number| made(&mut Random::new(number)))
        .collect();
    assert!(all.len() > 200, "{}", all.len());
    assert!(all.iter().all(|input| input.len() <= 160 << 10));
    assert!(all.iter().any(|input| input.len() > 10_000));
}

#[test]
fn every_number_below_a_count_comes_and_no_other() {
    let mut random = Random::new(1);
    let all: BTreeSet<_> = (0..1000).map(|_| random.below(6)).collect();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(random.below(0), 0);
}
