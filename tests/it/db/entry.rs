//! Entries and what belongs to them.

use phach::db::Error;
use phach::db::entry;
use phach::db::entry::File;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::new_id;
use phach::entry::EntryState;
use phach::entry::FileRole;
use phach::entry::Finding;
use phach::entry::FindingCode;
use phach::entry::Timeliness;
use phach::slip::Slip;

use super::house::NOW;
use super::house::on_both;
use super::house::slip;
use super::house::version;

fn file(version: i64, ordinal: i64, blob: &str, role: FileRole) -> File {
    File {
        id: new_id(),
        version_id: version,
        ordinal,
        blob: blob.to_owned(),
        name: format!("bài {ordinal}.docx"),
        size: 10,
        role,
        kind: "docx".to_owned(),
        pages: (role == FileRole::Main).then_some(3),
    }
}

#[tokio::test]
async fn an_entry_is_read_as_it_was_written() {
    on_both(async |house| {
        let message = house.message("thư").await;
        let (unit, other) = (house.unit("hoan-kiem"), house.unit("ba-dinh"));
        let (first, second) = house
            .write(async |tx| {
                let submission = entry::submit(tx, house.contest, message, unit, NOW).await?;
                let first = house.new_entry("AAAA-AAAA-A", submission);
                entry::insert(tx, &first, NOW).await?;
                let mut second = house.new_entry("CCCC-CCCC-C", submission);
                second.origin_unit_id = Some(other);
                second.same_as = Some(first.id);
                second.joined_to = Some(first.id);
                entry::insert(tx, &second, NOW).await?;
                assert_eq!(
                    entry::get_in(tx, second.id).await?,
                    second,
                    "before it is committed"
                );
                assert!(entry::has_code(tx, "CCCC-CCCC-C").await?);
                assert!(!entry::has_code(tx, "DDDD-DDDD-D").await?);
                assert_eq!(
                    entry::of_message(tx, message).await?,
                    [first.clone(), second.clone()]
                );
                assert_eq!(entry::of_message(tx, 1).await?, []);
                let missing = entry::get_in(tx, 1).await;
                assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
                Ok((first, second))
            })
            .await
            .unwrap();
        assert_eq!(entry::get(&house.db, first.id).await.unwrap(), first);
        assert_eq!(entry::get(&house.db, second.id).await.unwrap(), second);
        assert!(matches!(
            entry::get(&house.db, 1).await,
            Err(Error::Missing)
        ));
        house
            .texts("SELECT channel || ' ' || CAST(received_at AS TEXT) FROM submission")
            .await
    })
    .await;
}

#[tokio::test]
async fn an_entry_changes_only_from_what_the_clerk_saw() {
    on_both(async |house| {
        let (seen, _) = house.entry("AAAA-AAAA-A").await;
        let (target, _) = house.entry("CCCC-CCCC-C").await;
        let change = async |from: &entry::Entry, to: &entry::Entry| {
            house
                .write(async |tx| entry::change(tx, from, to).await)
                .await
        };
        let mut moved = seen.clone();
        moved.unit_id = house.unit("ba-dinh");
        moved.origin_unit_id = Some(seen.unit_id);
        moved.state = EntryState::Joined;
        moved.joined_to = Some(target.id);
        moved.same_as = Some(target.id);
        change(&seen, &moved).await.unwrap();
        assert_eq!(entry::get(&house.db, seen.id).await.unwrap(), moved);
        let late = change(&seen, &moved).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");

        let mut now = moved;
        for state in EntryState::ALL {
            for timeliness in Timeliness::ALL {
                let next = entry::Entry {
                    state: *state,
                    timeliness: *timeliness,
                    ..now.clone()
                };
                change(&now, &next).await.unwrap();
                assert_eq!(entry::get(&house.db, seen.id).await.unwrap(), next);
                now = next;
            }
        }
        assert_eq!(entry::get(&house.db, target.id).await.unwrap(), target);
    })
    .await;
}

