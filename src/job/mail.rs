//! A mail in hand while it is sorted: what the jobs that follow from it read.

use crate::db::delivery::Arrival;
use crate::db::message::Message;
use crate::entry::Proof;
use crate::message::Parsed;

/// A mail, what was found in it, and where it came from.
pub struct Mail<'a> {
    pub message: &'a Message,
    pub parsed: &'a Parsed,
    pub arrival: &'a Arrival,
    /// Whether the sender is who the mail says.
    pub proof: Proof,
    pub now: i64,
}
