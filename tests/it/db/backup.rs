//! A database out of one kind and into the other, and back, row by row the same.

use std::collections::BTreeSet;

use phach::db;
use phach::db::Db;
use phach::db::Error;
use phach::db::backup;
use phach::db::backup::Later;
use phach::db::backup::Line;
use phach::db::backup::TABLES;
use phach::db::letter;
use phach::entry::LetterState;

use super::house::Folder;
use super::house::NOW;
use super::house::database;
use super::house::on_both;
use super::house::on_both_empty;
use super::house::texts;

#[tokio::test]
async fn every_table_is_held_or_left_out_and_comes_after_what_it_points_to() {
    on_both_empty(async |db| {
        let (names, columns, references) = if db.is_lite() {
            (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
                "SELECT m.name || '.' || c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'",
                "SELECT m.name || ' ' || f.\"from\" || ' ' || f.\"table\" FROM sqlite_master AS m
                 JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'",
            )
        } else {
            (
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
                 WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
                "SELECT k.conrelid::regclass || ' ' || a.attname || ' ' || k.confrelid::regclass
                 FROM pg_constraint AS k JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                 WHERE k.contype = 'f'",
            )
        };
        let schema: BTreeSet<String> = texts(&db, names).await.into_iter().collect();
        let known = TABLES.iter().map(|table| table.name);
        let held: BTreeSet<String> =
            known.chain(backup::LEFT_OUT.iter().copied()).map(str::to_owned).collect();
        assert_eq!(held, schema);
        let place = |name: &str| TABLES.iter().position(|table| table.name == name);
        for reference in texts(&db, references).await {
            let words: Vec<&str> = reference.split(' ').collect();
            let (Some(from), Some(to)) = (place(words[0]), place(words[2])) else {
                continue;
            };
            let later = from == to && TABLES[from].later.contains(&words[1]);
            assert!(to < from || later, "{reference}");
        }
        // Whatever sounds like a blob is one, but for what is read of it and what is to go.
        for column in texts(&db, columns).await {
            let (table, column) = column.split_once('.').unwrap();
            let sounds = column == "picture" || column.ends_with("blob");
            let trace = matches!(table, "reading" | "doomed_blob");
            let Some(at) = place(table).filter(|_| sounds && !trace) else {
                continue;
            };
            let named = TABLES[at].blobs.iter().any(|(name, _)| *name == column);
            assert!(named, "{table}.{column}");
        }
        schema.len()
    })
    .await;
}

/// All rows of all tables.
async fn dump(db: &Db) -> Vec<String> {
    let mut tx = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in TABLES {
        let rows = backup::rows(&mut tx, table, |line| {
            all.push(format!("{} {line}", table.name));
            Ok::<(), Error>(())
        });
        rows.await.unwrap();
    }
    all
}

async fn fill(db: &Db, dump: &[String]) -> db::Result<()> {
    let mut tx = db.begin().await?;
    backup::vacate(&mut tx).await?;
    let mut later = Later::default();
    for table in TABLES {
        let lines: Vec<Line> = dump
            .iter()
            .filter_map(|line| line.strip_prefix(&format!("{} ", table.name)))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        backup::load(&mut tx, table, &lines, &mut later).await?;
    }
    backup::finish(&mut tx, later).await?;
    tx.commit().await
}

