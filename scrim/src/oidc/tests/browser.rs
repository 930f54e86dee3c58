//! A browser that follows redirects and keeps cookies.

use std::collections::BTreeMap;

use super::CALLBACK;

/// More redirects than this are a circle.
const MOST_STEPS: usize = 12;

#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Follows redirects until the provider sends the browser back to Scrim, and returns the query
    /// of that callback.
    pub(crate) fn visit(&mut self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap();
        let origin = format!("{scheme}://{}", rest.split('/').next().unwrap());
        let mut url = url.to_owned();
        for _ in 0..MOST_STEPS {
            if let Some(query) = url.strip_prefix(CALLBACK) {
                return query.to_owned();
            }
            let next = self.step(&url);
            url = if next.starts_with('/') {
                format!("{origin}{next}")
            } else {
                next
            };
        }
        panic!("the provider does not send the browser back");
    }

    /// Asks once and returns where the answer sends the browser.
    fn step(&mut self, url: &str) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        let mut response = agent
            .get(url)
            .header("Cookie", cookies.join("; "))
            .call()
            .unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        match response.headers().get("location") {
            Some(location) => location.to_str().unwrap().to_owned(),
            None => panic!(
                "{} without a redirect: {}",
                response.status(),
                response.body_mut().read_to_string().unwrap()
            ),
        }
    }
}
