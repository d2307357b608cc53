//! A day at the contest: mails, entries, letters and matters in two districts, for what pages and reports read.

use serde_json::json;

use phach::db;
use phach::db::act;
use phach::db::act::Act;
use phach::db::attempt;
use phach::db::delivery;
use phach::db::delivery::Listed;
use phach::db::delivery::Numbering;
use phach::db::entry;
use phach::db::entry::Entry;
use phach::db::entry::File;
use phach::db::event;
use phach::db::event::Event;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::mailbox;
use phach::db::matter;
use phach::db::matter::NewMatter;
use phach::db::matter::Subject;
use phach::db::message;
use phach::db::message::PartRow;
use phach::db::message::Sorted;
use phach::db::new_id;
use phach::db::queue;
use phach::db::view::Scope;
use phach::entry::DeliveryState;
use phach::entry::EntryState;
use phach::entry::FileRole;
use phach::entry::Finding;
use phach::entry::FindingCode;
use phach::entry::LetterState;
use phach::entry::MatterKind;
use phach::entry::MessageKind;
use phach::entry::Timeliness;

use super::house::House;
use super::house::NOW;
use super::house::slip;
use super::house::version;

pub const HOUR: i64 = 3_600_000;

/// The ids of a day.
pub struct Day {
    /// To Hoàn Kiếm: the mail of `anh`, with one file; answered by a receipt that was sent and by a clerk.
    pub mail: i64,
    /// The same mail as Ba Đình got it.
    pub copy: i64,
    /// To Ba Đình: the mail of `binh`; its receipt waits.
    pub other_mail: i64,
    /// Hoàn Kiếm's, on time and queued; handed in again with `copy`.
    pub anh: Entry,
    pub anh_version: i64,
    pub anh_file: i64,
    /// Ba Đình's, two hours later: late and held.
    pub binh: Entry,
    /// Hoàn Kiếm's, set aside; nothing known of its author.
    pub nobody: Entry,
    pub route: i64,
    pub late: i64,
    pub receipt: i64,
    pub login: i64,
    pub account: i64,
    /// The clerk's act about `anh`.
    pub act: i64,
}

impl Day {
    pub async fn spend(house: &House) -> Day {
        let (hoan_kiem, ba_dinh) = (house.unit("hoan-kiem"), house.unit("ba-dinh"));
        let mail = arrive(house, "một", "hoankiem@duthi.example", 1, None).await;
        let copy = arrive(house, "một nữa", "badinh@duthi.example", 1, Some(mail)).await;
        let other_mail = arrive(house, "hai", "badinh@duthi.example", 2, None).await;
        let account = house.account("thuky@duthi.example").await;
        let day = house.write(async |tx| {
            let submission = entry::submit(tx, house.contest, mail, hoan_kiem, NOW).await?;
            let anh = house.new_entry("AAAA-AAAA-A", submission);
            let again = entry::submit(tx, house.contest, copy, ba_dinh, NOW + 5).await?;
            let nobody = Entry {
                state: EntryState::SetAside,
                received_at: NOW + 7,
                ..house.new_entry("DDDD-DDDD-D", again)
            };
            let submission = entry::submit(tx, house.contest, other_mail, ba_dinh, NOW).await?;
            let binh = Entry {
                unit_id: ba_dinh,
                state: EntryState::Held,
                timeliness: Timeliness::Late,
                received_at: NOW + 2 * HOUR,
                ..house.new_entry("CCCC-CCCC-C", submission)
            };
            let mut versions = Vec::new();
            for row in [&anh, &binh, &nobody] {
                entry::insert(tx, row, NOW).await?;
                let version = version(row, 1);
                entry::put_version(tx, &version, NOW).await?;
                versions.push(version.id);
            }
            let email = Some("an@nguoidan.example");
            entry::put_slip(
                tx,
                house.contest,
                versions[0],
                &slip("Nguyễn Thị Ánh"),
                email,
            )
            .await?;
            entry::put_slip(tx, house.contest, versions[1], &slip("Trần Văn Bình"), None).await?;
            let file = File {
                id: new_id(),
                version_id: versions[0],
                ordinal: 1,
                blob: "x".to_owned(),
                name: "bài.docx".to_owned(),
                size: 10,
                role: FileRole::Main,
                kind: "docx".to_owned(),
                pages: Some(3),
            };
            entry::put_file(tx, &file).await?;
            let finding = Finding::from(FindingCode::NoBirthDate);
            entry::put_finding(tx, versions[0], Some(file.id), &finding).await?;
            entry::resent(tx, anh.id, again).await?;
            queue::put(tx, hoan_kiem, "vong-loai", anh.id, versions[0], "HK1", NOW).await?;

            let receipt =
                write_letter(house, tx, "receipt/1", LetterKind::Receipt, Some(mail)).await?;
            use LetterState::{Queued, Sending, Sent};
            letter::advance(tx, receipt, Queued, Sending, None, NOW).await?;
            for (outcome, answer, at) in
                [("again", "451 later", NOW + 1), ("sent", "250 ok", NOW + 2)]
            {
                let tried = attempt::begin(tx, receipt, "chính", at).await?;
                attempt::end(tx, tried, outcome, answer, at).await?;
            }
            letter::advance(tx, receipt, Sending, Sent, None, NOW + 2).await?;
            write_letter(house, tx, "reply/1", LetterKind::Reply, Some(mail)).await?;
            let login = write_letter(house, tx, "login/1", LetterKind::Login, None).await?;

            let detail = json!({});
            let matter = |unit, kind, subject_id| NewMatter {
                contest: house.contest,
                unit,
                kind,
                subject: Subject::Entry,
                subject_id,
                detail: &detail,
            };
            let route = matter(hoan_kiem, MatterKind::Route, anh.id);
            let route = matter::open(tx, &route, NOW + 3).await?.unwrap();
            let late = matter(ba_dinh, MatterKind::Late, binh.id);
            let late = matter::open(tx, &late, NOW + 2).await?.unwrap();
            let act = Act {
                id: act::id(),
                contest_id: house.contest,
                unit_id: hoan_kiem,
                matter_id: Some(route),
                subject: Subject::Entry,
                subject_id: anh.id,
                account_id: account,
                kind: "move".to_owned(),
                before: "{}".to_owned(),
                after: "{}".to_owned(),
                at: NOW + 4,
                undone_at: None,
            };
            act::record(tx, &act).await?;
            for (kind, at) in [("entry.queued", NOW + 9), ("entry.held", NOW + 1)] {
                let event = Event {
                    contest: Some(house.contest),
                    at,
                    kind,
                    subject: "entry",
                    subject_id: anh.id,
                    detail: "",
                };
                event::record(tx, event).await?;
            }
            Ok(Day {
                mail,
                copy,
                other_mail,
                anh,
                anh_version: versions[0],
                anh_file: file.id,
                binh,
                nobody,
                route,
                late,
                receipt,
                login,
                account,
                act: act.id,
            })
        });
        day.await.unwrap()
    }
}

