//! What the ink of a page tells before anybody reads it: whether there are letters at all, which side of the page is the
//! upper one, whether anything is written in white on black.
//!
//! Accents and the dots of i stand over their letters, so the side on which most small pieces of ink have a letter is
//! the lower one. Measured on pages of essays drawn at 200 dots an inch: twice as many marks over letters as under them
//! (the dot of nặng), one in six beside them.

use std::collections::HashMap;

use image::GrayImage;
use serde::Deserialize;
use serde::Serialize;

/// Ink is darker than this, on paper that was made white.
const DARK: u8 = 140;
/// Pieces of ink of one page; one with more is sand, of which nothing is said.
const MOST_PIECES: usize = 200_000;
/// A letter is no smaller than this part of the page's longer side, and no larger than that part.
const SMALLEST_LETTER: u32 = 300;
const LARGEST_LETTER: u32 = 10;
/// Dark runs longer than this part of the longer side are no strokes of letters: rules, or black with letters in it.
const LONG_RUN: u32 = 30;
/// The part of a page that may lie in such runs where nothing is written in white on black.
const LONG_RUNS: u32 = 200;

/// The way in which a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Upright,
    HeadDown,
    OnItsSide,
}

/// What the ink of a page tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ink {
    /// Pieces as large as letters.
    pub letters: usize,
    /// How it seems to lie; `None` where too few marks say so.
    pub way: Option<Way>,
    /// So many marks agree that no other way need be tried.
    pub certain: bool,
    /// Black areas, which may have white letters in them.
    pub reversed: bool,
}

/// A connected piece of ink, in pixels; right and bottom are the first outside.
#[derive(Clone, Copy)]
struct Piece {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

impl Ink {
    /// Looks at a page that was made ready (`clean`).
    pub fn of(page: &GrayImage) -> Ink {
        let long = page.width().max(page.height());
        let mut map = Map::new((long / LONG_RUN).max(1));
        for (y, row) in (0_u32..).zip(page.as_raw().chunks_exact(page.width().max(1) as usize)) {
            map.add(y, row);
        }
        let reversed = map.long_runs > page.width() * page.height() / LONG_RUNS;
        let Some(pieces) = map.pieces() else {
            return Ink {
                letters: MOST_PIECES,
                reversed,
                ..Ink::default()
            };
        };
        let letter = (long / SMALLEST_LETTER).max(2)..=long / LARGEST_LETTER;
        let mut sizes: Vec<u32> = pieces.iter().map(Piece::size).collect();
        sizes.retain(|size| letter.contains(size));
        let middle = sizes.len() / 2;
        let (way, certain) = match sizes.get(middle) {
            Some(_) => way(&pieces, *sizes.select_nth_unstable(middle).1),
            None => (None, false),
        };
        Ink {
            letters: sizes.len(),
            way,
            certain,
            reversed,
        }
    }
}

impl Piece {
    fn size(&self) -> u32 {
        (self.right - self.left).max(self.bottom - self.top)
    }

    fn has(&self, x: f32, y: f32) -> bool {
        (self.left as f32..self.right as f32).contains(&x)
            && (self.top as f32..self.bottom as f32).contains(&y)
    }

