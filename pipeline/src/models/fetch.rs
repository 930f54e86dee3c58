//! A file from a URL.

use std::{io::Write, time::Duration};

use super::{
    error::ModelError,
    fingerprint::{Hashing, Measured, copy_in_chunks},
    store::{PullProgress, PullStage},
};

/// Until a server accepts and begins to answer. The transfer itself may take as long as it needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes the file at a URL and returns its length and hash.
pub(super) fn fetch(
    model: &str,
    url: &str,
    out: &mut impl Write,
    progress: &mut dyn FnMut(PullProgress),
) -> Result<Measured, ModelError> {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(ModelError::UnsupportedUrl);
    }
    let failed = |source| ModelError::Fetch {
        model: model.to_owned(),
        source: Box::new(source),
    };
    let agent = ureq::Agent::config_builder()
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .build()
        .new_agent();
    let mut response = agent.get(url).call().map_err(failed)?;
    let total_bytes = response.body().content_length();
    let mut hashing = Hashing::new(out);
    let mut body = response.body_mut().as_reader();
    let report = |done_bytes| {
        progress(PullProgress {
            stage: PullStage::Fetch,
            done_bytes,
            total_bytes,
        });
    };
    let copied = copy_in_chunks(&mut body, &mut hashing, report);
    copied.map_err(|source| failed(ureq::Error::Io(source)))?;
    Ok(hashing.finish().1)
}
