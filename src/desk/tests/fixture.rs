//! A small contest in a temporary database, for tests of the desk and of its pages.

use std::path::PathBuf;

use crate::contest::Deadline;
use crate::contest::Plan;
use crate::contest::Unit;
use crate::contest::deadline::Operator;
use crate::contest::deadline::What;
use crate::contest::plan::Document;
use crate::contest::plan::Eligibility;
use crate::contest::plan::Mailbox;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::plan::RoundKind;
use crate::contest::role::Role;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::delivery;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::db::message::Sorted;
use crate::db::view::Scope;
use crate::document;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::MatterKind;
use crate::entry::MessageKind;
use crate::entry::ReceiptCode;
use crate::entry::Timeliness;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;
use crate::text::words;

/// 17h00 on 6/9/2019 in Hanoi.
pub const DEADLINE: i64 = 1_567_764_000_000;

pub struct House {
    pub db: Db,
    pub standing: Standing,
    pub folder: PathBuf,
    pub secretary: i64,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How an entry of the fixture is.
pub struct Case<'a> {
    pub unit: &'a str,
    /// The unit it came through.
    pub origin: Option<&'a str>,
    /// Empty: neither the slip nor the mail says one.
    pub name: &'a str,
    pub state: EntryState,
    pub timeliness: Timeliness,
    pub files: &'a [(&'a str, FileRole)],
    pub received: i64,
    pub text: &'a str,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Case {
            unit: "hoan-kiem",
            origin: None,
            name: "Nguyễn Văn An",
            state: EntryState::Held,
            timeliness: Timeliness::OnTime,
            files: &[("bai-du-thi.docx", FileRole::Main)],
            received: DEADLINE - 86_400_000,
            text: "Dịch vụ công trực tuyến giúp người dân làm thủ tục tại nhà.",
        }
    }
}

/// Its plan: one scored round without a rubric.
pub fn plan() -> Plan {
    let unit = |code: &str, parent: Option<&str>, kind: &str, name: &str| Unit {
        code: code.into(),
        parent: parent.map(Into::into),
        kind: kind.into(),
        name: name.into(),
        local: true,
        phone: Some("024 3825 0000".into()),
        ..Unit::default()
    };
    let mailbox = |unit: &str| Mailbox {
        unit: unit.into(),
        address: format!("{unit}@duthi.example"),
    };
    Plan {
        slug: "thu".into(),
        title: "Tìm hiểu Dịch vụ công trực tuyến".into(),
        zone: "Asia/Ho_Chi_Minh".into(),
        document: Document {
            issuer: Some("UBND Thành phố".into()),
            ..Document::default()
        },
        purpose: "Dữ liệu chỉ dùng cho cuộc thi.".into(),
        eligibility: Eligibility {
            min_age: 12,
            as_of: "2019-07-01".into(),
        },
        units: vec![
            unit("ha-noi", None, "thanh_pho", "Thành phố Hà Nội"),
            unit("hoan-kiem", Some("ha-noi"), "quan", "Quận Hoàn Kiếm"),
            unit("dong-da", Some("ha-noi"), "quan", "Quận Đống Đa"),
            unit(
                "hoan-kiem.hang-bac",
                Some("hoan-kiem"),
                "phuong",
                "Phường Hàng Bạc",
            ),
        ],
        mailboxes: vec![mailbox("hoan-kiem"), mailbox("dong-da")],
        deadlines: vec![Deadline {
            what: What::Intake,
            unit: None,
            channel: None,
            until: DEADLINE,
            operator: Operator::Before,
            phrase: "trước 17h00 ngày 06/9/2019".into(),
            document_no: None,
        }],
        rounds: vec![Round {
            code: "vong-loai".into(),
            name: "Vòng loại".into(),
            kind: RoundKind::Scored,
            level: vec!["quan".into()],
            entry: RoundEntry::Intake,
            advance: None,
            marks: 2,
            approvals: vec![Role::HeadJudge],
            ties: Vec::new(),
        }],
        rubric: Vec::new(),
        answer_key: Vec::new(),
        prizes: Vec::new(),
        given: Vec::new(),
        resubmission: Default::default(),
        excluded: Vec::new(),
        retention: None,
    }
}

/// A contest of a city with two districts, a secretary of Hoàn Kiếm and an administrator.
pub async fn house() -> House {
    house_of(&plan()).await
}

