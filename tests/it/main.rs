//! The whole program tested from outside, in one binary so that it links once.

#[path = "../support/mod.rs"]
mod support;

mod alarm;

mod blind_try;
mod cast;
mod contest;
mod db;
mod desk;
mod kills;
mod leak;
mod paper;
mod servers;
mod stage;
mod tidy;
mod worker;
