//! Lists: what is ranked, proposals, the head judge's choices, approvals, the lock, prizes.

use phach::contest::role::Role;
use phach::db::Error;
use phach::db::copy;
use phach::db::copy::Readiness;
use phach::db::judge;
use phach::db::judge::Choice;
use phach::db::judge::Ranking;
use phach::db::judge::RankingState;

use super::bench::Essay;
use super::bench::line;
use super::bench::marks;
use super::bench::stale;
use super::house::House;
use super::house::NOW;
use super::house::on_both;

async fn essays(house: &House) -> [Essay; 3] {
    [
        house.essay("tp", "hoan-kiem", "TP1").await,
        house.essay("tp", "hoan-kiem", "TP2").await,
        house.essay("tp", "ba-dinh", "TP3").await,
    ]
}

async fn head(house: &House) -> i64 {
    house.member("Trưởng", Some("tp"), Role::HeadJudge).await
}

async fn list(house: &House, id: i64) -> Ranking {
    house
        .write(async |tx| judge::ranking(tx, id).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_list_is_made_of_every_sheet_and_of_entries_without_one() {
    on_both(async |house| {
        let [one, two, three] = essays(&house).await;
        let undecided = house.essay("tp", "ba-dinh", "TP4").await;
        house
            .write(async |tx| copy::set_ready(tx, undecided.version, Readiness::Waits).await)
            .await
            .unwrap();
        let an = house.member("An", Some("tp"), Role::Judge).await;
        let binh = house.member("Bình", Some("tp"), Role::Judge).await;
        let given = house.deal(&one, an, 1).await;
        house.give(an, given, &one, NOW).await;
        house.deal(&one, binh, 1).await;
        let excused = house.deal(&two, an, 2).await;
        house
            .write(async |tx| judge::excuse(tx, an, excused).await)
            .await
            .unwrap();
        let rows = judge::marked(&house.db, one.queue).await.unwrap();
        assert_eq!(rows[0].marks(), marks(&[("noi-dung", 30)]));
        assert_eq!(rows[2].marks(), marks(&[]));
        let whose = (rows[0].sheet_id, rows[0].account_id, rows[0].queue_entry_id);
        assert_eq!(whose, (Some(given), Some(an), one.id));
        let told: Vec<_> = rows
            .into_iter()
            .map(|row| (row.blind_code, row.judge, row.pass, row.state, row.answers))
            .collect();
        let row = |code: &str, judge: Option<&str>, state| {
            let answers = r#"{"1":"A"}"#.to_owned();
            let pass = judge.map(|_| 1);
            (
                code.to_owned(),
                judge.map(str::to_owned),
                pass,
                state,
                answers,
            )
        };
        assert_eq!(
            told,
            [
                row("TP1", Some("An"), Some(phach::entry::SheetState::Given)),
                row("TP1", Some("Bình"), Some(phach::entry::SheetState::Open)),
                row("TP2", None, None),
                row("TP3", None, None),
            ],
            "and nothing that is undecided"
        );
        assert_eq!(three.queue, one.queue);
        told
    })
    .await;
}

#[tokio::test]
async fn a_new_proposal_withdraws_the_one_before() {
    on_both(async |house| {
        let [one, two, three] = essays(&house).await;
        let head = head(&house).await;
        let queue = one.queue;
        let newest = async |queue: i64| judge::newest_ranking(&house.db, queue).await.unwrap();
        assert_eq!(newest(queue).await, None);
        let mut by_hand = line(&two, 2, 90, true);
        by_hand.reason = "Bài có\0 sáng kiến".to_owned();
        // Written in no order; a tie shares its place.
        let mut tied = line(&three, 2, 90, false);
        tied.ordinal = 3;
        let lines = [tied.clone(), line(&one, 1, 99, true), by_hand.clone()];
        let first = house.propose(queue, "một", &lines, head).await;
        assert_eq!(newest(queue).await, Some(first.clone()));
        assert_eq!((first.n, first.take, first.made_at), (1, Some(1), NOW));
        assert_eq!((first.queue_id, first.made_by), (queue, head));
        assert_eq!(first.state, RankingState::Proposed);
        by_hand.reason = "Bài có\u{fffd} sáng kiến".to_owned();
        assert_eq!(
            judge::lines(&house.db, first.id).await.unwrap(),
            [line(&one, 1, 99, true), by_hand, tied],
            "best first"
        );

        let second = house.propose(queue, "hai", &lines[..1], head).await;
        assert_eq!(second.n, 2);
        assert_eq!(list(&house, first.id).await.state, RankingState::Withdrawn);
        assert_eq!(newest(queue).await, Some(second.clone()));
        assert_eq!(judge::lines(&house.db, first.id).await.unwrap().len(), 3);
        assert_eq!(judge::lines(&house.db, second.id).await.unwrap().len(), 1);

        let district = house.queue("ba-dinh").await;
        let apart = house.propose(district, "ba", &[], head).await;
        assert_eq!(apart.n, 1, "each queue counts its own");
        assert_eq!(newest(queue).await, Some(second.clone()));
        let withdraw = async || {
            house
                .write(async |tx| judge::withdraw(tx, queue).await)
                .await
                .unwrap()
        };
        assert_eq!([withdraw().await, withdraw().await], [1, 0]);
        assert_eq!(newest(queue).await, None, "marks changed");
        assert_eq!(newest(district).await, Some(apart));
        let missing = house.write(async |tx| judge::ranking(tx, 1).await).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        house.propose(queue, "bốn", &lines, head).await.n
    })
    .await;
}

#[tokio::test]
async fn the_head_judges_choice_is_the_last_one_about_an_entry() {
    on_both(async |house| {
        let [one, two, _] = essays(&house).await;
        let head = head(&house).await;
        let choose = async |choice: &Choice| {
            house
                .write(async |tx| judge::choose(tx, choice, head).await)
                .await
                .unwrap();
        };
        let choice = |essay: &Essay, tie_order, taken, reason: &str, at: i64| Choice {
            queue_entry_id: essay.id,
            queue_id: essay.queue,
            tie_order,
            taken,
            reason: reason.to_owned(),
            at,
        };
        choose(&choice(&two, Some(1), None, "", NOW)).await;
        choose(&choice(&one, Some(2), None, "", NOW)).await;
        choose(&choice(&two, None, Some(true), "Có\0 sáng kiến", NOW + 1)).await;
        let all = judge::choices(&house.db, one.queue).await.unwrap();
        assert_eq!(
            all,
            [
                choice(&one, Some(2), None, "", NOW),
                choice(&two, None, Some(true), "Có\u{fffd} sáng kiến", NOW + 1)
            ]
        );
        let district = house.queue("ba-dinh").await;
        assert_eq!(judge::choices(&house.db, district).await.unwrap(), []);
        house
            .texts("SELECT CAST(at AS TEXT) FROM choice ORDER BY queue_entry_id")
            .await
    })
    .await;
}

#[tokio::test]
async fn an_approval_is_of_exactly_this_list_by_one_person_for_one_role() {
    on_both(async |house| {
        let [one, ..] = essays(&house).await;
        let head = head(&house).await;
        let an = house.member("An", Some("tp"), Role::Secretary).await;
        let binh = house.member("Bình", Some("tp"), Role::Secretary).await;
        let old = house.propose(one.queue, "cũ", &[], head).await;
        house.approve(&old, head, Role::HeadJudge).await.unwrap();
        let new = house
            .propose(one.queue, "mới", &[line(&one, 1, 90, true)], head)
            .await;
        let approvals = async |list: &Ranking| -> Vec<(String, Role, String, i64)> {
            judge::approvals(&house.db, list.id)
                .await
                .unwrap()
                .into_iter()
                .map(|approval| (approval.name, approval.role, approval.hash, approval.at))
                .collect()
        };
        let otherwise = Ranking {
            hash: "khác".to_owned(),
            ..new.clone()
        };
        stale(
            house.approve(&otherwise, head, Role::HeadJudge).await,
            "a list that is not this one",
        );
        stale(
            house.approve(&old, an, Role::Secretary).await,
            "a list that was withdrawn",
        );
        let nowhere = Ranking {
            id: 1,
            ..new.clone()
        };
        stale(
            house.approve(&nowhere, an, Role::Secretary).await,
            "no list",
        );
        assert_eq!(approvals(&new).await, [], "the old one's do not count");
        house.approve(&new, head, Role::HeadJudge).await.unwrap();
        stale(house.approve(&new, head, Role::Secretary).await, "alone");
        house.approve(&new, an, Role::Secretary).await.unwrap();
        stale(house.approve(&new, binh, Role::Secretary).await, "again");
        stale(house.approve(&new, an, Role::Secretary).await, "twice");
        let both = approvals(&new).await;
        let hash = || "mới".to_owned();
        assert_eq!(
            both,
            [
                ("Trưởng".to_owned(), Role::HeadJudge, hash(), NOW),
                ("An".to_owned(), Role::Secretary, hash(), NOW)
            ]
        );
        assert_eq!(approvals(&old).await.len(), 1, "kept with its list");
        both
    })
    .await;
}

#[tokio::test]
async fn a_list_is_locked_once_and_its_queue_with_it() {
    on_both(async |house| {
        let [one, two, _] = essays(&house).await;
        let head = head(&house).await;
        let queue = one.queue;
        let old = house.propose(queue, "cũ", &[], head).await;
        let lines = [line(&one, 1, 90, true), line(&two, 2, 80, false)];
        let new = house.propose(queue, "mới", &lines, head).await;
        stale(house.lock(&old).await, "a list that was withdrawn");
        let otherwise = Ranking {
            hash: "khác".to_owned(),
            ..new.clone()
        };
        stale(house.lock(&otherwise).await, "a list that is not this one");
        let open = judge::queue(&house.db, queue).await.unwrap();
        assert_eq!(open.locked_at, None, "and the queue is open as before");

        let (first, second) = tokio::join!(house.lock(&new), house.lock(&new));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        stale(first.and(second), "of two clerks at once");
        stale(house.lock(&new).await, "twice");
        let locked = Ranking {
            state: RankingState::Locked,
            ..new.clone()
        };
        let newest = judge::newest_ranking(&house.db, queue).await.unwrap();
        assert_eq!(newest, Some(locked));
        let since = judge::queue(&house.db, queue).await.unwrap().locked_at;
        assert_eq!(since, Some(NOW + 100));
        let district = house.queue("ba-dinh").await;
        let other = judge::queue(&house.db, district).await.unwrap();
        assert_eq!(other.locked_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_line_of_the_final_list_has_one_prize() {
    on_both(async |house| {
        let [one, two, three] = essays(&house).await;
        let head = head(&house).await;
        let lines = [
            line(&three, 1, 99, true),
            line(&one, 2, 90, true),
            line(&two, 3, 80, false),
        ];
        let list = house.propose(one.queue, "cuối", &lines, head).await;
        house.lock(&list).await.unwrap();
        let award = async |essay: &Essay, prize: &str| {
            house
                .write(async |tx| judge::put_award(tx, list.id, essay.id, prize).await)
                .await
                .unwrap();
        };
        award(&one, "nhi").await;
        award(&three, "nhat").await;
        award(&three, "khuyen-khich").await;
        let all = judge::awards(&house.db, list.id).await.unwrap();
        assert_eq!(
            all,
            [(three.id, "nhat".to_owned()), (one.id, "nhi".to_owned())],
            "best first, and the first word stands"
        );
        assert_eq!(judge::awards(&house.db, 1).await.unwrap(), []);
    })
    .await;
}
