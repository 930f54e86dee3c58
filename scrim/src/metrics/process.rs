//! What the kernel knows about the process, under the names that other programs use as well.

use std::{
    fmt, fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use super::register::Register;

/// How many files are open.
const OPEN_FILES: (&str, &str) = ("process_open_fds", "Files and sockets that are open");

/// How much memory is in use.
const MEMORY: (&str, &str) = (
    "process_resident_memory_bytes",
    "Memory of the process that is not swapped out",
);

/// When it began.
const START: (&str, &str) = (
    "process_start_time_seconds",
    "When the service began, in seconds since 1970-01-01 UTC",
);

/// Registers what is known about the process. Where the kernel does not tell, a metric is left out.
pub(super) fn register(register: &mut Register) {
    for (name, help) in [OPEN_FILES, MEMORY, START] {
        register.describe(name, MetricType::Gauge, help, Vec::new());
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    register.collector(Process {
        start: since.unwrap_or(Duration::ZERO),
    });
}

#[derive(Debug)]
struct Process {
    start: Duration,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for ((name, help), value) in [
            (OPEN_FILES, open_files()),
            (MEMORY, resident_memory_bytes()),
            (START, i64::try_from(self.start.as_secs()).ok()),
        ] {
            if let Some(value) = value {
                let gauge = ConstGauge::new(value);
                let encoder = encoder.encode_descriptor(
                    name,
                    &format!("{help}."),
                    None,
                    MetricType::Gauge,
                )?;
                gauge.encode(encoder)?;
            }
        }
        Ok(())
    }
}

fn open_files() -> Option<i64> {
    let listed = fs::read_dir("/proc/self/fd").ok()?;
    // One of them is the folder that is read.
    i64::try_from(listed.count().saturating_sub(1)).ok()
}

fn resident_memory_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
