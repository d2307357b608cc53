//! A unit (đơn vị): city, district, ward, school, department … Kinds and levels are data, never types.

use serde::Deserialize;
use serde::Serialize;

/// A unit of the plan's tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Short and stable: "hoan-kiem", "hoan-kiem.hang-bac".
    pub code: String,
    /// Code of the unit above; `None` for the root.
    pub parent: Option<String>,
    /// The plan's own word: "thanh_pho", "quan", "huyen", "thi_xa", "so", "phuong", "xa", "thi_tran", "truong".
    pub kind: String,
    /// "Quận Hoàn Kiếm"
    pub name: String,
    /// Other spellings and old names, as people write them: "Q. Hoàn Kiếm", "quan Hoan Kiem".
    pub aliases: Vec<String>,
    /// For schools and offices: code of the unit in whose area the seat is (R001-63), when it is not the parent.
    pub seat: Option<String>,
    /// Served by this installation.
    pub local: bool,
    pub handover: Handover,
    /// Contact phone for receipts (R000-31).
    pub phone: Option<String>,
    /// Quality essays asked of the unit (chỉ tiêu, R000-28).
    pub quota: Option<u32>,
    /// Whose signature holds on what the unit hands over: the public key of its installation, base64.
    #[serde(default)]
    pub signing_key: Option<String>,
}

/// What a unit sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// Nothing: the last level, or a unit that only collects.
    #[default]
    None,
    /// Every entry (departments, R001-24).
    All { to: String },
    /// The best `n` (districts, R001-29); fewer is allowed.
    Top { n: u32, to: String },
}
