//! The rows of the house on both databases: every function of `src/db` runs here on SQLite and on PostgreSQL,
//! and each story must be told alike by both. This takes the place of queries checked at compile time, which
//! know one database only. A function that no story calls fails `coverage`.

mod account;
mod act;
mod against;
mod attempt;
mod backup;
mod base;
mod bench;
mod comparison;
mod contest;
mod copy;
mod coverage;
mod day;
mod delivery;
mod desk;
mod entry;
mod event;
mod figures;
mod handover;
mod handover_list;
mod house;
mod job;
mod judge;
mod letter;
mod list;
mod lock;
mod mailbox;
mod mailing;
mod matter;
mod message;
mod page;
mod panel;
mod paper;
mod person;
mod queue;
mod reading;
mod removal;
mod schema;
mod search;
mod sight;
mod trace;
mod version;
mod view;
mod wording;
