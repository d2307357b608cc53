//! The archive of one part: `manifest.json`, `manifest.sig`, and files named by their SHA-256.
//!
//! Strangers can send such archives: names are only compared with the names we ask for and are never paths, sizes
//! come from the signed manifest and are capped, every byte is proved by its hash.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::io::Read as _;
use std::io::Write as _;

use sha2::Digest;
use sha2::Sha256;
use zip::CompressionMethod;
use zip::ZipArchive;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::Fault;
use super::Part;
use super::manifest::File;
use super::manifest::Manifest;
use super::seal;
use crate::text::words::hex;

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
/// The largest manifest that is read.
const MOST_MANIFEST: u64 = 48 << 20;
/// The most bytes of files in one part.
const MOST_BYTES: u64 = 120 << 20;
/// The most files in one part.
const MOST_FILES: usize = 4_000;

/// "bangiao-so-tu-phap-2-5.zip"
pub fn name(from: &str, n: u32, parts: u32) -> String {
    format!("bangiao-{from}-{n}-{parts}.zip")
}

/// The archive of a part. `files` are SHA-256 and bytes, each once.
pub fn zip(text: &str, signature: &str, files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let small = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // Essays are archives or pictures themselves.
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file(MANIFEST, small)?;
    zip.write_all(text.as_bytes())?;
    zip.start_file(SIGNATURE, plain)?;
    zip.write_all(signature.as_bytes())?;
    for (sha256, bytes) in files {
        zip.start_file(*sha256, plain)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files a part brings, each once, in order.
pub fn files_of(manifest: &Manifest, n: u32) -> Vec<&File> {
    let mut seen = BTreeSet::new();
    manifest
        .of_part(n)
        .flat_map(|line| &line.files)
        .filter(|file| seen.insert(file.sha256.as_str()))
        .collect()
}

/// Opens part `n` of `parts` of a package and proves it. Returns its files beside it, in the order of `files_of`.
pub fn open(
    bytes: &[u8],
    package: &str,
    n: u32,
    parts: u32,
) -> Result<(Part, Vec<Vec<u8>>), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::Archive)?;
    if archive.len() > MOST_FILES + 2 {
        return Err(Fault::TooLarge);
    }
    let text = text_of(&mut archive, MANIFEST, MOST_MANIFEST)?;
    let signature = text_of(&mut archive, SIGNATURE, 1_000)?;
    let manifest = Manifest::read(&text)?;
    if !seal::holds(&text, &signature, &manifest.installation.public_key) {
        return Err(Fault::Signature);
    }
    if manifest.package != package || manifest.parts != parts || n < 1 || n > parts {
        return Err(Fault::Header);
    }
    let wanted = files_of(&manifest, n);
    let total: u64 = wanted
        .iter()
        .fold(0, |sum, file| sum.saturating_add(file.size));
    if wanted.len() > MOST_FILES || total > MOST_BYTES {
        return Err(Fault::TooLarge);
    }
    let known: BTreeSet<&[u8]> = wanted
        .iter()
        .map(|file| file.sha256.as_bytes())
        .chain([MANIFEST.as_bytes(), SIGNATURE.as_bytes()])
        .collect();
    if archive.file_names_raw().any(|name| !known.contains(name)) {
        return Err(Fault::Stranger);
    }
    let mut files = Vec::with_capacity(wanted.len());
    for file in &wanted {
        let bytes = bytes_of(&mut archive, &file.sha256, file.size)?.ok_or(Fault::File)?;
        if bytes.len() as u64 != file.size || hex(&Sha256::digest(&bytes)) != file.sha256 {
            return Err(Fault::File);
        }
        files.push(bytes);
    }
    let part = Part {
        n,
        manifest,
        text,
        signature,
    };
    Ok((part, files))
}

fn text_of(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    most: u64,
) -> Result<String, Fault> {
    let bytes = bytes_of(archive, name, most)?.ok_or(Fault::Manifest)?;
    if bytes.len() as u64 > most {
        return Err(Fault::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Fault::Manifest)
}

/// At most one byte more than `most` is unpacked, whatever the archive promises.
fn bytes_of(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    most: u64,
) -> Result<Option<Vec<u8>>, Fault> {
    let entry = match archive.by_name(name) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(Fault::Archive),
    };
    let mut bytes = Vec::new();
    entry
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|_| Fault::Archive)?;
    Ok(Some(bytes))
}
