//! The table a lot is drawn on: judges, entries and sheets by index, loads and shared entries kept up to date.
//!
//! Everything is decided by salts and order, never by chance or time, so that a lot can be drawn again.
//! Indexes are made here and never come from outside.

mod exchange;

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::VecDeque;

use sha2::Digest;
use sha2::Sha256;

use super::Change;
use super::Dealt;
use super::EntryToDeal;
use super::JudgeLoad;
use super::LotError;
use super::twice;

pub(super) struct Table {
    judges: Vec<Judge>,
    entries: Vec<Entry>,
    slots: Vec<Slot>,
    /// Entries that two judges share: `judges.len()` squared, both halves.
    shared: Vec<u32>,
}

struct Judge {
    id: i64,
    salt: u64,
    load: u32,
    last_place: u32,
    /// Slots that may still go to another.
    loose: Vec<usize>,
}

struct Entry {
    id: i64,
    salt: u64,
    /// Judges who may not mark it.
    barred: Vec<usize>,
    slots: Vec<usize>,
}

/// A sheet of an entry.
struct Slot {
    entry: usize,
    pass: u32,
    place: u32,
    was: Option<i64>,
    judge: Option<usize>,
}

impl Table {
    /// Lays out what stands and what is open.
    pub fn lay(
        seed: &str,
        entries: &[EntryToDeal],
        judges: &[JudgeLoad],
        marks: u32,
    ) -> Result<Table, LotError> {
        let repeated = twice(judges.iter().map(|judge| judge.id))
            .or_else(|| twice(entries.iter().map(|entry| entry.id)));
        if let Some(id) = repeated {
            return Err(LotError::Twice { id });
        }
        let mut table = Table {
            judges: judges
                .iter()
                .map(|judge| Judge {
                    id: judge.id,
                    salt: salt(seed, "judge", judge.id),
                    load: judge.load,
                    last_place: judge.last_place,
                    loose: Vec::new(),
                })
                .collect(),
            entries: Vec::with_capacity(entries.len()),
            slots: Vec::new(),
            shared: vec![0; judges.len() * judges.len()],
        };
        table.judges.sort_by_key(|judge| (judge.salt, judge.id));
        let index: HashMap<i64, usize> =
            table.judges.iter().map(|judge| judge.id).zip(0..).collect();
        let mut salted: Vec<(u64, &EntryToDeal)> = entries
            .iter()
            .map(|entry| (salt(seed, "entry", entry.id), entry))
            .collect();
        salted.sort_by_key(|(salt, entry)| (*salt, entry.id));
        for (salt, entry) in salted {
            table.lay_entry(salt, entry, &index, marks);
        }
        table.possible()?;
        Ok(table)
    }

    fn lay_entry(
        &mut self,
        salt: u64,
        given: &EntryToDeal,
        index: &HashMap<i64, usize>,
        marks: u32,
    ) {
        let entry = self.entries.len();
        let known = |id: &i64| index.get(id).copied();
        let mut barred: Vec<usize> = given.conflicts.iter().filter_map(known).collect();
        barred.sort_unstable();
        barred.dedup();
        self.entries.push(Entry {
            id: given.id,
            salt,
            barred,
            slots: Vec::new(),
        });
        let mut sheets = given.sheets.clone();
        sheets.sort_by_key(|sheet| (sheet.pass, sheet.judge));
        for sheet in &sheets {
            let holder = known(&sheet.judge);
            let may_stay = holder.is_some_and(|judge| !self.entries[entry].barred.contains(&judge));
            // A settled sheet of a judge who has left weighs on nobody's load and is nobody's to give.
            if sheet.settled && holder.is_none() {
                continue;
            }
            let slot = self.slots.len();
            self.slots.push(Slot {
                entry,
                pass: sheet.pass,
                place: sheet.place,
                was: Some(sheet.judge),
                judge: None,
            });
            self.entries[entry].slots.push(slot);
            if let Some(judge) = holder {
                let judge_row = &mut self.judges[judge];
                judge_row.last_place = judge_row.last_place.max(sheet.place);
                if sheet.settled || may_stay {
                    self.give(slot, judge);
                }
                if sheet.settled {
                    self.judges[judge].loose.retain(|loose| *loose != slot);
                }
            }
        }
        let held = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
        let free = (1..=marks).filter(|pass| sheets.iter().all(|sheet| sheet.pass != *pass));
        for pass in free.take(marks.saturating_sub(held) as usize) {
            self.entries[entry].slots.push(self.slots.len());
            self.slots.push(Slot {
                entry,
                pass,
                place: u32::MAX,
                was: None,
                judge: None,
            });
        }
    }

