//! Every Vietnamese text that is not in a template: one place, so that a second language can come.

pub mod check;
pub mod command;
pub mod desk;
pub mod document;
pub mod mailbox;
pub mod plan;
pub mod receipt;
pub mod route;
pub mod settings;
pub mod time;