    fn and(self, other: Piece) -> Piece {
        Piece {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// Dark pixels of a row that follow each other: from, to, and the piece they belong to.
struct Run {
    from: u32,
    to: u32,
    piece: usize,
}

/// The pieces of a page, found row by row; neighbours at corners belong together.
struct Map {
    above: Vec<Run>,
    here: Vec<Run>,
    /// Each with the number of the piece it was found to be part of; its own where it stands alone.
    found: Vec<(Piece, usize)>,
    long_run: u32,
    /// Pixels in long runs.
    long_runs: u32,
}

impl Map {
    fn new(long_run: u32) -> Map {
        Map {
            above: Vec::new(),
            here: Vec::new(),
            found: Vec::new(),
            long_run,
            long_runs: 0,
        }
    }

    fn add(&mut self, y: u32, row: &[u8]) {
        std::mem::swap(&mut self.above, &mut self.here);
        self.here.clear();
        let (mut x, mut near) = (0, 0);
        for run in row.chunk_by(|a, b| (*a < DARK) == (*b < DARK)) {
            let from = x;
            // A page is less than `limits::PICTURE_SIDE` wide.
            x += run.len() as u32;
            if run.first().is_none_or(|grey| *grey >= DARK) {
                continue;
            }
            if x - from > self.long_run {
                self.long_runs += x - from;
            }
            // Once the page is sand, its pieces are of no use.
            if self.found.len() <= MOST_PIECES {
                self.place(from, x, y, &mut near);
            }
        }
    }

    /// Joins a run to the pieces it touches in the row above; `near` is the first run there that it may touch.
    fn place(&mut self, from: u32, to: u32, y: u32, near: &mut usize) {
        let mut piece = Piece {
            left: from,
            top: y,
            right: to,
            bottom: y + 1,
        };
        while self.above.get(*near).is_some_and(|run| run.to < from) {
            *near += 1;
        }
        let mut own = None;
        for at in *near.. {
            let Some(run) = self.above.get(at).filter(|run| run.from <= to) else {
                break;
            };
            let other = self.root(run.piece);
            let low = own.map_or(other, |own: usize| own.min(other));
            for high in [own, Some(other)].into_iter().flatten() {
                if let Some((part, of)) = self.found.get_mut(high) {
                    piece = piece.and(*part);
                    *of = low;
                }
            }
            own = Some(low);
        }
        let own = own.unwrap_or(self.found.len());
        match self.found.get_mut(own) {
            Some((whole, _)) => *whole = piece,
            None => self.found.push((piece, own)),
        }
        self.here.push(Run {
            from,
            to,
            piece: own,
        });
    }

    fn root(&self, mut piece: usize) -> usize {
        while let Some((_, of)) = self.found.get(piece).filter(|(_, of)| *of != piece) {
            piece = *of;
        }
        piece
    }

    /// Those that stand alone; `None` where there are too many.
    fn pieces(self) -> Option<Vec<Piece>> {
        if self.found.len() > MOST_PIECES {
            return None;
        }
        let alone = self.found.into_iter().enumerate();
        let alone = alone.filter(|(number, (_, of))| number == of);
        Some(alone.map(|(_, (piece, _))| piece).collect())
    }
}

/// Each small piece with a letter on one side alone is a vote; `usual` is the size of a letter.
fn way(pieces: &[Piece], usual: u32) -> (Option<Way>, bool) {
    let usual = usual as f32;
    let (reach, most_mark) = (0.35 * usual, 0.6 * usual);
    // Letters by the squares they touch.
    let square = |at: f32| (at / (2.0 * usual)) as i32;
    let mut letters: HashMap<(i32, i32), Vec<Piece>> = HashMap::new();
    let is_letter = |size: f32| size > most_mark && size <= 4.0 * usual;
    for letter in pieces.iter().filter(|piece| is_letter(piece.size() as f32)) {
        for row in square(letter.top as f32)..=square(letter.bottom as f32) {
            for column in square(letter.left as f32)..=square(letter.right as f32) {
                letters.entry((column, row)).or_default().push(*letter);
            }
        }
    }
    let letter_at = |x: f32, y: f32| {
        let near = letters.get(&(square(x), square(y)));
        near.is_some_and(|near| near.iter().any(|letter| letter.has(x, y)))
    };
    let (mut over, mut under, mut beside) = (0.0_f32, 0.0_f32, 0.0_f32);
    let is_mark = |size: f32| (2.0..=most_mark).contains(&size);
    for mark in pieces.iter().filter(|piece| is_mark(piece.size() as f32)) {
        let x = (mark.left + mark.right) as f32 / 2.0;
        let y = (mark.top + mark.bottom) as f32 / 2.0;
        let sides = [
            letter_at(x, mark.bottom as f32 + reach),
            letter_at(x, mark.top as f32 - reach),
            letter_at(mark.left as f32 - reach, y),
            letter_at(mark.right as f32 + reach, y),
        ];
        match sides {
            [true, false, false, false] => over += 1.0,
            [false, true, false, false] => under += 1.0,
            [false, false, true, false] | [false, false, false, true] => beside += 1.0,
            _ => {}
        }
    }
    let standing = over + under;
    if beside + standing < 20.0 {
        return (None, false);
    }
    if beside > 1.5 * standing {
        return (Some(Way::OnItsSide), false);
    }
    // Were it by chance, the difference would rarely pass twice its deviation, and never five times.
    let (difference, deviation) = (over - under, standing.sqrt());
    let certain = difference.abs() > 5.0 * deviation && beside < 0.5 * standing;
    if difference.abs() < 2.0 * deviation {
        (None, false)
    } else if difference > 0.0 {
        (Some(Way::Upright), certain)
    } else {
        (Some(Way::HeadDown), certain)
    }
}

#[cfg(test)]
mod tests {
    use image::GrayImage;
    use image::Luma;
    use image::imageops;

    use super::Ink;
    use super::Way;

    /// Letters of 12 by 18 pixels in lines, every third with a mark over it, every twelfth with one under it.
    fn lines() -> GrayImage {
        GrayImage::from_fn(1_200, 1_600, |x, y| {
            let (column, row) = (x % 20, y % 50);
            let place = x / 20 + y / 50;
            let inside = (100..1_100).contains(&x) && (100..1_500).contains(&y);
            let letter = column < 12 && (20..38).contains(&row);
            let over =
                place.is_multiple_of(3) && (3..9).contains(&column) && (13..17).contains(&row);
            let under = place % 12 == 1 && (4..8).contains(&column) && (41..45).contains(&row);
            Luma([if inside && (letter || over || under) {
                20
            } else {
                250
            }])
        })
    }

    #[test]
    fn a_page_lies_as_its_accents_say() {
        let page = lines();
        let check = |page: &GrayImage, way: Way| {
            let ink = Ink::of(page);
            assert_eq!(ink.way, Some(way), "{ink:?}");
            assert!(ink.letters > 1_000 && !ink.reversed, "{ink:?}");
            assert_eq!(ink.certain, way != Way::OnItsSide, "{ink:?}");
        };
        check(&page, Way::Upright);
        check(&imageops::rotate180(&page), Way::HeadDown);
        check(&imageops::rotate90(&page), Way::OnItsSide);
        check(&imageops::rotate270(&page), Way::OnItsSide);
    }

    #[test]
    fn a_page_with_a_few_specks_has_no_letters() {
        let mut page = GrayImage::from_pixel(1_200, 1_600, Luma([250]));
        page.put_pixel(300, 300, Luma([0]));
        page.put_pixel(301, 301, Luma([0]));
        assert_eq!(Ink::of(&page), Ink::default());
        assert_eq!(Ink::of(&GrayImage::new(0, 0)), Ink::default());
    }

    #[test]
    fn black_areas_and_sand_are_seen() {
        let head = |x: u32, y: u32| (100..900).contains(&x) && (100..140).contains(&y);
        let page = GrayImage::from_fn(1_200, 1_600, |x, y| {
            Luma([if head(x, y) { 0 } else { 250 }])
        });
        assert!(Ink::of(&page).reversed);
        let sand = GrayImage::from_fn(1_200, 1_600, |x, y| Luma([((x ^ y) & 1) as u8 * 250]));
        // All of one piece, as large as the page.
        assert_eq!(Ink::of(&sand).letters, 0);
        let sand = GrayImage::from_fn(1_200, 1_600, |x, y| {
            Luma([if x % 2 == 0 && y % 2 == 0 { 0 } else { 250 }])
        });
        assert!(Ink::of(&sand).letters > 100_000);
    }
}
