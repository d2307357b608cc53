//! Queues of units and blind codes.

use phach::db::Error;
use phach::db::copy;
use phach::db::copy::Readiness;
use phach::db::entry;
use phach::db::judge;
use phach::db::queue;
use phach::entry::FlagKind;

use super::bench::Essay;
use super::bench::line;
use super::bench::room;
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
        let stands = async |entry: i64| {
            house
                .write(async |tx| queue::on_locked_list(tx, entry).await)
                .await
                .unwrap()
        };
        let other = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        assert_eq!(
            [stands(essay.entry).await, stands(other.entry).await],
            [true, false]
        );
        house.take_out(&essay).await;
        house.take_out(&other).await;
        let left = rows(&house).await;
        let out = |row: &str| format!("{row} version 1 out {NOW}");
        assert_eq!(
            left,
            [
                "hoan-kiem HK1 version 1".into(),
                out("tp TP1"),
                out("ba-dinh BD1")
            ]
        );
        let again = house
            .write(async |tx| {
                let unit = house.unit("hoan-kiem");
                let (entry, version) = (other.entry, other.version);
                queue::put(tx, unit, "vong-loai", entry, version, "HK2", NOW).await
            })
            .await
            .unwrap();
        assert!(!again, "a locked list takes nobody in");
        left
    })
    .await;
}

#[tokio::test]
async fn a_locked_list_says_whose_entries_go_on_and_with_what_prize() {
    on_both(async |house| {
        let one = house.essay("tp", "hoan-kiem", "TP1").await;
        let two = house.essay("tp", "ba-dinh", "TP2").await;
        let three = house.essay("tp", "ba-dinh", "TP3").await;
        let head = house.account("head@duthi.example").await;
        let mut by_hand = line(&three, 2, 80, true);
        by_hand.reason = "Có sáng kiến".to_owned();
        let lines = [by_hand, line(&two, 3, 70, false), line(&one, 1, 90, true)];
        let list = house.propose(one.queue, "một", &lines, head).await;
        house
            .write(async |tx| judge::put_award(tx, list.id, one.id, "giai-nhat").await)
            .await
            .unwrap();
        let taken = queue::taken(&house.db, list.id).await.unwrap();
        let whose: Vec<_> = taken
            .iter()
            .map(|line| (line.queue_entry_id, line.entry_id, line.version_id))
            .collect();
        let of = |essay: &Essay| (essay.id, essay.entry, essay.version);
        assert_eq!(whose, [of(&one), of(&three)], "best first");
        assert_eq!(queue::taken(&house.db, 1).await.unwrap(), []);
        taken
            .into_iter()
            .map(|line| {
                (
                    line.place,
                    line.ordinal,
                    line.quarters,
                    line.marks,
                    line.reason,
                    line.prize,
                )
            })
            .collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn a_raised_hand_leads_the_secretariat_to_the_entry() {
    on_both(async |house| {
        let (_, [one, _], [sheet, _]) = room(&house).await;
        let flag = house
            .write(async |tx| judge::flag_sheet(tx, sheet, FlagKind::Exposed, "có tên", NOW).await)
            .await
            .unwrap()
            .unwrap();
        let raised = queue::flag(&house.db, flag).await.unwrap();
        assert_eq!(raised.entry_id, one.entry);
        assert_eq!(raised.taken_back_at, None);
        house
            .write(async |tx| judge::take_flag_back(tx, sheet, flag, NOW + 1).await)
            .await
            .unwrap();
        let down = queue::flag(&house.db, flag).await.unwrap();
        assert_eq!(down.taken_back_at, Some(NOW + 1));
        let nowhere = queue::flag(&house.db, 1).await;
        assert!(matches!(nowhere, Err(Error::Missing)), "{nowhere:?}");
        (raised.kind, raised.note)
    })
    .await;
}
