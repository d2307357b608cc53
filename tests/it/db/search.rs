//! What the search index reads: no change may escape it, and nothing outside of a scope comes out of it.

use serde_json::json;

use phach::db::act;
use phach::db::act::Act;
use phach::db::entry;
use phach::db::entry::Entry;
use phach::db::event;
use phach::db::event::Event;
use phach::db::id_at;
use phach::db::matter::Subject;
use phach::db::new_id;
use phach::db::reading;
use phach::db::search;
use phach::db::search::Change;
use phach::document::Document;
use phach::entry::EntryState;

use super::day::Day;
use super::day::scope;
use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;
use super::house::version;

/// An event about a row; returns nothing, as its id is nobody's business.
async fn happened(house: &House, kind: &str, subject: &str, subject_id: i64) {
    let event = Event {
        contest: Some(house.contest),
        at: NOW,
        kind,
        subject,
        subject_id,
        detail: "",
    };
    let told = house.write(async |tx| event::record(tx, event).await);
    told.await.unwrap();
}

/// The entries that changed since, without doubles.
async fn changed(house: &House, floor: i64) -> Vec<i64> {
    let changes = search::changed_since(&house.db, floor).await.unwrap();
    assert!(
        changes.iter().all(|change| change.row > floor),
        "{changes:?}"
    );
    let mut entries: Vec<i64> = changes.iter().map(|change| change.entry).collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}

#[tokio::test]
async fn every_change_of_an_entry_shows_once_it_is_there() {
    on_both(async |house| {
        let before = new_id();
        let day = Day::spend(&house).await;
        let (anh, binh, nobody) = (day.anh.id, day.binh.id, day.nobody.id);
        let mut all = vec![anh, binh, nobody];
        all.sort_unstable();
        assert_eq!(changed(&house, before).await, all);
        let all = search::changed_since(&house.db, 0).await.unwrap();
        assert!(
            all.contains(&Change {
                row: binh,
                entry: binh
            }),
            "{all:?}"
        );
        assert_eq!(changed(&house, id_at(NOW * 2)).await, [0; 0]);

        // An event about an entry, or about the mail that brought it; of other rows nothing.
        let floor = new_id();
        happened(&house, "entry.came_earlier", "entry", binh).await;
        assert_eq!(changed(&house, floor).await, [binh]);
        let floor = new_id();
        happened(&house, "message.sorted", "message", day.mail).await;
        happened(&house, "letter.sent", "letter", anh).await;
        assert_eq!(changed(&house, floor).await, [anh]);

        // A new version.
        let floor = new_id();
        let second = version(&day.nobody, 2);
        let written = house.write(async |tx| entry::put_version(tx, &second, NOW).await);
        written.await.unwrap();
        assert_eq!(changed(&house, floor).await, [nobody]);

        // An act that touched more entries than the one it is about; its undoing touches them again.
        let mut both = vec![anh, binh];
        both.sort_unstable();
        let rows = json!({"entries": [{"id": anh, "unit": 1}, {"id": binh, "unit": 2}]});
        let act = Act {
            id: act::id(),
            contest_id: house.contest,
            unit_id: house.unit("ba-dinh"),
            matter_id: None,
            subject: Subject::Entry,
            subject_id: binh,
            account_id: day.account,
            kind: "join".to_owned(),
            before: rows.to_string(),
            after: json!({"entries": "of another kind"}).to_string(),
            at: NOW,
            undone_at: None,
        };
        let floor = new_id();
        let recorded = house.write(async |tx| act::record(tx, &act).await);
        recorded.await.unwrap();
        assert_eq!(changed(&house, floor).await, [0; 0], "an act has its event");
        happened(&house, "act.join", "entry", binh).await;
        assert_eq!(changed(&house, floor).await, both);
        let floor = new_id();
        happened(&house, "undo.join", "entry", binh).await;
        assert_eq!(changed(&house, floor).await, both);
    })
    .await;
}

