//! How fast this machine renders, tried for a few seconds.

use std::{
    collections::HashSet,
    sync::mpsc::{RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use scrim_ingest::{Archive, SourceBytes};
use scrim_policy::{Plan, Policy, Roster};

use crate::{
    job::JobError,
    render::{AudioEncoder, Event, RenderError, RenderSpec, SEGMENT_NS, VideoEncoder, render},
};

/// Renders the beginning of a recording for up to `limit` and returns how many times faster than real
/// time that was, or nothing where nothing was rendered by then. What was rendered is thrown away.
///
/// # Errors
/// See [`JobError`].
pub fn calibrate(
    input: impl SourceBytes + 'static,
    policy: &Policy,
    roster: &Roster,
    workers: usize,
    limit: Duration,
) -> Result<Option<f64>, JobError> {
    crate::elements::register()
        .map_err(|source| JobError::Render(RenderError::Start { source }))?;
    let mut archive = Archive::open(input).map_err(RenderError::from)?;
    let probe = archive.probe().clone();
    let Some(video) = &probe.video else {
        return Ok(None);
    };
    let spec = RenderSpec {
        plan: Some(Plan::compile(policy, &video.geometry, roster)?),
        orientation: video.orientation,
        frame_rate: video.frame_rate.unwrap_or((30, 1)),
        audio: probe.audio.is_some(),
        video_encoder: VideoEncoder::installed()?,
        audio_encoder: AudioEncoder::installed()?,
        skip: HashSet::new(),
        segment: SEGMENT_NS,
        workers,
        digest: false,
        stills: Vec::new(),
    };
    let (sender, events) = sync_channel(32);
    let began = Instant::now();
    thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            let sender = sender;
            render(&mut archive, &spec, &sender)
        });
        let (mut rendered, mut until) = (0, began);
        while let Some(left) = limit.checked_sub(began.elapsed()) {
            match events.recv_timeout(left) {
                Ok(Event::Progress { rendered: newly }) => {
                    rendered += newly;
                    until = Instant::now();
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        // Rendering stops when nobody listens any more.
        drop(events);
        let ended = rendering
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match ended {
            Ok(()) | Err(RenderError::Stopped) => {}
            Err(error) => return Err(error.into()),
        }
        let seconds = until.duration_since(began).as_secs_f64();
        Ok((rendered > 0 && seconds > 0.0).then(|| rendered as f64 / 1e9 / seconds))
    })
}
