//! In how many essays a fingerprint stands: a count-min sketch (Cormode & Muthukrishnan, 2005) of fixed size.
//!
//! It may count a little high, never low, and never depends on the order. A table of every fingerprint of 100,000
//! essays would take most of a gigabyte; the sketch takes what its `bits` say, whatever arrives.

/// Two rows of counters; a count is the lower of the two.
pub struct Counts {
    rows: [Vec<u16>; 2],
    mask: usize,
}

impl Counts {
    /// `bits`: each row has two to the power of it counters of two bytes.
    pub fn new(bits: u32) -> Counts {
        let length = 1_usize << bits;
        Counts {
            rows: [vec![0; length], vec![0; length]],
            mask: length - 1,
        }
    }

    /// Essays that hold it, at most 65,535.
    pub fn of(&self, print: u32) -> u32 {
        let [a, b] = self.places(print);
        u32::from(self.rows[0][a].min(self.rows[1][b]))
    }

    /// One more essay holds it. Only the lower counter grows, which keeps the error small.
    pub fn add(&mut self, print: u32) {
        let [a, b] = self.places(print);
        let low = self.rows[0][a].min(self.rows[1][b]);
        let next = low.saturating_add(1);
        self.rows[0][a] = self.rows[0][a].max(next);
        self.rows[1][b] = self.rows[1][b].max(next);
    }

    fn places(&self, print: u32) -> [usize; 2] {
        let other = u64::from(print).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        [print as usize & self.mask, other as usize & self.mask]
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.len() * 2).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn counts_are_never_low() {
        let mut counts = Counts::new(10);
        for print in 0..2000_u32 {
            for _ in 0..print % 5 {
                counts.add(super::super::gram::mixed(u64::from(print)));
            }
        }
        for print in 0..2000_u32 {
            assert!(counts.of(super::super::gram::mixed(u64::from(print))) >= print % 5);
        }
    }

    #[test]
    fn counts_are_exact_while_there_is_room() {
        let mut counts = Counts::new(16);
        for print in 0..500_u32 {
            for _ in 0..=print % 3 {
                counts.add(super::super::gram::mixed(u64::from(print)));
            }
        }
        for print in 0..500_u32 {
            assert_eq!(
                counts.of(super::super::gram::mixed(u64::from(print))),
                print % 3 + 1
            );
        }
    }
}
