//! Which language somebody reads.

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// English, which is also what everybody else gets.
    #[default]
    En,
    /// Polish.
    Pl,
    /// German.
    De,
    /// French.
    Fr,
    /// Italian.
    It,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 5] = [Self::En, Self::Pl, Self::De, Self::Fr, Self::It];

    /// Returns its tag of BCP 47.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Pl => "pl",
            Self::De => "de",
            Self::Fr => "fr",
            Self::It => "it",
        }
    }

    /// Returns what its speakers call it.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Pl => "Polski",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::It => "Italiano",
        }
    }

    /// Returns the language of a tag such as `pl` or `de-AT`.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        let is_meant = |language: &Self| language.tag().eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(is_meant)
    }

    /// Chooses a language: the one that was chosen, else the best of the `Accept-Language` header
    /// (RFC 9110, section 12.5.4), else English.
    pub(crate) fn negotiate(accept_language: Option<&str>, chosen: Option<&str>) -> Self {
        if let Some(language) = chosen.and_then(Self::from_tag) {
            return language;
        }
        let mut best = (0.0, Self::default());
        for range in accept_language.unwrap_or_default().split(',') {
            let mut parts = range.split(';');
            let language = parts.next().and_then(Self::from_tag);
            let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
            let weight = weight.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
            // Of equal weights the first one wins.
            if let Some(language) = language.filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }
}
