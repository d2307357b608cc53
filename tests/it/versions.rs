//! Handed in again, by real mail: who may put a newer version in the place of an older one, who may not, one person in
//! two units, and people who do not take part.

use std::path::Path;

use serde_json::Value;

use crate::desk::Clerk;
use crate::desk::between;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;
use crate::support::servers::Outgoing;

/// Who takes part, and another address of the same person.
const AN: &str = "an@nguoidan.example";
const SON: &str = "con@nguoidan.example";
const SERVER: &str = "mx.duthi.example";

/// A mail with an essay of the person of the story.
#[derive(Clone, Copy, Default)]
struct Sent<'a> {
    id: &'a str,
    from: &'a str,
    /// What the server says of the sender, if anything.
    proof: Option<&'a str>,
    /// The receipt it answers.
    answers: Option<&'a str>,
    /// Which unit it goes to.
    spot: usize,
}

struct Story {
    stage: Stage,
    person: Person,
}

impl Story {
    fn begin() -> Story {
        let places = places::hanoi();
        let wishes = Wishes {
            imap: format!("trusted_authserv = \"{SERVER}\""),
            ..Wishes::default()
        };
        let person = Person::new(
            1,
            Sort::Resident,
            &places.spots[0],
            places.year,
            &mut Dice::new(77),
        );
        Story {
            stage: Stage::with(1..=1, &wishes, &[AN, SON]),
            person,
        }
    }

    /// Mails an essay, and works off what there is to do.
    fn hand_in(&self, sent: &Sent<'_>) -> Value {
        let mailbox = places::hanoi().spots[sent.spot].mailbox;
        let seed = sent.id.bytes().map(u64::from).sum();
        let paper = Paper {
            head: self.person.head(0),
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: prose::essay(seed, 400),
            footer: "Bài dự thi".to_owned(),
            ..Paper::default()
        };
        let mut more = Vec::new();
        if let Some(said) = sent.proof {
            let said = format!("{SERVER}; {said} header.from=nguoidan.example");
            more.push(("Authentication-Results".to_owned(), said));
        }
        if let Some(receipt) = sent.answers {
            more.push(("In-Reply-To".to_owned(), format!("<{receipt}>")));
        }
        let mail = Mail {
            from: sent.from.to_owned(),
            to: vec![mailbox.to_owned()],
            subject: "Bài dự thi".to_owned(),
            id: format!("{}@nguoidan.example", sent.id),
            date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
            body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
            files: vec![File::new(format!("{}.docx", sent.id), paper.docx())],
            more,
            ..Mail::default()
        };
        let id = format!("<{}>", mail.id);
        self.stage
            .servers
            .deliver(&Outgoing {
                from: sent.from.to_owned(),
                to: mail.to.clone(),
                bytes: mail.bytes(),
            })
            .expect("Postfix takes it");
        self.stage.servers.wait_for(mailbox, LIMIT, |mails| {
            mails
                .iter()
                .any(|mail| mail.header("Message-ID").as_ref() == Some(&id))
        });
        self.stage.house.run(&["fetch"]);
        self.stage.finish(&["--only", "worker"]);
        self.trace(sent.id)
    }

    fn trace(&self, id: &str) -> Value {
        let id = format!("{id}@nguoidan.example");
        self.stage.house.trace(&[&id]).remove(0)
    }

    /// The receipt of a mail: its Message-ID and what it says.
    fn receipt(&self, sent: &Sent<'_>) -> (String, String) {
        let about = format!("<{}@nguoidan.example>", sent.id);
        let letters = self.stage.servers.wait_for(sent.from, LIMIT, |mails| {
            mails
                .iter()
                .any(|mail| mail.header("In-Reply-To").as_ref() == Some(&about))
        });
        let letter = letters
            .iter()
            .find(|mail| mail.header("In-Reply-To").as_ref() == Some(&about))
            .expect("a receipt");
        let own = letter.header("Message-ID").expect("its name");
        let parsed = mail_parser::MessageParser::default().parse(&letter.bytes);
        let text = parsed.and_then(|mail| mail.body_text(0).map(|text| text.into_owned()));
        (
            own.trim_matches(['<', '>']).to_owned(),
            text.expect("a text"),
        )
    }

    fn matters(&self, kind: &str) -> i64 {
        figure(&self.stage.house.status(), "matters", kind)
    }

    /// The file of the entry's version that counts.
    fn counts(&self, id: &str) -> String {
        let name = self.trace(id)["entries"][0]["files"][0]["name"].clone();
        name.as_str().expect("a file").to_owned()
    }
}

