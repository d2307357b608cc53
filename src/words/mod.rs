//! Every Vietnamese text that is not in a template: one place, so that a second language can come.

pub mod desk;
pub mod mailbox;
pub mod receipt;
pub mod settings;
pub mod time;
pub mod plan;
//! What people read, in Vietnamese: sentences and names that are not whole letters.

pub mod document;
