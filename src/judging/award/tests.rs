//! Prizes are given from the best down, once to a person, and no border is crossed by chance.

use std::collections::BTreeMap;

use super::Awards;
use super::Border;
use super::Outcome;
use super::award;
use crate::contest::plan::Plan;
use crate::contest::plan::Prize;
use crate::judging::rank::Mean;
use crate::judging::rank::Ranking;
use crate::judging::rank::Row;

/// A ranking by places: entry 1 has the first of them, and so on.
fn ranking(places: &[u32]) -> Ranking {
    let rows = places.iter().zip(1..).map(|(place, id)| Row {
        place: *place,
        id,
        code: format!("P{id:03}"),
        mean: Mean {
            quarters: 1000 - u64::from(*place),
            marks: 1,
        },
        ties: Vec::new(),
        ordered: false,
    });
    Ranking {
        rows: rows.collect(),
    }
}

fn prizes(counts: &[u32]) -> Vec<Prize> {
    let prize = |(count, code): (&u32, char)| Prize {
        code: code.to_string(),
        name: code.to_string(),
        collective: false,
        count: *count,
        amount: None,
    };
    counts.iter().zip('A'..).map(prize).collect()
}

/// One letter an entry: the prize, = for a tie at a border, " for the same person, . for none.
fn told(awards: &Awards) -> String {
    let letter = |outcome: &Outcome| match outcome {
        Outcome::Prize(code) => code.clone(),
        Outcome::Tied => "=".to_owned(),
        Outcome::SamePerson { .. } => "\"".to_owned(),
        Outcome::None => ".".to_owned(),
    };
    awards
        .lines
        .iter()
        .map(|line| letter(&line.outcome))
        .collect()
}

fn simply(places: &[u32], counts: &[u32]) -> Awards {
    let none = BTreeMap::new();
    award(
        &ranking(places),
        &prizes(counts),
        &none,
        &BTreeMap::new(),
        &[],
    )
}

#[test]
fn ha_noi_gives_three_seven_twenty_and_thirty_five_prizes() {
    let text = include_str!("../../../config/contests/hanoi-2019.toml");
    let plan: Plan = crate::contest::file::parse(text).0.unwrap();
    let places: Vec<u32> = (1..=200).collect();
    let none = BTreeMap::new();
    let awards = award(
        &ranking(&places),
        &plan.prizes,
        &none,
        &BTreeMap::new(),
        &[],
    );
    let with = |code: &str| -> Vec<i64> {
        let lines = awards
            .lines
            .iter()
            .filter(|line| line.prize() == Some(code));
        lines.map(|line| line.entry).collect()
    };
    let range = |from: i64, to: i64| -> Vec<i64> { (from..=to).collect() };
    assert_eq!(with("giai-nhat"), range(1, 3));
    assert_eq!(with("giai-nhi"), range(4, 10));
    assert_eq!(with("giai-ba"), range(11, 30));
    assert_eq!(with("giai-khuyen-khich"), range(31, 65));
    let all = awards.lines.iter().filter(|line| line.prize().is_some());
    assert_eq!((all.count(), awards.lines.len()), (65, 200));
    assert!(awards.borders.is_empty() && awards.unfilled.is_empty());
}

#[test]
fn a_tie_below_one_prize_is_harmless_and_one_at_a_border_waits() {
    /// Place, entries, seats.
    type Told<'t> = (u32, &'t [i64], &'t [(&'t str, u32)]);
    let check = |places: &[u32], want: &str, borders: &[Told]| {
        let awards = simply(places, &[1, 2, 2]);
        assert_eq!(told(&awards), want, "{places:?}");
        let wanted: Vec<Border> = borders
            .iter()
            .map(|(place, entries, seats)| Border {
                place: *place,
                entries: entries.to_vec(),
                seats: seats
                    .iter()
                    .map(|(code, n)| ((*code).to_owned(), *n))
                    .collect(),
            })
            .collect();
        assert_eq!(awards.borders, wanted, "{places:?}");
    };
    check(&[1, 2, 3, 4, 5, 6], "ABBCC.", &[]);
    check(&[1, 2, 2, 4, 4, 6], "ABBCC.", &[]);
    check(
        &[1, 1, 3, 4, 5, 6],
        "==BCC.",
        &[(1, &[1, 2], &[("A", 1), ("B", 1)])],
    );
    check(
        &[1, 2, 3, 3, 5, 6],
        "AB==C.",
        &[(3, &[3, 4], &[("B", 1), ("C", 1)])],
    );
    check(&[1, 2, 3, 4, 5, 5], "ABBC==", &[(5, &[5, 6], &[("C", 1)])]);
    check(&[1, 2, 3, 4, 5, 6, 6], "ABBCC..", &[]);
    let all = [("A", 1), ("B", 2), ("C", 2)];
    check(
        &[1, 1, 1, 1, 1, 1],
        "======",
        &[(1, &[1, 2, 3, 4, 5, 6], &all)],
    );
    check(
        &[1, 1, 3, 3, 5, 5],
        "======",
        &[
            (1, &[1, 2], &[("A", 1), ("B", 1)]),
            (3, &[3, 4], &[("B", 1), ("C", 1)]),
            (5, &[5, 6], &[("C", 1)]),
        ],
    );
}

