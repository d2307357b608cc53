//! Somebody asks that their data be removed while the contest goes on: found piece by piece, gone by a clerk's word, and
//! everybody else's is where it was. The same mails, fetched once more, bring nothing back and are not answered again.

use std::os::unix::process::ExitStatusExt as _;

use serde_json::Value;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;
use crate::retention::SIGABRT;
use crate::retention::blobs;
use crate::retention::due;
use crate::retention::found;
use crate::retention::its_time_has_come;
use crate::retention::sql;
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
use crate::support::servers::Postgres;
use crate::support::wait;

/// Who asks: two addresses of one person. A teacher sends one of the essays with that of a pupil.
const AN: &str = "an.rieng@nguoidan.example";
const OFFICE: &str = "an.coquan@nguoidan.example";
const BINH: &str = "binh@nguoidan.example";
const PAPER: &str = "Đơn số 12 ngày 10/11/2026";

#[test]
fn one_person_is_forgotten_while_the_contest_goes_on_on_sqlite() {
    story(None);
}

#[test]
fn one_person_is_forgotten_while_the_contest_goes_on_on_postgresql() {
    let cluster = Postgres::start();
    story(Some(cluster.url()));
}

fn person(n: usize) -> Person {
    let places = places::hanoi();
    let mut dice = Dice::new(n as u64 + 177);
    Person::new(n, Sort::Resident, &places.spots[0], places.year, &mut dice)
}

/// Mails what somebody writes from an address, with an essay of this person or none.
fn send(stage: &Stage, id: &str, from: &str, essay: Option<(&Person, u64)>) {
    let mailbox = places::hanoi().spots[0].mailbox;
    let files = essay.map(|(person, seed)| {
        let paper = Paper {
            head: person.head(0),
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: prose::essay(seed, 400),
            footer: "Bài dự thi".to_owned(),
            ..Paper::default()
        };
        File::new(format!("{id}.docx"), paper.docx())
    });
    let body = match files {
        Some(_) => "Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.",
        None => "Kính gửi Ban Tổ chức, cho tôi hỏi bao giờ công bố kết quả ạ?",
    };
    let mail = Mail {
        from: from.to_owned(),
        to: vec![mailbox.to_owned()],
        subject: match files {
            Some(_) => "Bài dự thi".to_owned(),
            None => "Hỏi về kết quả".to_owned(),
        },
        id: format!("{id}@nguoidan.example"),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain(body.to_owned()),
        files: files.into_iter().collect(),
        ..Mail::default()
    };
    let about = format!("<{}>", mail.id);
    let mail = Outgoing {
        from: from.to_owned(),
        to: mail.to.clone(),
        bytes: mail.bytes(),
    };
    stage.servers.deliver(&mail).expect("Postfix takes it");
    stage.servers.wait_for(mailbox, LIMIT, |mails| {
        let mut ids = mails.iter().filter_map(|mail| mail.header("Message-ID"));
        ids.any(|id| id == about)
    });
    stage.finish(&[]);
}

