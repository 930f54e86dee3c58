//! Truth names everything that the scenario asks for.

use scrim_samples::{BUILTIN_NAMES, Film, PanelKind, Scenario, Text, TextKind};

fn texts_of(scenario: &Scenario) -> Vec<Text> {
    Film::new(scenario).unwrap().panels_and_texts().1
}

/// Whether a drawn text is the wanted one, perhaps shortened.
fn shows(drawn: &str, wanted: &str) -> bool {
    match drawn.strip_suffix('…') {
        Some(start) => wanted.starts_with(start),
        None => drawn == wanted,
    }
}

#[test]
fn everybody_is_in_the_list_while_present() {
    for name in BUILTIN_NAMES {
        let scenario = Scenario::builtin(name).unwrap();
        let texts = texts_of(&scenario);
        for person in &scenario.people {
            let mut spans: Vec<(f64, f64)> = texts
                .iter()
                .filter(|text| text.kind == TextKind::ParticipantName)
                .filter(|text| text.text.chars().count() > 3 && shows(&text.text, &person.name))
                .map(|text| (text.from, text.to))
                .collect();
            spans.sort_by(|a, b| a.0.total_cmp(&b.0));
            let frame = 1.0 / f64::from(scenario.rate);
            let mut covered = person.from.seconds();
            for (from, to) in spans {
                assert!(
                    from <= covered + frame,
                    "{name}: {} is missing at {covered}",
                    person.name
                );
                covered = covered.max(to);
            }
            let end = person.to.min(scenario.duration).seconds();
            assert!(
                (covered - end).abs() <= frame,
                "{name}: {} until {covered}",
                person.name
            );
        }
    }
}

#[test]
fn all_words_of_chat_toasts_slides_and_labels_are_drawn() {
    for name in BUILTIN_NAMES {
        let scenario = Scenario::builtin(name).unwrap();
        let texts = texts_of(&scenario);
        let drawn = |kind: TextKind| {
            let lines = texts.iter().filter(|text| text.kind == kind);
            lines
                .map(|text| text.text.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let (chat, toasts) = (drawn(TextKind::Chat), drawn(TextKind::Toast));
        let (slides, labels) = (drawn(TextKind::Slide), drawn(TextKind::Label));
        let chat_is_open = scenario.layouts.iter().any(|layout| layout.chat.is_some());
        for message in scenario.chat.iter().filter(|_| chat_is_open) {
            for word in message.text.split_whitespace() {
                assert!(chat.contains(word), "{name}: chat lacks {word}");
            }
            assert!(
                chat.contains(&message.who),
                "{name}: chat lacks {}",
                message.who
            );
        }
        for word in scenario
            .toasts
            .iter()
            .flat_map(|toast| toast.text.split_whitespace())
        {
            assert!(toasts.contains(word), "{name}: toasts lack {word}");
        }
        for slide in &scenario.slides {
            assert!(
                slides.contains(&slide.title),
                "{name}: no slide {}",
                slide.title
            );
            for word in slide
                .bullets
                .iter()
                .flat_map(|point| point.split_whitespace())
            {
                assert!(slides.contains(word), "{name}: slides lack {word}");
            }
        }
        for camera in &scenario.cameras {
            assert!(
                labels.contains(&camera.person),
                "{name}: no label {}",
                camera.person
            );
        }
    }
}

#[test]
fn texts_lie_inside_the_picture_and_end_after_they_begin() {
    for name in BUILTIN_NAMES {
        let scenario = Scenario::builtin(name).unwrap();
        for text in texts_of(&scenario) {
            let inside =
                text.rect.right() <= scenario.size.0 && text.rect.bottom() <= scenario.size.1;
            assert!(inside && !text.rect.is_empty(), "{name}: {text:?}");
            assert!(text.from < text.to, "{name}: {text:?}");
            assert!(
                text.to <= scenario.duration.seconds() + 1e-9,
                "{name}: {text:?}"
            );
        }
    }
}

#[test]
fn the_chat_panel_of_relayout_exists_from_its_opening_on_and_then_shrinks() {
    let scenario = Scenario::builtin("webinar-relayout").unwrap();
    let (panels, _) = Film::new(&scenario).unwrap().panels_and_texts();
    let chat: Vec<_> = panels
        .iter()
        .filter(|panel| panel.kind == PanelKind::Chat)
        .collect();
    assert_eq!(chat.len(), 2);
    assert_eq!((chat[0].from, chat[0].to), (30.0, 45.0));
    assert_eq!((chat[1].from, chat[1].to), (45.0, 60.0));
    assert!(chat[1].rect.width < chat[0].rect.width);
}

#[test]
fn a_scrolled_document_has_resting_and_moving_texts() {
    let scenario = Scenario::builtin("webinar-motion").unwrap();
    let texts = texts_of(&scenario);
    let shared = |moving: bool| {
        let shared = texts.iter().filter(|text| text.kind == TextKind::Document);
        shared.filter(|text| text.moving == moving).count()
    };
    assert!(
        shared(true) > 20 && shared(false) > 20,
        "{} {}",
        shared(true),
        shared(false)
    );
}
