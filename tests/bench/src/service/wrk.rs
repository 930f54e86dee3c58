//! Loads by wrk.

use std::{fs, path::Path, process::Command};

use crate::Outcome;

/// Connections at once.
const CONNECTIONS: u32 = 32;

/// Asks for 64 KiB to 1 MiB somewhere in a file of so many bytes.
const RANGES: &str = "
math.randomseed(1)
request = function()
  local length = math.random(65536, 1048576)
  local first = math.random(0, BYTES - length)
  local range = string.format('bytes=%d-%d', first, first + length - 1)
  return wrk.format('GET', nil, { ['range'] = range, ['cookie'] = wrk.headers['cookie'] })
end
";

/// What a server took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    pub(super) per_second: f64,
    pub(super) p99_ms: f64,
}

/// What is asked for, and how long.
pub(super) struct Load<'a> {
    pub(super) seconds: u64,
    /// A line for the head of each request.
    pub(super) header: &'a str,
    /// Length of the file that ranges are asked of; without it, all of it is asked for.
    pub(super) ranges_of: Option<usize>,
    /// A folder for the script.
    pub(super) folder: &'a Path,
}

impl Load<'_> {
    /// Puts it on an address. An answer that is not 2xx is an error.
    pub(super) fn run(&self, url: &str) -> Outcome<Figures> {
        let mut command = Command::new("wrk");
        command
            .args(["--latency", "--threads", "2", "--connections"])
            .arg(CONNECTIONS.to_string())
            .arg("--duration")
            .arg(format!("{}s", self.seconds))
            .args(["--header", self.header]);
        if let Some(bytes) = self.ranges_of {
            let script = self.folder.join("ranges.lua");
            fs::write(&script, RANGES.replace("BYTES", &bytes.to_string()))?;
            command.arg("--script").arg(script);
        }
        let output = command
            .arg(url)
            .output()
            .map_err(|error| format!("could not start wrk: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || said.contains("Non-2xx") || said.contains("Socket errors") {
            return Err(format!("wrk at {url} was not served:\n{said}").into());
        }
        let after = |words: &str| {
            let line = said
                .lines()
                .find_map(|line| line.trim().strip_prefix(words));
            line.map(str::trim).ok_or("wrk printed something else")
        };
        Ok(Figures {
            per_second: after("Requests/sec:")?.parse()?,
            p99_ms: milliseconds(after("99%")?)?,
        })
    }
}

/// Reads `850.00us`, `1.20ms` or `2.01s`.
fn milliseconds(text: &str) -> Outcome<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(*unit)?, factor)))
        .ok_or("wrk printed another unit")?;
    Ok(number.parse::<f64>()? * factor)
}
