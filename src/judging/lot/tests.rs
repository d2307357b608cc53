//! The lot is fair, can be drawn again, and never gives a judge what the judge may not mark.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Card;
use super::Dealt;
use super::EntryToDeal;
use super::JudgeLoad;
use super::LotError;
use super::Sheet;
use super::card;
use super::draw;
use super::redraw;

/// Splitmix64: seeded cases, the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// From `low` up to and including `high`.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }
}

fn entries(n: i64) -> Vec<EntryToDeal> {
    (1..=n)
        .map(|id| EntryToDeal {
            id,
            ..EntryToDeal::default()
        })
        .collect()
}

fn judges(n: i64) -> Vec<JudgeLoad> {
    (1..=n)
        .map(|id| JudgeLoad {
            id: 1000 + id,
            ..JudgeLoad::default()
        })
        .collect()
}

/// The entries with the new sheets on them.
fn dealt(entries: &[EntryToDeal], sheets: &[Dealt]) -> Vec<EntryToDeal> {
    let mut entries = entries.to_vec();
    for sheet in sheets {
        let entry = entries.iter_mut().find(|entry| entry.id == sheet.entry);
        entry.unwrap().sheets.push(Sheet {
            judge: sheet.judge,
            pass: sheet.pass,
            place: sheet.place,
            settled: false,
        });
    }
    entries
}

/// Every entry has its passes once each, by judges who differ and may; every queue runs without a gap or a repeat.
fn sound(entries: &[EntryToDeal], marks: u32) {
    let mut queues: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for entry in entries {
        let passes: BTreeSet<u32> = entry.sheets.iter().map(|sheet| sheet.pass).collect();
        assert_eq!(passes, (1..=marks).collect(), "entry {}", entry.id);
        assert_eq!(entry.sheets.len(), passes.len(), "entry {}", entry.id);
        let by: BTreeSet<i64> = entry.sheets.iter().map(|sheet| sheet.judge).collect();
        assert_eq!(by.len(), passes.len(), "entry {}", entry.id);
        for sheet in &entry.sheets {
            assert!(!entry.conflicts.contains(&sheet.judge), "{entry:?}");
            let fresh = queues.entry(sheet.judge).or_default().insert(sheet.place);
            assert!(fresh, "two sheets at one place");
        }
    }
}

#[test]
fn a_lot_without_conflicts_is_always_fair() {
    let mut chance = Chance(1);
    for case in 0..120 {
        let panel = judges(chance.between(2, 13));
        let marks = chance.between(1, 3.min(panel.len() as i64)) as u32;
        let given = entries(chance.between(1, 90));
        let seed = format!("biên bản số {case}");
        let sheets = draw(&seed, &given, &panel, marks).unwrap();
        let done = dealt(&given, &sheets);
        sound(&done, marks);
        let card = card(&done, &panel);
        let told = format!(
            "{case}: {} entries, {} judges, {marks}: {card:?}",
            given.len(),
            panel.len()
        );
        assert!(card.heaviest - card.lightest <= 1, "{told}");
        assert!(card.commonest_pair - card.rarest_pair < marks, "{told}");
        assert_eq!(card.conflicts, []);
        if marks > 1 && given.len() + 1 >= panel.len() {
            assert!(card.connected, "{told}");
        }
        let last = sheets.iter().map(|sheet| sheet.place).max();
        assert_eq!(last, Some(card.heaviest), "queues run from 1 without a gap");
    }
}

#[test]
fn the_seed_in_the_minutes_gives_the_same_lot_again() {
    let (given, panel) = (entries(200), judges(7));
    let first = draw("123456", &given, &panel, 2).unwrap();
    let mut turned = given.clone();
    turned.reverse();
    let mut shuffled = panel.clone();
    shuffled.rotate_left(3);
    assert_eq!(draw("123456", &turned, &shuffled, 2).unwrap(), first);
    let other = draw("123457", &given, &panel, 2).unwrap();
    assert_ne!(other, first);
    // Recorded once: a change of the procedure would make the minutes of earlier contests wrong.
    let small = draw("phách", &entries(3), &judges(3), 2).unwrap();
    let told: Vec<(i64, u32, i64, u32)> = small
        .iter()
        .map(|sheet| (sheet.judge, sheet.place, sheet.entry, sheet.pass))
        .collect();
    assert_eq!(told, RECORDED);
}

