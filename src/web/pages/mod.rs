//! The pages of the desk, a file each.

pub mod acts;
pub mod compare;
pub mod entries;
pub mod entry;
pub mod erase;
pub mod files;
mod fitting;
pub mod handover;
pub mod home;
pub mod journal;
mod known;
pub mod leaves;
pub mod letters;
pub mod mail;
pub mod mailboxes;
pub mod mailings;
pub mod matters;
pub mod search;
pub mod wordings;
