//! The region editor.

use axum::{
    extract::{Path, State},
    response::Response,
};
use scrim_ingest::Archive;
use scrim_pipeline::job::OriginalBytes;
use scrim_policy::Permission as May;
use scrim_storage::RecordingState as Stored;

use super::{
    super::{
        api,
        app::App,
        problem::Problem,
        view::{Place, RegionsPage, SavedPolicy},
    },
    frame::Reader,
    recordings,
};
use crate::failure::Failure;

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let id = recordings::id(&id)?;
    let asking = caller.clone();
    let model = app.settings.model.clone();
    let home = app.home.clone();
    let (title, probe, policies, document, has_speech) = app
        .act(&caller, move |vault| {
            let row = api::owned(vault, &asking, id)?;
            if row.state != Stored::Original {
                return Err(Problem::not_found("original"));
            }
            let source = OriginalBytes::open(vault, id)?;
            let probe = Archive::open(source)
                .map_err(Failure::from)?
                .probe()
                .clone();
            let policies = vault.saved_policies(asking.tenant())?;
            let jobs = vault.jobs(asking.tenant(), None, 500)?;
            let last = jobs.into_iter().find(|job| job.original == id);
            let document = match last {
                None => None,
                Some(job) => vault
                    .saved_policy(job.tenant, job.policy, Some(job.policy_version))?
                    .map(|kept| json(&kept.text)),
            };
            let has_speech = crate::commands::speech(&home, &model, "auto").is_ok();
            Ok((
                vault.title(asking.tenant(), id)?,
                probe,
                policies,
                document,
                has_speech,
            ))
        })
        .await?;
    let policy = |kept: scrim_storage::service::SavedPolicy| SavedPolicy {
        id: kept.id.to_string(),
        version: u32::try_from(kept.version).unwrap_or(u32::MAX),
        document: json(&kept.text),
        name: kept.name,
    };
    Ok(reader.draw(&RegionsPage {
        frame: reader.frame(Some(Place::Recordings)),
        recording: id.to_string(),
        title: title.unwrap_or_default(),
        seconds: probe.duration.map_or(0.0, |duration| duration.seconds()),
        size: probe
            .video
            .as_ref()
            .map(|video| [video.geometry.width, video.geometry.height]),
        policies: policies.into_iter().map(policy).collect(),
        document,
        may_keep_nothing: probe.video.is_none(),
        has_speech,
        may_process: reader.may(May::JobsManage),
    }))
}

/// A policy as the editor reads it.
fn json(text: &str) -> String {
    let document: serde_json::Value = toml::from_str(text).unwrap_or_default();
    document.to_string()
}
