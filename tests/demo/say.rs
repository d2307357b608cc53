//! What the demonstration says while it works: lines that grow on a terminal, a few whole lines in a log.

use std::io::IsTerminal as _;
use std::io::Write as _;
use std::io::stdout;

pub fn step(what: &str) {
    println!("• {what}");
}

/// Takes the place of the line before on a terminal.
pub fn line(text: &str) {
    if stdout().is_terminal() {
        print!("\r\x1b[K    {text}");
        let _ = stdout().flush();
    } else {
        println!("    {text}");
    }
}

pub fn end_of_line() {
    if stdout().is_terminal() {
        println!();
    }
}

/// So many of so many.
pub struct Bar {
    what: &'static str,
    done: usize,
    all: usize,
}

impl Bar {
    pub fn new(what: &'static str, all: usize) -> Bar {
        Bar { what, done: 0, all }
    }

    pub fn step(&mut self) {
        self.done += 1;
        let worth_a_line = self.done.is_multiple_of(24) || self.done == self.all;
        if stdout().is_terminal() || worth_a_line {
            line(&format!("{} / {} {}", self.done, self.all, self.what));
        }
    }

    pub fn end(&self) {
        end_of_line();
    }
}