    /// Every entry has judges enough for its open slots.
    fn possible(&self) -> Result<(), LotError> {
        if self.judges.is_empty() && self.slots.iter().any(|slot| slot.judge.is_none()) {
            return Err(LotError::NoJudges);
        }
        let mut entries: Vec<i64> = (0..self.entries.len())
            .filter(|entry| self.choice(*entry) < self.open(*entry).count())
            .map(|entry| self.entries[entry].id)
            .collect();
        if entries.is_empty() {
            return Ok(());
        }
        entries.sort_unstable();
        Err(LotError::NobodyMay { entries })
    }

    /// Gives every open slot to a judge.
    pub fn fill(&mut self) {
        let mut waiting: Vec<usize> = (0..self.entries.len())
            .filter(|entry| self.open(*entry).next().is_some())
            .collect();
        waiting.sort_by_key(|entry| self.choice(*entry) - self.open(*entry).count());
        for entry in waiting {
            let open: Vec<usize> = self.open(entry).collect();
            for slot in open {
                let best = (0..self.judges.len())
                    .filter(|judge| self.may_take(entry, *judge))
                    .min_by_key(|judge| {
                        let together: u32 = self
                            .holders(entry)
                            .map(|other| self.shared[self.pair(*judge, other)])
                            .sum();
                        (self.judges[*judge].load, together, self.mix(entry, *judge))
                    });
                if let Some(judge) = best {
                    self.give(slot, judge);
                }
            }
        }
    }

    /// Moves loose slots, if need be along a chain of judges, until no judge who can give has `gap` more than one whom a
    /// chain reaches. Always from the heaviest to the lightest, so that nothing moves that need not.
    pub fn level(&mut self, gap: u32) {
        for judge in 0..self.judges.len() {
            let mut loose = std::mem::take(&mut self.judges[judge].loose);
            // The end of the queue first: its judge is farthest from opening it.
            loose.sort_by_key(|slot| {
                let row = &self.slots[*slot];
                (std::cmp::Reverse(row.place), self.mix(row.entry, judge))
            });
            self.judges[judge].loose = loose;
        }
        let mut stuck: HashSet<usize> = HashSet::new();
        let mut moved = false;
        loop {
            let heaviest = (0..self.judges.len())
                .filter(|judge| !stuck.contains(judge))
                .max_by_key(|judge| (self.judges[*judge].load, std::cmp::Reverse(*judge)));
            let chain = heaviest.and_then(|start| self.chain(start, gap));
            match (heaviest, chain) {
                (_, Some(chain)) => {
                    for (slot, judge) in chain {
                        self.give(slot, judge);
                    }
                    moved = true;
                }
                (Some(start), None) => {
                    stuck.insert(start);
                }
                // Later moves may have freed a judge who was stuck: all are asked once more.
                (None, None) if moved => {
                    stuck.clear();
                    moved = false;
                }
                (None, None) => return,
            }
        }
    }