#[test]
fn the_head_judge_resolves_a_border_and_nobody_else_moves() {
    let places = [1, 2, 3, 3, 3, 6];
    let with = |orders: &[Vec<i64>]| {
        let none = BTreeMap::new();
        award(
            &ranking(&places),
            &prizes(&[1, 2, 1]),
            &none,
            &BTreeMap::new(),
            orders,
        )
    };
    assert_eq!(told(&with(&[])), "AB===.");
    assert_eq!(told(&with(&[vec![5, 3, 4]])), "ABC.B.");
    assert_eq!(told(&with(&[vec![5, 3, 4], vec![4, 5, 3]])), "AB.BC.");
    assert_eq!(told(&with(&[vec![5, 3]])), "AB===.");
    assert!(with(&[vec![5, 3, 4]]).borders.is_empty());
}

#[test]
fn nobody_gets_two_individual_prizes() {
    let persons = |of: &[(i64, &str)]| -> BTreeMap<i64, String> {
        of.iter()
            .map(|(id, person)| (*id, (*person).to_owned()))
            .collect()
    };
    let check = |places: &[u32], of: &[(i64, &str)], want: &str| {
        let none = BTreeMap::new();
        let awards = award(&ranking(places), &prizes(&[1, 2]), &persons(of), &none, &[]);
        assert_eq!(told(&awards), want, "{places:?} {of:?}");
        awards
    };
    check(&[1, 2, 3, 4], &[], "ABB.");
    check(&[1, 2, 3, 4], &[(1, "x"), (2, "x")], "A\"BB");
    check(&[1, 2, 3, 4], &[(1, "x"), (2, "x"), (3, "x")], "A\"\"B");
    check(&[1, 2, 3, 4], &[(1, "x"), (4, "x")], "ABB\"");
    check(&[1, 2, 3, 4, 5], &[(4, "x"), (5, "x")], "ABB..");
    // Two equal entries of one person are one candidate, so the border disappears.
    check(&[1, 1, 3, 4], &[(1, "x"), (2, "x")], "A\"BB");
    let awards = check(&[1, 1, 1, 4], &[(1, "x"), (3, "x")], "==\"B");
    assert_eq!(awards.borders[0].entries, [1, 2]);
    assert_eq!(awards.lines[2].outcome, Outcome::SamePerson { entry: 1 });
    // Somebody who waits at a border does not win below it meanwhile.
    check(&[1, 1, 3, 4], &[(2, "x"), (3, "x")], "==\"B");
}

#[test]
fn prizes_may_stay_unfilled() {
    let few = simply(&[1, 2], &[1, 2, 3]);
    assert_eq!(told(&few), "AB");
    assert_eq!(few.unfilled, [("B".to_owned(), 1), ("C".to_owned(), 3)]);
    let withheld = BTreeMap::from([("A".to_owned(), 1), ("C".to_owned(), 9)]);
    let none = BTreeMap::new();
    let places = [1, 2, 3, 4];
    let without_first = award(
        &ranking(&places),
        &prizes(&[1, 2, 3]),
        &none,
        &withheld,
        &[],
    );
    assert_eq!(told(&without_first), "BB..");
    let unfilled = [("A".to_owned(), 1), ("C".to_owned(), 3)];
    assert_eq!(without_first.unfilled, unfilled);
    assert_eq!(told(&simply(&[], &[1])), "");
    let mut units = prizes(&[1]);
    units[0].collective = true;
    let awards = award(&ranking(&[1]), &units, &none, &BTreeMap::new(), &[]);
    assert_eq!((told(&awards), awards.unfilled.len()), (".".to_owned(), 0));
}

#[test]
fn every_seat_is_given_withheld_or_waits_at_a_border() {
    let mut state = 11_u64;
    let mut next = |below: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % below
    };
    for case in 0..300 {
        let mut places = Vec::new();
        let entries = next(40) as u32;
        while (places.len() as u32) < entries {
            let place = places.len() as u32 + 1;
            places.extend((0..1 + next(4)).map(|_| place));
        }
        let counts = [3, 7, 20, 35].map(|most| next(most + 1) as u32);
        let persons: BTreeMap<i64, String> = (1..=places.len() as i64)
            .map(|id| (id, format!("{}", next(50))))
            .collect();
        let none = BTreeMap::new();
        let awards = award(&ranking(&places), &prizes(&counts), &persons, &none, &[]);
        let given = awards
            .lines
            .iter()
            .filter(|line| line.prize().is_some())
            .count() as u32;
        let waiting: u32 = awards
            .borders
            .iter()
            .flat_map(|border| &border.seats)
            .map(|(_, n)| n)
            .sum();
        let unfilled: u32 = awards.unfilled.iter().map(|(_, n)| n).sum();
        assert_eq!(
            given + waiting + unfilled,
            counts.iter().sum::<u32>(),
            "case {case}"
        );
        // No person twice among those who have or may yet have a prize.
        let holders = awards
            .lines
            .iter()
            .filter(|line| matches!(line.outcome, Outcome::Prize(_) | Outcome::Tied));
        let mut named: Vec<&String> = holders.map(|line| &persons[&line.entry]).collect();
        let all = named.len();
        named.sort();
        named.dedup();
        assert_eq!(named.len(), all, "case {case}");
        // The better place never has the lesser prize.
        let codes: Vec<&str> = awards
            .lines
            .iter()
            .filter_map(|line| line.prize())
            .collect();
        assert!(codes.is_sorted(), "case {case}: {codes:?}");
    }
}
