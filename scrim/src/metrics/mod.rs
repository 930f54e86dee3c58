//! What Scrim tells Prometheus about itself.
//!
//! [`Metrics`] names every metric once and offers one method for each thing that happens. The
//! [reference](../../../docs/reference/metrics.md) is generated from what it registers.
//!
//! > **No metric holds anything about a person or a recording.** Values of labels are variants of
//! > enums, or routes of the program as they are written in the code: nothing that a request carries
//! > can become one.

mod forwarding;
mod labels;
mod process;
mod register;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Unit,
};
use scrim_pipeline::job::Stage;

use labels::{
    BuildLabels, DependencyLabels, DownloadLabels, JobLabels, LimitLabels, LoginLabels, NoLabels,
    OutboxLabels, RequestLabels, RouteLabels, StageLabels,
};
pub(crate) use labels::{
    Channel, Dependency, Extent, JobState, Limit, LoginResult, Method, OutboxState, Route,
    StatusClass,
};
use register::Register;

/// What [`Metrics::encode`] writes, for the header of the answer.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From what nobody notices to what everybody does, in seconds.
const REQUEST_BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// From a still to a whole day of recording, in seconds.
const STAGE_BUCKETS: [f64; 9] = [
    1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0,
];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Every metric of the service. One of it is shared by all who count.
pub(crate) struct Metrics {
    register: Register,
    routes: BTreeSet<Arc<str>>,
    requests: Family<RequestLabels, Counter>,
    request_duration: Histograms<RouteLabels>,
    connections: Gauge,
    rate_limited: Family<LimitLabels, Counter>,
    upload_bytes: Counter,
    download_bytes: Counter,
    downloads: Family<DownloadLabels, Counter>,
    logins: Family<LoginLabels, Counter>,
    jobs: Family<JobLabels, Gauge>,
    stage_duration: Histograms<StageLabels>,
    outbox: Family<OutboxLabels, Gauge>,
    erasures_pending: Family<NoLabels, Gauge>,
    sweep_lateness: Family<NoLabels, Gauge>,
    audit_verified: Family<NoLabels, Gauge>,
    dependencies: Family<DependencyLabels, Gauge>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Registers everything. `routes` are the templates of all routes of the program, such as
    /// `/api/v1/recordings/{id}`.
    pub(crate) fn new<'a>(routes: impl IntoIterator<Item = &'a str>) -> Self {
        let request_histogram: fn() -> Histogram = || Histogram::new(REQUEST_BUCKETS);
        let stage_histogram: fn() -> Histogram = || Histogram::new(STAGE_BUCKETS);
        let mut register = Register::default();
        let build = register.family(
            "scrim_build_info",
            "The version that runs; always 1",
            Family::default(),
        );
        set(&build, &BuildLabels::CURRENT, 1);
        process::register(&mut register);
        forwarding::register(&mut register);
        let metrics = Self {
            routes: routes.into_iter().map(Arc::from).collect(),
            requests: register.family(
                "scrim_http_requests",
                "Requests that were answered",
                Family::default(),
            ),
            request_duration: register.family_with_unit(
                "scrim_http_request_duration",
                "Time from the head of a request to the head of its answer",
                Unit::Seconds,
                Family::new_with_constructor(request_histogram),
            ),
            connections: register.alone(
                "scrim_http_connections",
                "Connections that are open now",
                Gauge::default(),
            ),
            rate_limited: register.family(
                "scrim_http_rate_limited",
                "Requests that were turned away because there were too many",
                Family::default(),
            ),
            upload_bytes: register.alone_with_unit(
                "scrim_upload",
                "What was uploaded",
                Unit::Bytes,
                Counter::default(),
            ),
            download_bytes: register.alone_with_unit(
                "scrim_download",
                "What was downloaded, decrypted",
                Unit::Bytes,
                Counter::default(),
            ),
            downloads: register.family(
                "scrim_downloads",
                "Downloads that began; a player makes many of parts",
                Family::default(),
            ),
            logins: register.family("scrim_logins", "Tries to log in", Family::default()),
            jobs: register.family("scrim_jobs", "Jobs by state", Family::default()),
            stage_duration: register.family_with_unit(
                "scrim_job_stage_duration",
                "Time that a stage of a job took",
                Unit::Seconds,
                Family::new_with_constructor(stage_histogram),
            ),
            outbox: register.family(
                "scrim_outbox_messages",
                "Messages to people and programs that were not delivered",
                Family::default(),
            ),
            erasures_pending: register.family(
                "scrim_erasures_pending",
                "Erasures that have no certificate yet",
                Family::default(),
            ),
            sweep_lateness: register.family_with_unit(
                "scrim_retention_sweep_lateness",
                "By how much the next retention sweep is late; 0 where it is not",
                Unit::Seconds,
                Family::default(),
            ),
            audit_verified: register.family(
                "scrim_audit_verified",
                "Whether the audit log was found whole when it was last verified; absent before",
                Family::default(),
            ),
            dependencies: register.family(
                "scrim_dependency_up",
                "Whether what Scrim depends on answered when it was last asked; absent before",
                Family::default(),
            ),
            register,
        };
        metrics.count_from_zero();
        metrics
    }

    /// A counter that appears with its first event seems not to have risen.
    fn count_from_zero(&self) {
        for &limit in Limit::ALL {
            let _ = self.rate_limited.get_or_create(&LimitLabels { limit });
        }
        for &extent in Extent::ALL {
            let _ = self.downloads.get_or_create(&DownloadLabels { extent });
        }
        for &result in LoginResult::ALL {
            let _ = self.logins.get_or_create(&LoginLabels { result });
        }
    }

    /// Returns the label of the route that a request was for. What is none of the routes of the
    /// program is [`Route::OTHER`].
    pub(crate) fn route(&self, template: Option<&str>) -> Route {
        let known = template.and_then(|template| self.routes.get(template));
        known.map_or(Route::OTHER, |route| Route::of(route.clone()))
    }

    /// Counts a request that was answered.
    pub(crate) fn request(&self, route: Route, method: Method, status: u16, took: Duration) {
        let labels = RequestLabels {
            route: route.clone(),
            method,
            status: StatusClass::of(status),
        };
        self.requests.get_or_create(&labels).inc();
        self.request_duration
            .get_or_create(&RouteLabels { route })
            .observe(took.as_secs_f64());
    }

    /// Counts a connection as open until what is returned is dropped.
    pub(crate) fn connection(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// Counts a request that was turned away because there were too many.
    pub(crate) fn rate_limited(&self, limit: Limit) {
        self.rate_limited
            .get_or_create(&LimitLabels { limit })
            .inc();
    }

    /// Adds bytes that were uploaded.
    pub(crate) fn uploaded(&self, bytes: u64) {
        self.upload_bytes.inc_by(bytes);
    }

    /// Counts a download that begins.
    pub(crate) fn download(&self, extent: Extent) {
        self.downloads
            .get_or_create(&DownloadLabels { extent })
            .inc();
    }

    /// Adds bytes that were downloaded.
    pub(crate) fn downloaded(&self, bytes: u64) {
        self.download_bytes.inc_by(bytes);
    }

    /// Counts a try to log in.
    pub(crate) fn login(&self, result: LoginResult) {
        self.logins.get_or_create(&LoginLabels { result }).inc();
    }

    /// Says how many jobs are in a state.
    pub(crate) fn set_jobs(&self, state: JobState, count: u64) {
        set(&self.jobs, &JobLabels { state }, count);
    }

    /// Adds the time that a stage of a job took.
    pub(crate) fn stage(&self, stage: Stage, took: Duration) {
        self.stage_duration
            .get_or_create(&StageLabels {
                stage: stage.into(),
            })
            .observe(took.as_secs_f64());
    }

    /// Says how many messages of the outbox are in a state.
    pub(crate) fn set_outbox(&self, channel: Channel, state: OutboxState, count: u64) {
        set(&self.outbox, &OutboxLabels { channel, state }, count);
    }

    /// Says how many erasures have no certificate yet.
    pub(crate) fn set_erasures_pending(&self, count: u64) {
        set(&self.erasures_pending, &NoLabels {}, count);
    }

    /// Says by how much the next retention sweep is late; zero where it is not.
    pub(crate) fn set_sweep_lateness(&self, lateness: Duration) {
        set(&self.sweep_lateness, &NoLabels {}, lateness.as_secs());
    }

    /// Says whether the audit log was found whole.
    pub(crate) fn set_audit_verified(&self, is_whole: bool) {
        set(&self.audit_verified, &NoLabels {}, u64::from(is_whole));
    }

    /// Says whether something that Scrim depends on answered.
    pub(crate) fn set_up(&self, dependency: Dependency, is_up: bool) {
        let labels = DependencyLabels { dependency };
        set(&self.dependencies, &labels, u64::from(is_up));
    }

    /// Writes all metrics in the text form of OpenMetrics.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        text::encode(&mut text, self.register.registry())
            .expect("writing into a string does not fail");
        text
    }
}

fn set<L>(family: &Family<L, Gauge>, labels: &L, count: u64)
where
    L: Clone + std::hash::Hash + Eq,
{
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    family.get_or_create(labels).set(count);
}

/// A connection that is open.
#[derive(Debug)]
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}
