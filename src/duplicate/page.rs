//! The print of a page: where its ink lies, coarse enough to outlive another scan or photograph of the same sheet.
//!
//! For pages that no reader can read. A hash of the coarsest shapes (16 × 16 frequencies, as PDQ takes them) names pages
//! worth a look; pages of one form on ruled paper share it by chance, so nothing follows from it. The proof is another
//! one: each part of the one page is looked for in the other, and only on the same sheet do neighbouring parts move the
//! same way.

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

/// Cells of a print.
pub const WIDTH: usize = 96;
pub const HEIGHT: usize = 136;
/// Cells of a part of the page.
const PART: (usize, usize) = (12, 17);
/// So far a part may have moved, in cells: a photograph bends the page.
const MOVED: usize = 5;
/// A part with fewer inked cells has no shape.
const INKED: u32 = 17;
/// A page with fewer parts that have a shape is no evidence.
const PARTS: usize = 10;
/// So well must a part be found (correlation, 0 to 1).
const FOUND: f64 = 0.35;
/// Of a hundred parts so many agree with their neighbours: 88 at least on photographs of one sheet, 42 at most on two
/// sheets by one hand.
const AGREED: usize = 62;
/// Frequencies of the hash, each way.
const WAVES: usize = 16;
/// Points of the page that the frequencies are taken of, each way.
const POINTS: usize = 64;

/// Which cells of a page are inked, of its inked part, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePrint {
    /// From the top; the lowest bit is the left cell.
    rows: Vec<u128>,
}

/// Names the coarsest shapes of a page.
pub type Hash = [u64; 4];

impl PagePrint {
    /// From the share of ink of every cell, row by row; `None` when so little is inked that any page is like it.
    pub fn new(ink: &[f32]) -> Option<PagePrint> {
        let mut inked: Vec<f32> = ink.iter().copied().filter(|ink| *ink > 0.02).collect();
        inked.sort_unstable_by(f32::total_cmp);
        // The paler two fifths are edges of letters: they come and go.
        let least = *inked.get(inked.len() * 2 / 5)?;
        let rows = ink.chunks(WIDTH).take(HEIGHT).map(|row| {
            let cells = (0_u32..).zip(row);
            cells.fold(0, |bits, (x, ink)| bits | u128::from(*ink > least) << x)
        });
        let print = PagePrint {
            rows: rows.collect(),
        };
        (print.rows.len() == HEIGHT && print.parts().count() >= PARTS).then_some(print)
    }

    /// The same page on its head.
    pub fn turned(&self) -> PagePrint {
        let rows = self.rows.iter().rev();
        PagePrint {
            rows: rows
                .map(|row| row.reverse_bits() >> (128 - WIDTH))
                .collect(),
        }
    }

    /// A bit for every low frequency: whether it is stronger than most.
    pub fn hash(&self) -> Hash {
        let points = self.points();
        let wave = |k: usize, at: usize| {
            let turn = std::f64::consts::PI / POINTS as f64 * (at as f64 + 0.5) * k as f64;
            turn.cos()
        };
        let waves: Vec<[f64; POINTS]> = (1..=WAVES)
            .map(|k| std::array::from_fn(|at| wave(k, at)))
            .collect();
        let mut strengths = Vec::with_capacity(WAVES * WAVES);
        for down in &waves {
            let column: [f64; POINTS] = std::array::from_fn(|x| {
                let along = points.iter().zip(down);
                along.map(|(row, wave)| row[x] * wave).sum()
            });
            for across in &waves {
                strengths.push(column.iter().zip(across).map(|(a, b)| a * b).sum::<f64>());
            }
        }
        let mut sorted = strengths.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        let mut hash = [0; 4];
        for (n, strength) in strengths.iter().enumerate() {
            hash[n / 64] |= u64::from(*strength >= middle) << (n % 64);
        }
        hash
    }

    /// The share of ink at points spread evenly over the page.
    fn points(&self) -> Vec<[f64; POINTS]> {
        // A point is the mean of the cells it covers, each by the part that it covers.
        let cover = |cells: usize, point: usize| -> Vec<(usize, f64)> {
            let size = cells as f64 / POINTS as f64;
            let (from, to) = (point as f64 * size, (point + 1) as f64 * size);
            let part = |cell: usize| (to.min(cell as f64 + 1.0) - from.max(cell as f64)) / size;
            (from as usize..cells)
                .map(|cell| (cell, part(cell)))
                .take_while(|(_, part)| *part > 0.0)
                .collect()
        };
        let columns: Vec<_> = (0..POINTS).map(|x| cover(WIDTH, x)).collect();
        let one = |y: usize, x: usize| -> f64 {
            let bit = |row: usize, column: usize| (self.rows[row] >> column & 1) as f64;
            let rows = cover(HEIGHT, y);
            let cells = rows.iter().flat_map(|(row, height)| {
                let along = columns[x].iter();
                along.map(move |(column, width)| bit(*row, *column) * height * width)
            });
            cells.sum()
        };
        (0..POINTS)
            .map(|y| std::array::from_fn(|x| one(y, x)))
            .collect()
    }

