//! A contest as data: its plan (kế hoạch), units, rounds, deadlines, rubric and prizes. Pure.

pub mod deadline;
pub mod diff;
pub mod file;
mod phrase;
pub mod plan;
pub mod resubmission;
pub mod retention;
pub mod role;
pub mod score;
pub mod unit;

pub use deadline::Deadline;
pub use plan::Plan;
pub use retention::Retention;
pub use role::Role;
pub use score::Quarters;
pub use unit::Unit;
