//! Which unit an entry belongs to: by mailbox, then by what the entry says (R001-27, R001-63).
//!
//! A school's seat comes before a residence; whoever is unsure asks a person.

pub mod claim;
pub mod decide;

pub use claim::Index;
pub use decide::{Decision, Reason, decide};
