//! The lock of a list, which even SQL does not pass: every statement that would change what was approved is
//! refused by the database itself, also one that was under way when the list was locked.

use std::cell::Cell;

use futures::future::join_all;

use phach::contest::role::Role;
use phach::db::Db;
use phach::db::Error;
use phach::db::judge;
use phach::db::judge::Choice;
use phach::db::judge::NewSheet;
use phach::db::judge::Ranking;
use phach::db::judge::Save;
use phach::db::queue;
use phach::entry::SheetState;
use phach::judging::triage::Verdict;

use super::against::AGAINST_THE_LOCK;
use super::against::ALLOWED;
use super::against::IN_POSTGRES;
use super::against::IN_SQLITE;
use super::against::NEVER;
use super::against::NEVER_IN_POSTGRES;
use super::against::UNDER_WAY;
use super::bench::Essay;
use super::bench::draft;
use super::bench::line;
use super::bench::marks;
use super::house::Folder;
use super::house::House;
use super::house::NOW;
use super::house::database;
use super::house::on_both;
use super::house::on_postgres;
use super::house::refusal;
use super::house::texts;

/// A list that waits for its lock, and the same in another queue.
struct Scene {
    list: Ranking,
    /// Given.
    sheet: i64,
    /// Not given.
    open_sheet: i64,
    judge: i64,
    other_judge: i64,
    one: Essay,
    two: Essay,
    /// Placeholders of the statements above.
    names: Vec<(&'static str, i64)>,
}

impl Scene {
    async fn set(house: &House) -> Scene {
        let judge = house.member("An", Some("tp"), Role::Judge).await;
        let other_judge = house.member("Bình", Some("tp"), Role::Judge).await;
        let head = house.member("Trưởng", Some("tp"), Role::HeadJudge).await;
        let one = house.essay("tp", "hoan-kiem", "TP1").await;
        let two = house.essay("tp", "hoan-kiem", "TP2").await;
        let bare = house.essay("tp", "hoan-kiem", "TP3").await;
        let free = house.essay("ba-dinh", "ba-dinh", "BD1").await;
        let sheet = house.deal(&one, judge, 1).await;
        let open_sheet = house.deal(&two, judge, 2).await;
        let free_sheet = house.deal(&free, judge, 1).await;
        house.give(judge, sheet, &one, NOW).await;
        for essay in [&one, &free] {
            house
                .write(async |tx| {
                    let choice = Choice {
                        queue_entry_id: essay.id,
                        queue_id: essay.queue,
                        tie_order: Some(1),
                        taken: Some(true),
                        reason: String::new(),
                        at: NOW,
                    };
                    judge::choose(tx, &choice, head).await
                })
                .await
                .unwrap();
        }
        let propose = async |essay: &Essay, hash: &str| {
            let lines = [line(essay, 1, 30, true)];
            let list = house.propose(essay.queue, hash, &lines, head).await;
            house.approve(&list, head, Role::HeadJudge).await.unwrap();
            list
        };
        let old_list = propose(&one, "cũ").await;
        let list = propose(&one, "mới").await;
        let free_list = propose(&free, "khác").await;
        let names = vec![
            ("{queue}", one.queue),
            ("{other}", free.queue),
            ("{entry}", one.id),
            ("{bare}", bare.id),
            ("{free}", free.id),
            ("{free_entry}", free.entry),
            ("{free_version}", free.version),
            ("{sheet}", sheet),
            ("{open_sheet}", open_sheet),
            ("{free_sheet}", free_sheet),
            ("{list}", list.id),
            ("{old_list}", old_list.id),
            ("{free_list}", free_list.id),
            ("{judge}", judge),
            ("{other_judge}", other_judge),
            ("{unit}", house.unit("hoan-kiem")),
        ];
        Scene {
            list,
            sheet,
            open_sheet,
            judge,
            other_judge,
            one,
            two,
            names,
        }
    }

