//! Traces, sent as OTLP over HTTP by the HTTP client that Scrim has anyway.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use ureq::Agent;

use super::{TelemetryError, TelemetrySettings};
use crate::notify::WebhookUrl;

/// How long a collector may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longer answers are none of a collector.
const MOST_ANSWER_BYTES: u64 = 64 << 10;

/// Traces on their way. What waits is sent when it is dropped.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces").finish_non_exhaustive()
    }
}

impl Traces {
    /// Gets ready to send, where the settings have an endpoint. A thread of its own does it.
    ///
    /// # Errors
    /// [`TelemetryError::BadEndpoint`].
    pub(crate) fn start(settings: &TelemetrySettings) -> Result<Option<Self>, TelemetryError> {
        let Some(endpoint) = &settings.endpoint else {
            return Ok(None);
        };
        let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        // Traces go where webhooks of the operator may go.
        url.parse::<WebhookUrl>()
            .map_err(|_| TelemetryError::BadEndpoint)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url)
            .build()
            .map_err(|_| TelemetryError::BadEndpoint)?;
        // Nothing is looked up about the machine.
        let resource = Resource::builder_empty()
            .with_service_name("scrim")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Self { provider }))
    }

    /// Returns the layer of the subscriber that hands spans over.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("scrim"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_exported))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is away keeps nobody from ending.
        let _ = self.provider.shutdown();
    }
}

/// Says whether a span or an event is one of ours.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    let is_ours = crate_name == "scrim" || crate_name.starts_with("scrim_");
    is_ours && *metadata.level() <= Level::INFO
}

/// The HTTP client. It blocks the thread of the exporter, which does nothing else.
#[derive(Debug)]
struct Client(Agent);

impl Client {
    fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .user_agent("Scrim")
            .build();
        Self(config.into())
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = self.0.run(request.map(|body| body.to_vec()))?.into_parts();
        let mut body = body;
        let body = body.with_config().limit(MOST_ANSWER_BYTES).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }
}
