//! What is seen of a queue, and by whom: the next sheet, counts and figures, flags, the head judge's word.

use phach::contest::role::Role;
use phach::db::copy;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;
use phach::db::judge;
use phach::db::judge::Save;
use phach::db::view::Scope;
use phach::entry::FlagKind;
use phach::entry::SheetState;
use phach::judging::triage::Verdict;

use super::bench::Essay;
use super::bench::draft;
use super::bench::marks;
use super::bench::missing;
use super::bench::room;
use super::bench::safe_copy;
use super::bench::stale;
use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn the_sheet_of_another_judge_does_not_exist() {
    on_both(async |house| {
        let ([an, binh], [one, _], [sheet, _]) = room(&house).await;
        let own = house.deal(&one, binh, 1).await;
        assert_eq!(judge::sheet(&house.db, binh, own).await.unwrap().id, own);
        missing(judge::sheet(&house.db, binh, sheet).await, "An's");
        missing(judge::sheet(&house.db, an, own).await, "Bình's");
        missing(judge::sheet(&house.db, an, 1).await, "nobody's");
        // Nor does looking at it, or a mark on it, leave a trace.
        house
            .write(async |tx| judge::open_sheet(tx, binh, sheet, NOW).await)
            .await
            .unwrap();
        let opened = "SELECT CAST(count(opened_at) AS TEXT) FROM mark_sheet";
        assert_eq!(house.texts(opened).await, ["0"]);
        for now in [NOW + 1, NOW + 2] {
            house
                .write(async |tx| judge::open_sheet(tx, an, sheet, now).await)
                .await
                .unwrap();
        }
        house
            .texts("SELECT CAST(opened_at AS TEXT) FROM mark_sheet WHERE opened_at IS NOT NULL")
            .await
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_was_taken_out_is_out_of_every_sight() {
    on_both(async |house| {
        let ([an, _], [one, two], [first, second]) = room(&house).await;
        house.give(an, second, &two, NOW).await;
        let flag = async |sheet: i64| {
            house
                .write(async |tx| judge::flag_sheet(tx, sheet, FlagKind::OffTopic, "", NOW).await)
                .await
                .unwrap()
        };
        flag(first).await;
        flag(second).await;
        house.take_out(&one).await;
        missing(judge::sheet(&house.db, an, first).await, "taken out");
        missing(judge::paper(&house.db, one.id).await, "its copy");
        let none = marks(&[]);
        let save = house.save(draft(an, first, &one, &none), NOW).await;
        stale(save, "taken out meanwhile");
        let next = judge::next_sheet(&house.db, an, one.queue, 0).await;
        assert_eq!(next.unwrap(), None);
        let mine = judge::queues_of_judge(&house.db, an).await.unwrap();
        assert_eq!((mine[0].open, mine[0].given), (0, 1));
        let work = judge::at_work(&house.db, one.queue).await.unwrap();
        assert_eq!((work[0].open, work[0].given), (0, 1));
        let far = judge::queue_figures(&house.db, one.queue).await.unwrap();
        assert_eq!((far.entries, far.sheets, far.given), (1, 1, 1));
        let flagged = judge::flagged(&house.db, one.queue).await.unwrap();
        assert_eq!(
            flagged,
            [(two.id, "TP2".to_owned(), FlagKind::OffTopic, String::new())]
        );
        let marked = judge::marked(&house.db, one.queue).await.unwrap();
        let codes: Vec<&str> = marked.iter().map(|row| row.blind_code.as_str()).collect();
        assert_eq!(codes, ["TP2"]);

        house.take_out(&two).await;
        let lately = judge::given_lately(&house.db, an, one.queue, 9).await;
        assert_eq!(lately.unwrap(), []);
        assert_eq!(judge::queues_of_judge(&house.db, an).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_next_sheet_goes_round_in_the_order_of_the_lot() {
    on_both(async |house| {
        let an = house.member("An", Some("tp"), Role::Judge).await;
        let queue = house.queue("tp").await;
        let mut sheets = Vec::new();
        let mut essays = Vec::new();
        for (code, place) in [("TP1", 3), ("TP2", 1), ("TP3", 2), ("TP4", 4)] {
            let essay = house.essay("tp", "ba-dinh", code).await;
            sheets.push((place, house.deal(&essay, an, place).await));
            essays.push(essay);
        }
        let elsewhere = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        house.deal(&elsewhere, an, 1).await;
        let next = async |place: i64| {
            let id = judge::next_sheet(&house.db, an, queue, place)
                .await
                .unwrap();
            id.map(|id| sheets.iter().find(|(_, sheet)| *sheet == id).unwrap().0)
        };
        assert_eq!(next(0).await, Some(1), "not in the order of the entries");
        assert_eq!(next(1).await, Some(2));
        assert_eq!(next(2).await, Some(3));
        assert_eq!(next(4).await, Some(1), "round to what was left open");
        house.give(an, sheets[1].1, &essays[1], NOW).await;
        assert_eq!(next(4).await, Some(2), "the first is given");
        // The second is read again and found to tell a name.
        let exposed = NewCopy {
            safe: false,
            body: "",
            ..safe_copy(essays[2].version, "")
        };
        house
            .write(async |tx| copy::put(tx, &exposed, NOW).await)
            .await
            .unwrap();
        missing(judge::paper(&house.db, essays[2].id).await, "not safe");
        let paper = judge::paper(&house.db, essays[0].id).await.unwrap();
        assert_eq!(paper.body, "TP1");
        assert_eq!(paper.answers, r#"{"1":"A"}"#);
        assert_eq!((paper.words, paper.pictures_wait), (900, 2));
        let left = [next(0).await, next(3).await, next(4).await];
        assert_eq!(left, [Some(3), Some(4), Some(3)]);
        let nobody = judge::next_sheet(&house.db, 1, queue, 0).await.unwrap();
        assert_eq!(nobody, None);
        left
    })
    .await;
}

#[tokio::test]
async fn a_judge_counts_only_what_is_the_judges_own() {
    on_both(async |house| {
        let ([an, binh], [one, two], [first, second]) = room(&house).await;
        let district = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        house.deal(&district, an, 1).await;
        let of_binh = house.deal(&one, binh, 1).await;
        house.give(binh, of_binh, &one, NOW + 9).await;
        house.give(an, second, &two, NOW + 1).await;
        let counts = async |judge: i64| -> Vec<(String, i64, i64, Option<i64>)> {
            judge::queues_of_judge(&house.db, judge)
                .await
                .unwrap()
                .into_iter()
                .map(|q| (q.round, q.open, q.given, q.since))
                .collect()
        };
        let round = |code: &str| code.to_owned();
        let of_an = counts(an).await;
        assert_eq!(
            of_an,
            [
                (round("vong-loai"), 1, 0, None),
                (round("chung-khao"), 1, 1, Some(NOW + 1))
            ],
            "in the order of the rounds"
        );
        house.give(an, first, &one, NOW + 2).await;
        assert_eq!(
            counts(binh).await,
            [(round("chung-khao"), 0, 1, Some(NOW + 9))]
        );
        assert_eq!(counts(1).await, []);
        let queues = judge::queues_of_judge(&house.db, binh).await.unwrap();
        assert_eq!(
            (queues[0].id, queues[0].unit_id, queues[0].contest_id),
            (one.queue, house.unit("tp"), house.contest)
        );

        let lately = async |judge: i64, queue: i64, limit: i64| -> Vec<(String, i64)> {
            judge::given_lately(&house.db, judge, queue, limit)
                .await
                .unwrap()
                .into_iter()
                .map(|(_, code, at)| (code, at))
                .collect()
        };
        let both = lately(an, one.queue, 9).await;
        assert_eq!(
            both,
            [("TP1".to_owned(), NOW + 2), ("TP2".to_owned(), NOW + 1)]
        );
        assert_eq!(lately(an, one.queue, 1).await, both[..1]);
        assert_eq!(lately(an, district.queue, 9).await, []);
        (of_an, both)
    })
    .await;
}

#[tokio::test]
async fn the_figures_of_queues_are_for_the_units_one_may_see() {
    on_both(async |house| {
        let ([an, _], [one, two], [first, _]) = room(&house).await;
        house.give(an, first, &one, NOW).await;
        house
            .write(async |tx| copy::set_ready(tx, two.version, Readiness::Waits).await)
            .await
            .unwrap();
        let see = async |units: &[&str]| {
            let scope = Scope {
                contest: house.contest,
                units: units.iter().map(|code| house.unit(code)).collect(),
            };
            judge::queues_of_units(&house.db, &scope).await.unwrap()
        };
        let city = judge::queue_figures(&house.db, one.queue).await.unwrap();
        assert_eq!((city.entries, city.waiting), (2, 1));
        assert_eq!((city.sheets, city.given), (2, 1));
        assert_eq!(see(&["tp"]).await, [city]);
        assert_eq!(see(&[]).await, []);
        let all = see(&["tp", "hoan-kiem", "ba-dinh"]).await;
        let units: Vec<i64> = all.iter().map(|queue| queue.unit_id).collect();
        let want = ["ba-dinh", "hoan-kiem", "tp"].map(|code| house.unit(code));
        assert_eq!(units, want, "Quận Ba Đình, Quận Hoàn Kiếm, Thành phố");

        let plain = judge::queue(&house.db, one.queue).await.unwrap();
        let held = house
            .write(async |tx| {
                missing(judge::hold_queue(tx, 1).await, "no such queue");
                judge::hold_queue(tx, one.queue).await
            })
            .await
            .unwrap();
        assert_eq!(held, plain);
        assert_eq!(
            (plain.round.as_str(), plain.locked_at),
            ("chung-khao", None)
        );
        missing(judge::queue(&house.db, 1).await, "queue");
        missing(judge::queue_figures(&house.db, 1).await, "figures");
        all.into_iter()
            .map(|queue| (queue.round, queue.entries, queue.sheets))
            .collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn the_head_judges_word_stands_beside_the_sheets_and_replaces_its_own() {
    on_both(async |house| {
        let ([an, _], [one, two], [sheet, _]) = room(&house).await;
        let head = house.member("Trưởng", Some("tp"), Role::HeadJudge).await;
        let none = marks(&[]);
        let review = Save {
            verdict: Some(Verdict::Review),
            given: Some(0),
            ..draft(an, sheet, &one, &none)
        };
        house.save(review, NOW).await.unwrap();
        let decide = async |queue: i64, essay: &Essay, verdict: Verdict| {
            house
                .write(async |tx| {
                    judge::decide(tx, queue, essay.id, head, verdict, "Đã xem\0", NOW + 1).await
                })
                .await
        };
        let district = house.queue("ba-dinh").await;
        stale(decide(district, &one, Verdict::Pass).await, "another queue");
        decide(one.queue, &one, Verdict::Fail).await.unwrap();
        decide(one.queue, &one, Verdict::Pass).await.unwrap();
        let own = house
            .write(async |tx| {
                let said = Verdict::Pass;
                judge::decide(tx, one.queue, one.id, an, said, "", NOW + 1).await
            })
            .await;
        stale(own, "a mark of one's own is not written over");
        house.take_out(&two).await;
        stale(decide(one.queue, &two, Verdict::Pass).await, "taken out");
        let seen: Vec<_> = judge::marked(&house.db, one.queue)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.judge, row.pass, row.verdict, row.state, row.remark))
            .collect();
        let given = Some(SheetState::Given);
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(
            seen,
            [
                (
                    name("Trưởng"),
                    Some(0),
                    Some(Verdict::Pass),
                    given,
                    name("Đã xem\u{fffd}")
                ),
                (name("An"), Some(1), Some(Verdict::Review), given, name("")),
            ]
        );
        seen
    })
    .await;
}

#[tokio::test]
async fn a_raised_hand_is_seen_once_and_can_be_taken_down() {
    on_both(async |house| {
        let (_, [one, two], [first, second]) = room(&house).await;
        let raise = async |sheet: i64, kind: FlagKind, note: &str| {
            house
                .write(async |tx| judge::flag_sheet(tx, sheet, kind, note, NOW).await)
                .await
                .unwrap()
        };
        let down = async |sheet: i64, flag: i64| {
            house
                .write(async |tx| judge::take_flag_back(tx, sheet, flag, NOW + 1).await)
                .await
        };
        let copied = raise(first, FlagKind::Copied, "giống\0 bài TP2")
            .await
            .unwrap();
        assert_eq!(raise(first, FlagKind::Copied, "nữa").await, None, "twice");
        let unread = raise(second, FlagKind::Unreadable, "").await.unwrap();
        let standing = judge::flags_of(&house.db, first).await.unwrap();
        assert_eq!(standing.len(), 1);
        let flag = &standing[0];
        assert_eq!((flag.id, flag.sheet_id, flag.at), (copied, first, NOW));
        assert_eq!(flag.kind, FlagKind::Copied);
        assert_eq!(flag.note, "giống\u{fffd} bài TP2");
        let seen = judge::flagged(&house.db, one.queue).await.unwrap();
        let seen: Vec<_> = seen
            .into_iter()
            .map(|(entry, code, kind, _)| (entry, code, kind))
            .collect();
        assert_eq!(
            seen,
            [
                (one.id, "TP1".to_owned(), FlagKind::Copied),
                (two.id, "TP2".to_owned(), FlagKind::Unreadable)
            ]
        );
        stale(down(first, unread).await, "a flag of another sheet");
        down(first, copied).await.unwrap();
        stale(down(first, copied).await, "twice");
        assert_eq!(judge::flags_of(&house.db, first).await.unwrap(), []);
        assert_eq!(judge::flagged(&house.db, one.queue).await.unwrap().len(), 1);
        assert!(raise(first, FlagKind::Copied, "").await.is_some(), "anew");
        for kind in FlagKind::ALL {
            raise(second, *kind, "").await;
        }
        let kinds: Vec<FlagKind> = judge::flags_of(&house.db, second)
            .await
            .unwrap()
            .into_iter()
            .map(|flag| flag.kind)
            .collect();
        assert_eq!(kinds.len(), FlagKind::ALL.len());
        kinds
    })
    .await;
}
