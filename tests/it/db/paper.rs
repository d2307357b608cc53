//! Papers of a unit: kept, found within a scope, made anew in place of the old; and the counts that stand in them.

use phach::db;
use phach::db::paper;
use phach::db::paper::NewPaper;
use phach::db::view::Scope;
use phach::entry::EntryState;
use phach::entry::Timeliness;

use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn a_paper_is_its_units_and_a_new_one_takes_the_place_of_the_old() {
    on_both(async |house| {
        let scope = |code: &str| Scope {
            contest: house.contest,
            units: vec![house.unit(code)],
        };
        let put = async |about: &str, name: &str, blob: &str, now: i64| {
            let new = NewPaper {
                contest: house.contest,
                unit: house.unit("hoan-kiem"),
                about,
                name,
                media_type: "application/octet-stream",
                blob,
                size: 7,
            };
            house
                .write(async |tx| paper::put(tx, &new, now).await)
                .await
                .unwrap();
        };
        put("handover/1", "danh-sach.xlsx", "old", NOW).await;
        put("handover/1", "cong-van.docx", "letter", NOW).await;
        put("handover/2", "danh-sach.xlsx", "other", NOW).await;
        put("handover/1", "danh-sach.xlsx", "new", NOW + 5).await;
        let all = paper::of_units(&house.db, &scope("hoan-kiem"))
            .await
            .unwrap();
        let found: Vec<(String, String)> = all
            .iter()
            .map(|paper| (paper.name.clone(), paper.blob.clone()))
            .collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0], ("danh-sach.xlsx".into(), "new".into()));
        assert_eq!(
            paper::of_units(&house.db, &scope("ba-dinh")).await.unwrap(),
            []
        );
        let one = paper::get(&house.db, &scope("hoan-kiem"), all[0].id)
            .await
            .unwrap();
        assert_eq!(one, all[0]);
        let elsewhere = paper::get(&house.db, &scope("ba-dinh"), all[0].id).await;
        assert!(matches!(elsewhere, Err(db::Error::Missing)));
        found
    })
    .await;
}

#[tokio::test]
async fn counts_tell_what_came_and_what_takes_part() {
    on_both(async |house| {
        for (code, state, timeliness) in [
            ("AAAA-AAAA-A", EntryState::Queued, Timeliness::OnTime),
            ("CCCC-CCCC-C", EntryState::Queued, Timeliness::Accepted),
            ("DDDD-DDDD-D", EntryState::Queued, Timeliness::Late),
            ("EEEE-EEEE-E", EntryState::Held, Timeliness::OnTime),
        ] {
            let (entry, _) = house.entry(code).await;
            let changed = db::entry::Entry {
                state,
                timeliness,
                ..entry.clone()
            };
            house
                .write(async |tx| db::entry::change(tx, &entry, &changed).await)
                .await
                .unwrap();
        }
        let here = paper::counts(&house.db, house.unit("hoan-kiem"))
            .await
            .unwrap();
        assert_eq!(here, (4, 2));
        let elsewhere = paper::counts(&house.db, house.unit("ba-dinh"))
            .await
            .unwrap();
        assert_eq!(elsewhere, (0, 0));
        here
    })
    .await;
}
