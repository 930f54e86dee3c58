//! Downloads that are taken slowly, or not at all.

use std::io::Write;

use axum::{
    body::to_bytes,
    http::{HeaderMap, Method},
};
use http_body_util::BodyExt;
use scrim_policy::{Actor, TenantId};
use scrim_storage::{ArtefactKind, ArtefactRow};

use super::Service;
use crate::serve::{
    app::now,
    files::{self, Manner},
};

/// Threads that may block, and downloads that nobody reads: many more.
const THREADS: usize = 2;
const UNREAD: usize = 8;

/// Seals bytes as an artefact.
fn kept(service: &Service, bytes: &[u8]) -> ArtefactRow {
    let vault = &service.app.vault;
    let claim = service.claim(TenantId::SINGLE, "kept", now());
    vault.start_rendering(&claim, 1_000_000_000, now()).unwrap();
    let kind = ArtefactKind::Recording;
    let mut writer = vault.create_artefact(&claim, kind, now()).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn whoever_takes_nothing_keeps_nobody_waiting() {
    let service = Service::new();
    let bytes: Vec<u8> = (0..3 << 20).map(|index| (index % 251) as u8).collect();
    let row = kept(&service, &bytes);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(THREADS)
        .enable_all()
        .build()
        .unwrap();
    let asked = HeaderMap::new();
    let answer = async || {
        let (app, actor, row) = (&service.app, Actor::SERVICE, row.clone());
        files::answer(app, actor, row, &Method::GET, &asked, Manner::Inline)
            .await
            .unwrap()
            .into_body()
    };
    runtime.block_on(async {
        let mut unread = Vec::new();
        for _ in 0..UNREAD {
            let mut body = answer().await;
            let first = body.frame().await.unwrap().unwrap();
            unread.push((first.into_data().unwrap(), body));
        }
        let whole = to_bytes(answer().await, bytes.len()).await.unwrap();
        assert!(whole == bytes, "a download differs");
        // And who comes back gets the rest.
        for (first, body) in unread {
            let rest = to_bytes(body, bytes.len()).await.unwrap();
            assert!(
                [first, rest].concat() == bytes,
                "a download that waited differs"
            );
        }
    });
    let metrics = service.app.metrics.get().unwrap().encode();
    let begun = format!("scrim_downloads_total{{extent=\"whole\"}} {}\n", UNREAD + 1);
    assert!(metrics.contains(&begun), "{metrics}");
    let sent = format!(
        "scrim_download_bytes_total {}\n",
        (UNREAD + 1) * bytes.len()
    );
    assert!(metrics.contains(&sent), "{metrics}");
}
