//! Vietnamese sentences that people read, one file for each kind.
pub mod route;
