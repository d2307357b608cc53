//! Lots: what they deal, what they leave, and whom they never deal to.

use super::bench::Bench;
use super::bench::NOW;
use super::bench::scored;
use super::bench::screening;
use super::refused;
use super::ruled;
use crate::contest::role::Role;
use crate::db::copy::Readiness;
use crate::db::judge;
use crate::desk::tests::fixture::Case;
use crate::entry::FlagKind;
use crate::jury::sheet;
use crate::words::jury::Refusal;

#[tokio::test]
async fn a_second_lot_deals_only_what_is_new() {
    let bench = Bench::new(&scored(), 3).await;
    let mut essays = Vec::new();
    for _ in 0..3 {
        essays.push(bench.essay().await);
    }
    assert_eq!(bench.draw(NOW).await.expect("drawn").sheets, 6);
    for essay in &essays {
        assert_eq!(bench.dealt_to(essay).await.len(), 2, "two judges each");
    }
    let before = bench
        .write(async |tx| judge::dealt(tx, bench.queue).await)
        .await;
    refused(bench.draw(NOW + 1).await, Refusal::NothingToDeal);
    let late = bench.essay().await;
    assert_eq!(bench.draw(NOW + 2).await.expect("drawn").sheets, 2);
    assert_eq!(bench.dealt_to(&late).await.len(), 2);
    let after = bench
        .write(async |tx| judge::dealt(tx, bench.queue).await)
        .await;
    assert!(before.iter().all(|sheet| after.contains(sheet)));
    let lots = judge::lots(&bench.house.db, bench.queue)
        .await
        .expect("lots");
    let sheets: Vec<i64> = lots.iter().map(|lot| lot.sheets).collect();
    assert_eq!(sheets, [6, 2], "only what dealt something is on record");
    assert_ne!(lots[0].seed, lots[1].seed);
}

#[tokio::test]
async fn what_waits_or_does_not_take_part_is_not_dealt() {
    let bench = Bench::new(&scored(), 2).await;
    let case = Case::default();
    let waits = bench.unread(&case).await;
    let out = bench.unread(&case).await;
    bench.ready(&out, Readiness::Out).await;
    refused(bench.draw(NOW).await, Refusal::NothingToDeal);
    let ready = bench.essay().await;
    assert_eq!(bench.draw(NOW).await.expect("drawn").sheets, 2);
    assert_eq!(bench.dealt_to(&ready).await, bench.judges);
    for essay in [waits, out] {
        assert!(bench.dealt_to(&essay).await.is_empty());
    }
}

#[tokio::test]
async fn nobody_gets_an_entry_of_their_own_unit_or_one_they_declared() {
    let bench = Bench::new(&scored(), 2).await;
    let ward = bench.member("Phường", "hoan-kiem", Role::Judge).await;
    bench
        .member("Phường", "hoan-kiem.hang-bac", Role::Secretary)
        .await;
    let through = Case {
        origin: Some("hoan-kiem.hang-bac"),
        ..Case::default()
    };
    let mut of_the_ward = Vec::new();
    for _ in 0..4 {
        of_the_ward.push(bench.essay_of(&through).await);
    }
    bench.draw(NOW).await.expect("drawn");
    for essay in &of_the_ward {
        assert_eq!(bench.dealt_to(essay).await, bench.judges);
    }
    let other = bench.essay().await;
    bench.draw(NOW + 1).await.expect("drawn");
    assert!(
        bench.dealt_to(&other).await.contains(&ward),
        "who has least to do"
    );

    let unit = bench.house.unit("hoan-kiem.hang-bac");
    let declared = bench.judges[0];
    bench
        .write(async |tx| judge::barred(tx, declared, unit, NOW).await)
        .await;
    let one_more = bench.essay_of(&through).await;
    ruled(bench.draw(NOW + 2).await, &[&one_more.code]);
}

#[tokio::test]
async fn whoever_asked_not_to_mark_an_entry_never_gets_it_again() {
    let bench = Bench::new(&scored(), 3).await;
    let essay = bench.essay().await;
    bench.draw(NOW).await.expect("drawn");
    let first = bench.sheets(&essay).await.remove(0);
    sheet::flag(&bench.house.db, &first, FlagKind::Recuse, "", NOW)
        .await
        .expect("excused");
    let left = bench.dealt_to(&essay).await;
    assert_eq!(left.len(), 1);
    assert_eq!(bench.draw(NOW + 1).await.expect("drawn").sheets, 1);
    let again = bench.dealt_to(&essay).await;
    assert_eq!(again.len(), 2);
    assert!(!again.contains(&first.account_id));
    assert!(again.contains(&left[0]));
}

#[tokio::test]
async fn whoever_decides_where_judges_differ_gives_no_first_word() {
    for (plan, dealt) in [(screening(), false), (scored(), true)] {
        let bench = Bench::new(&plan, 2).await;
        let head = bench.head;
        bench.member("Trưởng", "hoan-kiem", Role::Judge).await;
        let mut to_the_head = false;
        let mut essays = Vec::new();
        for _ in 0..3 {
            essays.push(bench.essay().await);
        }
        bench.draw(NOW).await.expect("drawn");
        for essay in &essays {
            to_the_head |= bench.dealt_to(essay).await.contains(&head);
        }
        assert_eq!(to_the_head, dealt, "{:?}", plan.rounds[0].kind);
    }
}

#[tokio::test]
async fn without_enough_judges_nothing_is_dealt() {
    let bench = Bench::new(&scored(), 1).await;
    let essay = bench.essay().await;
    ruled(bench.draw(NOW).await, &[&essay.code]);
    assert!(bench.dealt_to(&essay).await.is_empty());
}
