//! What the benches have in common: processes measured from outside, and what is said about them.
//!
//! A time means little on its own: machines differ and a shared one drifts from minute to minute. So programs run in
//! turn, ratios are taken pair by pair, and processor time, which a busy machine disturbs less, stands beside the time
//! that passes. Rejected: a bench framework. They time functions within one process, and what a user waits for is a
//! process.

use std::error::Error;
use std::fs;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// The machine, for a report.
pub(crate) fn machine() -> Outcome<String> {
    let cores = std::thread::available_parallelism()?;
    let memory = field("/proc/meminfo", "MemTotal:").map(|kib| format!("{:.0} GiB of memory", kib as f64 / 1048576.0));
    let system = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let system = system.as_deref().unwrap_or(std::env::consts::OS);
    let memory = memory.as_deref().unwrap_or("memory n/a");
    Ok(format!("{cores} cores, {memory}, {system}, {}", std::env::consts::ARCH))
}

/// One process, measured from outside.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Seconds of processor time; not a number where the system does not tell.
    pub(crate) processor: f64,
    /// The most memory in bytes, where the system tells.
    pub(crate) peak: Option<u64>,
}

/// Runs a command with its output going to `output`, and fails if it exits with none of the `allowed` codes.
pub(crate) fn measure(mut command: Command, output: &Path, allowed: &[i32]) -> Outcome<Run> {
    command.stdin(Stdio::null()).stdout(File::create(output)?).stderr(Stdio::piped());
    let before = children_processor();
    let start = Instant::now();
    let mut child = command.spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let watcher = std::thread::spawn(move || watch_peak(&status_file));
    let mut errors = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        // This ends when the process does.
        let _ = std::io::Read::read_to_string(&mut stderr, &mut errors);
    }
    let status = child.wait()?;
    let seconds = start.elapsed().as_secs_f64();
    let processor = children_processor() - before;
    let peak = watcher.join().unwrap_or_default();
    if !status.code().is_some_and(|code| allowed.contains(&code)) {
        return Err(format!("{command:?} ended with {status}: {errors}").into());
    }
    Ok(Run { seconds, processor, peak })
}

/// The highest resident memory that a process comes to, read as long as there is something to read.
fn watch_peak(status_file: &str) -> Option<u64> {
    let mut peak = None;
    while let Some(kib) = field(status_file, "VmHWM:") {
        peak = peak.max(Some(kib * 1024));
        std::thread::sleep(Duration::from_millis(5));
    }
    peak
}

/// The number behind `name` in a file of the kind that `/proc` has.
fn field(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Processor seconds of all children that have ended, from `/proc/self/stat` (fields 16 and 17, hundredths).
fn children_processor() -> f64 {
    let ticks = || {
        let text = fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
        Some(fields.get(13)?.parse::<f64>().ok()? + fields.get(14)?.parse::<f64>().ok()?)
    };
    ticks().map_or(f64::NAN, |ticks: f64| ticks / 100.0)
}

/// Median, least and most.
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median =
            if values.len().is_multiple_of(2) { (values[middle - 1] + values[middle]) / 2.0 } else { values[middle] };
        Self { median, least: values[0], most: values[values.len() - 1] }
    }

    pub(crate) fn ratio(&self) -> String {
        let Self { median, least, most } = self;
        if !(least.is_finite() && most.is_finite()) {
            return "n/a".to_owned();
        }
        if least == most { format!("{median:.2}") } else { format!("{median:.2} ({least:.2} to {most:.2})") }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { median, least, most } = self;
        if median.is_nan() {
            return f.write_str("n/a");
        }
        let digits = if *median < 100.0 { 1 } else { 0 };
        if least == most {
            return write!(f, "{median:.digits$}");
        }
        write!(f, "{median:.digits$} ({least:.digits$} to {most:.digits$})")
    }
}

pub(crate) fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The generator SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
