//! The pages of all essays that no reader can read, and which of them are pictures of one sheet.

use super::page;
use super::page::Hash;
use super::page::PagePrint;

/// Hashes that differ in more bits are of other pages.
const NEAR: u32 = 100;
/// So many of the nearest pages of earlier essays are compared, and of later ones, which only tell a form from a copy.
const MOST: usize = 24;
const MOST_LATER: usize = 8;

/// A page of the essay at hand that is a page of an earlier one. Pages count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SamePage {
    pub own: u32,
    /// The earlier essay, by its place in the order of arrival.
    pub source: u32,
    pub theirs: u32,
}

/// A page that could not be read, and its number in its essay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub number: u32,
    pub print: PagePrint,
}

struct Page {
    essay: u32,
    number: u32,
    hash: Hash,
    print: PagePrint,
    /// Of an essay that no source explains.
    free: bool,
}

/// In order of arrival.
#[derive(Default)]
pub struct Pictures(Vec<Page>);

impl Pictures {
    /// Keeps the pages of the next essay; `free`: no source explains them.
    pub fn add(&mut self, essay: u32, pages: &[Unread], free: bool) {
        self.0.extend(pages.iter().map(|page| Page {
            essay,
            number: page.number,
            hash: page.print.hash(),
            print: page.print.clone(),
            free,
        }));
    }

    /// Which pages are those of essays before `essay`, page by page, the earliest first. A page that `shared` other
    /// independent essays have is a form, and nobody's.
    pub fn same(&self, pages: &[Unread], essay: u32, shared: u32) -> Vec<SamePage> {
        let mut found = Vec::new();
        for own in pages {
            let there = self.of_same_sheet(&own.print, essay);
            let mut free: Vec<u32> = there.iter().filter(|p| p.free).map(|p| p.essay).collect();
            free.sort_unstable();
            free.dedup();
            if free.len() >= shared as usize {
                continue;
            }
            let earlier = there.iter().filter(|page| page.essay < essay);
            found.extend(earlier.map(|page| SamePage {
                own: own.number,
                source: page.essay,
                theirs: page.number,
            }));
        }
        found
    }

    /// In order of arrival; none of `essay` itself.
    fn of_same_sheet(&self, print: &PagePrint, essay: u32) -> Vec<&Page> {
        let turned = print.turned();
        let hashes = [print.hash(), turned.hash()];
        let (mut earlier, mut later) = (Vec::new(), Vec::new());
        for (place, page) in self.0.iter().enumerate() {
            let distances = hashes.iter().map(|hash| page::distance(hash, &page.hash));
            match distances.min() {
                Some(distance) if distance <= NEAR && page.essay < essay => {
                    earlier.push((distance, place));
                }
                Some(distance) if distance <= NEAR && page.essay > essay => {
                    later.push((distance, place));
                }
                Some(_) | None => {}
            }
        }
        let mut places = Vec::new();
        for (mut near, most) in [(earlier, MOST), (later, MOST_LATER)] {
            near.sort_unstable();
            places.extend(near.into_iter().take(most).map(|(_, place)| place));
        }
        places.sort_unstable();
        let pages = places.into_iter().filter_map(|place| self.0.get(place));
        pages
            .filter(|page| {
                print.is_of_same_sheet(&page.print) || turned.is_of_same_sheet(&page.print)
            })
            .collect()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.len() * (size_of::<Page>() + page::HEIGHT * size_of::<u128>())
    }
}

#[cfg(test)]
pub mod tests {
    use super::Pictures;
    use super::SamePage;
    use super::Unread;
    use crate::duplicate::PRINT_HEIGHT;
    use crate::duplicate::PRINT_WIDTH;
    use crate::duplicate::PagePrint;

    /// A sheet of blots, no two alike; every picture of it has some dust of its own.
    fn sheet(seed: u64, dust: u64) -> PagePrint {
        let mixed = |value: u64| crate::duplicate::gram::mixed(value);
        let ink: Vec<f32> = (0..PRINT_WIDTH * PRINT_HEIGHT)
            .map(|cell| {
                let (x, y) = (cell % PRINT_WIDTH, cell / PRINT_WIDTH);
                let blot = mixed(seed << 32 | (y / 3 * 64 + x / 3) as u64) % 5 < 2;
                let dusty = mixed(dust << 32 | cell as u64) % 40 == 0;
                // No two cells are inked alike.
                f32::from(u8::from(blot != dusty)) * (0.5 + cell as f32 * 1e-5)
            })
            .collect();
        PagePrint::new(&ink).unwrap()
    }

    /// These sheets as the pages of an essay, in pictures of its own.
    pub fn pages(sheets: &[u64], dust: u64) -> Vec<Unread> {
        (0..)
            .zip(sheets)
            .map(|(number, seed)| Unread {
                number,
                print: sheet(*seed, dust + u64::from(number)),
            })
            .collect()
    }

    fn found(pictures: &Pictures, sheets: &[u64], essay: u32) -> Vec<(u32, u32, u32)> {
        let same = pictures.same(&pages(sheets, 1_000), essay, 3);
        let triple = |page: &SamePage| (page.own, page.source, page.theirs);
        same.iter().map(triple).collect()
    }

    #[test]
    fn every_page_is_found_where_it_stood_before() {
        let mut pictures = Pictures::default();
        for essay in 0..30 {
            let own = u64::from(essay) * 10;
            pictures.add(essay, &pages(&[own, own + 1], own), true);
        }
        assert_eq!(found(&pictures, &[71, 500, 70], 30), [(0, 7, 1), (2, 7, 0)]);
        assert_eq!(
            found(&pictures, &[71, 70], 7),
            [],
            "only earlier ones, and not itself"
        );
        let upside_down = vec![Unread {
            number: 4,
            print: sheet(120, 5).turned(),
        }];
        let same = pictures.same(&upside_down, 30, 3);
        assert_eq!(same.len(), 1);
        assert_eq!((same[0].own, same[0].source, same[0].theirs), (4, 12, 0));
    }

    #[test]
    fn a_form_is_nobodys_and_a_ring_is_no_form() {
        let mut pictures = Pictures::default();
        for essay in 0..4 {
            pictures.add(
                essay,
                &pages(&[900, u64::from(essay)], u64::from(essay)),
                true,
            );
        }
        assert_eq!(found(&pictures, &[900, 2], 4), [(1, 2, 1)]);
        // What was copied from another one is no independent witness; each copy leads to another one, and at last all to
        // the beginning.
        for essay in 4..60 {
            pictures.add(essay, &pages(&[2], u64::from(essay)), false);
        }
        assert!(!found(&pictures, &[2], 60).is_empty());
        let third = found(&pictures, &[2], 3);
        assert_eq!(third, [(0, 2, 1)], "later copies hide no earlier one");
    }
}