fn story(database: Option<&str>) {
    let wishes = Wishes {
        database: database.map(str::to_owned),
        ..Wishes::default()
    };
    let stage = Stage::with(1..=1, &wishes, &[AN, OFFICE, BINH]);
    let (an, binh) = (person(1), person(2));
    assert_ne!(an.name, binh.name);
    send(&stage, "mot", AN, Some((&an, 11)));
    send(&stage, "hai", OFFICE, Some((&an, 12)));
    send(&stage, "hoi", AN, None);
    send(&stage, "binh", BINH, Some((&binh, 13)));
    let told = |stage: &Stage| [AN, OFFICE, BINH].map(|address| stage.servers.inbox(address).len());
    let answered = told(&stage);
    let secrets = [AN, OFFICE, &an.name, &an.phone].map(str::to_owned);
    let others = [BINH, &binh.name].map(str::to_owned);
    assert_ne!(found(&stage, &secrets, "before"), Vec::<String>::new());
    let (own_page, code) = entry_of(&stage, "mot");

    let serve = Running(stage.house.start(&["serve"], "serve.log"));
    let mut clerk = Clerk::by_link(&stage.house, "truong@duthi.example", "secretary", "ha-noi");
    let search = clerk.get(&format!("/tim?q={AN}"));
    assert_eq!(search.status, 200, "the index is filled: {}", search.html);
    let mut district = Clerk::by_link(&stage.house, "quan@duthi.example", "secretary", "hoan-kiem");
    confirm(&mut clerk, &mut district, &own_page, &code);
    drop(serve);
    let removal = last(&stage);
    assert_eq!(
        (&removal["state"], &removal["paper"]),
        (&"confirmed".into(), &PAPER.into())
    );
    assert_eq!(due(&stage)["messages"], 4, "nothing goes within a day");

    let times: &[&str] = match database {
        None => &[
            "removed_uncommitted",
            "removed",
            "removed:2",
            "files_removed",
        ],
        // Another process may have the job, so each end is waited for.
        Some(_) => &["removed"],
    };
    let kept = blobs(&stage).len();
    its_time_has_come(&stage);
    for place in times {
        let mut command = stage.house.command(&["serve", "--until-idle"]);
        let ended = command.env("PHACH_CRASH", place).status().expect("phach");
        assert_eq!(ended.signal(), Some(SIGABRT), "{place}: {ended}");
    }
    stage.finish(&[]);
    let removal = last(&stage);
    assert_eq!(removal["state"], "done", "{removal}");
    assert_eq!(
        (&removal["messages"], &removal["entries"]),
        (&3.into(), &2.into())
    );
    let now = due(&stage);
    assert_eq!((&now["messages"], &now["entries"]), (&1.into(), &1.into()));
    assert!(blobs(&stage).len() < kept, "files went");
    assert_eq!(found(&stage, &secrets, "after"), Vec::<String>::new());
    let there = found(&stage, &others, "others");
    for other in &others {
        let is_there = there.iter().any(|place| place.starts_with(other.as_str()));
        assert!(is_there, "{other} is nobody's to remove: {there:?}");
    }
    assert_eq!(stage.house.output(&["verify"]).status.code(), Some(0));

    // The server still has all mails, and numbers them anew.
    let flagged = |stage: &Stage| figure(&stage.house.status(), "deliveries", "flagged");
    let fetched = flagged(&stage);
    sql(&stage, "UPDATE mailbox SET uid_validity = uid_validity - 1");
    // Whoever was ended may hold a mailbox for a while.
    wait::until("they were fetched again", LIMIT, || {
        stage.finish(&[]);
        (flagged(&stage) > fetched).then_some(())
    });
    let now = due(&stage);
    assert_eq!((&now["messages"], &now["entries"]), (&1.into(), &1.into()));
    assert_eq!(told(&stage), answered, "nobody is answered again");
    assert_eq!(found(&stage, &secrets, "again"), Vec::<String>::new());

    let serve = Running(stage.house.start(&["serve"], "again.log"));
    let mut clerk = Clerk::by_link(&stage.house, "truong@duthi.example", "secretary", "ha-noi");
    let page = clerk.get(&own_page);
    assert!(page.html.contains("đã được xóa lúc"), "{}", page.html);
    assert!(page.html.contains(PAPER), "{}", page.html);
    assert!(!page.html.contains("xoa-du-lieu"), "{}", page.html);
    drop(serve);
    // What comes later is taken in as anybody's.
    send(&stage, "moi", AN, Some((&an, 14)));
    wait::until("it is taken in and answered", LIMIT, || {
        stage.finish(&[]);
        let [an_has, _, _] = told(&stage);
        (due(&stage)["entries"] == 2 && an_has == answered[0] + 1).then_some(())
    });
}

