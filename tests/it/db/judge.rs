//! A judge at work: whose sheet a save is, when it is refused, and what a judge may not mark.

use phach::contest::role::Role;
use phach::db::account;
use phach::db::judge;
use phach::db::judge::Save;
use phach::entry::SheetState;
use phach::judging::triage::Verdict;

use super::bench::Essay;
use super::bench::draft;
use super::bench::marks;
use super::bench::missing;
use super::bench::room;
use super::bench::stale;
use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn a_save_is_of_the_sheet_the_judge_has_before_the_eyes_or_of_none() {
    on_both(async |house| {
        let ([an, binh], [one, two], [sheet, other]) = room(&house).await;
        let (empty, full) = (marks(&[]), marks(&[("hinh-thuc", 3), ("noi-dung", 28)]));
        let page = |version| Save {
            version,
            verdict: Some(Verdict::Review),
            remark: "Bài có ý",
            ..draft(an, sheet, &one, &full)
        };
        let refused = async |what: &str, save: Save<'_>| {
            let before = judge::sheet(&house.db, an, sheet).await.unwrap();
            stale(house.save(save, NOW + 50).await, what);
            let after = judge::sheet(&house.db, an, sheet).await.unwrap();
            assert_eq!(before, after, "{what}");
        };
        let somebody_else = |version| Save {
            account: binh,
            ..page(version)
        };
        let other_essay = |version| Save {
            blind_code: two.code,
            ..page(version)
        };
        refused("another judge", somebody_else(0)).await;
        refused("marks of one essay on another", other_essay(0)).await;
        refused("a version that was never shown", page(1)).await;
        let lost = Save {
            sheet: 1,
            ..page(0)
        };
        refused("no such sheet", lost).await;

        assert_eq!(house.save(page(0), NOW + 1).await.unwrap(), 1);
        let drafted = judge::sheet(&house.db, an, sheet).await.unwrap();
        assert_eq!(drafted.marks(), full);
        assert_eq!((drafted.state, drafted.version), (SheetState::Open, 1));
        assert_eq!(drafted.verdict, Some(Verdict::Review));
        assert_eq!(drafted.remark, "Bài có ý");
        assert_eq!((drafted.saved_at, drafted.given_at), (Some(NOW + 1), None));
        assert_eq!(drafted.total, None, "a draft has no total");
        refused("the second tab", page(0)).await;
        refused("another judge", somebody_else(1)).await;

        let given = Save {
            given: Some(31),
            ..page(1)
        };
        assert_eq!(house.save(given, NOW + 2).await.unwrap(), 2);
        let done = judge::sheet(&house.db, an, sheet).await.unwrap();
        assert_eq!((done.state, done.total), (SheetState::Given, Some(31)));
        assert_eq!(
            (done.saved_at, done.given_at),
            (Some(NOW + 2), Some(NOW + 2))
        );
        let late = |version| Save {
            marks: &empty,
            ..page(version)
        };
        refused("an autosave that comes after the giving", late(1)).await;
        refused("a draft over a given sheet", late(2)).await;

        let untouched = judge::sheet(&house.db, an, other).await.unwrap();
        assert_eq!((untouched.version, untouched.marks()), (0, empty));
        let seen = (untouched.blind_code, untouched.round, untouched.place);
        assert_eq!(seen, ("TP2".to_owned(), "chung-khao".to_owned(), 2));
        let whose = (
            untouched.account_id,
            untouched.unit_id,
            untouched.contest_id,
        );
        assert_eq!(whose, (an, house.unit("tp"), house.contest));
        let what = (untouched.queue_id, untouched.queue_entry_id, untouched.pass);
        assert_eq!(what, (two.queue, two.id, 1));
        (drafted.marks(), done.total)
    })
    .await;
}

