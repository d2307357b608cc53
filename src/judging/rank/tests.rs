//! Rankings are exact, ties are shown, and nothing is cut silently.

use std::collections::BTreeMap;

use super::Candidate;
use super::Cut;
use super::Mean;
use super::RankError;
use super::Ranking;
use super::Tie;
use super::cut;
use super::rank;
use crate::contest::Quarters;
use crate::contest::Role;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::plan::RoundKind;

fn round(marks: u32, ties: &[&str]) -> Round {
    Round {
        code: "so-khao".to_owned(),
        name: "Vòng sơ khảo".to_owned(),
        kind: RoundKind::Scored,
        level: vec!["quan".to_owned()],
        entry: RoundEntry::Intake,
        advance: None,
        marks,
        approvals: vec![Role::HeadJudge],
        ties: ties.iter().map(|tie| (*tie).to_owned()).collect(),
    }
}

fn marks(of: &[(&str, u32)]) -> BTreeMap<String, Quarters> {
    of.iter()
        .map(|(code, quarters)| ((*code).to_owned(), Quarters::new(*quarters)))
        .collect()
}

/// An entry whose sheets are pairs of quarters for criteria a and b.
fn candidate(id: i64, sheets: &[(u32, u32)]) -> Candidate {
    Candidate {
        id,
        code: format!("P{id:03}"),
        by_key: BTreeMap::new(),
        sheets: sheets
            .iter()
            .map(|(a, b)| marks(&[("a", *a), ("b", *b)]))
            .collect(),
    }
}

/// "place:id" from the best to the last.
fn told(ranking: &Ranking) -> String {
    let rows: Vec<String> = ranking
        .rows
        .iter()
        .map(|row| format!("{}:{}", row.place, row.id))
        .collect();
    rows.join(" ")
}

#[test]
fn equal_means_share_a_place_and_the_next_is_counted_on() {
    let entries = [
        candidate(1, &[(8, 8), (8, 8)]),
        candidate(2, &[(20, 20), (20, 20)]),
        candidate(3, &[(10, 20), (15, 15)]),
        candidate(4, &[(20, 10), (12, 18)]),
    ];
    let ranking = rank(&entries, &round(2, &[]), &[]).unwrap();
    assert_eq!(told(&ranking), "1:2 2:3 2:4 4:1");
    let ties: Vec<usize> = ranking.ties().map(<[_]>::len).collect();
    assert_eq!(ties, [2]);
}

#[test]
fn a_mean_is_exact_however_many_marks_there_are() {
    let mean = |quarters: u64, marks: u32| Mean { quarters, marks };
    assert_eq!(mean(5, 2), mean(10, 4));
    assert!(mean(100, 3) > mean(133, 4));
    assert!(mean(u64::MAX, u32::MAX) < mean(u64::MAX, u32::MAX - 1));
    let check = |quarters: u64, marks: u32, want: &str| {
        assert_eq!(mean(quarters, marks).to_string(), want);
    };
    check(61, 2, "7,625");
    check(60, 2, "7,5");
    check(56, 2, "7");
    check(92, 3, "7,667");
    check(1, 8, "0,031");
    check(0, 2, "0");
    // Three marks of 7.75 against two: the same mean, so a tie; a hundredth of a point would not be.
    let entries = [
        candidate(1, &[(31, 0), (31, 0), (31, 0)]),
        candidate(2, &[(31, 0), (31, 0)]),
    ];
    let ranking = rank(&entries, &round(2, &[]), &[]).unwrap();
    assert_eq!(told(&ranking), "1:1 1:2");
}

#[test]
fn a_tie_is_broken_by_the_criteria_of_the_plan_in_their_order() {
    let entries = [
        candidate(1, &[(10, 30), (10, 30)]),
        candidate(2, &[(20, 20), (20, 20)]),
        candidate(3, &[(30, 10), (10, 30)]),
        candidate(4, &[(5, 5), (5, 5)]),
    ];
    let check = |ties: &[&str], want: &str| {
        let ranking = rank(&entries, &round(2, ties), &[]).unwrap();
        assert_eq!(told(&ranking), want, "{ties:?}");
    };
    check(&[], "1:1 1:2 1:3 4:4");
    check(&["a"], "1:2 1:3 3:1 4:4");
    check(&["b"], "1:1 2:2 2:3 4:4");
    check(&["a", "b"], "1:2 1:3 3:1 4:4");
}