#[tokio::test]
async fn what_a_slow_process_commits_late_is_seen_behind_what_came_before() {
    on_both(async |house| {
        let (first, _) = house.entry("AAAA-AAAA-A").await;
        // Made before, committed after: its id is smaller than what a look has seen already.
        let early = Entry {
            id: new_id(),
            ..house.new_entry("CCCC-CCCC-C", first.submission_id)
        };
        let (late, _) = house.entry("DDDD-DDDD-D").await;
        let seen = search::changed_since(&house.db, 0).await.unwrap();
        assert!(seen.iter().all(|change| change.entry != early.id));
        let written = house.write(async |tx| {
            entry::insert(tx, &early, NOW).await?;
            entry::put_version(tx, &version(&early, 1), NOW).await
        });
        written.await.unwrap();
        assert!(early.id < late.id);
        let floor = first.id - 1;
        let again = search::changed_since(&house.db, floor).await.unwrap();
        let new: Vec<i64> = again
            .iter()
            .filter(|change| !seen.contains(change))
            .map(|change| change.entry)
            .collect();
        assert!(new.contains(&early.id), "{new:?}");
        assert!(!new.contains(&late.id), "{new:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mark_tells_unit_state_and_newest_version() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let second = version(&day.anh, 2);
        let written = house.write(async |tx| entry::put_version(tx, &second, NOW).await);
        written.await.unwrap();
        let marks = search::marks(&house.db, 0).await.unwrap();
        let ids: Vec<i64> = marks.iter().map(|mark| mark.id).collect();
        let mut want = vec![day.anh.id, day.binh.id, day.nobody.id];
        want.sort_unstable();
        assert_eq!(ids, want);
        let of = |id: i64| marks.iter().find(|mark| mark.id == id).unwrap();
        assert_eq!(of(day.anh.id).version, second.id);
        assert_eq!(of(day.binh.id).unit, house.unit("ba-dinh"));
        assert_eq!(of(day.nobody.id).state, EntryState::SetAside);
        let last = *ids.last().unwrap();
        assert_eq!(search::marks(&house.db, last).await.unwrap(), []);
        let papers = search::papers(&house.db, &ids).await.unwrap();
        let told: Vec<_> = papers.iter().map(|paper| paper.mark()).collect();
        assert_eq!(told, marks);
    })
    .await;
}

#[tokio::test]
async fn a_paper_holds_all_that_is_searched_of_the_newest_version() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let db = &house.db;
        let read = |text: &str| Document {
            text: text.to_owned(),
            ..Document::default()
        };
        let kept = house.write(async |tx| {
            reading::keep(tx, "x", &read("Bài viết của em."), None, 1).await?;
            reading::keep(tx, "y", &read("Không phải bài viết."), None, 1).await?;
            reading::keep(tx, "z", &read("Trang ảnh."), None, 1).await?;
            for (ordinal, blob, name, role) in [
                (2, "y", "phụ lục.docx", phach::entry::FileRole::Annex),
                (3, "z", "ảnh.jpg", phach::entry::FileRole::Page),
            ] {
                let file = entry::File {
                    id: new_id(),
                    version_id: day.anh_version,
                    ordinal,
                    blob: blob.to_owned(),
                    name: name.to_owned(),
                    size: 1,
                    role,
                    kind: "docx".to_owned(),
                    pages: None,
                };
                entry::put_file(tx, &file).await?;
            }
            Ok(())
        });
        kept.await.unwrap();
        let paper = search::papers(db, &[day.anh.id]).await.unwrap().remove(0);
        assert_eq!(paper.text, "Bài viết của em.\nTrang ảnh.");
        assert_eq!(paper.files, ["bài.docx", "phụ lục.docx", "ảnh.jpg"]);
        assert_eq!(paper.name.as_deref(), Some("Nguyễn Thị Ánh"));
        assert_eq!(paper.facts().collect::<Vec<_>>(), ["an@nguoidan.example"]);
        assert_eq!(paper.version_id, day.anh_version);

        // The newest version counts; an essay in the body is the mail's.
        let id = day.other_mail;
        house
            .run(&format!(
                "UPDATE message SET body = 'Bài trong thư.' WHERE id = {id}"
            ))
            .await;
        let newest = entry::Version {
            in_body: true,
            ..version(&day.binh, 2)
        };
        let written = house.write(async |tx| {
            entry::put_version(tx, &newest, NOW).await?;
            entry::put_slip(tx, house.contest, newest.id, &slip("Trần Thị Bình"), None).await
        });
        written.await.unwrap();
        let paper = search::papers(db, &[day.binh.id]).await.unwrap().remove(0);
        assert_eq!(paper.text, "Bài trong thư.");
        assert_eq!(paper.name.as_deref(), Some("Trần Thị Bình"));
        assert!(paper.files.is_empty());

        // A text without end is searched at its beginning.
        let long = "ố".repeat(search::LONGEST + 5);
        let blob = new_id().to_string();
        let kept = house.write(async |tx| reading::keep(tx, &blob, &read(&long), None, 1).await);
        kept.await.unwrap();
        let file = day.anh_file;
        house
            .run(&format!(
                "UPDATE entry_file SET blob = '{blob}' WHERE id = {file}"
            ))
            .await;
        let paper = search::papers(db, &[day.anh.id]).await.unwrap().remove(0);
        assert_eq!(paper.text.chars().count(), search::LONGEST);
        assert_eq!(search::papers(db, &[]).await.unwrap(), []);
        assert_eq!(search::papers(db, &[1]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_page_gets_papers_of_its_scope_in_the_order_of_the_hits() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let db = &house.db;
        let asked = [day.nobody.id, day.binh.id, day.anh.id];
        let found = async |codes: &[&str]| -> Vec<i64> {
            let scope = scope(&house, codes);
            let papers = search::papers_within(db, &scope, &asked).await.unwrap();
            papers.iter().map(|paper| paper.id).collect()
        };
        assert_eq!(found(&["hoan-kiem", "ba-dinh"]).await, asked);
        assert_eq!(found(&["hoan-kiem"]).await, [day.nobody.id, day.anh.id]);
        assert_eq!(found(&["ba-dinh"]).await, [day.binh.id]);
        assert_eq!(found(&[]).await, [0; 0]);
    })
    .await;
}
