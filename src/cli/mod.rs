//! The commands.

use std::process::ExitCode;

use crate::worker::child;

/// Runs the command line.
pub fn main() -> ExitCode {
    // Before anything else starts a thread or opens a file: the walled child process.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == child::COMMAND)
    {
        return child::main();
    }
    ExitCode::SUCCESS
}