const RECORDED: [(i64, u32, i64, u32); 6] = [
    (1001, 1, 1, 1),
    (1001, 2, 2, 1),
    (1002, 1, 2, 2),
    (1002, 2, 3, 2),
    (1003, 1, 3, 1),
    (1003, 2, 1, 2),
];

#[test]
fn every_judge_reads_in_an_order_of_their_own() {
    let (given, panel) = (entries(100), judges(4));
    let sheets = draw("thứ tự", &given, &panel, 2).unwrap();
    let queue = |judge: i64| -> Vec<i64> {
        let own = sheets.iter().filter(|sheet| sheet.judge == judge);
        own.map(|sheet| sheet.entry).collect()
    };
    let (one, two) = (queue(1001), queue(1002));
    let common: Vec<i64> = one.iter().copied().filter(|id| two.contains(id)).collect();
    let there: Vec<i64> = two.iter().copied().filter(|id| one.contains(id)).collect();
    assert!(common.len() > 10);
    assert_ne!(common, there);
    assert!(!one.is_sorted());
}

#[test]
fn a_conflict_is_never_dealt_and_loads_stay_even() {
    let mut chance = Chance(2);
    for case in 0..120 {
        let panel = judges(chance.between(4, 12));
        let mut given = entries(chance.between(40, 120));
        // Own unit: each judge is barred from about a twelfth, some entries from two judges.
        for entry in &mut given {
            for judge in &panel {
                if chance.between(1, 12) == 1 && entry.conflicts.len() + 2 < panel.len() {
                    entry.conflicts.push(judge.id);
                }
            }
        }
        let done = dealt(
            &given,
            &draw(&format!("{case}"), &given, &panel, 2).unwrap(),
        );
        sound(&done, 2);
        let card = card(&done, &panel);
        assert!(card.heaviest - card.lightest <= 2, "{case}: {card:?}");
        assert!(card.connected, "{case}: {card:?}");
    }
}

#[test]
fn loads_are_as_even_as_a_large_conflict_allows() {
    // Judge 1001 may mark 10 of 60 entries only: those, all of them, and the rest is level.
    let panel = judges(4);
    let mut given = entries(60);
    for entry in given.iter_mut().skip(10) {
        entry.conflicts.push(1001);
    }
    let done = dealt(&given, &draw("x", &given, &panel, 2).unwrap());
    sound(&done, 2);
    let load = |judge: i64| {
        let all = done.iter().flat_map(|entry| &entry.sheets);
        all.filter(|sheet| sheet.judge == judge).count()
    };
    assert_eq!(load(1001), 10);
    for judge in 1002..=1004 {
        assert!((36..=37).contains(&load(judge)), "{}", load(judge));
    }
}

#[test]
fn entries_that_nobody_may_mark_are_named_and_nothing_is_dealt() {
    let panel = judges(3);
    let mut given = entries(5);
    given[1].conflicts = vec![1001, 1002];
    given[4].conflicts = vec![1001, 1002, 1003, 1003];
    let nobody = |marks: u32| draw("x", &given, &panel, marks).unwrap_err();
    assert_eq!(nobody(1), LotError::NobodyMay { entries: vec![5] });
    assert_eq!(
        nobody(2),
        LotError::NobodyMay {
            entries: vec![2, 5]
        }
    );
    let too_many = draw("x", &entries(2), &panel, 4).unwrap_err();
    assert_eq!(
        too_many,
        LotError::NobodyMay {
            entries: vec![1, 2]
        }
    );
    assert_eq!(draw("x", &given, &[], 1), Err(LotError::NoJudges));
    assert_eq!(draw("x", &[], &[], 1), Ok(Vec::new()));
    let doubled = [panel.clone(), panel.clone()].concat();
    assert_eq!(
        draw("x", &given, &doubled, 1),
        Err(LotError::Twice { id: 1001 })
    );
    let again = [entries(2), entries(1)].concat();
    assert_eq!(draw("x", &again, &panel, 1), Err(LotError::Twice { id: 1 }));
}

