//! Every act and its way back, on a database.
//!
//! It is long because each act has its story here, beside the others it must not disturb.

mod erase;
pub(crate) mod fixture;
mod versions;

use serde_json::json;

use self::fixture::Case;
use self::fixture::DEADLINE;
use self::fixture::House;
use self::fixture::house;
use super::Act;
use super::Again;
use super::Error;
use super::Refusal;
use super::Who;
use super::perform;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::undo;
use crate::db;
use crate::db::matter::Subject;
use crate::db::page::Cover;
use crate::db::page::Picture;
use crate::db::page::Sheet;
use crate::db::view::Scope;
use crate::document::drawn::Area;
use crate::entry::Codes;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::entry::MessageKind;
use crate::entry::MessageState;
use crate::entry::Timeliness;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;

const NOW: i64 = DEADLINE - 3_600_000;

fn codes() -> Codes {
    Codes::new(&[7; 32])
}

async fn rows(house: &House, entries: &[i64]) -> Snapshot {
    let mut tx = house.db.begin().await.expect("begin");
    Snapshot::take(&mut tx, &Watch::entries(entries))
        .await
        .expect("rows")
}

async fn does(house: &House, scope: &Scope, matter: Option<i64>, act: Act) -> super::Result<i64> {
    let who = Who {
        account: house.secretary,
        units: scope,
    };
    perform(&house.db, &house.standing, who, matter, act, NOW).await
}

async fn undoes(house: &House, scope: &Scope, act: i64) -> super::Result<()> {
    let who = Who {
        account: house.secretary,
        units: scope,
    };
    undo(&house.db, &house.standing, who, act, NOW + 1).await
}

/// Does the act, sees that the rows changed and the matter closed, takes it back, sees everything as before.
async fn there_and_back(house: &House, entries: &[i64], matter: Option<i64>, act: Act) -> Snapshot {
    let scope = house.scope(&["hoan-kiem", "hoan-kiem.hang-bac"]);
    let before = rows(house, entries).await;
    let id = does(house, &scope, matter, act.clone())
        .await
        .expect("done");
    let after = rows(house, entries).await;
    assert_ne!(before, after, "{act:?} changed nothing");
    if let Some(matter) = matter {
        let row = db::matter::get(&house.db, matter).await.expect("matter");
        assert_eq!(row.decision.as_deref(), Some(act.kind()));
        let again = does(house, &scope, Some(matter), act.clone()).await;
        assert!(matches!(again, Err(Error::Stale)), "{again:?}");
    }
    undoes(house, &scope, id).await.expect("undone");
    assert_eq!(rows(house, entries).await, before, "{act:?} left a trace");
    if let Some(matter) = matter {
        let row = db::matter::get(&house.db, matter).await.expect("matter");
        assert_eq!(row.closed_at, None);
    }
    let twice = undoes(house, &scope, id).await;
    assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
    after
}

#[tokio::test]
async fn an_entry_goes_to_another_unit_and_comes_back() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let act = Act::AssignUnit {
        entry,
        unit: "dong-da".into(),
    };
    let after = there_and_back(&house, &[entry], Some(matter), act).await;
    let row = after.entries.first().expect("row");
    assert_eq!(row.unit, house.unit("dong-da"));
    assert_eq!(row.state, EntryState::Queued);
    assert_eq!(row.queues.len(), 1);
}

