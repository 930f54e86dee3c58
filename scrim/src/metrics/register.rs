//! Metrics, and what is said about them.

use prometheus_client::{
    collector::Collector,
    encoding::EncodeMetric,
    metrics::{MetricType, TypedMetric, family::Family},
    registry::{Metric, Registry, Unit},
};

use super::labels::Labels;

/// What people read about a family of metrics.
// The reference page is written from it, by a test.
#[cfg_attr(not(test), expect(dead_code))]
#[derive(Clone, Debug)]
pub(super) struct Described {
    /// Name without the suffix of its samples.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) help: &'static str,
    /// Labels and their values.
    pub(super) labels: Vec<(&'static str, Vec<&'static str>)>,
}

impl Described {
    /// The names that queries use.
    #[cfg(test)]
    pub(super) fn sample_names(&self) -> Vec<String> {
        let suffixes: &[&str] = match self.kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        let name = &self.name;
        suffixes
            .iter()
            .map(|suffix| format!("{name}{suffix}"))
            .collect()
    }
}

/// The registry of the library, with what it does not tell again.
#[derive(Debug, Default)]
pub(super) struct Register {
    registry: Registry,
    described: Vec<Described>,
}

impl Register {
    /// Registers a family and returns it.
    pub(super) fn family<L, M, C>(
        &mut self,
        name: &'static str,
        help: &'static str,
        family: Family<L, M, C>,
    ) -> Family<L, M, C>
    where
        L: Labels,
        M: TypedMetric,
        Family<L, M, C>: Metric + Clone,
    {
        self.describe(name, M::TYPE, help, L::described());
        self.registry.register(name, help, family.clone());
        family
    }

    /// Registers a family whose unit becomes part of its name, and returns it.
    pub(super) fn family_with_unit<L, M, C>(
        &mut self,
        name: &'static str,
        help: &'static str,
        unit: Unit,
        family: Family<L, M, C>,
    ) -> Family<L, M, C>
    where
        L: Labels,
        M: TypedMetric,
        Family<L, M, C>: Metric + Clone,
    {
        let full_name = format!("{name}_{}", unit.as_str());
        self.describe(&full_name, M::TYPE, help, L::described());
        self.registry
            .register_with_unit(name, help, unit, family.clone());
        family
    }

    /// Registers a metric without labels and returns it.
    pub(super) fn alone<M: Metric + Clone>(
        &mut self,
        name: &'static str,
        help: &'static str,
        metric: M,
    ) -> M {
        self.describe(name, EncodeMetric::metric_type(&metric), help, Vec::new());
        self.registry.register(name, help, metric.clone());
        metric
    }

    /// Registers a metric without labels whose unit becomes part of its name, and returns it.
    pub(super) fn alone_with_unit<M: Metric + Clone>(
        &mut self,
        name: &'static str,
        help: &'static str,
        unit: Unit,
        metric: M,
    ) -> M {
        let full_name = format!("{name}_{}", unit.as_str());
        let kind = EncodeMetric::metric_type(&metric);
        self.describe(&full_name, kind, help, Vec::new());
        self.registry
            .register_with_unit(name, help, unit, metric.clone());
        metric
    }

    /// Registers what is looked up when it is asked for.
    pub(super) fn collector(&mut self, collector: impl Collector) {
        self.registry.register_collector(Box::new(collector));
    }

    /// Describes a metric that somebody else registers.
    pub(super) fn describe(
        &mut self,
        name: &str,
        kind: MetricType,
        help: &'static str,
        labels: Vec<(&'static str, Vec<&'static str>)>,
    ) {
        self.described.push(Described {
            name: name.to_owned(),
            kind: match kind {
                MetricType::Counter => "counter",
                MetricType::Gauge => "gauge",
                MetricType::Histogram => "histogram",
                MetricType::Info => "info",
                MetricType::Unknown => "unknown",
            },
            help,
            labels,
        });
    }

    pub(super) const fn registry(&self) -> &Registry {
        &self.registry
    }

    #[cfg(test)]
    pub(super) fn described(&self) -> &[Described] {
        &self.described
    }
}