#[test]
fn a_newer_version_counts_when_its_sender_is_proven_and_waits_otherwise() {
    let story = Story::begin();
    let first = Sent {
        id: "dau",
        from: AN,
        ..Sent::default()
    };
    let code = story.hand_in(&first)["entries"][0]["code"].clone();
    let code = code.as_str().expect("a code").to_owned();
    let (receipt, _) = story.receipt(&first);

    // The server vouches for the same address.
    let second = Sent {
        id: "hai",
        proof: Some("dmarc=pass"),
        ..first
    };
    let came = story.hand_in(&second);
    assert_eq!(came["entries"], serde_json::json!([]), "{came}");
    assert_eq!(came["versions"][0]["code"], code.as_str());
    assert_eq!(came["versions"][0]["counts"], true);
    assert_eq!(story.counts("dau"), "hai.docx");
    let (_, said) = story.receipt(&second);
    assert!(
        said.contains("thay bản đã nhận trước") && said.contains(&code),
        "{said}"
    );

    // Somebody writes under the same address, and the server does not vouch for it.
    let forged = Sent {
        id: "gia",
        proof: Some("dmarc=fail"),
        ..first
    };
    let came = story.hand_in(&forged);
    assert_eq!(came["entries"][0]["state"], "held", "{came}");
    assert_eq!(came["matters"][0]["kind"], "version");
    assert_eq!(story.counts("dau"), "hai.docx");
    let (_, said) = story.receipt(&forged);
    assert!(said.contains("vẫn được tính cho đến khi"), "{said}");
    assert!(
        !said.contains(&code),
        "whoever wrote it learns nothing: {said}"
    );

    // From another address, in answer to the receipt.
    let reply = Sent {
        id: "ba",
        from: SON,
        answers: Some(&receipt),
        ..first
    };
    let came = story.hand_in(&reply);
    assert_eq!(came["versions"][0]["counts"], true, "{came}");
    assert_eq!(story.counts("dau"), "ba.docx");
    // From that address without the receipt.
    let stranger = Sent {
        id: "la",
        answers: None,
        ..reply
    };
    let came = story.hand_in(&stranger);
    assert_eq!(came["entries"][0]["state"], "held", "{came}");
    assert_eq!(story.matters("version"), 2);

    at_the_desk(&story, &code);
}

/// A clerk sees both, lets the newer one count, takes it back, and picks an older version.
fn at_the_desk(story: &Story, code: &str) {
    let house = &story.stage.house;
    let _web = Running(house.start(&["serve", "--only", "web"], "web.log"));
    let unit = places::hanoi().spots[0].unit;
    let mut clerk = Clerk::by_link(house, "thuky@phach.example", "secretary", unit);
    let list = clerk.get("/viec?loai=nop-lai");
    let matter = between(&list.html, "href=\"/viec/", "\"").expect("a matter");
    let page = clerk.get(&format!("/viec/{matter}"));
    assert!(page.html.contains("gia.docx") && page.html.contains("ba.docx"));
    assert!(
        page.text().contains("không xác thực được địa chỉ"),
        "{}",
        page.text()
    );
    clerk.press(&page, "replace");
    assert_eq!(story.counts("dau"), "gia.docx");
    let entry = &story.trace("dau")["entries"][0]["id"];
    let about = clerk.get(&format!("/bai-du-thi/{entry}"));
    let text = about.text();
    assert!(
        text.contains("Các bản đã nộp") && text.contains("Bản 4"),
        "{text}"
    );
    assert!(text.contains(&format!("thay bài {code}")), "{text}");
    let undo = between(&about.html, "action=\"/hoan-tac\"", "</form>").expect("a way back");
    let act = between(undo, "name=\"act\" value=\"", "\"").expect("the act");
    let csrf = between(undo, "name=\"csrf\" value=\"", "\"").expect("a token");
    clerk.post("/hoan-tac", &[("csrf", csrf), ("act", act)]);
    assert_eq!(story.counts("dau"), "ba.docx");
    assert_eq!(story.matters("version"), 2, "both wait again");
    // The first of the versions that do not count.
    let about = clerk.get(&format!("/bai-du-thi/{entry}"));
    clerk.press(&about, "stand");
    assert_eq!(story.counts("dau"), "dau.docx");
}

