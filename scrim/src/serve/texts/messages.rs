//! Messages by key.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use super::Language;

type Bundle = FluentBundle<FluentResource>;

/// One bundle for each of [`Language::ALL`], in that order.
static BUNDLES: LazyLock<[Bundle; 5]> = LazyLock::new(|| Language::ALL.map(bundle));

/// The source of a language.
pub(super) const fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../../../locales/en.ftl"),
        Language::Pl => include_str!("../../../locales/pl.ftl"),
        Language::De => include_str!("../../../locales/de.ftl"),
        Language::Fr => include_str!("../../../locales/fr.ftl"),
        Language::It => include_str!("../../../locales/it.ftl"),
    }
}

fn bundle(language: Language) -> Bundle {
    let tag = language.tag().parse().expect("tags are well-formed");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Isolation marks would be copied along with titles and addresses.
    bundle.set_use_isolating(false);
    // What parses is used. Tests hold that all of it does, and that no key stands there twice.
    let resource = FluentResource::try_new(source(language).to_owned())
        .unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// What stands for a variable in a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    /// Text, shown as it is.
    Text(String),
    /// A number, which also chooses among plural forms.
    Number(i64),
}

/// Templates pass fields by reference.
macro_rules! args_from {
    ($($number:ty),+) => {$(
        impl From<$number> for Arg {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        impl From<&$number> for Arg {
            fn from(number: &$number) -> Self {
                Self::from(*number)
            }
        }
        impl From<&&$number> for Arg {
            fn from(number: &&$number) -> Self {
                Self::from(**number)
            }
        }
    )+};
}

args_from!(i32, u32, i64, u64, usize);

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&&str> for Arg {
    fn from(text: &&str) -> Self {
        Self::from(*text)
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&&String> for Arg {
    fn from(text: &&String) -> Self {
        Self::Text((*text).clone())
    }
}

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Texts {
    language: Language,
}

impl Texts {
    /// Returns the texts of a language.
    pub(crate) const fn of(language: Language) -> Self {
        Self { language }
    }

    /// Returns the language.
    pub(crate) const fn language(self) -> Language {
        self.language
    }

    /// Returns a text without variables.
    pub(crate) fn say(self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// Returns a text with its variables filled in.
    pub(crate) fn say_with(self, key: &str, args: &[(&str, Arg)]) -> String {
        let bundle = &BUNDLES[self.language as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, arg) in args {
            let value = match arg {
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Number(number) => FluentValue::from(*number),
            };
            values.set(*name, value);
        }
        // A variable that is missing is shown by its name.
        let mut unknown = Vec::new();
        bundle
            .format_pattern(pattern, Some(&values), &mut unknown)
            .into_owned()
    }
}