#[tokio::test]
async fn of_two_tabs_that_save_the_same_version_one_wins() {
    on_both(async |house| {
        let ([an, _], [one, _], [sheet, _]) = room(&house).await;
        let (low, high) = (marks(&[("noi-dung", 4)]), marks(&[("noi-dung", 36)]));
        let (first, second) = tokio::join!(
            house.save(draft(an, sheet, &one, &low), NOW),
            house.save(draft(an, sheet, &one, &high), NOW),
        );
        let kept = judge::sheet(&house.db, an, sheet).await.unwrap();
        assert_eq!(kept.version, 1);
        match (first, second) {
            (Ok(1), refused) => {
                stale(refused, "the second");
                assert_eq!(kept.marks(), low);
            }
            (refused, Ok(1)) => {
                stale(refused, "the first");
                assert_eq!(kept.marks(), high);
            }
            both => panic!("{both:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn a_given_sheet_comes_back_within_the_time_with_its_marks() {
    on_both(async |house| {
        let ([an, binh], [one, _], [sheet, _]) = room(&house).await;
        let full = marks(&[("noi-dung", 28)]);
        let reopen = async |judge: i64, since: i64| {
            house
                .write(async |tx| judge::reopen(tx, judge, sheet, since).await)
                .await
        };
        stale(reopen(an, 0).await, "it was not given");
        let given = Save {
            given: Some(28),
            ..draft(an, sheet, &one, &full)
        };
        house.save(given, NOW).await.unwrap();
        stale(reopen(an, NOW + 1).await, "the time is over");
        stale(reopen(binh, 0).await, "another judge's");
        reopen(an, NOW).await.unwrap();
        let open = judge::sheet(&house.db, an, sheet).await.unwrap();
        assert_eq!((open.state, open.version), (SheetState::Open, 2));
        assert_eq!((open.total, open.given_at), (None, None));
        assert_eq!(open.marks(), full, "a draft again");
        stale(reopen(an, 0).await, "it is open");
        let again = Save {
            version: 2,
            given: Some(28),
            ..draft(an, sheet, &one, &full)
        };
        house.save(again, NOW + 5).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_excused_sheet_is_gone_for_its_judge() {
    on_both(async |house| {
        let ([an, binh], [one, two], [first, second]) = room(&house).await;
        let excuse = async |judge: i64, sheet: i64| {
            house
                .write(async |tx| judge::excuse(tx, judge, sheet).await)
                .await
        };
        stale(excuse(binh, first).await, "another judge's");
        excuse(an, first).await.unwrap();
        stale(excuse(an, first).await, "twice");
        missing(judge::sheet(&house.db, an, first).await, "excused");
        let none = marks(&[]);
        for version in [0, 1] {
            let save = Save {
                version,
                ..draft(an, first, &one, &none)
            };
            stale(house.save(save, NOW).await, "a save of an excused sheet");
        }
        let next = judge::next_sheet(&house.db, an, one.queue, 0).await;
        assert_eq!(next.unwrap(), Some(second));
        house.give(an, second, &two, NOW).await;
        stale(excuse(an, second).await, "a given mark stays");
        let mine = judge::queues_of_judge(&house.db, an).await.unwrap();
        assert_eq!((mine[0].open, mine[0].given), (0, 1));
        let work = judge::at_work(&house.db, one.queue).await.unwrap();
        assert_eq!(
            (work[0].open, work[0].given, work[0].excused),
            (0, 1, 1),
            "the head judge sees it"
        );
    })
    .await;
}

#[tokio::test]
async fn a_judge_does_not_mark_what_comes_from_a_unit_of_theirs() {
    on_both(async |house| {
        let queue = house.queue("tp").await;
        let own = house.essay("tp", "hoan-kiem", "TP1").await;
        let through = house
            .essay_through("tp", "tp", Some("hoan-kiem"), "TP2")
            .await;
        let none = marks(&[]);
        let check = async |judge: i64, essay: &Essay, want: bool, what: &str| {
            let sheet = house.deal(essay, judge, 1).await;
            let seen = judge::sheet(&house.db, judge, sheet).await.unwrap();
            assert_eq!(seen.barred, want, "{what}");
            let next = judge::next_sheet(&house.db, judge, queue, 0).await.unwrap();
            assert_eq!(next.is_none(), want, "next of {what}");
            let saved = house.save(draft(judge, sheet, essay, &none), NOW).await;
            if want {
                stale(saved, what);
                let after = judge::sheet(&house.db, judge, sheet).await.unwrap();
                assert_eq!(after, seen, "{what}");
            } else {
                saved.unwrap();
            }
        };
        let declared = house.member("An", Some("tp"), Role::Judge).await;
        house
            .write(async |tx| {
                for now in [NOW, NOW + 1] {
                    judge::barred(tx, declared, house.unit("hoan-kiem"), now).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        check(declared, &own, true, "a declared relation").await;
        check(declared, &through, true, "a declared relation, by origin").await;
        let secretary = house.member("Bình", Some("tp"), Role::Judge).await;
        house
            .member("Bình", Some("hoan-kiem"), Role::Secretary)
            .await;
        check(secretary, &own, true, "a role in the essay's unit").await;
        check(secretary, &through, true, "a role in the unit of origin").await;
        let free = house.member("Chi", Some("tp"), Role::Judge).await;
        house.member("Chi", Some("ba-dinh"), Role::Judge).await;
        check(free, &own, false, "a role in another district").await;
        // The queue is the city's, and so is every judge of it.
        check(free, &through, false, "a role in the queue's own unit").await;
        let everywhere = house.member("Dung", None, Role::Administrator).await;
        check(everywhere, &own, false, "a role for no unit in particular").await;

        // Who has left the district may mark, and who declares a relation in mid-marking may not.
        house
            .write(async |tx| account::revoke(tx, secretary, house.contest, NOW).await)
            .await
            .unwrap();
        let next = judge::next_sheet(&house.db, secretary, queue, 0).await;
        assert!(next.unwrap().is_some(), "the role was taken back");
        house
            .write(async |tx| judge::barred(tx, free, house.unit("hoan-kiem"), NOW).await)
            .await
            .unwrap();
        let next = judge::next_sheet(&house.db, free, queue, 0).await;
        assert_eq!(next.unwrap(), None);
        house
            .texts("SELECT CAST(declared_at AS TEXT) FROM conflict ORDER BY id")
            .await
    })
    .await;
}

#[tokio::test]
async fn zero_bytes_in_a_remark_do_not_lose_the_marks() {
    on_both(async |house| {
        let ([an, _], [one, _], [sheet, _]) = room(&house).await;
        let none = marks(&[]);
        let save = Save {
            remark: "Bài\0 hay",
            ..draft(an, sheet, &one, &none)
        };
        house.save(save, NOW).await.unwrap();
        let kept = judge::sheet(&house.db, an, sheet).await.unwrap();
        assert_eq!(kept.remark, "Bài\u{fffd} hay");
    })
    .await;
}
