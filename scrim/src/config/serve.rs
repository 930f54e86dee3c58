//! `[serve]`: the service.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use scrim_policy::Kind;
use serde::Deserialize;

use crate::failure::Failure;

/// The section.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Section {
    /// Address and port to listen at [default: 127.0.0.1:8480].
    #[schemars(example = &"127.0.0.1:8480")]
    listen: Option<SocketAddr>,
    /// Where people open it, such as `https://scrim.example.eu`. Links and cookies need it.
    #[schemars(example = &"https://scrim.example.eu")]
    url: Option<String>,
    /// Whether connections are encrypted by Scrim, see `tls`; without it they are for this machine and
    /// for a proxy on it [default: false on this machine, true elsewhere].
    #[schemars(example = false)]
    tls: Option<bool>,
    /// Whether a proxy on this machine says in X-Forwarded-For who asks [default: false].
    #[schemars(example = false)]
    behind_proxy: bool,
    /// Jobs that are worked at side by side [default: 1].
    #[schemars(example = 1)]
    jobs: Option<u8>,
    /// The speech model of jobs, see `scrim models list` [default: base].
    #[schemars(example = &"base")]
    model: Option<String>,
    /// The largest upload, in gigabytes [default: 50].
    #[schemars(example = 50)]
    most_upload_gb: Option<u32>,
}

/// What the section comes to.
#[derive(Clone, Debug)]
pub(crate) struct ServeSettings {
    pub(crate) listen: SocketAddr,
    pub(crate) has_tls: bool,
    pub(crate) behind_proxy: bool,
    pub(crate) jobs: usize,
    pub(crate) model: String,
    pub(crate) most_upload_bytes: u64,
    /// Scheme and host, without a slash at the end.
    url: Option<String>,
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8480);

impl Section {
    /// Fills in what is not said. Options of the command line come first.
    pub(crate) fn settings(&self, listen: Option<SocketAddr>) -> Result<ServeSettings, Failure> {
        let listen = listen.or(self.listen).unwrap_or(DEFAULT_LISTEN);
        let is_here = listen.ip().is_loopback();
        let has_tls = self.tls.unwrap_or(!is_here);
        let url = self.url.as_deref().map(checked_url).transpose()?;
        if !has_tls && !is_here {
            let text = "[serve] tls = false is for this machine and for a proxy on it";
            return Err(Failure::words(Kind::Invalid, text)
                .hint("listen at 127.0.0.1, or leave tls out and see [tls]"));
        }
        Ok(ServeSettings {
            listen,
            has_tls,
            behind_proxy: self.behind_proxy,
            jobs: usize::from(self.jobs.unwrap_or(1).max(1)),
            model: self.model.clone().unwrap_or_else(|| "base".to_owned()),
            most_upload_bytes: u64::from(self.most_upload_gb.unwrap_or(50)) * 1_000_000_000,
            url,
        })
    }
}

/// Takes `https://host` or `https://host:port`, and `http://` on this machine.
fn checked_url(text: &str) -> Result<String, Failure> {
    let wrong = || {
        Failure::words(
            Kind::Invalid,
            "[serve] url is no address of a site".to_owned(),
        )
        .hint("write it as https://scrim.example.eu")
    };
    let text = text.trim_end_matches('/');
    let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_fine) {
        return Err(wrong());
    }
    match scheme {
        "https" => Ok(text.to_owned()),
        "http" if is_this_machine(host) => Ok(text.to_owned()),
        _ => Err(wrong()),
    }
}

fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(name_of(host), "localhost" | "127.0.0.1" | "[::1]")
}

impl ServeSettings {
    /// Where people open it.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.has_tls { "https" } else { "http" };
        self.url
            .clone()
            .unwrap_or_else(|| format!("{scheme}://{}", self.listen))
    }

    /// Says whether browsers reach it by HTTPS.
    pub(crate) fn is_secure(&self) -> bool {
        self.url().starts_with("https://")
    }

    /// Says whether a host is one that it is reached by.
    pub(crate) fn is_our_host(&self, host: &str) -> bool {
        let own = self.url.as_deref().and_then(|url| url.split_once("://"));
        own.is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
            || (self.listen.ip().is_loopback() && is_this_machine(host))
            || name_of(host)
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip == self.listen.ip())
            || (self.url.is_none() && !self.listen.ip().is_loopback())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_said_is_safe() {
        let here = Section::default().settings(None).unwrap();
        assert_eq!(
            (here.has_tls, here.url().as_str()),
            (false, "http://127.0.0.1:8480")
        );
        let there = Section::default()
            .settings(Some("0.0.0.0:443".parse().unwrap()))
            .unwrap();
        assert!(there.has_tls);
        let bare = Section {
            tls: Some(false),
            ..Section::default()
        };
        assert!(bare.settings(Some("0.0.0.0:80".parse().unwrap())).is_err());
    }

    #[test]
    fn only_our_hosts_are_answered() {
        let section = Section {
            url: Some("https://scrim.example.eu/".to_owned()),
            ..Section::default()
        };
        let settings = section.settings(None).unwrap();
        assert!(settings.is_secure());
        for host in [
            "scrim.example.eu",
            "SCRIM.example.eu",
            "localhost:8480",
            "127.0.0.1:8480",
            "[::1]:1",
        ] {
            assert!(settings.is_our_host(host), "{host}");
        }
        for host in [
            "evil.example",
            "scrim.example.eu.evil.example",
            "",
            "127.0.0.1.evil.example",
        ] {
            assert!(!settings.is_our_host(host), "{host}");
        }
        for url in [
            "ftp://a",
            "http://a.example",
            "https://",
            "https://a b",
            "a.example",
        ] {
            let section = Section {
                url: Some(url.to_owned()),
                ..Section::default()
            };
            assert!(section.settings(None).is_err(), "{url}");
        }
    }
}