#[test]
fn marks_from_the_key_count_once_with_every_sheet() {
    let mut one = candidate(1, &[(10, 10), (12, 12)]);
    one.by_key = marks(&[("key", 8)]);
    let two = candidate(2, &[(15, 15), (15, 15)]);
    let ranking = rank(&[one.clone(), two], &round(2, &[]), &[]).unwrap();
    assert_eq!(told(&ranking), "1:1 1:2", "22 + 8 = 30");
    let mut three = candidate(3, &[(15, 12), (15, 12)]);
    three.by_key = marks(&[("key", 3)]);
    let ranking = rank(&[one, three], &round(2, &["key"]), &[]).unwrap();
    assert_eq!(told(&ranking), "1:1 2:3");
}

#[test]
fn the_head_judge_orders_equal_entries_and_only_those() {
    let entries = [
        candidate(1, &[(10, 10)]),
        candidate(2, &[(10, 10)]),
        candidate(3, &[(10, 10)]),
        candidate(4, &[(30, 10)]),
    ];
    let check = |orders: &[&[i64]], want: &str| {
        let orders: Vec<Vec<i64>> = orders.iter().map(|order| order.to_vec()).collect();
        let ranking = rank(&entries, &round(1, &[]), &orders).unwrap();
        assert_eq!(told(&ranking), want, "{orders:?}");
    };
    check(&[], "1:4 2:1 2:2 2:3");
    check(&[&[3, 1, 2]], "1:4 2:3 3:1 4:2");
    check(&[&[3, 1, 2], &[2, 3, 1]], "1:4 2:2 3:3 4:1");
    // An order that lacks one of the equal entries decides nothing; one that holds others besides decides.
    check(&[&[3, 1]], "1:4 2:1 2:2 2:3");
    check(&[&[3, 1, 2], &[2, 1]], "1:4 2:3 3:1 4:2");
    check(&[&[2, 9, 1, 4, 3]], "1:4 2:2 3:1 4:3");
    let orders = [vec![3, 1, 2]];
    let ranking = rank(&entries, &round(1, &[]), &orders).unwrap();
    let ordered: Vec<bool> = ranking.rows.iter().map(|row| row.ordered).collect();
    assert_eq!(ordered, [false, true, true, true]);
}

#[test]
fn an_entry_without_its_marks_is_not_ranked() {
    let entries = [
        candidate(1, &[(1, 1), (1, 1)]),
        candidate(2, &[(1, 1)]),
        candidate(3, &[]),
    ];
    let error = rank(&entries, &round(2, &[]), &[]).unwrap_err();
    assert_eq!(
        error,
        RankError::TooFewMarks {
            entries: vec![2, 3]
        }
    );
    // A round that asks for none is no excuse to divide by none.
    let error = rank(&entries, &round(0, &[]), &[]).unwrap_err();
    assert_eq!(error, RankError::TooFewMarks { entries: vec![3] });
    let twice = [candidate(1, &[(1, 1)]), candidate(1, &[(1, 1)])];
    let error = rank(&twice, &round(1, &[]), &[]).unwrap_err();
    assert_eq!(error, RankError::Twice { id: 1 });
    assert_eq!(rank(&[], &round(2, &[]), &[]), Ok(Ranking::default()));
}

