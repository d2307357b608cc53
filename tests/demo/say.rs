//! What the demonstration says while it works: lines that grow on a terminal, a few whole lines in a log.

use std::io::IsTerminal as _;
use std::io::Write as _;
use std::io::stdout;
use std::time::Duration;
use std::time::Instant;

/// Between two lines in a log.
const BETWEEN: Duration = Duration::from_secs(5);

pub fn step(what: &str) {
    println!("• {what}");
}

/// How far something is: one line that changes on a terminal, elsewhere a line every few seconds.
#[derive(Default)]
pub struct Line {
    text: String,
    said: Option<Instant>,
}

impl Line {
    /// Says it when it is news; true then.
    pub fn say(&mut self, text: String) -> bool {
        if text == self.text {
            return false;
        }
        self.text = text;
        if stdout().is_terminal() {
            print!("\r\x1b[K    {}", self.text);
            let _ = stdout().flush();
        } else if self.said.is_none_or(|said| said.elapsed() >= BETWEEN) {
            println!("    {}", self.text);
            self.said = Some(Instant::now());
        }
        true
    }

    pub fn end(self) {
        if stdout().is_terminal() {
            println!();
        } else {
            println!("    {}", self.text);
        }
    }
}
