//! How long a command takes, and what it takes of processor and memory, seen from outside.

use std::fs;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

pub struct Measured {
    pub took: Duration,
    pub processor: Duration,
    /// At most.
    pub megabytes: u64,
}

impl Measured {
    /// Runs a command that must succeed and says little; returns what it said, too.
    pub fn run(mut command: Command) -> (Measured, String) {
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a command");
        let (mut processor, mut megabytes) = (Duration::ZERO, 0);
        let status = loop {
            let folder = format!("/proc/{}", child.id());
            processor = processor.max(used(&folder));
            megabytes = megabytes.max(peak(&folder));
            if let Some(status) = child.try_wait().expect("a child") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let took = begun.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        let mut said = String::new();
        if let Some(mut output) = child.stdout.take() {
            std::io::Read::read_to_string(&mut output, &mut said).expect("text");
        }
        let measured = Measured {
            took,
            processor,
            megabytes,
        };
        (measured, said)
    }
}

/// Processor time of a process so far, of the program and of the kernel for it (proc(5): hundredths of a second).
pub fn used(folder: &str) -> Duration {
    let stat = fs::read_to_string(format!("{folder}/stat")).unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Duration::from_millis(10) * ticks
}

/// The most memory a process ever had, MB.
fn peak(folder: &str) -> u64 {
    let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kib = number.and_then(|number| number.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