/// As `house`, with a plan of one's own.
pub async fn house_of(plan: &Plan) -> House {
    let folder = std::env::temp_dir().join(format!("phach-desk-{}", db::new_id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let url = format!("sqlite:{}", folder.join("x.db").display());
    let db = Db::open(&url).await.expect("database");
    let mut tx = db.begin().await.expect("begin");
    let (contest, _) = db::contest::apply(&mut tx, plan, "", "test", 1)
        .await
        .expect("plan");
    let secretary = db::account::put(&mut tx, "thuky@hk.example", "Trần Thị Thư", 1)
        .await
        .expect("account");
    let city = db::account::put(&mut tx, "quantri@hn.example", "Lê Quản Trị", 1)
        .await
        .expect("account");
    tx.commit().await.expect("commit");
    let standing = db::contest::standing(&db, contest).await.expect("standing");
    let mut tx = db.begin().await.expect("begin");
    let unit = standing.units.get("hoan-kiem").copied();
    db::account::grant(&mut tx, secretary, contest, unit, Role::Secretary, 1)
        .await
        .expect("grant");
    db::account::grant(&mut tx, city, contest, None, Role::Administrator, 1)
        .await
        .expect("grant");
    tx.commit().await.expect("commit");
    House {
        db,
        standing,
        folder,
        secretary,
    }
}

impl House {
    pub fn unit(&self, code: &str) -> i64 {
        self.standing.units.get(code).copied().expect("unit")
    }

    pub fn scope(&self, codes: &[&str]) -> Scope {
        Scope {
            contest: self.standing.contest,
            units: codes.iter().map(|code| self.unit(code)).collect(),
        }
    }

    /// A mail in the mailbox of a unit.
    pub async fn mail(&self, unit: &str, kind: MessageKind, body: &str, received: i64) -> i64 {
        let from = ("an.nguyen@mail.example", Some("Nguyễn Văn An"));
        self.mail_from(from, unit, kind, body, received).await
    }

    /// As `mail`, from this address and name.
    async fn mail_from(
        &self,
        (from_email, from_name): (&str, Option<&str>),
        unit: &str,
        kind: MessageKind,
        body: &str,
        received: i64,
    ) -> i64 {
        let blob = words::hex(&db::new_id().to_be_bytes()).repeat(4);
        let mailbox = db::mailbox::all(&self.db)
            .await
            .expect("mailboxes")
            .into_iter()
            .find(|mailbox| mailbox.unit_id == self.unit(unit))
            .expect("mailbox");
        let mut tx = self.db.begin().await.expect("begin");
        let (id, _) = db::message::store(
            &mut tx,
            self.standing.contest,
            &blob,
            2_000,
            received,
            received,
        )
        .await
        .expect("mail");
        let rfc_id = format!("{id}@mail.example");
        let sorted = Sorted {
            kind,
            rfc_id: Some(&rfc_id),
            content_hash: &blob,
            from_email: Some(from_email),
            from_name,
            subject: "Gửi bài dự thi",
            body,
            same_as: None,
        };
        db::message::sorted(&mut tx, id, &sorted)
            .await
            .expect("sorted");
        let numbering = delivery::Numbering {
            mailbox: mailbox.id,
            epoch: 0,
            uid_validity: 7,
        };
        let uid = id % 1_000_000_000;
        let listed = delivery::Listed {
            uid,
            size: 2_000,
            internal_at: received,
        };
        delivery::list(&mut tx, numbering, &listed)
            .await
            .expect("list");
        tx.commit().await.expect("commit");
        let row = delivery::in_state(&self.db, numbering, crate::entry::DeliveryState::Listed)
            .await
            .expect("deliveries")
            .into_iter()
            .find(|row| row.uid == uid)
            .expect("delivery");
        let mut tx = self.db.begin().await.expect("begin");
        delivery::belongs(&mut tx, row.id, id)
            .await
            .expect("belongs");
        delivery::advance(
            &mut tx,
            row.id,
            crate::entry::DeliveryState::Listed,
            crate::entry::DeliveryState::Stored,
        )
        .await
        .expect("advance");
        tx.commit().await.expect("commit");
        id
    }

    pub async fn entry(&self, case: &Case<'_>) -> i64 {
        let from = match case.name {
            "" => ("lop9a@mail.example", None),
            _ => ("an.nguyen@mail.example", Some("Nguyễn Văn An")),
        };
        let (kind, body) = (MessageKind::Entry, "Em gửi bài dự thi ạ.");
        let message = self
            .mail_from(from, case.unit, kind, body, case.received)
            .await;
        let unit = self.unit(case.unit);
        let contest = self.standing.contest;
        let mut tx = self.db.begin().await.expect("begin");
        let submission = db::entry::submit(&mut tx, contest, message, unit, case.received)
            .await
            .expect("submission");
        let id = db::new_id();
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).expect("random");
        let entry = Entry {
            id,
            contest_id: contest,
            receipt_code: ReceiptCode::from_random(random).as_str().to_owned(),
            submission_id: submission,
            unit_id: unit,
            origin_unit_id: case.origin.map(|code| self.unit(code)),
            state: case.state,
            timeliness: case.timeliness,
            received_at: case.received,
            same_as: None,
            joined_to: None,
        };
        db::entry::insert(&mut tx, &entry, case.received)
            .await
            .expect("entry");
        let version = Version {
            id: db::new_id(),
            entry_id: id,
            n: 1,
            submission_id: submission,
            text_hash: words::hash(case.text),
            in_body: false,
            answers: r#"{"1":"A","2":"C"}"#.into(),
        };
        db::entry::put_version(&mut tx, &version, case.received)
            .await
            .expect("version");
        for (ordinal, (name, role)) in case.files.iter().enumerate() {
            let blob = words::hex(&db::new_id().to_be_bytes()).repeat(4);
            let document = document::Document {
                kind: document::Kind::Docx,
                text: case.text.into(),
                ..document::Document::default()
            };
            db::reading::keep(&mut tx, &blob, &document, None, 3)
                .await
                .expect("reading");
            let file = File {
                id: db::new_id(),
                version_id: version.id,
                ordinal: ordinal as i64,
                blob,
                name: (*name).into(),
                size: 24_576,
                role: *role,
                kind: "docx".into(),
                pages: Some(3),
            };
            db::entry::put_file(&mut tx, &file).await.expect("file");
        }
        let fact = |value: &str, place| {
            Some(Fact {
                value: value.into(),
                place,
                span: None,
            })
        };
        let slip = Slip {
            name: fact(case.name, Place::EssayHead).filter(|fact| !fact.value.is_empty()),
            birth_date: fact("1981-02-09", Place::EssayHead),
            unit: fact("Trường THCS Ngô Sĩ Liên", Place::Mail),
            class: None,
            address: None,
            phone: fact("0912345678", Place::Mail),
        };
        db::entry::put_slip(
            &mut tx,
            contest,
            version.id,
            &slip,
            Some("an.nguyen@mail.example"),
        )
        .await
        .expect("slip");
        let finding = Finding::from(FindingCode::NoAddress);
        db::entry::put_finding(&mut tx, version.id, None, &finding)
            .await
            .expect("finding");
        if case.state == EntryState::Queued {
            let code = crate::blind::code();
            db::queue::put(
                &mut tx,
                unit,
                "vong-loai",
                id,
                version.id,
                &code,
                case.received,
            )
            .await
            .expect("queue");
        }
        tx.commit().await.expect("commit");
        id
    }

    pub async fn matter(
        &self,
        unit: &str,
        kind: MatterKind,
        subject: Subject,
        subject_id: i64,
        detail: serde_json::Value,
    ) -> i64 {
        let mut tx = self.db.begin().await.expect("begin");
        let matter = NewMatter {
            contest: self.standing.contest,
            unit: self.unit(unit),
            kind,
            subject,
            subject_id,
            detail: &detail,
        };
        let id = db::matter::open(&mut tx, &matter, DEADLINE - 7_200_000)
            .await
            .expect("open")
            .expect("new");
        tx.commit().await.expect("commit");
        id
    }

    /// A receipt in some state.
    pub async fn letter(&self, unit: &str, message: i64) -> i64 {
        let mut tx = self.db.begin().await.expect("begin");
        let key = format!("receipt/{}", db::new_id());
        let composed = crate::letter::mime::compose(&crate::letter::Draft {
            from_name: "Quận Hoàn Kiếm",
            from: "hoan-kiem@duthi.example",
            to: "an.nguyen@mail.example",
            subject: "Xác nhận đã nhận bài dự thi",
            key: &key,
            at: DEADLINE,
            in_reply_to: None,
            references: &[],
            author: crate::letter::mime::Author::Answer,
            text: "Kính gửi người dự thi,\n\nBan Tổ chức đã nhận được bài.\n",
            html: "<p>Kính gửi</p>",
            attachments: &[],
            headers: &[],
        })
        .expect("composed");
        let letter = db::letter::NewLetter {
            contest: self.standing.contest,
            unit: self.unit(unit),
            key: &key,
            rfc_id: &composed.rfc_id,
            kind: db::letter::LetterKind::Receipt,
            recipient: "an.nguyen@mail.example",
            null_path: true,
            sender: "hoan-kiem@duthi.example",
            subject: "Xác nhận đã nhận bài dự thi",
            mime: &composed.mime,
            message: Some(message),
            not_before: DEADLINE,
        };
        let id = db::letter::queue(&mut tx, &letter, DEADLINE)
            .await
            .expect("queue")
            .expect("new");
        tx.commit().await.expect("commit");
        id
    }
}
