//! The `phach` program: hands the command line to `phach::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    phach::cli::main()
}
