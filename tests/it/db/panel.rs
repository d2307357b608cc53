//! The panel: who judges, what may be dealt to whom, and what the lots dealt.

use phach::contest::role::Role;
use phach::db::account;
use phach::db::copy;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;
use phach::db::judge;
use phach::db::judge::NewSheet;
use phach::entry::SheetState;

use super::bench::Essay;
use super::bench::room;
use super::bench::safe_copy;
use super::bench::stale;
use super::house::House;
use super::house::NOW;
use super::house::on_both;

async fn dealable(house: &House, queue: i64) -> Vec<judge::Dealable> {
    house
        .write(async |tx| judge::dealable(tx, queue).await)
        .await
        .unwrap()
}

async fn dealt(house: &House, queue: i64) -> Vec<judge::DealtSheet> {
    house
        .write(async |tx| judge::dealt(tx, queue).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_jury_is_who_holds_the_role_for_exactly_this_unit() {
    on_both(async |house| {
        for name in ["Trần Đăng", "Nguyễn Ánh", "Trần Dũng", "nguyễn an"] {
            house.member(name, Some("tp"), Role::Judge).await;
        }
        house.member("Cao Xa", Some("tp"), Role::HeadJudge).await;
        house.member("Lê Mai", Some("ba-dinh"), Role::Judge).await;
        house.member("Vũ Tư", None, Role::Judge).await;
        let left = house.member("Hồ Rời", Some("tp"), Role::Judge).await;
        let closed = house.member("Hồ Đóng", Some("tp"), Role::Judge).await;
        house
            .write(async |tx| account::revoke(tx, left, house.contest, NOW).await)
            .await
            .unwrap();
        house
            .run(&format!(
                "UPDATE account SET disabled_at = {NOW} WHERE id = {closed}"
            ))
            .await;
        let jury = async |contest: i64, unit: &str, role: Role| -> Vec<String> {
            judge::judges(&house.db, contest, house.unit(unit), role)
                .await
                .unwrap()
                .into_iter()
                .map(|judge| judge.name)
                .collect()
        };
        let city = jury(house.contest, "tp", Role::Judge).await;
        assert_eq!(
            city,
            ["nguyễn an", "Nguyễn Ánh", "Trần Đăng", "Trần Dũng"],
            "by name, and alike on both databases"
        );
        assert_eq!(jury(house.contest, "tp", Role::HeadJudge).await, ["Cao Xa"]);
        let district = jury(house.contest, "ba-dinh", Role::Judge).await;
        assert_eq!(district, ["Lê Mai"]);
        assert!(jury(1, "tp", Role::Judge).await.is_empty(), "one contest's");
        city
    })
    .await;
}

#[tokio::test]
async fn only_what_has_a_safe_copy_and_is_decided_may_be_dealt() {
    on_both(async |house| {
        let queue = house.queue("tp").await;
        let mut essays = Vec::new();
        for code in ["TP5", "TP3", "TP1", "TP4", "TP2"] {
            essays.push(house.essay("tp", "hoan-kiem", code).await);
        }
        house.essay("ba-dinh", "ba-dinh", "BD1").await;
        let codes = async || -> Vec<String> {
            dealable(&house, queue)
                .await
                .into_iter()
                .map(|entry| entry.blind_code)
                .collect()
        };
        assert_eq!(codes().await, ["TP1", "TP2", "TP3", "TP4", "TP5"]);
        let exposed = NewCopy {
            safe: false,
            ..safe_copy(essays[0].version, "")
        };
        house
            .write(async |tx| {
                copy::put(tx, &exposed, NOW).await?;
                copy::set_ready(tx, essays[1].version, Readiness::Waits).await
            })
            .await
            .unwrap();
        house.take_out(&essays[2]).await;
        let gone = essays[3].version;
        house
            .run(&format!("DELETE FROM judge_copy WHERE version_id = {gone}"))
            .await;
        assert_eq!(codes().await, ["TP2"]);
    })
    .await;
}

#[tokio::test]
async fn an_entry_names_the_judges_who_may_not_have_it() {
    on_both(async |house| {
        let queue = house.queue("tp").await;
        house.essay("tp", "hoan-kiem", "TP1").await;
        house.essay("tp", "ba-dinh", "TP2").await;
        house
            .essay_through("tp", "tp", Some("hoan-kiem"), "TP3")
            .await;
        let declared = house.member("An", Some("tp"), Role::Judge).await;
        let clerk = house.member("Bình", Some("tp"), Role::Judge).await;
        house
            .member("Bình", Some("hoan-kiem"), Role::Secretary)
            .await;
        let both = house.member("Chi", Some("hoan-kiem"), Role::Judge).await;
        let left = house.member("Dung", Some("ba-dinh"), Role::Judge).await;
        house.member("Vũ", None, Role::Administrator).await;
        house
            .write(async |tx| {
                for judge in [declared, both] {
                    judge::barred(tx, judge, house.unit("hoan-kiem"), NOW).await?;
                }
                account::revoke(tx, left, house.contest, NOW).await
            })
            .await
            .unwrap();
        let barred: Vec<(String, Vec<i64>)> = dealable(&house, queue)
            .await
            .into_iter()
            .map(|entry| (entry.blind_code, entry.barred))
            .collect();
        let mut of_hoan_kiem = vec![declared, clerk, both];
        of_hoan_kiem.sort_unstable();
        assert_eq!(
            barred,
            [
                ("TP1".to_owned(), of_hoan_kiem.clone()),
                ("TP2".to_owned(), vec![]),
                ("TP3".to_owned(), of_hoan_kiem)
            ],
            "each once"
        );
    })
    .await;
}

#[tokio::test]
async fn a_lot_can_be_drawn_again_from_what_was_written_down() {
    on_both(async |house| {
        let an = house.member("An", Some("tp"), Role::HeadJudge).await;
        let binh = house.member("Bình", Some("tp"), Role::Judge).await;
        let one = house.essay("tp", "hoan-kiem", "TP1").await;
        let two = house.essay("tp", "hoan-kiem", "TP2").await;
        let other = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        let draw = async |queue: i64, seed: &str, now: i64, sheets: &[(&Essay, i64, i64, i64)]| {
            house
                .write(async |tx| {
                    let count = sheets.len() as i64;
                    let lot =
                        judge::put_lot(tx, queue, seed, r#"{"judges":2}"#, count, an, now).await?;
                    let mut ids = Vec::new();
                    for (essay, account, pass, place) in sheets {
                        let sheet = NewSheet {
                            queue,
                            queue_entry: essay.id,
                            account: *account,
                            lot,
                            pass: *pass,
                            place: *place,
                        };
                        ids.push(judge::put_sheet(tx, &sheet).await?);
                    }
                    Ok(ids)
                })
                .await
        };
        let first = [(&one, an, 1, 2), (&two, binh, 1, 1)];
        let mut ids = draw(one.queue, "hạt một", NOW, &first).await.unwrap();
        let second = [(&one, binh, 2, 2)];
        ids.extend(draw(one.queue, "hạt hai", NOW + 1, &second).await.unwrap());
        draw(other.queue, "khác", NOW, &[(&other, an, 1, 1)])
            .await
            .unwrap();
        let twice = draw(one.queue, "hạt ba", NOW + 2, &[(&one, an, 2, 9)]).await;
        assert!(twice.is_err(), "two marks by one judge: {twice:?}");
        house
            .write(async |tx| {
                let verdict = phach::judging::triage::Verdict::Pass;
                judge::decide(tx, two.queue, two.id, an, verdict, "", NOW).await
            })
            .await
            .unwrap();

        let sheets = dealt(&house, one.queue).await;
        assert_eq!(
            sheets.iter().map(|sheet| sheet.id).collect::<Vec<_>>(),
            ids,
            "without the head judge's own word"
        );
        let last = &sheets[2];
        assert_eq!((last.queue_entry_id, last.account_id), (one.id, binh));
        assert_eq!((last.pass, last.place), (2, 2));
        assert_eq!(last.state, SheetState::Open);
        let lots: Vec<_> = judge::lots(&house.db, one.queue)
            .await
            .unwrap()
            .into_iter()
            .map(|lot| (lot.seed, lot.sheets, lot.name, lot.drawn_at))
            .collect();
        let by = || "An".to_owned();
        assert_eq!(
            lots,
            [
                ("hạt một".to_owned(), 2, by(), NOW),
                ("hạt hai".to_owned(), 1, by(), NOW + 1)
            ],
            "what was refused left nothing"
        );
        (lots, house.texts("SELECT input FROM lot").await)
    })
    .await;
}

#[tokio::test]
async fn a_lot_takes_back_what_is_open_and_not_what_is_given() {
    on_both(async |house| {
        let queue = house.queue("tp").await;
        let leaving = house.member("An", Some("tp"), Role::Judge).await;
        let related = house.member("Bình", Some("tp"), Role::Judge).await;
        let staying = house.member("Chi", Some("tp"), Role::Judge).await;
        let one = house.essay("tp", "hoan-kiem", "TP1").await;
        let two = house.essay("tp", "hoan-kiem", "TP2").await;
        let three = house.essay("tp", "ba-dinh", "TP3").await;
        let mut sheets = Vec::new();
        for judge in [leaving, related, staying] {
            for (place, essay) in [&one, &two, &three].into_iter().enumerate() {
                sheets.push(house.deal(essay, judge, place as i64 + 1).await);
            }
            house.give(judge, sheets[sheets.len() - 3], &one, NOW).await;
        }
        let elsewhere = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        let district = house.deal(&elsewhere, leaving, 1).await;
        let take_back = async |sheet: i64| {
            house
                .write(async |tx| judge::take_sheet_back(tx, sheet).await)
                .await
        };
        // In the order of dealing: three of An's, three of Bình's, three of Chi's; the first of each is given.
        for sheet in [1, 2, 4] {
            take_back(sheets[sheet]).await.unwrap();
        }
        stale(take_back(sheets[1]).await, "twice");
        stale(take_back(sheets[0]).await, "given");
        use SheetState::Excused;
        use SheetState::Given;
        use SheetState::Open;
        let states: Vec<SheetState> = dealt(&house, queue)
            .await
            .into_iter()
            .map(|sheet| sheet.state)
            .collect();
        assert_eq!(
            states,
            [
                Given, Excused, Excused, Given, Excused, Open, Given, Open, Open
            ]
        );
        let kept = judge::sheet(&house.db, leaving, district).await.unwrap();
        assert_eq!(kept.state, Open, "another queue's");
        let work: Vec<_> = judge::at_work(&house.db, queue)
            .await
            .unwrap()
            .into_iter()
            .map(|judge| {
                (
                    judge.name,
                    judge.open,
                    judge.given,
                    judge.excused,
                    judge.last_at,
                )
            })
            .collect();
        let of =
            |name: &str, open, given, excused| (name.to_owned(), open, given, excused, Some(NOW));
        assert_eq!(
            work,
            [of("An", 0, 1, 2), of("Bình", 1, 1, 1), of("Chi", 2, 1, 0)]
        );
        work
    })
    .await;
}

#[tokio::test]
async fn marks_that_nobody_is_to_give_are_counted() {
    on_both(async |house| {
        let (_, [one, two], [first, _]) = room(&house).await;
        let queue = one.queue;
        let undealt = async |marks: u32| judge::undealt(&house.db, queue, marks).await.unwrap();
        assert_eq!([undealt(1).await, undealt(2).await], [0, 2]);
        let three = house.essay("tp", "ba-dinh", "TP3").await;
        assert_eq!(undealt(2).await, 4);
        house
            .write(async |tx| {
                judge::take_sheet_back(tx, first).await?;
                copy::set_ready(tx, three.version, Readiness::Waits).await
            })
            .await
            .unwrap();
        assert_eq!(undealt(2).await, 3, "what was given back, not what waits");
        house.take_out(&two).await;
        let left = [undealt(1).await, undealt(2).await];
        assert_eq!(left, [1, 2]);
        assert_eq!(judge::undealt(&house.db, 1, 2).await.unwrap(), 0);
        left
    })
    .await;
}