/// The page and the receipt code of the essay in the mail of this id.
fn entry_of(stage: &Stage, id: &str) -> (String, String) {
    let id = format!("{id}@nguoidan.example");
    let trace = stage.house.trace(&[&id]).remove(0);
    let entry = &trace["entries"][0];
    match (entry["id"].as_i64(), entry["code"].as_str()) {
        (Some(id), Some(code)) => (format!("/bai-du-thi/{id}"), code.to_owned()),
        _ => panic!("{trace}"),
    }
}

/// The newest removal, as `phach retention` tells it.
fn last(stage: &Stage) -> Value {
    let all = due(stage)["removals"].clone();
    let all = all.as_array().expect("a list");
    all.last().expect("a removal").clone()
}

/// The names and values of the boxes of a page, and whether each is ticked.
fn boxes(page: &Page) -> Vec<(&str, &str, bool)> {
    let inputs = page.html.split("<input type=\"checkbox\"").skip(1);
    inputs
        .filter_map(|rest| {
            let input = rest.split('>').next()?;
            let name = between(input, "name=\"", "\"")?;
            let value = between(input, "value=\"", "\"")?;
            Some((name, value, input.ends_with(" checked")))
        })
        .collect()
}

/// A clerk of the city opens the page, first types something else, then confirms, calls it off and confirms again. A
/// clerk of the district cannot.
fn confirm(clerk: &mut Clerk, district: &mut Clerk, own_page: &str, code: &str) {
    let address = format!("{own_page}/xoa-du-lieu");
    let entry = clerk.get(own_page);
    assert!(
        entry.html.contains(&format!("href=\"{address}\"")),
        "{}",
        entry.html
    );
    let below = district.get(own_page);
    assert!(!below.html.contains("xoa-du-lieu"), "{}", below.html);
    assert_eq!(district.get(&address).status, 404);

    let page = clerk.get(&address);
    assert_eq!(page.status, 200, "{}", page.html);
    let all = boxes(&page);
    let count = |name: &str| all.iter().filter(|(of, _, on)| *of == name && *on).count();
    assert_eq!(
        ["erase_entry", "erase_message", "erase_letter"].map(count),
        [2, 3, 2],
        "{}",
        page.html
    );
    let form = page.form("erase").expect("the form");
    let word = |typed: &'static str, paper: &'static str| {
        let mut fields = form.hidden.clone();
        fields.extend(all.iter().map(|(name, value, _)| (*name, *value)));
        fields.extend([("typed", typed), ("paper", paper)]);
        fields
    };
    let mut fields = word("", PAPER);
    assert_eq!(clerk.post(form.action, &fields).status, 409);
    fields.retain(|(name, _)| *name != "typed");
    fields.push(("typed", code));
    let act = fields.clone();
    fields.retain(|(name, _)| *name != "paper");
    assert_eq!(clerk.post(form.action, &fields).status, 409);
    // Without the entries their mails may not go.
    let mut fields = act.clone();
    fields.retain(|(name, _)| *name != "erase_entry");
    assert_eq!(clerk.post(form.action, &fields).status, 409);
    let csrf = between(&below.html, "name=\"csrf\" value=\"", "\"").expect("a token");
    let mut fields = act.clone();
    fields.retain(|(name, _)| *name != "csrf");
    fields.push(("csrf", csrf));
    assert_eq!(district.post(form.action, &fields).status, 404);

    assert_eq!(clerk.post(form.action, &act).status, 303);
    assert_eq!(clerk.get(&address).status, 404, "it is confirmed");
    let entry = clerk.get(own_page);
    assert!(entry.html.contains("sẽ bị xóa từ"), "{}", entry.html);
    let undo = entry
        .forms()
        .into_iter()
        .find(|form| form.action == "/hoan-tac")
        .expect("the way back");
    let undone = clerk.post("/hoan-tac", &undo.hidden);
    assert_eq!(undone.status, 303, "{}", undone.html);
    let entry = clerk.get(own_page);
    assert!(!entry.html.contains("sẽ bị xóa từ"), "{}", entry.html);
    assert_eq!(clerk.post(form.action, &act).status, 303);
}