#[tokio::test]
async fn a_ward_leads_to_the_unit_that_takes_its_entries_in() {
    let house = house().await;
    let case = Case {
        state: EntryState::Queued,
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let act = Act::AssignUnit {
        entry,
        unit: "hoan-kiem.hang-bac".into(),
    };
    let after = there_and_back(&house, &[entry], None, act).await;
    let row = after.entries.first().expect("row");
    assert_eq!(row.unit, house.unit("hoan-kiem"));
    assert_eq!(row.origin, Some(house.unit("hoan-kiem.hang-bac")));
}

#[tokio::test]
async fn an_entry_stays_held_while_another_matter_is_open() {
    let house = house().await;
    let case = Case {
        timeliness: Timeliness::Late,
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let route = house
        .matter(
            "hoan-kiem",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let late = house
        .matter(
            "hoan-kiem",
            MatterKind::Late,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let scope = house.scope(&["hoan-kiem"]);
    let unit = "hoan-kiem".to_owned();
    does(&house, &scope, Some(route), Act::AssignUnit { entry, unit })
        .await
        .expect("assigned");
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(row.state, EntryState::Held);
    does(&house, &scope, Some(late), Act::AcceptTime { entry })
        .await
        .expect("accepted");
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(
        (row.state, row.timeliness),
        (EntryState::Queued, Timeliness::Accepted)
    );
}

#[tokio::test]
async fn time_facts_and_what_is_no_entry_can_be_taken_back() {
    let house = house().await;
    let case = Case {
        timeliness: Timeliness::Review,
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let clock = house
        .matter(
            "hoan-kiem",
            MatterKind::Clock,
            Subject::Entry,
            entry,
            json!({"minutes": 9}),
        )
        .await;
    there_and_back(&house, &[entry], Some(clock), Act::AcceptTime { entry }).await;
    there_and_back(&house, &[entry], Some(clock), Act::Close).await;
    there_and_back(&house, &[entry], Some(clock), Act::NotAnEntry { entry }).await;
    let slip = Slip {
        name: Some(Fact {
            value: "Nguyễn Văn Ân".into(),
            place: Place::Clerk,
            span: None,
        }),
        ..Slip::default()
    };
    there_and_back(
        &house,
        &[entry],
        None,
        Act::Correct {
            entry,
            slip: Box::new(slip),
        },
    )
    .await;
}

#[tokio::test]
async fn entries_are_joined_and_parted_again() {
    let house = house().await;
    let queued = Case {
        state: EntryState::Queued,
        ..Case::default()
    };
    let into = house.entry(&queued).await;
    let entry = house.entry(&queued).await;
    let act = Act::Join { entry, into };
    let after = there_and_back(&house, &[entry, into], None, act).await;
    let target = after.entries.last().expect("row");
    assert_eq!(target.files.len(), 2);
    let foreign = house
        .entry(&Case {
            unit: "dong-da",
            ..Case::default()
        })
        .await;
    let scope = house.scope(&["hoan-kiem"]);
    let refused = does(
        &house,
        &scope,
        None,
        Act::Join {
            entry,
            into: foreign,
        },
    )
    .await;
    assert!(matches!(refused, Err(Error::Missing)), "{refused:?}");
    let own = does(&house, &scope, None, Act::Join { entry, into: entry }).await;
    assert!(
        matches!(own, Err(Error::Refused(Refusal::JoinTarget))),
        "{own:?}"
    );
}

#[tokio::test]
async fn a_class_in_one_mail_becomes_several_entries_and_one_again() {
    let house = house().await;
    let case = Case {
        files: &[
            ("an.docx", FileRole::Main),
            ("binh.docx", FileRole::Unread),
            ("anh.jpg", FileRole::Annex),
        ],
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Split,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let version = db::entry::version(&house.db, entry).await.expect("version");
    let files = db::entry::files(&house.db, version.id)
        .await
        .expect("files");
    let second = files.get(1).expect("file").id;
    let scope = house.scope(&["hoan-kiem"]);
    let all: Vec<i64> = files.iter().map(|file| file.id).collect();
    let refused = does(
        &house,
        &scope,
        Some(matter),
        Act::Split {
            entry,
            files: all,
            by: codes(),
        },
    )
    .await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::SplitFiles))),
        "{refused:?}"
    );
    let act = Act::Split {
        entry,
        files: vec![second],
        by: codes(),
    };
    there_and_back(&house, &[entry], Some(matter), act).await;
    let filter = db::view::Filter::default();
    let (lines, total) = db::view::entries(&house.db, &scope, &filter, 0)
        .await
        .expect("list");
    assert_eq!(total, 2);
    let made = lines.iter().find(|line| line.id != entry).expect("made");
    assert_eq!(made.state, EntryState::Joined);
}

#[tokio::test]
async fn an_answer_waits_a_minute_and_is_threaded() {
    let house = house().await;
    let scope = house.scope(&["hoan-kiem"]);
    let message = house
        .mail("hoan-kiem", MessageKind::Question, "Cho em hỏi?", NOW)
        .await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Question,
            Subject::Message,
            message,
            json!({}),
        )
        .await;
    let reply = || Act::Reply {
        message,
        subject: "Re: Hỏi".into(),
        text: "Kính gửi người dự thi,\n<b>".into(),
    };
    let act = does(&house, &scope, Some(matter), reply())
        .await
        .expect("answered");
    let letters = db::view::answers(&house.db, &scope, message)
        .await
        .expect("letters");
    let letter = letters.first().expect("letter");
    assert_eq!(letter.not_before, NOW + super::UNDO_MS);
    assert!(
        letter
            .mime
            .contains(&format!("In-Reply-To: <{message}@mail.example>")),
        "{}",
        letter.mime
    );
    undoes(&house, &scope, act).await.expect("taken back");
    let row = db::letter::get(&house.db, letter.id).await.expect("letter");
    assert_eq!(row.state, LetterState::Suppressed);
    let act = does(&house, &scope, Some(matter), reply())
        .await
        .expect("answered");
    let sent = db::view::answers(&house.db, &scope, message)
        .await
        .expect("letters");
    let sent = sent.last().expect("letter").id;
    let mut tx = house.db.begin().await.expect("begin");
    db::letter::advance(
        &mut tx,
        sent,
        LetterState::Queued,
        LetterState::Sent,
        None,
        NOW,
    )
    .await
    .expect("sent");
    tx.commit().await.expect("commit");
    let late = undoes(&house, &scope, act).await;
    assert!(
        matches!(late, Err(Error::Refused(Refusal::AlreadySent))),
        "{late:?}"
    );
}

#[tokio::test]
async fn a_failed_letter_is_tried_again() {
    let house = house().await;
    let scope = house.scope(&["hoan-kiem"]);
    let message = house.mail("hoan-kiem", MessageKind::Entry, "", NOW).await;
    let letter = house.letter("hoan-kiem", message).await;
    let act = Act::Retry(Again::Letter(letter));
    let early = does(&house, &scope, None, act.clone()).await;
    assert!(
        matches!(early, Err(Error::Refused(Refusal::NotFailed))),
        "{early:?}"
    );
    let mut tx = house.db.begin().await.expect("begin");
    db::letter::advance(
        &mut tx,
        letter,
        LetterState::Queued,
        LetterState::Failed,
        Some("550"),
        NOW,
    )
    .await
    .expect("failed");
    tx.commit().await.expect("commit");
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Letter,
            Subject::Letter,
            letter,
            json!({}),
        )
        .await;
    let done = does(&house, &scope, None, act).await.expect("retried");
    let row = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(row.decision.as_deref(), Some("retry"));
    let runnable = db::job::runnable(&house.db, NOW).await.expect("jobs");
    assert_eq!(runnable, 1);
    let back = undoes(&house, &scope, done).await;
    assert!(
        matches!(back, Err(Error::Refused(Refusal::NotUndoable))),
        "{back:?}"
    );
}