#[test]
fn one_person_in_two_units_and_people_who_do_not_take_part_wait_for_a_decision() {
    let story = Story::begin();
    let first = Sent {
        id: "mot",
        from: AN,
        ..Sent::default()
    };
    let code = story.hand_in(&first)["entries"][0]["code"].clone();
    let elsewhere = Sent {
        id: "don-vi-kia",
        spot: 1,
        proof: Some("dmarc=pass"),
        ..first
    };
    let came = story.hand_in(&elsewhere);
    assert_eq!(came["entries"][0]["state"], "held", "{came}");
    let kinds: Vec<&Value> = came["matters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|matter| &matter["kind"])
        .collect();
    // The essay names the first unit, so that the mailbox alone does not decide either.
    let two = kinds
        .iter()
        .any(|kind| **kind == "two_units" || **kind == "route");
    assert!(two, "{came}");
    assert_eq!(story.trace("mot")["entries"][0]["state"], "queued");

    let house = &story.stage.house;
    let plan = house.folder.join("plan.toml");
    let applied = std::fs::read_to_string(&plan).expect("the plan");
    let (name, born) = (&story.person.name, story.person.birth_iso());
    let listed = format!(
        "{applied}\n[[excluded]]\nrole = \"Ban Giám khảo\"\nmembers = [{{ name = \"{name}\", birth_date = \"{born}\" }}]\n"
    );
    let apply = |text: &str| {
        std::fs::write(&plan, text).expect("the plan");
        house.run(&["contest", "apply", "--yes", &plan.to_string_lossy()])
    };
    let said = apply(&listed);
    assert!(said.contains("Thêm người không được dự thi"), "{said}");
    assert!(
        said.contains("2 bài đã nhận có thể của người không được dự thi"),
        "{said}"
    );
    assert_eq!(story.matters("excluded"), 2);
    assert_eq!(story.trace("mot")["entries"][0]["state"], "held");
    // One that comes now is found when it is sorted, and never refused.
    let newer = Sent {
        id: "moi",
        proof: Some("dmarc=pass"),
        ..first
    };
    let came = story.hand_in(&newer);
    assert_eq!(came["versions"][0]["code"], code, "{came}");
    let (_, said) = story.receipt(&newer);
    assert!(said.contains(code.as_str().expect("a code")), "{said}");
    let said = apply(&applied);
    assert!(said.contains("không còn trùng"), "{said}");
    assert_eq!(story.matters("excluded"), 0);
    assert_eq!(story.trace("mot")["entries"][0]["state"], "queued");
    listed_in_files(&story, &plan, &applied);
}

/// The same list as an office keeps it: a file beside the plan, refused as a whole when a row is wrong, and needed by
/// nobody once it was applied.
fn listed_in_files(story: &Story, plan: &Path, applied: &str) {
    let house = &story.stage.house;
    let named = |file: &str| {
        let group = format!("[[excluded]]\nrole = \"Ban Giám khảo\"\nexcluded_file = \"{file}\"\n");
        std::fs::write(plan, format!("{applied}\n{group}")).expect("the plan");
        house.output(&["contest", "apply", "--yes", &plan.to_string_lossy()])
    };
    let (name, born) = (&story.person.name, story.person.birth_iso());
    let csv = house.folder.join("danh-sach.csv");
    let head = "DANH SÁCH;;;\nSTT;Họ và tên;Ngày sinh;Chức vụ\n";
    std::fs::write(
        &csv,
        format!("{head}1;{name};{born};\n\n2;Lê Văn Sai;31/02/1970;\n"),
    )
    .expect("a file");
    let said = named("danh-sach.csv");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success(), "{told}");
    assert!(
        told.contains("danh-sach.csv:5: lỗi: “31/02/1970”"),
        "{told}"
    );
    let said = named("khong-co.xlsx");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(
        !said.status.success() && told.contains("khong-co.xlsx"),
        "{told}"
    );
    assert_eq!(story.matters("excluded"), 0, "nothing was applied");

    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["STT", "Họ và tên", "Ngày sinh", "Chức vụ"],
        ["1", name, &born, "Giám khảo vòng loại"],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column) = (row as u32, column as u16);
            sheet.write(row, column, *cell).expect("a cell");
        }
    }
    for n in 0..25u32 {
        sheet.write(n + 2, 0, n + 2).expect("a cell");
        let letter = char::from(b'A' + n as u8);
        sheet
            .write(n + 2, 1, format!("Trần Văn {letter}"))
            .expect("a cell");
    }
    let file = house.folder.join("danh-sach.xlsx");
    book.save(&file).expect("a workbook");
    let said = named("danh-sach.xlsx");
    let told = String::from_utf8_lossy(&said.stdout);
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{told}{errors}");
    assert!(told.contains("danh-sach.xlsx: 26 người"), "{told}");
    assert!(told.contains("thêm 26 người, bỏ 0 người"), "{told}");
    assert_eq!(story.matters("excluded"), 2);
    std::fs::remove_file(&file).expect("the file goes");
    let whole = house.run(&["contest", "show"]);
    assert!(whole.contains("Giám khảo vòng loại"), "{whole}");
    std::fs::write(plan, &whole).expect("the plan");
    let said = house.run(&["contest", "apply", "--yes", &plan.to_string_lossy()]);
    assert!(
        said.contains("không thay đổi"),
        "the database holds it all: {said}"
    );
}
