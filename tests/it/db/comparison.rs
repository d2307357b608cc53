//! What the comparison of essays found, and which essays wait for it.

use std::collections::BTreeMap;

use serde_json::json;

use phach::db::Error;
use phach::db::act;
use phach::db::act::Act;
use phach::db::comparison;
use phach::db::comparison::Comparison;
use phach::db::comparison::Evidence;
use phach::db::comparison::Placed;
use phach::db::entry;
use phach::db::entry::Entry;
use phach::db::entry::File;
use phach::db::job;
use phach::db::job::JobKind;
use phach::db::matter::Subject;
use phach::db::new_id;
use phach::db::view;
use phach::db::view::Scope;
use phach::duplicate::Level;
use phach::duplicate::Source;
use phach::duplicate::Verdict;
use phach::entry::EntryState;
use phach::entry::FileRole;

use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;
use super::house::version;

fn found(entry: &Entry, version: i64, level: Level, score: f64) -> Comparison {
    Comparison {
        entry_id: entry.id,
        contest_id: entry.contest_id,
        version_id: version,
        text_hash: comparison::hash("Bài viết."),
        run: 0,
        root_id: None,
        evidence: Evidence {
            verdict: Verdict {
                level,
                score,
                ..Verdict::default()
            },
            entries: BTreeMap::new(),
        },
    }
}

async fn put(house: &House, found: &Comparison) {
    let written = house.write(async |tx| comparison::put(tx, found, NOW).await);
    written.await.unwrap();
}

async fn waits(house: &House, contest: i64) -> bool {
    let waits = house.write(async |tx| comparison::is_waiting(tx, contest).await);
    waits.await.unwrap()
}

