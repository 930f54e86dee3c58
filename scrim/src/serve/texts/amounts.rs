//! Dates, durations and sizes as people of a language write them. All times are in UTC and say so.

use time::{Date, OffsetDateTime};

use super::{Language, Texts};

impl Texts {
    /// Returns a day, such as `26 Nov 2026`. Times are microseconds since 1970-01-01 UTC.
    pub(crate) fn day(self, at_us: i64) -> String {
        moment(at_us).map_or_else(String::new, |at| self.date(at.date()))
    }

    /// Returns a day and a time, such as `26 Nov 2026, 14:05 UTC`.
    pub(crate) fn day_and_time(self, at_us: i64) -> String {
        let Some(at) = moment(at_us) else {
            return String::new();
        };
        let (hour, minute) = (at.hour(), at.minute());
        format!("{}, {hour:02}:{minute:02} UTC", self.date(at.date()))
    }

    fn date(self, date: Date) -> String {
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        match self.language() {
            Language::En => {
                let month = &date.month().to_string()[..3];
                format!("{day} {month} {year}")
            }
            Language::Pl | Language::De => format!("{day:02}.{month:02}.{year}"),
            Language::Fr | Language::It => format!("{day:02}/{month:02}/{year}"),
        }
    }

    /// Returns a number of bytes, such as `1.5 GB` or `20 GB`, in powers of 1000.
    pub(crate) fn bytes(self, bytes: u64) -> String {
        const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
        let unit = |index: usize| match (self.language(), UNITS[index]) {
            (Language::Fr, "B") => "o",
            (Language::Fr, "kB") => "ko",
            (Language::Fr, "MB") => "Mo",
            (Language::Fr, "GB") => "Go",
            (Language::Fr, "TB") => "To",
            (_, unit) => unit,
        };
        let mut index = 0;
        let mut amount = bytes as f64;
        // 999.95 would be written as 1000.0.
        while amount >= 999.95 && index + 1 < UNITS.len() {
            amount /= 1000.0;
            index += 1;
        }
        let number = if index == 0 {
            bytes.to_string()
        } else {
            let text = self.decimal(amount);
            let whole = text.strip_suffix(".0").or(text.strip_suffix(",0"));
            whole.unwrap_or(&text).to_owned()
        };
        format!("{number}\u{a0}{}", unit(index))
    }

    /// Returns a number with one decimal place, such as `3.5`.
    pub(crate) fn decimal(self, number: f64) -> String {
        let text = format!("{number:.1}");
        match self.language() {
            Language::En => text,
            _ => text.replace('.', ","),
        }
    }
}

/// Returns a duration or a place in a recording as `4:07` or `1:04:07`, the same in all languages.
pub(crate) fn clock(seconds: f64) -> String {
    let whole = if seconds.is_finite() {
        seconds.max(0.0) as u64
    } else {
        0
    };
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Returns a moment for machines, such as `2026-11-26T14:05:00Z`.
pub(crate) fn machine_time(at_us: i64) -> String {
    let Some(at) = moment(at_us) else {
        return String::new();
    };
    let date = at.date();
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let (hour, minute, second) = at.to_hms();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn moment(at_us: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at_us.div_euclid(1_000_000)).ok()
}