#[tokio::test]
async fn a_mail_that_is_no_entry_closes_its_matter() {
    let house = house().await;
    let scope = house.scope(&["hoan-kiem"]);
    let message = house
        .mail("hoan-kiem", MessageKind::Unclear, "?", NOW)
        .await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Unclear,
            Subject::Message,
            message,
            json!({}),
        )
        .await;
    let act = Act::NotAnEntryMail { message };
    let done = does(&house, &scope, Some(matter), act).await.expect("done");
    undoes(&house, &scope, done).await.expect("undone");
    let row = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(row.closed_at, None);
}

#[tokio::test]
async fn nobody_acts_for_another_unit() {
    let house = house().await;
    let entry = house
        .entry(&Case {
            unit: "dong-da",
            ..Case::default()
        })
        .await;
    let matter = house
        .matter(
            "dong-da",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let scope = house.scope(&["hoan-kiem"]);
    for (matter, act) in [
        (None, Act::NotAnEntry { entry }),
        (Some(matter), Act::Close),
        (None, Act::AcceptTime { entry }),
    ] {
        let refused = does(&house, &scope, matter, act).await;
        assert!(matches!(refused, Err(Error::Missing)), "{refused:?}");
    }
}

#[tokio::test]
async fn an_act_with_a_later_one_on_top_is_not_taken_back() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let scope = house.scope(&["hoan-kiem"]);
    let unit = "hoan-kiem".to_owned();
    let first = does(&house, &scope, None, Act::AssignUnit { entry, unit })
        .await
        .expect("first");
    let second = does(&house, &scope, None, Act::NotAnEntry { entry })
        .await
        .expect("second");
    let refused = undoes(&house, &scope, first).await;
    assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
    undoes(&house, &scope, second).await.expect("second undone");
    undoes(&house, &scope, first).await.expect("first undone");
}