#[tokio::test]
async fn of_two_clerks_at_once_one_decides() {
    on_both(async |house| {
        let (seen, _) = house.entry("AAAA-AAAA-A").await;
        let to = |state| entry::Entry {
            state,
            ..seen.clone()
        };
        let (held, aside) = (to(EntryState::Held), to(EntryState::SetAside));
        let (one, other) = tokio::join!(
            house.write(async |tx| entry::change(tx, &seen, &held).await),
            house.write(async |tx| entry::change(tx, &seen, &aside).await),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let refused = one.and(other);
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_newest_version_is_what_a_judge_will_read() {
    on_both(async |house| {
        let (row, first) = house.entry("AAAA-AAAA-A").await;
        assert_eq!(entry::version(&house.db, row.id).await.unwrap().id, first);
        let second = entry::Version {
            text_hash: Some("bài".to_owned()),
            in_body: true,
            answers: r#"{"1":"A"}"#.to_owned(),
            ..version(&row, 2)
        };
        house
            .write(async |tx| {
                entry::put_version(tx, &second, NOW).await?;
                assert_eq!(entry::version_in(tx, row.id).await?, second);
                let missing = entry::version_in(tx, 1).await;
                assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(entry::version(&house.db, row.id).await.unwrap(), second);
        assert!(matches!(
            entry::version(&house.db, 1).await,
            Err(Error::Missing)
        ));
        let twice = version(&row, 2);
        let refused = house
            .write(async |tx| entry::put_version(tx, &twice, NOW).await)
            .await;
        assert!(refused.is_err(), "a version's number is taken once");
    })
    .await;
}

#[tokio::test]
async fn files_stand_in_their_order_and_move_to_another_entry() {
    on_both(async |house| {
        let (_, from) = house.entry("AAAA-AAAA-A").await;
        let (_, to) = house.entry("CCCC-CCCC-C").await;
        let all: Vec<File> = FileRole::ALL
            .iter()
            .enumerate()
            .map(|(n, role)| file(from, 9 - n as i64, "x", *role))
            .collect();
        house
            .write(async |tx| {
                for file in &all {
                    entry::put_file(tx, file).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let kept = entry::files(&house.db, from).await.unwrap();
        let first = kept.first().unwrap();
        assert_eq!(&entry::file(&house.db, first.id).await.unwrap(), first);
        let missing = entry::file(&house.db, 1).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        let home = entry::home_of_file(&house.db, first.id).await.unwrap();
        assert!(
            home.is_some_and(|(contest, _, _)| contest == house.contest),
            "{home:?}"
        );
        assert_eq!(entry::home_of_file(&house.db, 1).await.unwrap(), None);
        let back: Vec<File> = all.iter().rev().cloned().collect();
        assert_eq!(kept, back);
        house
            .write(async |tx| {
                entry::move_file(tx, all[0].id, to, 4, FileRole::Annex).await?;
                let moved = entry::files_in(tx, to).await?;
                assert_eq!(moved.len(), 1);
                assert_eq!((moved[0].ordinal, moved[0].role), (4, FileRole::Annex));
                assert_eq!(moved[0].pages, Some(3));
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(entry::files(&house.db, from).await.unwrap(), back[..3]);
        back.into_iter()
            .map(|file| (file.name, file.role, file.pages))
            .collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn findings_are_about_an_entry_or_one_of_its_files() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let about = file(version, 1, "x", FileRole::Main);
        let (font, name) = (
            Finding::new(FindingCode::NotTimesNewRoman, "VNI-Times"),
            Finding::from(FindingCode::NoName),
        );
        house
            .write(async |tx| {
                entry::put_file(tx, &about).await?;
                entry::put_finding(tx, version, Some(about.id), &font).await?;
                entry::put_finding(tx, version, None, &name).await
            })
            .await
            .unwrap();
        let found = entry::findings(&house.db, version).await.unwrap();
        assert_eq!(found, [(Some(about.id), font), (None, name)]);
        assert_eq!(entry::findings(&house.db, 1).await.unwrap(), []);
        let seen = house
            .write(async |tx| entry::findings_in(tx, version).await)
            .await
            .unwrap();
        assert_eq!(seen, found);
    })
    .await;
}

#[tokio::test]
async fn a_corrected_slip_replaces_the_slip() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let missing = entry::slip(&house.db, version).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        let (wrong, right) = (slip("Nguyễn Thị Anh"), slip("Nguyễn Thị Ánh"));
        let put = async |slip: &Slip, email: Option<&str>| {
            house
                .write(async |tx| entry::put_slip(tx, house.contest, version, slip, email).await)
                .await
                .unwrap();
            entry::slip(&house.db, version).await.unwrap()
        };
        let email = Some("an@nguoidan.example".to_owned());
        assert_eq!(put(&wrong, email.as_deref()).await, (wrong, email.clone()));
        // The clerk corrects the name; where the mail came from stays.
        let kept = put(&right, None).await;
        assert_eq!(kept, (right, email));
        let seen = house
            .write(async |tx| {
                assert_eq!(entry::slip_in(tx, 1).await?, Slip::default());
                entry::slip_in(tx, version).await
            })
            .await
            .unwrap();
        assert_eq!(seen, kept.0);
        let empty = put(&Slip::default(), None).await;
        assert_eq!(empty.0, Slip::default());
        (
            kept,
            house
                .texts("SELECT coalesce(name_fold, '-') FROM slip")
                .await,
        )
    })
    .await;
}

#[tokio::test]
async fn earlier_entries_with_the_same_essay_or_name_are_found() {
    on_both(async |house| {
        let (first, one) = house.entry("AAAA-AAAA-A").await;
        let (second, _) = house.entry("CCCC-CCCC-C").await;
        let (third, three) = house.entry("DDDD-DDDD-D").await;
        let text = entry::Version {
            text_hash: Some("chữ".to_owned()),
            ..version(&second, 2)
        };
        let email = Some("an@nguoidan.example");
        house
            .write(async |tx| {
                entry::put_file(tx, &file(one, 1, "bài", FileRole::Main)).await?;
                entry::put_file(tx, &file(one, 2, "trang", FileRole::Page)).await?;
                entry::put_file(tx, &file(three, 1, "bài", FileRole::Annex)).await?;
                entry::put_version(tx, &text, NOW).await?;
                entry::put_slip(tx, house.contest, one, &slip("Nguyễn Thị Ánh"), email).await?;
                entry::put_slip(tx, house.contest, three, &slip("NGUYỄN thị ánh"), None).await
            })
            .await
            .unwrap();
        let essay = async |contest: i64, blobs: &[&str], hash: Option<&str>| {
            let blobs: Vec<String> = blobs.iter().map(|blob| (*blob).to_owned()).collect();
            house
                .write(async |tx| entry::same_essay(tx, contest, &blobs, hash).await)
                .await
                .unwrap()
        };
        let codes = |found: &[entry::Earlier]| -> Vec<String> {
            found.iter().map(|e| e.entry.receipt_code.clone()).collect()
        };
        let both = essay(house.contest, &["bài", "trang"], Some("chữ")).await;
        assert_eq!(
            codes(&both),
            ["AAAA-AAAA-A", "CCCC-CCCC-C"],
            "each once, no annex"
        );
        assert_eq!(both[0].entry, first);
        assert_eq!(both[0].slip, slip("Nguyễn Thị Ánh"));
        assert_eq!(both[0].email.as_deref(), email);
        assert_eq!((&both[1].slip, &both[1].email), (&Slip::default(), &None));
        assert_eq!(essay(house.contest, &[], None).await, []);
        assert_eq!(essay(house.contest, &["khác"], Some("khác")).await, []);
        assert_eq!(essay(1, &["bài"], Some("chữ")).await, [], "another contest");

        let name = async |contest: i64, name: &str| {
            house
                .write(async |tx| entry::same_name(tx, contest, name).await)
                .await
                .unwrap()
        };
        let named = name(house.contest, "nguyen thi anh").await;
        assert_eq!(named.len(), 2);
        assert_eq!(named[1].entry, third);
        assert_eq!(name(house.contest, "nguyen thi").await, []);
        assert_eq!(name(1, "nguyen thi anh").await, []);
        let message = house.message("mail of AAAA-AAAA-A").await;
        let receipt = NewLetter {
            contest: house.contest,
            unit: house.unit("hoan-kiem"),
            key: "receipt/1",
            rfc_id: "1@duthi.example",
            kind: LetterKind::Receipt,
            recipient: "an@nguoidan.example",
            null_path: false,
            sender: "hoankiem@duthi.example",
            subject: "Thư",
            mime: "",
            message: Some(message),
            not_before: NOW,
        };
        house
            .write(async |tx| letter::queue(tx, &receipt, NOW).await)
            .await
            .unwrap();
        let answered = async |contest: i64, letter: &str| {
            house
                .write(async |tx| entry::answered_by(tx, contest, letter).await)
                .await
                .unwrap()
        };
        let thread = answered(house.contest, "1@duthi.example").await;
        assert_eq!(codes(&thread), ["AAAA-AAAA-A"]);
        assert_eq!(answered(house.contest, "khac@duthi.example").await, []);
        assert_eq!(answered(1, "1@duthi.example").await, []);
        (codes(&both), codes(&named))
    })
    .await;
}

#[tokio::test]
async fn a_resend_is_noted_once_for_each_time_it_was_handed_in() {
    on_both(async |house| {
        let (row, _) = house.entry("AAAA-AAAA-A").await;
        assert!(entry::resends(&house.db, row.id).await.unwrap().is_empty());
        let message = house.message("lần hai").await;
        house
            .write(async |tx| {
                let unit = row.unit_id;
                let later = entry::submit(tx, house.contest, message, unit, NOW + 9).await?;
                let sooner = entry::submit(tx, house.contest, message, unit, NOW + 5).await?;
                for submission in [later, later, sooner] {
                    entry::resent(tx, row.id, submission).await?;
                }
                let again = entry::resent_by_message(tx, message).await?;
                assert_eq!(again, [row.id, row.id]);
                assert!(entry::resent_by_message(tx, 1).await?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
        let at = entry::resends(&house.db, row.id).await.unwrap();
        assert_eq!(at, [NOW + 5, NOW + 9]);
    })
    .await;
}

#[tokio::test]
async fn zero_bytes_of_a_stranger_do_not_stop_an_entry() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let named = File {
            name: "bài\0.docx".to_owned(),
            ..file(version, 1, "x", FileRole::Main)
        };
        house
            .write(async |tx| {
                entry::put_file(tx, &named).await?;
                let finding = Finding::new(FindingCode::NotRead, "tệp\0");
                entry::put_finding(tx, version, None, &finding).await?;
                let email = Some("a\0n@nguoidan.example");
                entry::put_slip(tx, house.contest, version, &slip("Ánh\0"), email).await
            })
            .await
            .unwrap();
        let files = entry::files(&house.db, version).await.unwrap();
        assert_eq!(files[0].name, "bài\u{fffd}.docx");
        let (slip, email) = entry::slip(&house.db, version).await.unwrap();
        let found = entry::findings(&house.db, version).await.unwrap();
        (slip, email, found)
    })
    .await;
}

#[tokio::test]
async fn an_earlier_copy_gives_an_entry_its_time_and_a_later_one_takes_nothing() {
    on_both(async |house| {
        let (row, _) = house.entry("AAAA-AAAA-A").await;
        let unit = house
            .write(async |tx| entry::submitted_to(tx, row.submission_id).await)
            .await
            .unwrap();
        assert_eq!(unit, house.unit("hoan-kiem"));
        let nowhere = house
            .write(async |tx| entry::submitted_to(tx, 1).await)
            .await;
        assert!(matches!(nowhere, Err(Error::Missing)), "{nowhere:?}");
        let mut times = Vec::new();
        for at in [NOW + 5, NOW - 5] {
            house
                .write(async |tx| entry::came_earlier(tx, row.id, at).await)
                .await
                .unwrap();
            times.push(entry::get(&house.db, row.id).await.unwrap().received_at);
        }
        assert_eq!(times, [NOW, NOW - 5]);
        times
    })
    .await;
}

#[tokio::test]
async fn a_version_is_found_by_its_own_id() {
    on_both(async |house| {
        let (row, first) = house.entry("AAAA-AAAA-A").await;
        let second = version(&row, 2);
        house
            .write(async |tx| entry::put_version(tx, &second, NOW).await)
            .await
            .unwrap();
        let found = entry::version_of(&house.db, first).await.unwrap();
        assert_eq!((found.id, found.entry_id, found.n), (first, row.id, 1));
        let newest = entry::version_of(&house.db, second.id).await.unwrap();
        assert_eq!(newest, second);
        let nowhere = entry::version_of(&house.db, 1).await;
        assert!(matches!(nowhere, Err(Error::Missing)), "{nowhere:?}");
        (found.n, newest.n)
    })
    .await;
}
