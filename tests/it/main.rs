//! The whole program tested from outside, in one binary so that it links once.

#[path = "../support/mod.rs"]
mod support;

mod cast;
mod db;
mod kills;
mod servers;
mod stage;
mod tidy;
mod worker;