#[tokio::test]
async fn a_question_about_an_entry_leaves_its_matter_open() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let scope = house.scope(&["hoan-kiem"]);
    let row = db::view::entry(&house.db, &scope, entry)
        .await
        .expect("entry");
    let message = db::view::message_of(&house.db, &row)
        .await
        .expect("mail")
        .expect("of the entry");
    let about = (Subject::Entry, entry);
    let route = house
        .matter("hoan-kiem", MatterKind::Route, about.0, about.1, json!({}))
        .await;
    let reply = Act::Reply {
        message,
        subject: "Re: Bài dự thi".into(),
        text: "Ông/Bà thuộc đơn vị nào?".into(),
    };
    let act = does(&house, &scope, Some(route), reply)
        .await
        .expect("asked");
    let matter = db::matter::get(&house.db, route).await.expect("matter");
    assert_eq!(matter.closed_at, None);
    undoes(&house, &scope, act).await.expect("taken back");
    let matter = db::matter::get(&house.db, route).await.expect("matter");
    assert_eq!(matter.closed_at, None);
    let unit = "hoan-kiem".to_owned();
    does(&house, &scope, Some(route), Act::AssignUnit { entry, unit })
        .await
        .expect("assigned");
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(row.state, EntryState::Queued);
}

#[tokio::test]
async fn two_clerks_closing_the_last_two_matters_let_the_entry_go() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let scope = house.scope(&["hoan-kiem"]);
    let mut matters = Vec::new();
    for kind in [MatterKind::Split, MatterKind::Unreadable] {
        let matter = house.matter("hoan-kiem", kind, Subject::Entry, entry, json!({}));
        matters.push(matter.await);
    }
    let (one, two) = tokio::join!(
        does(&house, &scope, matters.first().copied(), Act::Close),
        does(&house, &scope, matters.last().copied(), Act::Close),
    );
    one.expect("first");
    two.expect("second");
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(row.state, EntryState::Queued);
}

#[tokio::test]
async fn what_is_open_about_an_entry_goes_with_it_to_its_new_unit() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let mut matters = Vec::new();
    for kind in [MatterKind::Route, MatterKind::Unreadable] {
        let matter = house.matter("hoan-kiem", kind, Subject::Entry, entry, json!({}));
        matters.push(matter.await);
    }
    let (route, unreadable) = (matters.first().copied(), *matters.last().expect("two"));
    let scope = house.scope(&["hoan-kiem"]);
    let unit_of = async || {
        let matter = db::matter::get(&house.db, unreadable).await;
        matter.expect("matter").unit_id
    };
    let unit = "dong-da".to_owned();
    let act = does(&house, &scope, route, Act::AssignUnit { entry, unit })
        .await
        .expect("assigned");
    assert_eq!(unit_of().await, house.unit("dong-da"));
    undoes(&house, &scope, act).await.expect("undone");
    assert_eq!(unit_of().await, house.unit("hoan-kiem"));
    let unit = "dong-da".to_owned();
    does(&house, &scope, route, Act::AssignUnit { entry, unit })
        .await
        .expect("assigned again");
    let theirs = house.scope(&["dong-da"]);
    does(&house, &theirs, Some(unreadable), Act::Close)
        .await
        .expect("closed by the new unit");
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(row.state, EntryState::Queued);
}