#[test]
fn a_later_lot_adds_and_moves_nothing() {
    let panel = judges(5);
    let early = entries(31);
    let mut all = dealt(&early, &draw("một", &early, &panel, 2).unwrap());
    let before = all.clone();
    all.extend(entries(50).into_iter().skip(31));
    let more = draw("hai", &all, &panel, 2).unwrap();
    assert!(more.iter().all(|sheet| sheet.entry > 31));
    let done = dealt(&all, &more);
    assert_eq!(done[..31], before[..]);
    sound(&done, 2);
    let after = card(&done, &panel);
    assert!(
        after.heaviest - after.lightest <= 1 && after.connected,
        "{after:?}"
    );
    // The same with the new entries alone and the earlier load as a figure.
    let carried: Vec<JudgeLoad> = panel
        .iter()
        .map(|judge| {
            let own = before.iter().flat_map(|entry| &entry.sheets);
            let load = own.filter(|sheet| sheet.judge == judge.id).count() as u32;
            JudgeLoad {
                load,
                last_place: load,
                ..*judge
            }
        })
        .collect();
    let new: Vec<EntryToDeal> = all[31..].to_vec();
    let sheets = draw("hai", &new, &carried, 2).unwrap();
    let after = card(&dealt(&new, &sheets), &carried);
    assert!(after.heaviest - after.lightest <= 1, "{after:?}");
    assert!(sheets.iter().all(|sheet| sheet.place > 12));
}

#[test]
fn a_third_mark_goes_to_somebody_else() {
    let panel = judges(6);
    let given = entries(20);
    let mut done = dealt(&given, &draw("hai lượt", &given, &panel, 2).unwrap());
    done.truncate(7);
    let third = draw("lượt ba", &done, &panel, 3).unwrap();
    assert_eq!(third.len(), 7);
    assert!(third.iter().all(|sheet| sheet.pass == 3));
    sound(&dealt(&done, &third), 3);
}

/// The state after changes.
fn moved(entries: &[EntryToDeal], changes: &[super::Change]) -> Vec<EntryToDeal> {
    let mut entries = entries.to_vec();
    for change in changes {
        let entry = entries.iter_mut().find(|entry| entry.id == change.to.entry);
        let entry = entry.unwrap();
        let before = entry.sheets.len();
        entry
            .sheets
            .retain(|sheet| !(Some(sheet.judge) == change.from && sheet.pass == change.to.pass));
        assert_eq!(
            before - entry.sheets.len(),
            usize::from(change.from.is_some())
        );
    }
    let new: Vec<Dealt> = changes.iter().map(|change| change.to).collect();
    dealt(&entries, &new)
}

#[test]
fn a_late_judge_takes_over_from_the_ends_of_the_queues() {
    let given = entries(60);
    let panel = judges(5);
    let mut done = dealt(&given, &draw("đầu", &given, &panel, 2).unwrap());
    // Each judge has opened the first ten of the queue.
    for sheet in done.iter_mut().flat_map(|entry| &mut entry.sheets) {
        sheet.settled = sheet.place <= 10;
    }
    let joined = judges(6);
    let changes = redraw("thêm", &done, &joined, 2).unwrap();
    assert!(
        (19..=20).contains(&changes.len()),
        "the newcomer's share and no more"
    );
    assert!(changes.iter().all(|change| change.to.judge == 1006));
    let after = moved(&done, &changes);
    sound(&after, 2);
    let card = card(&after, &joined);
    assert!(card.heaviest - card.lightest <= 2, "{card:?}");
    for entry in &done {
        for sheet in entry.sheets.iter().filter(|sheet| sheet.settled) {
            let same = after.iter().find(|other| other.id == entry.id).unwrap();
            assert!(same.sheets.contains(sheet), "a settled sheet moved");
        }
    }
    assert_eq!(redraw("lại", &after, &joined, 2), Ok(Vec::new()));
}

