//! The acknowledgement: which parts of a package are there, which are missing, what of it was not taken in.

use serde::Deserialize;
use serde::Serialize;

use super::Fault;
use super::is_package;
use super::manifest::FORMAT;
use super::manifest::is_sha256;

/// Name of the file in the mail.
pub const FILE: &str = "xac-nhan.json";
/// The largest one that is read.
const MOST: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub format: u32,
    pub package: String,
    /// SHA-256 of the manifest as signed, hex: only who has the package knows it.
    pub manifest: String,
    /// Parts that were taken in, and those that did not come.
    pub here: Vec<u32>,
    pub missing: Vec<u32>,
    /// Entries that were taken in.
    pub entries: u32,
}

impl Acknowledgement {
    pub fn read(bytes: &[u8]) -> Result<Acknowledgement, Fault> {
        if bytes.len() > MOST {
            return Err(Fault::Acknowledgement);
        }
        let read: Acknowledgement =
            serde_json::from_slice(bytes).map_err(|_| Fault::Acknowledgement)?;
        let sound = read.format == FORMAT && is_package(&read.package) && is_sha256(&read.manifest);
        if sound {
            Ok(read)
        } else {
            Err(Fault::Acknowledgement)
        }
    }
}
