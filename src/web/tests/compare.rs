//! The page Đối chiếu shows a clerk what concerns the clerk's units, and of other units' essays nothing but the passages
//! that stand in one's own.

use std::sync::Arc;

use axum::http::StatusCode;

use super::SECRETARY;
use super::app;
use super::enter;
use super::get;
use super::text;
use crate::clock;
use crate::config::Config;
use crate::db;
use crate::db::job::JobKind;
use crate::db::job::Lane;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::DEADLINE;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::entry::EntryState;
use crate::job::Ctx;
use crate::job::compare::arrival;

const URL: &str = "http://127.0.0.1:8080";

/// Sixty syllables in an order that follows from `seed`.
fn paragraph(seed: usize) -> String {
    const SYLLABLES: [&str; 11] = [
        "hồ",
        "phường",
        "giấy",
        "mẹ",
        "sáng",
        "biên",
        "tem",
        "máy",
        "nắng",
        "trường",
        "sông",
    ];
    let words = (0..60).map(|n| SYLLABLES[(n * n * (seed + 2) + n * seed + n / 7) % 11]);
    words.collect::<Vec<_>>().join(" ")
}

async fn entry(house: &House, unit: &str, name: &str, text: &str, minutes: i64) -> i64 {
    let case = Case {
        unit,
        name,
        text,
        state: EntryState::Queued,
        received: DEADLINE - 86_400_000 + minutes * 60_000,
        ..Case::default()
    };
    house.entry(&case).await
}

async fn compare(house: &House) {
    let config: Config = toml::from_str("").expect("settings");
    let ctx = Ctx::new(house.db.clone(), Arc::new(config));
    let mut tx = house.db.begin().await.expect("begin");
    db::job::put(&mut tx, JobKind::Compare, house.standing.contest, 1, 0)
        .await
        .expect("a job");
    tx.commit().await.expect("commit");
    let job = db::job::claim(&house.db, Lane::Quick, clock::now(), 60_000)
        .await
        .expect("jobs");
    arrival::run(&ctx, &job.expect("a job"))
        .await
        .expect("compared");
}

#[tokio::test]
async fn of_another_units_essay_only_the_passages_of_ones_own_are_shown() {
    let house = house().await;
    let (one, two, three) = (paragraph(1), paragraph(2), paragraph(3));
    let first = format!(
        "{one}\n{two}\n{three}\nĐoạn kín của bài đầu: {}",
        paragraph(4)
    );
    let first = entry(&house, "dong-da", "Nguyễn Văn An", &first, 0).await;
    // Theirs has all of the first one but its last paragraph, and a paragraph that ours has not.
    let theirs = format!("{one}\n{two}\n{three}");
    let theirs = entry(&house, "dong-da", "Trần Thị Bình", &theirs, 1).await;
    let ours = format!("{one}\n{two}\nĐoạn riêng của bài mình.");
    let ours = entry(&house, "hoan-kiem", "Lê Văn Cường", &ours, 2).await;
    let alone = entry(&house, "dong-da", "Phạm Thị Dung", &paragraph(7), 3).await;
    compare(&house).await;
    let app = app(&house, URL);
    let cookie = enter(&house, &app, SECRETARY).await;
    let page = async |path: &str| text(get(&app, path, &cookie).await).await;

    let own = page(&format!("/doi-chieu/{ours}")).await;
    assert!(
        own.contains("Đoạn riêng của bài mình"),
        "one's own is shown in full"
    );
    assert!(own.contains(&one[..40]), "with what it shares");
    for hidden in ["Đoạn kín", &three[..60], "Nguyễn Văn An", "Trần Thị Bình"] {
        assert!(!own.contains(hidden), "{hidden} is another unit's");
    }
    assert!(own.contains("bài của đơn vị khác"));

    // What two essays of another unit have from each other.
    for path in [
        format!("/doi-chieu/{first}?bai={theirs}"),
        format!("/doi-chieu/{first}?bai={theirs}&voi={first}"),
    ] {
        let others = page(&path).await;
        for hidden in [&one[..40], &three[..60], "Đoạn kín", "Trần Thị Bình"] {
            assert!(!others.contains(hidden), "{hidden} on {path}");
        }
        assert!(others.contains("Cả hai bài đều thuộc đơn vị khác"));
    }
    let nobodys = get(&app, &format!("/doi-chieu/{alone}"), &cookie).await;
    assert_eq!(nobodys.status(), StatusCode::NOT_FOUND);
}