#[test]
fn the_sheets_of_a_judge_who_leaves_are_shared_out_and_marks_given_stay() {
    let given = entries(60);
    let panel = judges(6);
    let mut done = dealt(&given, &draw("đầu", &given, &panel, 2).unwrap());
    for sheet in done.iter_mut().flat_map(|entry| &mut entry.sheets) {
        sheet.settled = sheet.place <= 5;
    }
    let left: Vec<JudgeLoad> = judges(6)
        .into_iter()
        .filter(|judge| judge.id != 1003)
        .collect();
    let changes = redraw("rút", &done, &left, 2).unwrap();
    assert_eq!(changes.len(), 15);
    assert!(changes.iter().all(|change| change.from == Some(1003)));
    let after = moved(&done, &changes);
    sound(&after, 2);
    let kept = after.iter().flat_map(|entry| &entry.sheets);
    assert_eq!(kept.filter(|sheet| sheet.judge == 1003).count(), 5);
    let card = card(&after, &left);
    assert_eq!((card.lightest, card.heaviest), (23, 23));
}

#[test]
fn a_judge_who_recuses_hands_over_that_entry_alone() {
    let given = entries(30);
    let panel = judges(5);
    let mut done = dealt(&given, &draw("đầu", &given, &panel, 2).unwrap());
    let judge = done[7].sheets[0].judge;
    done[7].conflicts.push(judge);
    let changes = redraw("xin không chấm", &done, &panel, 2).unwrap();
    let [change] = changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!((change.from, change.to.entry), (Some(judge), 8));
    sound(&moved(&done, &changes), 2);
}

#[test]
fn changes_of_the_panel_keep_every_rule() {
    let mut chance = Chance(3);
    for case in 0..80 {
        let size = chance.between(4, 9);
        let mut given = entries(chance.between(20, 70));
        for entry in &mut given {
            if chance.between(1, 6) == 1 {
                entry.conflicts.push(1000 + chance.between(1, size + 1));
            }
        }
        let panel = judges(size);
        let mut done = dealt(
            &given,
            &draw(&format!("{case}"), &given, &panel, 2).unwrap(),
        );
        // Up to half of every queue is opened; the rest is enough to level with.
        let opened = chance.between(0, given.len() as i64 / size) as u32;
        for sheet in done.iter_mut().flat_map(|entry| &mut entry.sheets) {
            sheet.settled = sheet.place <= opened;
        }
        let gone = 1000 + chance.between(1, size);
        let mut next = judges(size + 1);
        next.retain(|judge| judge.id != gone);
        let changes = redraw(&format!("{case} lại"), &done, &next, 2).unwrap();
        for change in &changes {
            let entry = done
                .iter()
                .find(|entry| entry.id == change.to.entry)
                .unwrap();
            let old = entry
                .sheets
                .iter()
                .find(|sheet| sheet.pass == change.to.pass)
                .unwrap();
            assert!(!old.settled, "{case}: {change:?}");
            assert!(Some(change.to.judge) != change.from);
        }
        let after = moved(&done, &changes);
        sound(&after, 2);
        let card = card(&after, &next);
        assert!(card.heaviest - card.lightest <= 2, "{case}: {card:?}");
    }
}

#[test]
fn a_whole_district_is_dealt_at_once() {
    let given = entries(13_461);
    let panel = judges(12);
    let sheets = draw("Quận Hoàn Kiếm", &given, &panel, 2).unwrap();
    assert_eq!(sheets.len(), 26_922);
    let mut by_entry: BTreeMap<i64, Vec<Sheet>> = BTreeMap::new();
    for sheet in &sheets {
        by_entry.entry(sheet.entry).or_default().push(Sheet {
            judge: sheet.judge,
            pass: sheet.pass,
            place: sheet.place,
            settled: false,
        });
    }
    let done: Vec<EntryToDeal> = by_entry
        .into_iter()
        .map(|(id, sheets)| EntryToDeal {
            id,
            sheets,
            ..EntryToDeal::default()
        })
        .collect();
    let Card {
        lightest,
        heaviest,
        rarest_pair,
        commonest_pair,
        connected,
        ..
    } = card(&done, &panel);
    assert_eq!((lightest, heaviest), (2243, 2244));
    assert!(commonest_pair - rarest_pair <= 2 && connected);
    // A thirteenth judge joins before anything is opened.
    let changes = redraw("thêm", &done, &judges(13), 2).unwrap();
    let share = 26_922 / 13;
    assert!((share - 2..=share).contains(&changes.len()));
}