/// What a secretary of these units may see.
pub fn scope(house: &House, codes: &[&str]) -> Scope {
    Scope {
        contest: house.contest,
        units: codes.iter().map(|code| house.unit(code)).collect(),
    }
}

async fn arrive(house: &House, blob: &str, address: &str, uid: i64, same_as: Option<i64>) -> i64 {
    let id = house.message(blob).await;
    let mailbox = house.mailbox(address).await;
    let stored = house.write(async |tx| {
        let numbering = Numbering {
            mailbox,
            epoch: mailbox::epoch(tx, mailbox, 7).await?,
            uid_validity: 7,
        };
        let mail = Listed {
            uid,
            size: 1000,
            internal_at: NOW + uid,
        };
        delivery::list(tx, numbering, &mail).await?;
        Ok(numbering)
    });
    let numbering = stored.await.unwrap();
    let listed = delivery::in_state(&house.db, numbering, DeliveryState::Listed).await;
    let mail = listed.unwrap().remove(0).id;
    let sorted = house.write(async |tx| {
        delivery::advance(tx, mail, DeliveryState::Listed, DeliveryState::Stored).await?;
        delivery::belongs(tx, mail, id).await?;
        let part = PartRow {
            path: "1",
            name: "bài.docx",
            blob: "x",
            size: 10,
            kind: "docx",
        };
        message::put_part(tx, id, &part).await?;
        let found = Sorted {
            kind: MessageKind::Entry,
            rfc_id: Some(&format!("{uid}@nguoidan.example")),
            content_hash: "x",
            from_email: Some("an@nguoidan.example"),
            from_name: None,
            subject: "Bài dự thi",
            body: "",
            same_as,
        };
        message::sorted(tx, id, &found).await
    });
    sorted.await.unwrap();
    id
}

async fn write_letter(
    house: &House,
    tx: &mut db::Tx,
    key: &str,
    kind: LetterKind,
    message: Option<i64>,
) -> db::Result<i64> {
    let new = NewLetter {
        contest: house.contest,
        unit: house.unit("hoan-kiem"),
        key,
        rfc_id: &format!("{key}@duthi.example"),
        kind,
        recipient: "an@nguoidan.example",
        null_path: false,
        sender: "hoankiem@duthi.example",
        subject: "Thư",
        mime: "",
        message,
        not_before: NOW,
    };
    let id = letter::queue(tx, &new, NOW).await?;
    Ok(id.unwrap())
}
