//! Every Vietnamese text that is not in a template: one place, so that a second language can come.

pub mod mailbox;
pub mod receipt;
pub mod settings;
pub mod time;
