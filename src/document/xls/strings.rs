//! Strings, and those that all cells share, which run over the ends of records ([MS-XLS] 2.5.293, 2.5.294).

use crate::document::limits;
use crate::document::workbook::add;

/// Records that follow each other as one.
pub struct Pieces<'a> {
    pieces: &'a [&'a [u8]],
    piece: usize,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(pieces: &'a [&'a [u8]]) -> Pieces<'a> {
        let (piece, at) = (0, 0);
        Pieces { pieces, piece, at }
    }

    /// A string whose length stands before it in two bytes.
    pub fn text(&mut self) -> Option<String> {
        let count = self.word()?;
        let how = self.byte()?;
        self.letters(count, how & 1 == 1)
    }

    /// A string with what its letters look like and how they are pronounced, which is passed over.
    fn rich(&mut self) -> Option<String> {
        let count = self.word()?;
        let how = self.byte()?;
        let runs = if how & 8 == 0 { 0 } else { self.word()? };
        let aside = if how & 4 == 0 { 0 } else { self.long()? };
        let text = self.letters(count, how & 1 == 1)?;
        self.skip(4 * usize::from(runs))?;
        self.skip(usize::try_from(aside).ok()?)?;
        Some(text)
    }

    /// So many letters. Where a record ends among them, the next one says anew how wide they are.
    fn letters(&mut self, count: u16, mut wide: bool) -> Option<String> {
        let mut letters = Vec::new();
        for _ in 0..count {
            if self.at >= self.pieces.get(self.piece)?.len() {
                self.piece += 1;
                self.at = 0;
                wide = self.byte()? & 1 == 1;
            }
            let letter = if wide {
                self.word()?
            } else {
                u16::from(self.byte()?)
            };
            letters.push(letter);
        }
        let mut text = String::new();
        add(&mut text, &String::from_utf16_lossy(&letters));
        Some(text)
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            let piece = self.pieces.get(self.piece)?;
            if let Some(byte) = piece.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            self.piece += 1;
            self.at = 0;
        }
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn long(&mut self) -> Option<u32> {
        let [low, high] = [self.word()?, self.word()?].map(u32::from);
        Some(high << 16 | low)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.pieces.get(self.piece)?.len() - self.at;
            if count <= left {
                self.at += count;
                return Some(());
            }
            count -= left;
            self.piece += 1;
            self.at = 0;
        }
        Some(())
    }
}

/// The strings that cells name by number.
pub struct Shared {
    pub strings: Vec<String>,
    /// As many as the file promises.
    pub whole: bool,
}

/// Reads them out of the record that holds them and those that go on with it.
pub fn shared(records: &[&[u8]]) -> Shared {
    let mut pieces = Pieces::new(records);
    let mut strings = Vec::new();
    let promised = pieces.long().and(pieces.long()).unwrap_or(0);
    let promised = usize::try_from(promised).unwrap_or(usize::MAX);
    while strings.len() < promised.min(limits::SHEET_STRINGS) {
        let Some(text) = pieces.rich() else { break };
        strings.push(text);
    }
    Shared {
        whole: strings.len() == promised,
        strings,
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use super::shared;

    #[test]
    fn a_string_goes_on_in_the_next_record_in_its_own_width() {
        // Two strings: "Lê An" in wide letters, then narrow ones, with one run; "b".
        let first = [
            &[2, 0, 0, 0, 2, 0, 0, 0][..],
            &[5, 0, 9, 1, 0][..],
            &[0x4c, 0, 0xea, 0][..],
        ]
        .concat();
        let second = [&[0][..], b" An", &[1, 2]].concat();
        let third = [&[3, 4][..], &[1, 0, 0], b"b"].concat();
        let found = shared(&[&first, &second, &third]);
        assert_eq!(found.strings, ["Lê An", "b"]);
        assert!(found.whole);
        let found = shared(&[&first, &second]);
        assert!(found.strings.is_empty() && !found.whole);
        assert!(shared(&[]).whole);
        assert_eq!(Pieces::new(&[&[3, 0, 0, b'a']]).text(), None);
    }
}
