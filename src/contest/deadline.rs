//! Deadlines with their operator and their source phrase, always in the plan's zone (R001-23, R003-16).

use serde::Deserialize;
use serde::Serialize;

/// A deadline as the plan's document words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub what: What,
    /// Unit code; `None` = every unit.
    pub unit: Option<String>,
    /// "email", "paper"; `None` = every channel.
    pub channel: Option<String>,
    /// First instant that is too late, ms UTC: `before` = the named instant, `through_day` = the next midnight.
    pub until: i64,
    pub operator: Operator,
    /// "trước 17h00 ngày 06/9/2019"
    pub phrase: String,
    pub document_no: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Intake,
    Handover,
    Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// "trước 17h00 ngày …": strictly before the instant.
    Before,
    /// "chậm nhất ngày …", "đến ngày …": the whole day counts.
    ThroughDay,
}
