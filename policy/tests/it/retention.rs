//! How long things are kept.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::select};
use scrim_policy::{
    Days, Kind, RetentionClass, RetentionRule, RetentionRules, Tag,
    retention::{Fate, Kept, RetentionError, due},
};

const DAY_US: i64 = 86_400_000_000;

fn days(count: u32) -> Days {
    Days::new(count).unwrap()
}

fn tag(word: &str) -> Tag {
    word.parse().unwrap()
}

fn rule(class: RetentionClass, tag: Option<&str>, count: u32) -> RetentionRule {
    RetentionRule {
        class,
        tag: tag.map(|word| word.parse().unwrap()),
        period: days(count),
    }
}

#[test]
fn without_rules_the_defaults_hold() {
    let rules = RetentionRules::default();
    let periods = RetentionClass::ALL.map(|class| rules.period(class, &BTreeSet::new()).count());
    assert_eq!(periods, [30, 365, 365, 90, 1095]);
}

#[test]
fn a_tag_shortens_and_never_lengthens() {
    use RetentionClass::Published;
    let rules = RetentionRules::new(vec![
        rule(Published, None, 100),
        rule(Published, Some("board"), 10),
        rule(Published, Some("training"), 700),
    ]);
    let period = |tags: &[&str]| {
        let tags = tags.iter().map(|word| tag(word)).collect();
        rules.period(Published, &tags).count()
    };
    assert_eq!(period(&[]), 100);
    assert_eq!(period(&["training"]), 100);
    assert_eq!(period(&["board", "training"]), 10);
    assert_eq!(period(&["other"]), 100);
}

#[test]
fn a_transcript_never_outlives_what_was_published_with_it() {
    let rules = RetentionRules::new(vec![rule(RetentionClass::Published, Some("board"), 10)]);
    let tags = BTreeSet::from([tag("board")]);
    assert_eq!(rules.period(RetentionClass::Transcript, &tags), days(10));
}

#[test]
fn a_period_ends_to_the_microsecond() {
    let rules = RetentionRules::default();
    let kept = Kept {
        class: RetentionClass::Raw,
        tags: &BTreeSet::new(),
        since_us: 5,
        is_on_hold: false,
    };
    let end = 5 + 30 * DAY_US;
    assert_eq!(due(&rules, kept, end - 1), Fate::StaysUntil(end));
    assert_eq!(due(&rules, kept, end), Fate::DueSince(end));
}

#[test]
fn other_words_are_refused() {
    assert_eq!(Days::new(0), Err(RetentionError::NoPeriod));
    assert_eq!("36501".parse::<Days>(), Err(RetentionError::NoPeriod));
    assert_eq!("-1".parse::<Days>(), Err(RetentionError::NoPeriod));
    let unknown = "layers".parse::<RetentionClass>();
    assert_eq!(unknown, Err(RetentionError::UnknownClass));
    for text in ["", "-a", "Anna", "anna kowalska", "ż", &"a".repeat(33)] {
        let refused = text.parse::<Tag>().unwrap_err();
        assert_eq!(refused, RetentionError::NoTag, "{text}");
        assert_eq!(refused.kind(), Kind::Invalid);
    }
}

fn any_class() -> impl Strategy<Value = RetentionClass> {
    select(RetentionClass::ALL.to_vec())
}

fn any_tag() -> impl Strategy<Value = Tag> {
    select(vec![tag("a"), tag("b"), tag("c")])
}

fn any_rule() -> impl Strategy<Value = RetentionRule> {
    (
        any_class(),
        proptest::option::of(any_tag()),
        1..=Days::LONGEST,
    )
        .prop_map(|(class, tag, count)| RetentionRule {
            class,
            tag,
            period: days(count),
        })
}

fn any_tags() -> impl Strategy<Value = BTreeSet<Tag>> {
    proptest::collection::btree_set(any_tag(), 0..3)
}

proptest! {
    /// The one exception is the first rule for a class as a whole, which takes the place of the
    /// default; so each class has one here.
    #[test]
    fn another_rule_never_lengthens(
        rules in proptest::collection::vec(any_rule(), 0..6),
        general in proptest::array::uniform5(1..=Days::LONGEST),
        another in any_rule(),
        class in any_class(),
        tags in any_tags(),
    ) {
        let general = RetentionClass::ALL.into_iter().zip(general);
        let general = general.map(|(class, count)| rule(class, None, count));
        let mut rules: Vec<_> = rules.into_iter().chain(general).collect();
        let before = RetentionRules::new(rules.clone()).period(class, &tags);
        rules.push(another);
        let after = RetentionRules::new(rules).period(class, &tags);
        prop_assert!(after <= before);
    }

    #[test]
    fn another_tag_never_lengthens(
        rules in proptest::collection::vec(any_rule(), 0..8),
        class in any_class(),
        tags in any_tags(),
        another in any_tag(),
    ) {
        let rules = RetentionRules::new(rules);
        let before = rules.period(class, &tags);
        let mut tags = tags;
        tags.insert(another);
        prop_assert!(rules.period(class, &tags) <= before);
    }

    #[test]
    fn what_is_on_hold_is_never_due(
        rules in proptest::collection::vec(any_rule(), 0..8),
        class in any_class(),
        tags in any_tags(),
        since_us in any::<i64>(),
        now_us in any::<i64>(),
    ) {
        let kept = Kept { class, tags: &tags, since_us, is_on_hold: true };
        prop_assert_eq!(due(&RetentionRules::new(rules), kept, now_us), Fate::OnHold);
    }

    #[test]
    fn what_is_due_stays_due(
        rules in proptest::collection::vec(any_rule(), 0..8),
        class in any_class(),
        tags in any_tags(),
        since_us in any::<i64>(),
        times in any::<(i64, i64)>(),
    ) {
        let rules = RetentionRules::new(rules);
        let kept = Kept { class, tags: &tags, since_us, is_on_hold: false };
        let (now_us, later_us) = (times.0.min(times.1), times.0.max(times.1));
        let (now, later) = (due(&rules, kept, now_us), due(&rules, kept, later_us));
        prop_assert!(later.is_due() || !now.is_due());
    }
}
