//! The handover of entries from one unit to another by mail: what a package says (`manifest`), whose it is (`seal`),
//! how it is cut into mails (`parts`), how it travels (`pack`), and the answer (`acknowledge`). Pure.
//!
//! Every mail of a package carries the whole manifest and its signature, and the files of its own entries under the
//! names of their SHA-256. So each part can be checked and taken in by itself, in any order (R001-24, R001-29).

pub mod acknowledge;
mod fault;
pub mod manifest;
pub mod pack;
pub mod parts;
pub mod seal;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde::Serialize;

pub use acknowledge::Acknowledgement;
pub use fault::Fault;
pub use manifest::Manifest;

/// The header of a mail of a package: "<package> <part>/<parts>".
pub const PACKAGE_HEADER: &str = "X-Phach-Handover";
/// The header of an acknowledgement: "<package>".
pub const ACKNOWLEDGE_HEADER: &str = "X-Phach-Acknowledge";

/// What a mail of a handover brought, checked as far as its bytes go. Whether its key is trusted is not said here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handed {
    Part(Box<Part>),
    Acknowledgement(Acknowledgement),
    Broken(Fault),
}

/// One part of a package. Its files travel beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// From 1.
    pub n: u32,
    pub manifest: Manifest,
    /// The manifest as it was signed.
    pub text: String,
    pub signature: String,
}

/// Package, part and number of parts, as the header says them.
pub fn read_header(value: &str) -> Option<(&str, u32, u32)> {
    let (package, place) = value.trim().split_once(' ')?;
    let (n, of) = place.trim().split_once('/')?;
    let (n, of) = (n.parse().ok()?, of.parse().ok()?);
    (n >= 1 && n <= of && is_package(package)).then_some((package, n, of))
}

/// Whether a word is the name of a package: 32 hex digits.
pub fn is_package(word: &str) -> bool {
    word.len() == 32 && manifest::is_hex(word)
}
