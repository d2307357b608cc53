//! How much of a stranger's file is read. Beyond a limit the rest is left out and said in a finding;
//! the hard walls (memory, time) are those of the worker process.

/// Bytes of one unpacked XML part of a docx.
pub const PART_BYTES: u64 = 64 << 20;
/// Bytes of all unpacked parts of a docx together.
pub const PACKAGE_BYTES: u64 = 128 << 20;
/// Entries in a zip container.
pub const ZIP_ENTRIES: usize = 2_000;
/// Nested XML or HTML elements.
pub const DEPTH: usize = 512;
/// Bytes of text of one document: some eight hundred pages.
pub const TEXT_BYTES: usize = 4 << 20;
/// Pages of a PDF.
pub const PAGES: usize = 200;
/// Glyphs of a PDF.
pub const GLYPHS: usize = 2_000_000;
/// Bytes of one page's unpacked drawing instructions; honest pages stay below one megabyte.
pub const PAGE_BYTES: usize = 16 << 20;
/// Points along one side of a page (PDF 1.7, Annex C: 14,400).
pub const PAGE_POINTS: f64 = 14_400.0;
/// List definitions of a doc.
pub const LISTS: usize = 2_000;
/// Rows of all sheets of a workbook.
pub const SHEET_ROWS: usize = 20_000;
/// Columns of a sheet.
pub const SHEET_COLUMNS: usize = 100;
/// Bytes of one cell: Excel holds 32,767 letters.
pub const CELL_BYTES: usize = 128 << 10;
/// Strings that the cells of a workbook share.
pub const SHEET_STRINGS: usize = 500_000;
/// Fonts of an rtf.
pub const FONTS: usize = 10_000;
/// Pixels of a picture.
pub const PIXELS: u64 = 50_000_000;
/// Pixels along one side of a picture.
pub const PICTURE_SIDE: u32 = 30_000;
/// Bytes a picture may take while it is unpacked.
pub const PICTURE_BYTES: u64 = 320 << 20;
/// Words of a page that was read by OCR.
pub const PAGE_WORDS: usize = 5_000;
/// Bytes of one file out of an archive.
pub const CHILD_BYTES: u64 = 64 << 20;
/// Bytes of all files out of the archives of one mail together.
pub const ARCHIVE_BYTES: u64 = 128 << 20;
