//! phách runs a government essay contest from the first e-mail to the last prize.
//!
//! The rooms, in the order in which one may import another (held by `tests/it/tidy.rs`):
//! pure rules first, then bytes and servers, then jobs, then what people see. See ARCHITECTURE.md.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

// Rules: values in, values out. No clock, no database, no network, no file.
pub mod blind;
pub mod contest;
pub mod document;
pub mod duplicate;
pub mod entry;
pub mod handover;
pub mod judging;
pub mod letter;
pub mod message;
pub mod paper;
pub mod route;
pub mod slip;
pub mod text;
pub mod words;

// The world: time, settings, bytes, SQL, servers, the search index, the worker process.
pub mod blob;
pub mod clock;
pub mod config;
pub mod crash;
pub mod db;
pub mod mailbox;
pub mod outbox;
pub mod search;
pub mod telemetry;
pub mod worker;

// What happens, and who sees it.
pub mod check;
pub mod cli;
pub mod desk;
pub mod job;
pub mod jury;
pub mod web;
