//! `make demo`: a contest in miniature on this machine, from the first mail to the last receipt.

#[path = "support/mod.rs"]
mod support;

fn main() {}
