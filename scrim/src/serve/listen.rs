//! Connections.

use std::{net::SocketAddr, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use scrim_policy::Kind;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
};

use super::{
    app::App,
    patience::Patient,
    peer::Peer,
    stop::{self, Stop},
    work,
};
use crate::{failure::Failure, tls::Tls};

/// Connections at once. A browser has six.
const MOST_CONNECTIONS: usize = 4096;

/// Open files: for each connection itself and what is read for it, and for everything else.
const MOST_FILES: u64 = 2 * MOST_CONNECTIONS as u64 + 512;

/// How long a client may take to say what it wants.
const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// The longest head of a request, and how many fields it has.
const MOST_HEAD_BYTES: usize = 32 << 10;
const MOST_FIELDS: usize = 100;

/// How long requests may take to their end once the service is asked to stop.
const END_WITHIN: Duration = Duration::from_secs(30);

/// Asks the system for as many open files as it gives, up to what connections need. It gives programs
/// 1024 at first, which 500 downloads use up.
pub(super) fn make_room() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(MOST_FILES).min(MOST_FILES);
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "there may be fewer connections than usual");
    }
}

/// Takes the address.
pub(super) fn bind(wanted: SocketAddr) -> Result<std::net::TcpListener, Failure> {
    let bound = std::net::TcpListener::bind(wanted)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|error| {
        Failure::new(Kind::Unavailable, error)
            .about(format!("could not listen at {wanted}"))
            .hint("stop what listens there, or choose another address with --listen")
    })
}

/// Serves until it is asked to stop. `started` is told when connections are taken.
pub(super) async fn serve(
    app: &App,
    listener: std::net::TcpListener,
    tls: Option<Tls>,
    started: impl FnOnce(),
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Kind::Unavailable, error);
    let listener = TcpListener::from_std(listener).map_err(failed)?;
    let router = super::router(app);
    let tasks = work::start(app);
    started();

    let places = std::sync::Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut asked = std::pin::pin!(stop::asked_by_system());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut asked => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many files are open: later there may be fewer.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            continue;
        };
        let stream = Patient::new(stream);
        let router = router.clone().layer(Extension(Peer(address.ip())));
        let (tls, app) = (tls.clone(), app.clone());
        tokio::spawn(async move {
            let _open = app.metrics.get().map(crate::metrics::Metrics::connection);
            match tls {
                None => converse(stream, router, &app.stop).await,
                Some(tls) => {
                    let shaken = tls.acceptor().accept(stream);
                    // Who does not come to an end, or speaks something else, is let go.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_WITHIN, shaken).await {
                        converse(stream, router, &app.stop).await;
                    }
                }
            }
            drop(place);
        });
    }
    app.stop.tell();
    app.rooms.end().await;
    drop(listener);
    // Each connection has a place as long as it lasts.
    let all = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(END_WITHIN, places.acquire_many(all)).await;
    for task in tasks {
        let _ = tokio::time::timeout(END_WITHIN, task).await;
    }
    Ok(())
}

/// Answers requests on a connection until its end.
pub(super) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    stop: &Stop,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MOST_HEAD_BYTES)
        .max_headers(MOST_FIELDS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        // Rooms talk over WebSockets.
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.told() => {
            // What is being answered is answered, and nothing more is taken.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // What clients do wrong with connections is no news.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