    /// Whether both are pictures of one sheet.
    pub fn is_of_same_sheet(&self, other: &PagePrint) -> bool {
        let moves: Vec<((usize, usize), Option<Move>)> = self
            .parts()
            .map(|part| (part, self.found(part, other)))
            .collect();
        if moves.len() < PARTS {
            return false;
        }
        let agreed = moves.iter().filter(|((column, row), own)| {
            let Some(own) = own else {
                return false;
            };
            let beside = moves.iter().filter(|((x, y), _)| {
                (x, y) != (column, row) && x.abs_diff(*column) <= 1 && y.abs_diff(*row) <= 1
            });
            let beside: Vec<_> = beside.map(|(_, moved)| moved).collect();
            let same = beside.iter().filter(|moved| {
                moved.is_some_and(|moved| {
                    moved.across.abs_diff(own.across) <= 1 && moved.down.abs_diff(own.down) <= 1
                })
            });
            !beside.is_empty() && same.count() * 2 >= beside.len()
        });
        agreed.count() * 100 >= moves.len() * AGREED
    }

    /// Columns and rows of parts that have a shape.
    fn parts(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let all = (0..HEIGHT / PART.1).flat_map(|row| (0..WIDTH / PART.0).map(move |x| (x, row)));
        all.filter(|part| self.ink(*part) >= INKED)
    }

    fn ink(&self, (column, row): (usize, usize)) -> u32 {
        let rows = self.rows.iter().skip(row * PART.1).take(PART.1);
        rows.map(|bits| cut(*bits, column * PART.0).count_ones())
            .sum()
    }

    /// Where a part of this page lies best on the other one; `None` when nowhere.
    fn found(&self, (column, row): (usize, usize), other: &PagePrint) -> Option<Move> {
        let (left, top) = (column * PART.0, row * PART.1);
        let own: Vec<u128> = self
            .rows
            .iter()
            .skip(top)
            .take(PART.1)
            .map(|bits| cut(*bits, left))
            .collect();
        let ink: u32 = own.iter().map(|bits| bits.count_ones()).sum();
        let cells = (PART.0 * PART.1) as f64;
        let spread = |ink: u32| f64::from(ink) * (cells - f64::from(ink));
        let mut best: Option<(f64, Move)> = None;
        for down in 0..=2 * MOVED {
            for across in 0..=2 * MOVED {
                let (mut theirs, mut both) = (0, 0);
                for (n, own) in own.iter().enumerate() {
                    let place = (top + n + down).checked_sub(MOVED);
                    let row = place.and_then(|place| other.rows.get(place)).copied();
                    // The margin left of the page is white, like that on its right.
                    let there = cut(row.unwrap_or(0) << MOVED, left + across);
                    theirs += there.count_ones();
                    both += (there & own).count_ones();
                }
                let spreads = spread(ink) * spread(theirs);
                if spreads <= 0.0 {
                    continue;
                }
                let shared = cells * f64::from(both) - f64::from(ink) * f64::from(theirs);
                let fit = shared / spreads.sqrt();
                if fit >= FOUND && best.is_none_or(|(most, _)| fit > most) {
                    best = Some((fit, Move { across, down }));
                }
            }
        }
        best.map(|(_, moved)| moved)
    }
}

/// How far a part lies from its own place, in cells, [`MOVED`] being none.
#[derive(Clone, Copy)]
struct Move {
    across: usize,
    down: usize,
}

/// The cells of a part's row from `left` on.
fn cut(row: u128, left: usize) -> u128 {
    row >> left & ((1 << PART.0) - 1)
}

/// In how many bits two hashes differ, of 256.
pub fn distance(a: &Hash, b: &Hash) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// As text: 24 hexadecimal digits a row.
impl Serialize for PagePrint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: String = self.rows.iter().map(|row| format!("{row:024x}")).collect();
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for PagePrint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PagePrint, D::Error> {
        let text = String::deserialize(deserializer)?;
        let rows: Option<Vec<u128>> = text
            .as_bytes()
            .chunks(WIDTH / 4)
            .map(|row| u128::from_str_radix(std::str::from_utf8(row).ok()?, 16).ok())
            .collect();
        match rows {
            Some(rows) if rows.len() == HEIGHT => Ok(PagePrint { rows }),
            _ => Err(D::Error::custom("no print of a page")),
        }
    }
}