#[test]
fn a_tie_at_the_cut_is_never_cut_silently() {
    let entries: Vec<Candidate> = [40, 30, 30, 30, 20]
        .iter()
        .zip(1..)
        .map(|(quarters, id)| candidate(id, &[(*quarters, 0)]))
        .collect();
    let check = |n: Option<u32>, orders: &[Vec<i64>], want: Cut| {
        let ranking = rank(&entries, &round(1, &[]), orders).unwrap();
        let cut = cut(&ranking, n);
        assert_eq!(cut, Cut { n, ..want });
        assert_eq!(cut.is_whole(), cut.unresolved.is_none());
        assert!(n.is_none_or(|n| cut.taken.len() <= n as usize));
    };
    let taken = |taken: &[i64]| Cut {
        taken: taken.to_vec(),
        ..Cut::default()
    };
    let tied = |room: u32| Cut {
        unresolved: Some(Tie {
            place: 2,
            entries: vec![2, 3, 4],
            room,
        }),
        ..taken(&[1])
    };
    check(Some(1), &[], taken(&[1]));
    check(Some(2), &[], tied(1));
    check(Some(3), &[], tied(2));
    check(Some(4), &[], taken(&[1, 2, 3, 4]));
    check(Some(5), &[], taken(&[1, 2, 3, 4, 5]));
    check(None, &[], taken(&[1, 2, 3, 4, 5]));
    check(Some(0), &[], taken(&[]));
    let short = Cut {
        short: 3,
        ..taken(&[1, 2, 3, 4, 5])
    };
    check(Some(8), &[], short);
    check(Some(2), &[vec![4, 2, 3]], taken(&[1, 4]));
    check(Some(3), &[vec![4, 2, 3]], taken(&[1, 4, 2]));
    check(Some(2), &[vec![4, 2]], tied(1));
}

#[test]
fn the_ranking_equals_a_naive_model() {
    // Splitmix64, so that the cases are the same everywhere.
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % below
    };
    let mut tied = 0;
    for case in 0..200 {
        let entries: Vec<Candidate> = (0..1 + next(30) as i64)
            .map(|id| {
                let sheets: Vec<(u32, u32)> = (0..1 + next(4))
                    .map(|_| (next(4) as u32, next(4) as u32))
                    .collect();
                let mut entry = candidate(id, &sheets);
                entry.by_key = marks(&[("key", next(2) as u32)]);
                entry
            })
            .collect();
        let ties = [&[][..], &["a"], &["b", "a"], &["key"]][next(4) as usize];
        let ranking = rank(&entries, &round(1, ties), &[]).unwrap();
        // Twelfths of a quarter hold every mean of one to four marks as a whole number.
        let twelfths = |entry: &Candidate, criterion: Option<&str>| -> u32 {
            let wanted = |code: &str| criterion.is_none_or(|criterion| criterion == code);
            let sum = |sheet: &BTreeMap<String, Quarters>| -> u32 {
                let marks = sheet.iter().filter(|(code, _)| wanted(code));
                marks.map(|(_, mark)| mark.get()).sum()
            };
            let sheets: u32 = entry.sheets.iter().map(sum).sum();
            12 * sheets / entry.sheets.len() as u32 + 12 * sum(&entry.by_key)
        };
        let key = |entry: &Candidate| -> Vec<u32> {
            let criteria = ties.iter().map(|tie| Some(*tie));
            let all = [None].into_iter().chain(criteria);
            all.map(|criterion| twelfths(entry, criterion)).collect()
        };
        for row in &ranking.rows {
            let own = entries.iter().find(|entry| entry.id == row.id).unwrap();
            let better = entries.iter().filter(|other| key(other) > key(own)).count();
            assert_eq!(
                row.place as usize,
                better + 1,
                "case {case}, entry {}",
                row.id
            );
        }
        assert!(ranking.rows.is_sorted_by_key(|row| row.place));
        let n = next(entries.len() as u64 + 3) as u32;
        let cut = cut(&ranking, Some(n));
        tied += u32::from(!cut.is_whole());
        let in_doubt = cut.unresolved.as_ref();
        let (room, waiting) = in_doubt.map_or((0, 0), |tie| (tie.room, tie.entries.len()));
        let full = n.min(entries.len() as u32);
        assert_eq!(cut.taken.len() as u32 + room, full, "case {case}");
        assert!(waiting == 0 || waiting > room as usize, "case {case}");
        assert_eq!(cut.short, n.saturating_sub(entries.len() as u32));
    }
    assert!(tied > 20, "{tied} cases had a tie at the cut");
}
