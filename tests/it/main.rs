//! The whole program tested from outside, in one binary so that it links once.

#[path = "../support/mod.rs"]
mod support;

mod alarm;
mod blind;
mod browser;
mod budget;
mod cast;
mod clock;
mod compare;
mod contest;
mod db;
mod desk;
mod disk;
mod erase;
mod faults;
mod fuzz;
mod handover;
mod healing;
mod hostile;
mod idle;
mod import;
mod kills;
mod leak;
mod load;
mod mailing;
mod overflow;
mod paper;
mod reconcile;
mod reply;
mod restore;
mod retention;
mod servers;
mod silence;
mod stage;
mod tidy;
mod token;
mod verdicts;
mod versions;
mod worker;
