//! Roles: what a person may do in a contest, for one unit or for all.

use serde::Deserialize;
use serde::Serialize;

/// Vietnamese names are in `words::desk`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: every unit, accounts, settings (R001-51).
    Administrator,
    /// Tổ thư ký of a unit: intake, matters, letters.
    Secretary,
    HeadJudge,
    Judge,
    /// Hội đồng ra đề: questions and key, no entries (R001-33).
    QuestionAuthor,
    /// Sees figures only.
    Monitor,
}
