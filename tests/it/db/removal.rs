//! Removals: proposed, confirmed, called off, and what each piece takes and leaves.

use phach::db;
use phach::db::Error;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::message::PartRow;
use phach::db::message::Sorted;
use phach::db::removal;
use phach::db::removal::Removal;
use phach::entry::MessageKind;
use phach::entry::MessageState;
use phach::entry::RemovalState;

use super::bench::safe_copy;
use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;

pub const NAME: &str = "Nguyễn Bí Mật";
pub const PHONE: &str = "0912345678";
pub const NONE: [i64; 0] = [];

pub async fn proposed(house: &House) -> Removal {
    house
        .write(async |tx| removal::propose(tx, house.contest, "{}", NOW, NOW).await)
        .await
        .unwrap()
}

async fn confirmed(house: &House, now: i64) -> Removal {
    let id = proposed(house).await.id;
    house
        .write(async |tx| {
            removal::confirm(tx, id, now, now + 5).await?;
            removal::get(tx, id).await
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_removal_is_proposed_once_and_goes_one_way() {
    on_both(async |house| {
        let none = house
            .write(async |tx| removal::open(tx, house.contest).await)
            .await
            .unwrap();
        assert_eq!(none, None);
        let first = proposed(&house).await;
        let second = house
            .write(async |tx| removal::propose(tx, house.contest, "[]", NOW + 7, NOW).await)
            .await
            .unwrap();
        assert_eq!(
            (second.id, &*second.rule, second.due_at),
            (first.id, "[]", NOW + 7)
        );
        let id = first.id;
        let begun = async || removal::has_begun(&house.db, house.contest).await.unwrap();
        let early = house.write(async |tx| removal::begin(tx, id).await).await;
        assert!(
            matches!(early, Err(Error::Stale)),
            "nobody has confirmed it"
        );
        assert!(!begun().await);
        let early = house
            .write(async |tx| removal::call_off(tx, id).await)
            .await;
        assert!(matches!(early, Err(Error::Stale)), "nothing to call off");
        let seen = house
            .write(async |tx| {
                removal::asked(tx, id, NOW).await?;
                removal::confirm(tx, id, NOW, NOW + 5).await?;
                removal::call_off(tx, id).await?;
                let off = removal::get(tx, id).await?;
                assert_eq!((off.confirmed_at, off.run_at), (None, None));
                removal::confirm(tx, id, NOW + 1, NOW + 6).await?;
                // What was confirmed keeps the rule by which it was.
                let kept = removal::propose(tx, house.contest, "{}", NOW, NOW).await?;
                assert_eq!(kept.rule, "[]");
                removal::begin(tx, id).await?;
                removal::count(tx, id, 2, 1, 4).await?;
                removal::count(tx, id, 1, 0, 0).await?;
                removal::get(tx, id).await
            })
            .await
            .unwrap();
        assert_eq!(seen.state, RemovalState::Running);
        assert_eq!((seen.messages, seen.entries, seen.files), (3, 1, 4));
        let late = house
            .write(async |tx| removal::call_off(tx, id).await)
            .await;
        assert!(matches!(late, Err(Error::Stale)), "it has begun");
        assert_eq!(removal::last_end(&house.db).await.unwrap(), None);
        assert!(begun().await);
        house
            .write(async |tx| removal::end(tx, id, NOW + 9).await)
            .await
            .unwrap();
        assert_eq!(removal::last_end(&house.db).await.unwrap(), Some(NOW + 9));
        let next = proposed(&house).await;
        assert_ne!(next.id, id, "what came later is another removal");
        let all = removal::all(&house.db).await.unwrap();
        all.iter().map(|one| one.state).collect::<Vec<_>>()
    })
    .await;
}

/// An entry with all that is known of its author, from a mail with one file.
pub async fn known(house: &House, code: &str) -> (db::entry::Entry, i64, i64) {
    let (entry, version) = house.entry(code).await;
    let message = house.message(&format!("mail of {code}")).await;
    let sorted = Sorted {
        kind: MessageKind::Entry,
        rfc_id: Some("bimat@nguoidan.example"),
        content_hash: "c0",
        from_email: Some("bimat@nguoidan.example"),
        from_name: Some(NAME),
        subject: NAME,
        body: PHONE,
        same_as: None,
    };
    let part = PartRow {
        path: "1",
        name: "Nguyễn Bí Mật.docx",
        blob: "file",
        size: 7,
        kind: "docx",
    };
    let letter = NewLetter {
        contest: house.contest,
        unit: house.unit("hoan-kiem"),
        key: code,
        rfc_id: code,
        kind: LetterKind::Receipt,
        recipient: "bimat@nguoidan.example",
        null_path: true,
        sender: "hoankiem@duthi.example",
        subject: NAME,
        mime: NAME,
        message: Some(message),
        not_before: NOW,
    };
    let copy = safe_copy(version, PHONE);
    house
        .write(async |tx| {
            db::message::sorted(tx, message, &sorted).await?;
            db::message::put_part(tx, message, &part).await?;
            db::entry::put_slip(tx, house.contest, version, &slip(NAME), Some(PHONE)).await?;
            db::copy::put(tx, &copy, NOW).await?;
            db::letter::queue(tx, &letter, NOW).await
        })
        .await
        .unwrap();
    let id = db::new_id();
    house
        .run(&format!(
            "INSERT INTO entry_file (id, version_id, ordinal, blob, name, size, role, kind)
             VALUES ({id}, {version}, 0, 'file', '{NAME}.docx', 7, 'main', 'docx')"
        ))
        .await;
    house
        .run("INSERT INTO reading (blob, reader, kind, body, ms) VALUES ('file', 1, 'docx', '0912345678', 1) ON CONFLICT DO NOTHING")
        .await;
    house
        .run("INSERT INTO page_picture (blob, page, picture, width, height) VALUES ('file', 0, 'drawn', 1, 1) ON CONFLICT DO NOTHING")
        .await;
    (entry, version, message)
}

/// Every row as it would stand in a backup.
async fn rows(house: &House) -> String {
    let mut all = String::new();
    let mut tx = house.db.snapshot().await.unwrap();
    for table in db::backup::TABLES {
        db::backup::rows(&mut tx, table, |line| {
            all.push_str(&line);
            Ok::<(), Error>(())
        })
        .await
        .unwrap();
    }
    all
}

#[tokio::test]
async fn the_pieces_take_what_is_known_of_people_and_leave_the_tombstones() {
    on_both(async |house| {
        let (entry, _, message) = known(&house, "AAAA-AAAA-A").await;
        let clerk = house.account("clerk@duthi.example").await;
        let detail = serde_json::json!({ "note": NAME });
        let matter = db::matter::NewMatter {
            contest: house.contest,
            unit: house.unit("hoan-kiem"),
            kind: phach::entry::MatterKind::Judge,
            subject: db::matter::Subject::Entry,
            subject_id: entry.id,
            detail: &detail,
        };
        let act = db::act::Act {
            id: db::act::id(),
            contest_id: house.contest,
            unit_id: house.unit("hoan-kiem"),
            matter_id: None,
            subject: db::matter::Subject::Entry,
            subject_id: entry.id,
            account_id: clerk,
            kind: "correct".to_owned(),
            before: NAME.to_owned(),
            after: NAME.to_owned(),
            at: NOW,
            undone_at: None,
        };
        house
            .write(async |tx| {
                db::matter::open(tx, &matter, NOW).await?;
                db::act::record(tx, &act).await?;
                db::job::put(tx, db::job::JobKind::Sort, message, 4, NOW).await
            })
            .await
            .unwrap();
        let contest = house.contest;
        let counts = removal::counts(&house.db, contest).await.unwrap();
        assert_eq!(
            (
                counts.messages,
                counts.entries,
                counts.letters,
                counts.files,
                counts.open
            ),
            (1, 1, 1, 2, 1)
        );
        assert!(rows(&house).await.contains(NAME));
        let removal = confirmed(&house, NOW + 1).await;
        // One that came after the word stays.
        let late = house
            .write(async |tx| db::message::store(tx, contest, "late", 5, NOW, NOW + 2).await)
            .await
            .unwrap()
            .0;
        let now = NOW + 10;
        house
            .write(async |tx| {
                assert_eq!(removal::mails(tx, &removal, 0, 10, now).await?, [message]);
                assert_eq!(removal::mails(tx, &removal, 0, 10, now).await?, NONE);
                assert_eq!(
                    removal::entries(tx, &removal, 0, 10, now).await?,
                    [entry.id]
                );
                assert_eq!(
                    removal::entries(tx, &removal, entry.id, 10, now).await?,
                    NONE
                );
                assert_eq!(
                    removal::letters(tx, &removal, 0, 10, "gone", now)
                        .await?
                        .len(),
                    1
                );
                assert_eq!(
                    removal::letters(tx, &removal, 0, 10, "gone", now).await?,
                    NONE
                );
                assert_eq!(removal::papers(tx, &removal, now).await?, 0);
                assert_eq!(removal::matters(tx, &removal, now).await?, 1);
                assert_eq!(removal::acts(tx, &removal).await?, 1);
                assert_eq!(removal::jobs(tx, &removal, now).await?, 1);
                removal::leftovers(tx, &removal, now).await?;
                assert!(removal::has_taken(tx, entry.id).await?);
                let (state, _) = db::message::standing(tx, late).await?;
                assert_eq!(state, MessageState::Stored);
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(
            removal::of_entry(&house.db, entry.id).await.unwrap(),
            Some((now, None))
        );
        let blob = "mail of AAAA-AAAA-A";
        assert!(removal::is_removed(&house.db, contest, blob).await.unwrap());
        assert!(
            !removal::is_removed(&house.db, contest, "late")
                .await
                .unwrap()
        );

        let noted = removal::doomed(&house.db, "", 10).await.unwrap();
        assert_eq!(noted, ["file", blob]);
        house
            .write(async |tx| {
                // What a page was drawn of is not named by the drawing once nobody has the file.
                assert_eq!(removal::unnamed(tx, &noted).await?, [blob]);
                removal::forget_readings(tx, &noted, now).await?;
                assert_eq!(removal::unnamed(tx, &noted).await?, noted);
                Ok(())
            })
            .await
            .unwrap();
        let noted = removal::doomed(&house.db, "", 10).await.unwrap();
        assert_eq!(noted, ["drawn", "file", blob]);
        assert_eq!(
            removal::doomed(&house.db, "drawn", 1).await.unwrap(),
            ["file"]
        );
        house
            .write(async |tx| removal::let_go(tx, &noted).await)
            .await
            .unwrap();

        // The same mail in other bytes, as its Message-ID and its contents tell.
        let other = house.message("other bytes").await;
        house
            .write(async |tx| {
                let rfc_id = "bimat@nguoidan.example";
                let twin = db::message::same(tx, contest, other, rfc_id, "c0").await?;
                assert_eq!(twin, Some(message));
                let stranger = db::message::same(tx, contest, other, rfc_id, "c1").await?;
                assert_eq!(stranger, None);
                removal::doom_mail(tx, other, &["file"], now).await?;
                removal::follow(tx, other, message, now).await?;
                removal::doom_mail(tx, other, &["file"], now).await
            })
            .await
            .unwrap();
        let noted = removal::doomed(&house.db, "", 10).await.unwrap();
        assert_eq!(noted, ["file", "other bytes"]);
        house.db.compact().await.unwrap();
        let all = rows(&house).await;
        for secret in [NAME, PHONE, "bimat@nguoidan.example"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        assert!(all.contains("AAAA-AAAA-A") && all.contains(blob));
        let left = removal::counts(&house.db, contest).await.unwrap();
        (left.messages, left.entries, left.letters, left.open)
    })
    .await;
}

#[tokio::test]
async fn a_file_that_another_contest_holds_stays() {
    on_both(async |house| {
        known(&house, "AAAA-AAAA-A").await;
        let removal = confirmed(&house, NOW + 1).await;
        house
            .write(async |tx| {
                removal::mails(tx, &removal, 0, 10, NOW).await?;
                removal::entries(tx, &removal, 0, 10, NOW).await
            })
            .await
            .unwrap();
        // Another mail, which came later, has the same file.
        let message = house
            .write(async |tx| db::message::store(tx, house.contest, "next", 5, NOW, NOW + 9).await)
            .await
            .unwrap()
            .0;
        let part = PartRow {
            path: "1",
            name: "a.docx",
            blob: "file",
            size: 7,
            kind: "docx",
        };
        house
            .write(async |tx| db::message::put_part(tx, message, &part).await)
            .await
            .unwrap();
        let noted = removal::doomed(&house.db, "", 10).await.unwrap();
        house
            .write(async |tx| {
                removal::forget_readings(tx, &noted, NOW).await?;
                assert_eq!(removal::unnamed(tx, &noted).await?, ["mail of AAAA-AAAA-A"]);
                Ok(())
            })
            .await
            .unwrap();
        house.texts("SELECT body FROM reading").await
    })
    .await;
}