#[tokio::test]
async fn the_parts_of_a_held_entry_wait_for_what_it_waits_for() {
    let house = house().await;
    let case = Case {
        files: &[
            ("an.docx", FileRole::Main),
            ("binh.docx", FileRole::Annex),
            ("chi.doc", FileRole::Unread),
        ],
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let mut matters = Vec::new();
    for kind in [MatterKind::Split, MatterKind::Route, MatterKind::Unreadable] {
        let matter = house.matter(
            "hoan-kiem",
            kind,
            Subject::Entry,
            entry,
            json!({"code": "X"}),
        );
        matters.push(matter.await);
    }
    let version = db::entry::version(&house.db, entry).await.expect("version");
    let files = db::entry::files(&house.db, version.id)
        .await
        .expect("files");
    let files: Vec<i64> = files.iter().skip(1).map(|file| file.id).collect();
    let scope = house.scope(&["hoan-kiem"]);
    let split = Act::Split {
        entry,
        files,
        by: codes(),
    };
    let act = does(&house, &scope, matters.first().copied(), split)
        .await
        .expect("split");
    let filter = db::view::Filter::default();
    let (lines, _) = db::view::entries(&house.db, &scope, &filter, 0)
        .await
        .expect("list");
    let parts: Vec<i64> = lines
        .iter()
        .map(|line| line.id)
        .filter(|id| *id != entry)
        .collect();
    assert_eq!(parts.len(), 2);
    let open = async |part: i64| {
        let mut tx = house.db.begin().await.expect("begin");
        db::matter::open_about(&mut tx, Subject::Entry, part)
            .await
            .expect("matters")
    };
    let mut kinds = Vec::new();
    for part in &parts {
        let row = db::entry::get(&house.db, *part).await.expect("part");
        assert_eq!(row.state, EntryState::Held);
        for matter in open(*part).await {
            assert!(
                matter.detail.contains(&row.receipt_code),
                "{}",
                matter.detail
            );
            kinds.push(matter.kind);
        }
    }
    kinds.sort_by_key(|kind| format!("{kind:?}"));
    assert_eq!(
        kinds,
        [MatterKind::Route, MatterKind::Route, MatterKind::Unreadable]
    );
    undoes(&house, &scope, act).await.expect("undone");
    for part in &parts {
        assert_eq!(open(*part).await, []);
    }
    assert_eq!(open(entry).await.len(), 3);
}

#[tokio::test]
async fn a_mail_taken_for_a_question_is_made_an_entry_while_it_waits() {
    let house = house().await;
    let scope = house.scope(&["hoan-kiem"]);
    let text = "Em xin gửi bài, cô xem giúp em với ạ?";
    let message = house
        .mail("hoan-kiem", MessageKind::Question, text, NOW)
        .await;
    let about = (Subject::Message, message);
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Question,
            about.0,
            about.1,
            json!({}),
        )
        .await;
    let make = || Act::MakeEntry { message };
    let stands = async || {
        let mail = db::message::get(&house.db, message).await.expect("mail");
        (mail.state, mail.kind)
    };
    let act = does(&house, &scope, Some(matter), make())
        .await
        .expect("made");
    let waits = (MessageState::Stored, Some(MessageKind::Entry));
    assert_eq!(stands().await, waits);
    let runnable = db::job::runnable(&house.db, NOW).await.expect("jobs");
    assert_eq!(runnable, 1);
    undoes(&house, &scope, act).await.expect("undone");
    let was = (MessageState::Sorted, Some(MessageKind::Question));
    assert_eq!(stands().await, was);
    let row = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(row.closed_at, None);

    let act = does(&house, &scope, Some(matter), make())
        .await
        .expect("made again");
    let mut tx = house.db.begin().await.expect("begin");
    let sorted = db::message::Sorted {
        kind: MessageKind::Entry,
        rfc_id: None,
        content_hash: "x",
        from_email: None,
        from_name: None,
        subject: "",
        body: text,
        same_as: None,
    };
    db::message::sorted(&mut tx, message, &sorted)
        .await
        .expect("sorted");
    tx.commit().await.expect("commit");
    let late = undoes(&house, &scope, act).await;
    assert!(
        matches!(late, Err(Error::Refused(Refusal::AlreadySorted))),
        "{late:?}"
    );
}

#[tokio::test]
async fn pages_are_released_as_they_are_covered_and_taken_back() {
    let house = house().await;
    let case = Case {
        files: &[("IMG_1.jpg", FileRole::Page)],
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let version = db::entry::version(&house.db, entry).await.expect("version");
    let files = db::entry::files(&house.db, version.id).await;
    let file = files.expect("files").remove(0);
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Unreadable,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let cover = |file: i64, page: i64| Cover {
        file,
        page,
        area: Area::new(0, 0, 5_000, 800).expect("an area"),
    };
    let act = |seen: &str, covers: Vec<Cover>| Act::Pages {
        entry,
        seen: seen.to_owned(),
        covers,
    };
    let all = format!("{}.0", file.id);
    let right = act(&all, vec![cover(file.id, 0)]);
    let scope = house.scope(&["hoan-kiem"]);
    let early = does(&house, &scope, Some(matter), right.clone()).await;
    assert!(matches!(early, Err(Error::Missing)), "nothing is drawn yet");
    let sheet = Sheet {
        number: 0,
        picture: Picture {
            picture: "drawn".into(),
            width: 1_131,
            height: 1_600,
        },
        print: None,
        words: None,
    };
    let mut tx = house.db.begin().await.expect("begin");
    db::page::keep(&mut tx, &file.blob, &[sheet])
        .await
        .expect("drawn");
    tx.commit().await.expect("commit");
    // Other pages than those that were looked at, and covers on pages that are none of this entry.
    for (seen, covers) in [
        ("7.0", vec![cover(file.id, 0)]),
        ("", vec![]),
        (all.as_str(), vec![cover(file.id, 0), cover(file.id, 1)]),
        (all.as_str(), vec![cover(7, 0)]),
    ] {
        let refused = does(&house, &scope, Some(matter), act(seen, covers)).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
    }
    let after = there_and_back(&house, &[entry], Some(matter), right).await;
    let row = after.entries.first().expect("row");
    assert_eq!(row.page_covers, [cover(file.id, 0)]);
    assert_eq!(row.state, EntryState::Queued, "nothing else is open");
    let release = row.release.as_ref().expect("released");
    assert_eq!(release.account, house.secretary);
    assert_eq!(release.pages, all);
}