#[tokio::test]
async fn an_essay_waits_until_it_is_compared_and_again_when_it_has_another_text() {
    on_both(async |house| {
        let (one, first) = house.entry("AAAA-AAAA-A").await;
        let (two, second) = house.entry("BBBB-BBBB-B").await;
        let waiting = async |most: i64| {
            let all = comparison::waiting(&house.db, house.contest, most).await;
            all.unwrap()
        };
        assert_eq!(waiting(9).await, [one.id, two.id]);
        assert_eq!(waiting(1).await, [one.id]);
        put(&house, &found(&one, first, Level::Clear, 0.0)).await;
        assert_eq!(waiting(9).await, [two.id]);
        // A photograph has no text before it is read.
        let file = File {
            id: new_id(),
            version_id: second,
            ordinal: 1,
            blob: "photo".into(),
            name: "trang-1.jpg".into(),
            size: 9,
            role: FileRole::Page,
            kind: "jpeg".into(),
            pages: Some(1),
        };
        house
            .write(async |tx| {
                entry::put_file(tx, &file).await?;
                job::put(tx, JobKind::Ocr, file.id, 9, NOW).await
            })
            .await
            .unwrap();
        assert!(waiting(9).await.is_empty());
        assert!(!waits(&house, house.contest).await);
        let read = job::claim(&house.db, job::Lane::Slow, NOW, 1_000)
            .await
            .unwrap()
            .unwrap();
        assert!(waiting(9).await.is_empty(), "it is being read");
        house
            .write(async |tx| job::hold(tx, &read).await)
            .await
            .unwrap();
        house
            .write(async |tx| job::finish(tx, &read, NOW).await)
            .await
            .unwrap();
        let lost = house.write(async |tx| job::hold(tx, &read).await).await;
        assert!(matches!(lost, Err(Error::Stale)), "{lost:?}");
        assert_eq!(waiting(9).await, [two.id]);
        assert!(waits(&house, house.contest).await);
        put(&house, &found(&two, second, Level::Clear, 0.0)).await;
        assert!(waiting(9).await.is_empty());

        let place = async |after: i64| {
            let all = comparison::compared(&house.db, house.contest, after, 9).await;
            all.unwrap()
        };
        let placed = |entry: &Entry, seq: i64| Placed {
            entry_id: entry.id,
            seq,
        };
        assert_eq!(place(0).await, [placed(&one, 1), placed(&two, 2)]);
        let newer = version(&one, 2);
        house
            .write(async |tx| entry::put_version(tx, &newer, NOW).await)
            .await
            .unwrap();
        assert_eq!(waiting(9).await, [one.id], "a new version is a new text");
        put(&house, &found(&one, newer.id, Level::Note, 0.1)).await;
        assert_eq!(place(1).await, [placed(&two, 2), placed(&one, 3)]);
        put(&house, &found(&one, newer.id, Level::Note, 0.2)).await;
        assert_eq!(
            place(2).await,
            [placed(&one, 3)],
            "found anew, in its place"
        );
        let last = house.write(async |tx| comparison::last(tx, house.contest).await);
        assert_eq!(last.await.unwrap(), 3);
        house
            .write(async |tx| comparison::forget(tx, two.id).await)
            .await
            .unwrap();
        assert_eq!(waiting(9).await, [two.id]);
        let gone = comparison::get(&house.db, two.id).await;
        assert!(matches!(gone, Err(Error::Missing)), "{gone:?}");

        // Joined, there is nothing of it to compare.
        let joined = Entry {
            state: EntryState::Joined,
            joined_to: Some(one.id),
            ..two.clone()
        };
        house
            .write(async |tx| entry::change(tx, &two, &joined).await)
            .await
            .unwrap();
        assert!(waiting(9).await.is_empty());
        assert_eq!(
            comparison::all(&house.db, house.contest).await.unwrap(),
            [one.id]
        );
        assert!(comparison::all(&house.db, 7).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_order_of_all_essays_is_that_of_their_mails() {
    on_both(async |house| {
        // In one and the same second: by the hash of the mail, whoever was written down first.
        let (z, _) = house.entry("ZZZZ-ZZZZ-Z").await;
        let (a, _) = house.entry("AAAA-AAAA-A").await;
        let (early, _) = house.entry("EEEE-EEEE-E").await;
        house
            .write(async |tx| entry::came_earlier(tx, early.id, NOW - 5).await)
            .await
            .unwrap();
        let all = comparison::all(&house.db, house.contest).await.unwrap();
        assert_eq!(all, [early.id, a.id, z.id]);
    })
    .await;
}

#[tokio::test]
async fn a_cluster_has_its_members_and_remembers_what_was_decided() {
    on_both(async |house| {
        let (one, first) = house.entry("AAAA-AAAA-A").await;
        let (two, second) = house.entry("BBBB-BBBB-B").await;
        let (three, third) = house.entry("CCCC-CCCC-C").await;
        let mut copied = found(&two, second, Level::Copied, 0.966_61);
        copied.evidence.verdict.sources.push(Source {
            essay: 0,
            share: 0.9,
            corroborated: true,
            same_person: false,
        });
        copied.evidence.entries.insert(0, one.id);
        copied.root_id = Some(one.id);
        put(&house, &found(&one, first, Level::Clear, 0.0)).await;
        put(&house, &copied).await;
        put(&house, &found(&three, third, Level::Review, 0.3)).await;
        house
            .write(async |tx| {
                comparison::set_root(tx, one.id, one.id).await?;
                entry::put_slip(tx, house.contest, second, &slip("Lê Bình"), None).await
            })
            .await
            .unwrap();
        assert_eq!(comparison::get(&house.db, two.id).await.unwrap(), copied);
        assert_eq!(copied.evidence.entry(0), Some(one.id));
        let root = async |entry: i64| {
            let root = house.write(async |tx| comparison::root(tx, entry).await);
            root.await.unwrap()
        };
        assert_eq!(root(two.id).await, Some(one.id));
        assert_eq!(root(three.id).await, None);
        assert_eq!(root(77).await, None);
        let members = house.write(async |tx| comparison::members(tx, one.id).await);
        let members = members.await.unwrap();
        let codes: Vec<&str> = members.iter().map(|m| m.receipt_code.as_str()).collect();
        assert_eq!(codes, ["AAAA-AAAA-A", "BBBB-BBBB-B"]);
        assert_eq!((members[1].level, members[1].score), (Level::Copied, 9_666));
        assert_eq!(members[1].name.as_deref(), Some("Lê Bình"));
        assert!(members.iter().all(comparison::Member::stands));
        let roots = house.write(async |tx| comparison::roots(tx, house.contest).await);
        assert_eq!(roots.await.unwrap(), [one.id]);
        let named = comparison::named(&house.db, &[two.id, 77]).await.unwrap();
        assert_eq!(named, members[1..]);
        assert!(comparison::named(&house.db, &[]).await.unwrap().is_empty());

        let scope = |unit: &str| Scope {
            contest: house.contest,
            units: vec![house.unit(unit)],
        };
        let seen = view::to_review(&house.db, &scope("hoan-kiem"))
            .await
            .unwrap();
        let seen: Vec<i64> = seen.iter().map(|member| member.entry_id).collect();
        assert_eq!(seen, [three.id]);
        let elsewhere = view::to_review(&house.db, &scope("ba-dinh")).await.unwrap();
        assert!(elsewhere.is_empty());

        let decided = async || {
            let decided = house.write(async |tx| comparison::decided(tx, one.id).await);
            decided.await.unwrap()
        };
        assert!(decided().await.is_empty());
        let clerk = house.account("thuky@hk.example").await;
        let act = Act {
            id: act::id(),
            contest_id: house.contest,
            unit_id: house.unit("hoan-kiem"),
            matter_id: None,
            subject: Subject::Entry,
            subject_id: one.id,
            account_id: clerk,
            kind: "settle".into(),
            before: "{}".into(),
            after: json!({"note": {"members": [one.id, two.id]}}).to_string(),
            at: NOW,
            undone_at: None,
        };
        house
            .write(async |tx| act::record(tx, &act).await)
            .await
            .unwrap();
        assert_eq!(decided().await, [one.id, two.id]);
        house
            .write(async |tx| act::undone(tx, &act, clerk, NOW).await)
            .await
            .unwrap();
        assert!(decided().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_broken_off_is_begun_again_under_its_number() {
    on_both(async |house| {
        let contest = house.contest;
        let last = async || comparison::last_run(&house.db, contest).await.unwrap();
        assert_eq!(last().await, None);
        let begin = async |essays: i64, at: i64| {
            let n = house.write(async |tx| comparison::begin_run(tx, contest, essays, at).await);
            n.await.unwrap()
        };
        assert_eq!(begin(5, NOW).await, 1);
        house
            .write(async |tx| comparison::step_run(tx, contest, 1, 4).await)
            .await
            .unwrap();
        let broken = last().await.unwrap();
        assert_eq!((broken.steps, broken.ended_at), (4, None));
        assert_eq!(
            comparison::last_ended(&house.db, contest).await.unwrap(),
            None
        );
        assert_eq!(begin(6, NOW + 1).await, 1);
        assert_eq!(last().await.unwrap().steps, 0);
        house
            .write(async |tx| comparison::end_run(tx, contest, 1, "abc", NOW + 2).await)
            .await
            .unwrap();
        let ended = last().await.unwrap();
        assert_eq!((ended.essays, ended.steps), (6, 12));
        assert_eq!(ended.verdicts_hash.as_deref(), Some("abc"));
        let at = comparison::last_ended(&house.db, contest).await.unwrap();
        assert_eq!(at, Some(NOW + 2));
        assert_eq!(begin(6, NOW + 3).await, 2);

        let (one, first) = house.entry("AAAA-AAAA-A").await;
        let (two, second) = house.entry("BBBB-BBBB-B").await;
        house.entry("CCCC-CCCC-C").await;
        put(&house, &found(&one, first, Level::Clear, 0.0)).await;
        let seen = Comparison {
            run: 1,
            ..found(&two, second, Level::Clear, 0.0)
        };
        put(&house, &seen).await;
        let newest = comparison::newest(&house.db, contest).await.unwrap();
        assert_eq!(newest, Some(NOW), "of those that no run has seen");
        let counts = house.write(async |tx| comparison::provisional(tx, contest).await);
        assert_eq!(counts.await.unwrap(), (2, 1));
        let progress = comparison::progress(&house.db, contest).await.unwrap();
        assert_eq!(
            (progress.entries, progress.compared, progress.since),
            (3, 2, 1)
        );
    })
    .await;
}
