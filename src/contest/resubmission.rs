//! What becomes of an essay that somebody hands in again, and who does not take part at all.

use serde::Deserialize;
use serde::Serialize;

/// The plan's rule for a newer version of an entry, by the same person for the same unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resubmission {
    pub rule: Rule,
    /// The last day for newer versions, where it is before the deadline of the intake.
    pub until: Option<Until>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The newest that came in time takes the place of the one before.
    Latest,
    /// The first counts; newer ones are kept beside it.
    First,
    /// A person decides each time; so does a plan that says nothing.
    #[default]
    Ask,
    /// Each is an entry of its own.
    All,
}

/// A last instant and how the plan words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Until {
    /// First instant that is too late, ms UTC.
    pub at: i64,
    /// "trước 17h00 ngày 05/9/2019"
    pub phrase: String,
}

impl Resubmission {
    /// Whether a newer version that came at this instant (ms UTC) may still take another's place.
    pub fn is_open(&self, at: i64) -> bool {
        self.until.as_ref().is_none_or(|until| at < until.at)
    }
}

/// Somebody who may not take part: organisers, judges, their helpers and staff (R001-10, R001-11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    pub name: String,
    /// "Ban Tổ chức"
    pub role: String,
    /// Code of the unit they serve in; none: the whole contest.
    pub unit: Option<String>,
    /// ISO date.
    pub birth_date: Option<String>,
    /// Digits with a leading 0.
    pub phone: Option<String>,
    /// In lower case.
    pub email: Option<String>,
}
