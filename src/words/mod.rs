//! Every Vietnamese text that is not in a template: one place, so that a second language can come.

pub mod backup;
pub mod check;
pub mod command;
pub mod compare;
pub mod deadline;
pub mod desk;
pub mod document;
pub mod duplicate;
pub mod entry;
pub mod handover;
pub mod import;
pub mod journal;
pub mod judging;
pub mod jury;
pub mod letter;
pub mod mailbox;
pub mod matter;
pub mod paper;
pub mod papers;
pub mod plan;
pub mod receipt;
pub mod refusal;
pub mod reply;
pub mod search;
pub mod settings;
pub mod time;
