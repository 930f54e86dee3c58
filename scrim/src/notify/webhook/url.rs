//! Addresses of receivers.

use std::{fmt, net::IpAddr, str::FromStr};

use ureq::http::Uri;

use super::WebhookError;

/// Longer addresses are not kept by other programs either.
const MOST_BYTES: usize = 2048;

/// The address of a receiver: `https`, or `http` to this machine. It is not printed, since many
/// receivers put a secret into it.
///
/// That it can be read does not mean that it may be asked: that is decided when its name was looked
/// up.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebhookUrl(Uri);

impl FromStr for WebhookUrl {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, WebhookError> {
        let bad = Err(WebhookError::BadUrl);
        if text.len() > MOST_BYTES || text.contains('#') {
            return bad;
        }
        let Ok(uri) = text.parse::<Uri>() else {
            return bad;
        };
        let (Some(authority), Some(host)) = (uri.authority(), uri.host()) else {
            return bad;
        };
        // Names and passwords in an address end up in other people's logs.
        let has_user = authority.as_str().contains('@');
        let has_odd_port = authority.port_u16().is_none() && authority.as_str() != host;
        if has_user || has_odd_port || !is_host(host) {
            return bad;
        }
        match uri.scheme_str() {
            Some("https") => Ok(Self(uri)),
            Some("http") if is_this_machine(host) => Ok(Self(uri)),
            _ => bad,
        }
    }
}

impl WebhookUrl {
    /// Returns the address. Every call is a place to review.
    pub(crate) const fn expose(&self) -> &Uri {
        &self.0
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address of a webhook]")
    }
}

/// Names, and addresses in the one notation that everybody reads alike.
///
/// The C library also takes `0x7f.1`, `017700000001` and `2130706433` for 127.0.0.1. As in the URL
/// standard of WHATWG, a host whose last part is a number is an address and nothing else.
fn is_host(host: &str) -> bool {
    if let Some(bracketed) = host.strip_prefix('[') {
        let address = bracketed.strip_suffix(']').unwrap_or(bracketed);
        return matches!(address.parse(), Ok(IpAddr::V6(_)));
    }
    if matches!(host.parse(), Ok(IpAddr::V4(_))) {
        return true;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.len() <= 63 && label.bytes().all(is_letter)
    };
    let last = name.rsplit('.').next().unwrap_or(name);
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    name.len() <= 253 && name.split('.').all(is_label) && !is_number
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_those_of_somebody_else_or_of_this_machine() {
        for text in [
            "https://alerts.example/scrim",
            "https://alerts.example:8443/scrim?token=abc",
            "https://alerts.example./",
            "https://xn--bcher-kva.example/",
            "https://0x.example/",
            "https://10.0.0.5/",
            "https://[2a01:4f8::1]:443/",
            "http://127.0.0.1:8080/",
            "http://[::1]:80/",
            "http://localhost/x",
        ] {
            assert!(text.parse::<WebhookUrl>().is_ok(), "{text}");
        }
        let too_long = format!("https://alerts.example/{}", "a".repeat(MOST_BYTES));
        for text in [
            "",
            "alerts.example",
            "/scrim",
            "ftp://localhost/",
            "file:///etc/passwd",
            "http://alerts.example/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "https://user@alerts.example/",
            "https://user:word@alerts.example/",
            "https://127.0.0.1@alerts.example/",
            "https://alerts.example/#fragment",
            "https://alerts.example:port/",
            "https://alerts.example:99999/",
            "https://alerts..example/",
            "https:///scrim",
            "https://",
            &too_long,
        ] {
            assert!(text.parse::<WebhookUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_only_some_read_as_addresses_are_refused() {
        for host in [
            "2130706433",
            "0x7f000001",
            "0X7F000001",
            "0x7f.1",
            "127.1",
            "127.0.1",
            "127.0.0.1.",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.0x1",
            "127.0.0.256",
            "1.2.3.4.5",
            "alerts.example.1",
            "0x",
            "127。0。0。1",
            "①②⑦.⓪.⓪.①",
            "[127.0.0.1]",
            "[::1",
            "[::1%25eth0]",
            "[fe80::1%eth0]",
            "%31%32%37.0.0.1",
        ] {
            for scheme in ["http", "https"] {
                let text = format!("{scheme}://{host}/");
                assert!(text.parse::<WebhookUrl>().is_err(), "{text}");
            }
        }
    }

    #[test]
    fn an_address_is_not_printed() {
        let url: WebhookUrl = "https://alerts.example/T0KEN".parse().unwrap();
        assert!(!format!("{url:?}").contains("T0KEN"));
    }
}
