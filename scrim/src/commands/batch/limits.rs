//! How much is done at once: by cores and by memory.

use std::{fs, thread};

/// What a job needs whatever the picture: libraries, a model, packets that wait.
const BASE_BYTES: u64 = 350 << 20;

/// Pictures that one worker holds: decoded ones, cleared ones, and those that the encoder looks ahead.
/// Measured with 1080p: 564 MB with two workers, of which 350 MB do not depend on the picture.
const PICTURES: u64 = 48;

/// A picture of which nothing is known is taken for this one.
const USUAL_SIZE: (u32, u32) = (1920, 1080);

/// Cores from which on another job is worth it: stages that cannot use them all leave some idle.
const CORES_PER_JOB: usize = 4;

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Jobs at once.
    pub(super) jobs: usize,
    /// Workers of each job.
    pub(super) workers: usize,
    /// Bytes of memory that all jobs together may need.
    pub(super) memory: u64,
}

impl Limits {
    /// Never more workers than cores, and at least one for each job.
    pub(super) fn new(cores: usize, wanted: Option<usize>, memory: u64) -> Self {
        let cores = cores.max(1);
        let jobs = wanted.unwrap_or(cores / CORES_PER_JOB).clamp(1, cores);
        Self {
            jobs,
            workers: (cores / jobs).max(1),
            memory,
        }
    }

    /// The limits of this machine.
    pub(super) fn of_this_machine(wanted: Option<usize>) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // Three quarters of what is free: others want to live as well.
        let memory = free_memory().map_or(u64::MAX, |free| free / 4 * 3);
        Self::new(cores, wanted, memory)
    }

    /// Bytes that a job for a picture of this size needs.
    pub(super) fn need(&self, size: Option<(u32, u32)>) -> u64 {
        let (width, height) = size.unwrap_or(USUAL_SIZE);
        let picture = u64::from(width) * u64::from(height) * 3 / 2;
        BASE_BYTES + self.workers as u64 * PICTURES * picture
    }
}

/// Bytes that can be used without swapping, by `MemAvailable` of proc(5), or by the limit of the
/// control group if that is lower.
fn free_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let free = available(&text)?;
    let read = |path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let limit = read("/sys/fs/cgroup/memory.max");
    let used = read("/sys/fs/cgroup/memory.current").unwrap_or(0);
    Some(limit.map_or(free, |limit| free.min(limit.saturating_sub(used))))
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_workers_than_cores() {
        for cores in 1..40 {
            for wanted in [None, Some(1), Some(2), Some(7), Some(100)] {
                let limits = Limits::new(cores, wanted, 0);
                assert!(limits.jobs * limits.workers <= cores, "{limits:?}");
                assert!(limits.jobs >= 1 && limits.workers >= 1);
            }
        }
        assert_eq!(Limits::new(2, None, 0).jobs, 1);
        assert_eq!(Limits::new(16, None, 0).jobs, 4);
        assert_eq!(Limits::new(2, Some(2), 0).workers, 1);
    }

    #[test]
    fn larger_pictures_need_more() {
        let limits = Limits::new(2, None, 0);
        assert!(limits.need(Some((3840, 2160))) > 2 * limits.need(Some((1920, 1080))) - BASE_BYTES);
        assert_eq!(limits.need(None), limits.need(Some((1920, 1080))));
    }

    #[test]
    fn what_is_free_is_read_from_what_the_system_says() {
        let text = "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:    500 kB\n";
        assert_eq!(available(text), Some(500 * 1024));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
    }
}
