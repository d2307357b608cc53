//! Queues of units and blind codes.

use phach::db::Error;
use phach::db::copy;
use phach::db::copy::Readiness;
use phach::db::entry;
use phach::db::queue;

use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::version;

async fn rows(house: &House) -> Vec<String> {
    house
        .texts(
            "SELECT unit.code || ' ' || queue_entry.blind_code || ' version ' || CAST(entry_version.n AS TEXT)
                 || coalesce(' out ' || CAST(queue_entry.removed_at AS TEXT), '')
             FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id JOIN unit ON unit.id = queue.unit_id
             JOIN entry_version ON entry_version.id = queue_entry.version_id ORDER BY queue_entry.id",
        )
        .await
}

#[tokio::test]
async fn an_entry_that_comes_back_to_a_queue_keeps_its_blind_code() {
    on_both(async |house| {
        let (row, one) = house.entry("AAAA-AAAA-A").await;
        let (other, another) = house.entry("CCCC-CCCC-C").await;
        let next = version(&row, 2);
        let (hoan_kiem, ba_dinh) = (house.unit("hoan-kiem"), house.unit("ba-dinh"));
        let put = async |unit: i64, round: &str, entry: i64, version: i64, code: &str| {
            house
                .write(async |tx| queue::put(tx, unit, round, entry, version, code, NOW).await)
                .await
        };
        put(hoan_kiem, "vong-loai", row.id, one, "HK1")
            .await
            .unwrap();
        assert_eq!(rows(&house).await, ["hoan-kiem HK1 version 1"]);
        house
            .write(async |tx| queue::take_out(tx, row.id, NOW + 1).await)
            .await
            .unwrap();
        house
            .write(async |tx| queue::take_out(tx, row.id, NOW + 2).await)
            .await
            .unwrap();
        let out = format!("hoan-kiem HK1 version 1 out {}", NOW + 1);
        assert_eq!(rows(&house).await, [out.as_str()]);

        put(ba_dinh, "vong-loai", row.id, one, "BD1").await.unwrap();
        house
            .write(async |tx| entry::put_version(tx, &next, NOW).await)
            .await
            .unwrap();
        put(hoan_kiem, "vong-loai", row.id, next.id, "HK9")
            .await
            .unwrap();
        let both = rows(&house).await;
        assert_eq!(both, ["hoan-kiem HK1 version 2", "ba-dinh BD1 version 1"]);

        let no_round = put(hoan_kiem, "chung-khao", row.id, one, "X").await;
        assert!(matches!(no_round, Err(Error::Missing)), "{no_round:?}");
        let taken = put(hoan_kiem, "vong-loai", other.id, another, "HK1").await;
        let Err(Error::Sqlx(error)) = taken else {
            panic!("two entries with one blind code: {taken:?}");
        };
        assert!(phach::db::is_unique_violation(&error), "{error}");
        put(hoan_kiem, "vong-loai", other.id, another, "HK2")
            .await
            .unwrap();

        house
            .write(async |tx| queue::take_out(tx, row.id, NOW + 3).await)
            .await
            .unwrap();
        let left = rows(&house).await;
        assert_eq!(left.iter().filter(|row| row.contains("out")).count(), 2);
        left
    })
    .await;
}

#[tokio::test]
async fn a_queue_knows_the_units_an_entry_came_through() {
    on_both(async |house| {
        let (row, version) = house.entry("AAAA-AAAA-A").await;
        let units = async || {
            house
                .texts(
                    "SELECT source.code || coalesce(' from ' || origin.code, '') FROM queue_entry
                     JOIN unit AS source ON source.id = queue_entry.source_unit_id
                     LEFT JOIN unit AS origin ON origin.id = queue_entry.origin_unit_id",
                )
                .await
        };
        let put = async || {
            house
                .write(async |tx| {
                    let unit = house.unit("tp");
                    queue::put(tx, unit, "chung-khao", row.id, version, "TP1", NOW).await
                })
                .await
                .unwrap();
        };
        put().await;
        assert_eq!(units().await, ["hoan-kiem"]);
        let mut moved = row.clone();
        moved.unit_id = house.unit("ba-dinh");
        moved.origin_unit_id = Some(row.unit_id);
        house
            .write(async |tx| {
                copy::set_ready(tx, version, Readiness::Ready(NOW)).await?;
                entry::change(tx, &row, &moved).await
            })
            .await
            .unwrap();
        put().await;
        let ready = "SELECT coalesce(CAST(ready_at AS TEXT), '-') FROM queue_entry";
        assert_eq!(house.texts(ready).await, ["-"], "to be looked at anew");
        let both = units().await;
        assert_eq!(both, ["ba-dinh from hoan-kiem"]);
        both
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_is_set_aside_leaves_open_queues_and_no_locked_list() {
    on_both(async |house| {
        let essay = house.essay("hoan-kiem", "hoan-kiem", "HK1").await;
        let head = house.account("head@duthi.example").await;
        house
            .write(async |tx| {
                let unit = house.unit("tp");
                let (entry, version) = (essay.entry, essay.version);
                queue::put(tx, unit, "chung-khao", entry, version, "TP1", NOW).await
            })
            .await
            .unwrap();
        let list = house.propose(essay.queue, "một", &[], head).await;
        house.lock(&list).await.unwrap();
        house.take_out(&essay).await;
        let left = rows(&house).await;
        let out = format!("tp TP1 version 1 out {NOW}");
        assert_eq!(left, ["hoan-kiem HK1 version 1", out.as_str()]);
        left
    })
    .await;
}