#[tokio::test]
async fn rows_go_from_either_database_into_either_and_back_unchanged() {
    on_both(async |house| {
        // A locked list with a sheet, a mail that points to a later one, an entry that points to another.
        let (entry, version) = house.entry("AAAA-AAAA-A").await;
        let (other, _) = house.entry("BBBB-BBBB-B").await;
        let account = house.account("truongban@hk.example").await;
        let (unit, contest) = (house.unit("hoan-kiem"), house.contest);
        let (first, last) = (entry.id.min(other.id), entry.id.max(other.id));
        for sql in [
            format!("UPDATE entry SET same_as = {last}, joined_to = {last} WHERE id = {first}"),
            "UPDATE message SET same_as = (SELECT max(id) FROM message), from_name = 'Nguyễn \"Văn\" An\n\u{1F4DC}'
             WHERE id = (SELECT min(id) FROM message)"
                .to_owned(),
            format!(
                "INSERT INTO queue_entry (id, queue_id, entry_id, version_id, blind_code, added_at, waits)
                 SELECT 1, queue.id, {}, {version}, 'B1', {NOW}, FALSE FROM queue WHERE unit_id = {unit}",
                entry.id
            ),
            format!(
                "INSERT INTO mark_sheet (id, queue_id, queue_entry_id, account_id, pass, place, state, version, marks, remark)
                 SELECT 1, queue_id, 1, {account}, 1, 9007199254740993, 'given', 3, '{{}}', '' FROM queue_entry"
            ),
            format!("UPDATE queue SET state = 'locked', locked_at = {NOW} WHERE unit_id = {unit}"),
            format!("INSERT INTO session VALUES (1, 'h', {account}, 'c', 1, 1, 1)"),
            format!(
                "INSERT INTO event (id, contest_id, at, kind, subject, subject_id, detail)
                 VALUES (1, {contest}, {NOW}, 'a.b', 'a', -1, '')"
            ),
        ] {
            house.run(&sql).await;
        }
        let written = dump(&house.db).await;
        assert!(written.iter().any(|line| line.starts_with("mark_sheet ") && line.contains("9007199254740993")));
        assert!(written.iter().any(|line| line.contains("\"waits\":false")));
        assert!(!written.iter().any(|line| line.starts_with("session ")));

        let folder = Folder::new();
        for url in [folder.url(), database().await] {
            let db = Db::connect(&url).await.unwrap();
            assert_eq!(db.schema().await.unwrap(), None);
            assert_eq!(occupied(&db).await, None);
            db.migrate_to(2).await.unwrap();
            assert_eq!(db.schema().await.unwrap(), Some(2));
            assert_eq!(occupied(&db).await, None, "under an older schema");
            db.migrate_to(Db::newest_schema()).await.unwrap();
            assert_eq!(db.schema().await.unwrap(), Some(Db::newest_schema()));
            // With and without the triggers that keep a locked list.
            if db.is_lite() {
                db.migrate().await.unwrap();
            }
            fill(&db, &written).await.unwrap();
            db.migrate().await.unwrap();
            assert_eq!(dump(&db).await, written);
            let mut tx = db.begin().await.unwrap();
            let refused = super::house::refusal(&mut tx, "UPDATE mark_sheet SET queue_id = queue_id, queue_entry_id = 1, place = 2 WHERE id = 1").await;
            drop(tx);
            if db.is_lite() {
                assert!(refused.unwrap().contains("the list is locked"));
            }
            assert!(fill(&db, &written).await.is_err(), "twice");
            assert_eq!(dump(&db).await, written, "and nothing changed");
            db.close().await;
        }
        written.len()
    })
    .await;
}

#[tokio::test]
async fn a_column_that_the_schema_does_not_have_is_refused() {
    on_both(async |house| {
        let line = r#"{"id": 5, "slug": "x", "title": "x", "created_at": 1, "id\" = 1; --": 2}"#;
        let line: Line = serde_json::from_str(line).unwrap();
        let mut later = Later::default();
        let refused = house
            .write(async |tx| backup::load(tx, &TABLES[0], &[line], &mut later).await)
            .await;
        assert!(matches!(refused, Err(Error::Missing)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_sees_one_moment() {
    on_both(async |house| {
        let mut tx = house.db.snapshot().await.unwrap();
        let before = backup::blobs(&mut tx).await.unwrap().len();
        house.message("later").await;
        assert_eq!(backup::blobs(&mut tx).await.unwrap().len(), before);
        drop(tx);
        let mut tx = house.db.snapshot().await.unwrap();
        assert_eq!(backup::blobs(&mut tx).await.unwrap().len(), before + 1);
        let blobs = backup::blobs(&mut tx).await.unwrap();
        drop(tx);
        blobs
    })
    .await;
}

async fn occupied(db: &Db) -> Option<&'static str> {
    let mut tx = db.begin().await.unwrap();
    backup::occupied(&mut tx).await.unwrap()
}

#[tokio::test]
async fn what_was_in_hand_is_free_and_letters_on_their_way_are_found() {
    on_both(async |house| {
        assert_eq!(occupied(&house.db).await, Some("contest"));
        house.run("UPDATE mailbox SET lease_owner = 5, lease_until = 9").await;
        for (id, state) in [(1, "running"), (2, "ready"), (3, "done")] {
            house
                .run(&format!(
                    "INSERT INTO job (id, kind, job_key, state, priority, run_at, lease_until, created_at)
                     VALUES ({id}, 'send', {id}, '{state}', 1, 1, 99, 1)"
                ))
                .await;
        }
        for (id, state) in [(3, "sent"), (2, "queued"), (1, "sending"), (4, "failed")] {
            house
                .run(&format!(
                    "INSERT INTO letter (id, contest_id, unit_id, letter_key, rfc_id, kind, recipient, null_path, sender, subject,
                         mime, state, not_before, queued_at)
                     VALUES ({id}, {}, {}, 'k{id}', 'r{id}', 'receipt', 'a@x.example', FALSE, 'b@x.example', '', '', '{state}', 1, 1)",
                    house.contest,
                    house.unit("hoan-kiem"),
                ))
                .await;
        }
        house.write(async |tx| backup::release(tx, NOW).await).await.unwrap();
        let leases = house.texts("SELECT address FROM mailbox WHERE lease_until > 0 OR lease_owner IS NOT NULL").await;
        assert!(leases.is_empty(), "{leases:?}");
        let letters = house.write(async |tx| letter::in_flight(tx).await).await.unwrap();
        let letters: Vec<(i64, LetterState)> =
            letters.into_iter().map(|letter| (letter.id, letter.state)).collect();
        assert_eq!(letters, [(1, LetterState::Sending), (2, LetterState::Queued)]);
        house.texts("SELECT id || state || run_at FROM job ORDER BY id").await
    })
    .await;
}