    /// A statement with ids in the place of names.
    fn about(&self, statement: &str) -> String {
        self.names
            .iter()
            .fold(statement.to_owned(), |sql, (name, id)| {
                sql.replace(name, &id.to_string())
            })
    }
}

#[tokio::test]
async fn no_statement_changes_a_locked_list() {
    on_both(async |house| {
        let scene = Scene::set(&house).await;
        let ways = if house.db.is_lite() {
            IN_SQLITE
        } else {
            IN_POSTGRES
        };
        let never = if house.db.is_lite() {
            &[]
        } else {
            NEVER_IN_POSTGRES
        };
        // What a statement is told, unless it is what was expected.
        let check = async |when: &str, statements: &[&str], expected: &[&str]| {
            let mut wrong = Vec::new();
            for statement in statements {
                let said = house.refusal(&scene.about(statement)).await;
                let said = said.unwrap_or_else(|| "done".to_owned());
                if !expected.iter().any(|part| said.contains(part)) {
                    wrong.push(format!("{statement}\nsaid: {said}"));
                }
            }
            assert!(wrong.is_empty(), "{when}:\n{}", wrong.join("\n"));
        };
        // An open list may be changed, but for what the schema itself forbids.
        let open = ["done", "FOREIGN KEY", "foreign key"];
        check("before the lock", AGAINST_THE_LOCK, &open).await;
        check("before the lock", ways, &open).await;
        check("before the lock", ALLOWED, &open).await;
        let kept = ["a list is never changed"];
        check("before the lock", NEVER, &kept).await;
        check("before the lock", never, &kept).await;

        house.lock(&scene.list).await.unwrap();
        let locked = ["the list is locked"];
        check("after the lock", AGAINST_THE_LOCK, &locked).await;
        check("after the lock", ways, &locked).await;
        check("after the lock", NEVER, &kept).await;
        check("after the lock", never, &kept).await;
        check("after the lock", ALLOWED, &["done"]).await;
        // What was handed over is not opened again either.
        house
            .run(&scene.about("UPDATE queue SET state = 'handed_over' WHERE id = {queue}"))
            .await;
        check("handed over", AGAINST_THE_LOCK, &locked).await;
    })
    .await;
}

#[tokio::test]
async fn after_the_lock_a_judge_comes_too_late_and_the_list_goes_its_way() {
    on_both(async |house| {
        let scene = Scene::set(&house).await;
        house.lock(&scene.list).await.unwrap();
        let (judge, queue) = (scene.judge, scene.one.queue);
        let see = async || {
            let rows = judge::marked(&house.db, queue).await.unwrap();
            (rows, judge::choices(&house.db, queue).await.unwrap())
        };
        let before = see().await;
        let none = marks(&[]);
        let late = house
            .save(draft(judge, scene.open_sheet, &scene.two, &none), NOW)
            .await;
        assert!(matches!(late, Err(Error::Stale)), "save: {late:?}");
        let stale = |what: &str, said: phach::db::Result<()>| {
            assert!(matches!(said, Err(Error::Stale)), "{what}: {said:?}");
        };
        let reopened = house
            .write(async |tx| judge::reopen(tx, judge, scene.sheet, 0).await)
            .await;
        stale("reopen", reopened);
        let excused = house
            .write(async |tx| judge::excuse(tx, judge, scene.open_sheet).await)
            .await;
        stale("excuse", excused);
        let decided = house
            .write(async |tx| {
                let word = Verdict::Fail;
                judge::decide(tx, queue, scene.two.id, scene.other_judge, word, "", NOW).await
            })
            .await;
        stale("decide", decided);
        let approved = house.approve(&scene.list, judge, Role::Judge).await;
        stale("approve", approved);

        let refused = |what: &str, said: bool| assert!(said, "{what} was not refused");
        let proposed = house
            .write(async |tx| judge::propose(tx, queue, None, "", &[], judge, NOW).await)
            .await;
        refused("propose", proposed.is_err());
        let dealt = house
            .write(async |tx| {
                let lot = judge::put_lot(tx, queue, "", "{}", 1, judge, NOW).await?;
                let sheet = NewSheet {
                    queue,
                    queue_entry: scene.two.id,
                    account: scene.other_judge,
                    lot,
                    pass: 2,
                    place: 1,
                };
                judge::put_sheet(tx, &sheet).await
            })
            .await;
        refused("deal", dealt.is_err());
        let taken_back = house
            .write(async |tx| judge::take_sheet_back(tx, scene.open_sheet).await)
            .await;
        refused("take back", taken_back.is_err());
        let put = house
            .write(async |tx| {
                let (unit, two) = (house.unit("tp"), &scene.two);
                queue::put(tx, unit, "chung-khao", two.entry, two.version, "TP9", NOW).await
            })
            .await;
        assert!(!put.unwrap(), "a late entry");

        // Whoever only looks, or takes an entry out of the queues that are still open, is not stopped.
        house
            .write(async |tx| judge::open_sheet(tx, judge, scene.open_sheet, NOW).await)
            .await
            .unwrap();
        house.take_out(&scene.one).await;
        let hold = house
            .write(async |tx| judge::hold_queue(tx, queue).await)
            .await;
        assert_eq!(hold.unwrap().locked_at, Some(NOW + 100));
        let seen = judge::sheet(&house.db, judge, scene.sheet).await.unwrap();
        assert_eq!(seen.locked_at, Some(NOW + 100));
        assert_eq!(see().await, before);
    })
    .await;
}

/// Comes back when so many statements wait for a lock or came through without waiting.
async fn all_wait(house: &House, all: usize, through: &Cell<usize>) {
    let sql = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let waiting: usize = house.texts(sql).await[0].parse().unwrap();
        if waiting + through.get() >= all {
            return;
        }
    }
}

