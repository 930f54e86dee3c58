//! Connections.

use std::{net::SocketAddr, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use scrim_policy::Kind;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{app::App, stop, work};
use crate::failure::Failure;

/// Connections at once. A browser has six.
const MOST_CONNECTIONS: usize = 4096;

/// How long a client may take to say what it wants.
const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// The longest head of a request, and how many fields it has.
const MOST_HEAD_BYTES: usize = 32 << 10;
const MOST_FIELDS: usize = 100;

/// How long requests may take to their end once the service is asked to stop.
const END_WITHIN: Duration = Duration::from_secs(30);

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
    started: impl FnOnce(),
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Kind::Unavailable, error);
    let listener = TcpListener::from_std(listener).map_err(failed)?;
    let (router, ..) = super::router(app);
    let tasks = work::start(app);
    started();

    let places = std::sync::Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut asked = std::pin::pin!(stop::asked_by_system());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut asked => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Too many files are open: later there may be fewer.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            drop(stream);
            continue;
        };
        // Small answers are sent at once.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(MOST_HEAD_BYTES)
            .max_headers(MOST_FIELDS)
            .serve_connection(TokioIo::<TcpStream>::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // What clients do wrong with connections is no news.
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    app.stop.tell();
    drop(listener);
    let _ = tokio::time::timeout(END_WITHIN, graceful.shutdown()).await;
    for task in tasks {
        let _ = tokio::time::timeout(END_WITHIN, task).await;
    }
    Ok(())
}
