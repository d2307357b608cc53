//! Exchanges: two sheets swap their judges, so loads stay as they are, and pairs become even and the panel one.

use std::collections::HashSet;

use super::Table;

/// How many exchanges are weighed before pairs are even enough: a second of work in the worst of panels.
const WEIGHED: usize = 400_000;

impl Table {
    /// Exchanges loose slots until every two judges share about the same number of entries.
    pub fn even(&mut self) {
        let judges = self.judges.len();
        let mut stuck: HashSet<(usize, usize)> = HashSet::new();
        let mut weighed = 0;
        while weighed < WEIGHED {
            let pairs = (0..judges).flat_map(|a| (a + 1..judges).map(move |b| (a, b)));
            let count = |(a, b): (usize, usize)| self.shared[self.pair(a, b)];
            let rarest = pairs.clone().map(count).min().unwrap_or(0);
            let most = pairs
                .filter(|pair| count(*pair) >= rarest + 2 && !stuck.contains(pair))
                .max_by_key(|pair| (count(*pair), std::cmp::Reverse(*pair)));
            let Some(pair) = most else {
                return;
            };
            weighed += judges * judges;
            let found = self.exchange(pair, &mut weighed);
            if let Some((slot, other)) = found {
                self.swap(slot, other);
                stuck.clear();
            } else {
                stuck.insert(pair);
            }
        }
    }

    /// The exchange that relieves an overused pair best, among a sample of a few slots of every other judge.
    fn exchange(&self, (a, b): (usize, usize), weighed: &mut usize) -> Option<(usize, usize)> {
        let of = |judge: usize, partner: usize| {
            let loose = self.judges[judge].loose.iter().copied();
            loose
                .filter(move |slot| {
                    self.holders(self.slots[*slot].entry)
                        .any(|held| held == partner)
                })
                .take(4)
        };
        let mut best: Option<(i64, usize, usize)> = None;
        for slot in of(a, b).chain(of(b, a)) {
            let (giver, entry) = (self.slots[slot].judge?, self.slots[slot].entry);
            for taker in (0..self.judges.len()).filter(|taker| self.may_take(entry, *taker)) {
                let loose = &self.judges[taker].loose;
                let start = usize::try_from(self.mix(entry, taker) % (loose.len() as u64).max(1));
                let sample = loose.iter().cycle().skip(start.unwrap_or(0));
                for other in sample.take(loose.len().min(16)) {
                    if !self.may_take(self.slots[*other].entry, giver) {
                        continue;
                    }
                    *weighed += 1;
                    let gain = self.gain(slot, *other);
                    if gain < best.map_or(0, |(gain, ..)| gain) {
                        best = Some((gain, slot, *other));
                    }
                }
            }
        }
        best.map(|(_, slot, other)| (slot, other))
    }

    /// By how much the sum of squares of shared entries would grow if two slots exchanged their judges.
    fn gain(&self, slot: usize, other: usize) -> i64 {
        let mut steps: Vec<(usize, i64)> = Vec::new();
        let mut step = |a: usize, b: usize, by: i64| {
            let pair = self.pair(a.min(b), a.max(b));
            match steps.iter_mut().find(|(known, _)| *known == pair) {
                Some((_, sum)) => *sum += by,
                None => steps.push((pair, by)),
            }
        };
        for (from, to) in [(slot, other), (other, slot)] {
            let (Some(old), Some(new)) = (self.slots[from].judge, self.slots[to].judge) else {
                continue;
            };
            for partner in self
                .holders(self.slots[from].entry)
                .filter(|held| *held != old)
            {
                step(old, partner, -1);
                step(new, partner, 1);
            }
        }
        steps
            .iter()
            .map(|(pair, by)| by * (2 * i64::from(self.shared[*pair]) + by))
            .sum()
    }

    /// Exchanges slots between judges who have nobody in common, until all judges hang together (when that is possible).
    pub fn connect(&mut self) {
        while let Some((slot, other)) = self.bridge() {
            self.swap(slot, other);
        }
    }

    /// An exchange that joins two groups of judges: a slot without which its group would still hang together (it closes
    /// a ring of judges and entries), and one of another group.
    fn bridge(&self) -> Option<(usize, usize)> {
        let judges = self.judges.len();
        let mut group: Vec<usize> = (0..judges + self.entries.len()).collect();
        let held = |slot: &usize| {
            self.slots[*slot]
                .judge
                .map(|judge| (judge, self.slots[*slot].entry))
        };
        let loose: HashSet<usize> = self
            .judges
            .iter()
            .flat_map(|judge| &judge.loose)
            .copied()
            .collect();
        let (last, first): (Vec<usize>, Vec<usize>) =
            (0..self.slots.len()).partition(|slot| loose.contains(slot));
        let mut rings = Vec::new();
        for slot in first.iter().chain(&last) {
            let Some((judge, entry)) = held(slot) else {
                continue;
            };
            let (one, two) = (root(&mut group, judge), root(&mut group, judges + entry));
            if one == two {
                rings.push(*slot);
            }
            group[one] = two;
        }
        let busy = |judge: &usize| self.judges[*judge].load > 0;
        let mut groups: Vec<usize> = (0..judges)
            .filter(busy)
            .map(|judge| root(&mut group, judge))
            .collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.len() < 2 {
            return None;
        }
        for ring in rings.into_iter().filter(|ring| loose.contains(ring)) {
            let Some((giver, entry)) = held(&ring) else {
                continue;
            };
            let own = root(&mut group, giver);
            let other = last.iter().find(|slot| {
                held(slot).is_some_and(|(judge, other)| {
                    root(&mut group, judge) != own
                        && self.may_take(entry, judge)
                        && self.may_take(other, giver)
                })
            });
            if let Some(other) = other {
                return Some((ring, *other));
            }
        }
        None
    }
}

/// The group a node belongs to; paths are halved on the way.
fn root(group: &mut [usize], mut node: usize) -> usize {
    while group[node] != node {
        group[node] = group[group[node]];
        node = group[node];
    }
    node
}