    /// The shortest chain of moves by which `start` loses a slot and a judge with at least `gap` fewer gains one.
    fn chain(&self, start: usize, gap: u32) -> Option<Vec<(usize, usize)>> {
        let load = |judge: usize| self.judges[judge].load;
        let mut order: Vec<usize> = (0..self.judges.len()).collect();
        order.sort_by_key(|judge| load(*judge));
        let light = |judge: usize| load(judge) + gap <= load(start);
        if !order.first().is_some_and(|lightest| light(*lightest)) {
            return None;
        }
        let mut reached: Vec<Option<(usize, usize)>> = vec![None; self.judges.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(giver) = queue.pop_front() {
            for taker in &order {
                if *taker == start || reached[*taker].is_some() {
                    continue;
                }
                let loose = &self.judges[giver].loose;
                let fits = |slot: &&usize| self.may_take(self.slots[**slot].entry, *taker);
                let Some(slot) = loose.iter().find(fits) else {
                    continue;
                };
                reached[*taker] = Some((giver, *slot));
                if light(*taker) {
                    let mut chain = Vec::new();
                    let mut at = *taker;
                    while let Some((giver, slot)) = reached[at] {
                        chain.push((slot, at));
                        at = giver;
                    }
                    return Some(chain);
                }
                queue.push_back(*taker);
            }
        }
        None
    }

    /// From here on only slots that change anyway are loose: a redraw gives nobody else's sheets away.
    pub fn hold_unchanged(&mut self) {
        let Table { judges, slots, .. } = self;
        for judge in judges {
            let id = judge.id;
            judge.loose.retain(|slot| slots[*slot].was != Some(id));
        }
    }

    /// What differs from before, by judge and place.
    pub fn changes(mut self) -> Vec<Change> {
        let mut new: Vec<(usize, u64, usize)> = (0..self.slots.len())
            .filter_map(|slot| {
                let row = &self.slots[slot];
                let judge = row.judge?;
                let changed = row.was != Some(self.judges[judge].id);
                // The halves of the mix change places, so that a queue does not follow the order of the lot.
                changed.then(|| (judge, self.mix(row.entry, judge).rotate_left(32), slot))
            })
            .collect();
        new.sort_unstable();
        let mut changes: Vec<Change> = new
            .into_iter()
            .map(|(judge, _, slot)| {
                let judge = &mut self.judges[judge];
                judge.last_place += 1;
                let slot = &self.slots[slot];
                Change {
                    from: slot.was,
                    to: Dealt {
                        judge: judge.id,
                        place: judge.last_place,
                        entry: self.entries[slot.entry].id,
                        pass: slot.pass,
                    },
                }
            })
            .collect();
        changes.sort_by_key(|change| change.to);
        changes
    }

    fn open(&self, entry: usize) -> impl Iterator<Item = usize> {
        let slots = self.entries[entry].slots.iter().copied();
        slots.filter(|slot| self.slots[*slot].judge.is_none())
    }

    fn holders(&self, entry: usize) -> impl Iterator<Item = usize> {
        let slots = self.entries[entry].slots.iter();
        slots.filter_map(|slot| self.slots[*slot].judge)
    }

    /// How many judges could still take the entry.
    fn choice(&self, entry: usize) -> usize {
        let judges = 0..self.judges.len();
        judges.filter(|judge| self.may_take(entry, *judge)).count()
    }

    /// Neither a conflict nor a sheet of the entry.
    fn may_take(&self, entry: usize, judge: usize) -> bool {
        !self.entries[entry].barred.contains(&judge)
            && self.holders(entry).all(|held| held != judge)
    }

    fn pair(&self, a: usize, b: usize) -> usize {
        a * self.judges.len() + b
    }

    /// Gives a slot to a judge and takes it from whoever has it.
    fn give(&mut self, slot: usize, judge: usize) {
        if let Some(old) = self.slots[slot].judge {
            self.judges[old].loose.retain(|loose| *loose != slot);
            self.count(slot, old, false);
        }
        self.slots[slot].judge = None;
        self.count(slot, judge, true);
        self.slots[slot].judge = Some(judge);
        self.judges[judge].loose.push(slot);
    }

    /// Exchanges the judges of two slots.
    fn swap(&mut self, slot: usize, other: usize) {
        if let (Some(one), Some(two)) = (self.slots[slot].judge, self.slots[other].judge) {
            self.give(slot, two);
            self.give(other, one);
        }
    }

    /// Counts a judge's slot in or out.
    fn count(&mut self, slot: usize, judge: usize, more: bool) {
        let step = |count: &mut u32| if more { *count += 1 } else { *count -= 1 };
        step(&mut self.judges[judge].load);
        let partners: Vec<usize> = self
            .holders(self.slots[slot].entry)
            .filter(|held| *held != judge)
            .collect();
        for partner in partners {
            let (there, back) = (self.pair(judge, partner), self.pair(partner, judge));
            step(&mut self.shared[there]);
            step(&mut self.shared[back]);
        }
    }

    /// A number that only this entry and this judge have together.
    fn mix(&self, entry: usize, judge: usize) -> u64 {
        let mut x = self.entries[entry].salt ^ self.judges[judge].salt.rotate_left(32);
        // The finaliser of splitmix64.
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

/// The first eight bytes of SHA-256 over the seed, what it is, and its id.
fn salt(seed: &str, what: &str, id: i64) -> u64 {
    let digest = Sha256::digest(format!("{seed}\n{what}\n{id}"));
    digest
        .iter()
        .take(8)
        .fold(0, |salt, byte| salt << 8 | u64::from(*byte))
}