#[tokio::test]
async fn what_began_before_the_lock_cannot_slip_in_after_it() {
    on_postgres(async |house| {
        let scene = Scene::set(&house).await;
        let through = Cell::new(0);
        let none = marks(&[]);
        let mut saver = house.db.begin().await.unwrap();
        let mut others = Vec::new();
        for statement in UNDER_WAY {
            others.push((*statement, house.db.begin().await.unwrap()));
        }
        let mut locker = house.db.begin().await.unwrap();
        judge::lock_list(&mut locker, &scene.list, NOW)
            .await
            .unwrap();
        let all = others.len() + 1;
        let save = async {
            let page = draft(scene.judge, scene.open_sheet, &scene.two, &none);
            let said = judge::save(&mut saver, &page, NOW).await;
            through.set(through.get() + 1);
            said
        };
        let raw = join_all(others.iter_mut().map(async |(statement, tx)| {
            let said = refusal(tx, &scene.about(statement)).await;
            through.set(through.get() + 1);
            (*statement, said.unwrap_or_default())
        }));
        let commit = async {
            all_wait(&house, all, &through).await;
            let early = through.get();
            locker.commit().await.unwrap();
            early
        };
        let (saved, raw, early) = tokio::join!(save, raw, commit);
        assert_eq!(early, 0, "every one waited for the lock");
        assert!(matches!(saved, Err(Error::Stale)), "{saved:?}");
        for (statement, said) in raw {
            assert!(
                said.contains("the list is locked"),
                "{statement}\nsaid: {said}"
            );
        }
        drop(saver);
        let sheet = judge::sheet(&house.db, scene.judge, scene.open_sheet).await;
        assert_eq!(sheet.unwrap().version, 0);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_locked_only_after_the_save_that_was_under_way() {
    on_postgres(async |house| {
        let scene = Scene::set(&house).await;
        let through = Cell::new(0);
        let full = marks(&[("noi-dung", 20)]);
        let mut saver = house.db.begin().await.unwrap();
        let page = Save {
            given: Some(20),
            ..draft(scene.judge, scene.open_sheet, &scene.two, &full)
        };
        judge::save(&mut saver, &page, NOW).await.unwrap();
        let mut locker = house.db.begin().await.unwrap();
        let lock = async {
            let said = judge::lock_list(&mut locker, &scene.list, NOW).await;
            through.set(through.get() + 1);
            said
        };
        let commit = async {
            all_wait(&house, 1, &through).await;
            let early = through.get();
            saver.commit().await.unwrap();
            early
        };
        let (locked, early) = tokio::join!(lock, commit);
        assert_eq!(early, 0, "the lock waited for the save");
        locked.unwrap();
        locker.commit().await.unwrap();
        let sheet = judge::sheet(&house.db, scene.judge, scene.open_sheet).await;
        assert_eq!(sheet.unwrap().state, SheetState::Given);
    })
    .await;
}

/// The triggers that stand in a database.
async fn triggers(db: &Db) -> Vec<String> {
    let sql = if db.is_lite() {
        "SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'"
    } else {
        "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal"
    };
    let mut all = texts(db, sql).await;
    all.sort();
    all
}

#[tokio::test]
async fn the_lock_is_put_in_place_once_however_often_a_database_is_opened() {
    let folder = Folder::new();
    for url in [folder.url(), database().await] {
        let (db, want) = if url.starts_with("sqlite:") {
            // One process has a SQLite file.
            (Db::open(&url).await.unwrap(), 20)
        } else {
            let (one, two, three) = tokio::join!(Db::open(&url), Db::open(&url), Db::open(&url));
            two.unwrap().close().await;
            three.unwrap().close().await;
            (one.unwrap(), 15)
        };
        let all = triggers(&db).await;
        assert_eq!(all.len(), want, "{all:#?}");
        db.migrate().await.unwrap();
        let again = Db::open(&url).await.unwrap();
        assert_eq!(triggers(&again).await, all);
        again.close().await;
        db.close().await;
    }
}

#[tokio::test]
async fn a_second_process_starts_while_a_judge_saves() {
    on_postgres(async |house| {
        let scene = Scene::set(&house).await;
        let none = marks(&[]);
        let mut saver = house.db.begin().await.unwrap();
        let page = draft(scene.judge, scene.open_sheet, &scene.two, &none);
        judge::save(&mut saver, &page, NOW).await.unwrap();
        // Putting triggers anew would wait for the save, and every later save for that.
        house.db.migrate().await.unwrap();
        saver.commit().await.unwrap();
        let all = triggers(&house.db).await;
        assert!(
            all.contains(&"approval approval_kept".to_owned()),
            "{all:?}"
        );
    })
    .await;
}
