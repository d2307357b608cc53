//! Letters that answer a mail, and mails that answer a letter: what comes as a reply to a receipt belongs to that entry, whatever the second essay says or does not say of its author.

use crate::desk::Clerk;
use crate::desk::between;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::support::cast::SENDER;
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

#[test]
fn a_reply_to_a_receipt_is_asked_about_as_more_of_that_entry() {
    let stage = Stage::with(1..=1, &Wishes::default(), &[SENDER]);
    let people = two_people();
    hand_in(&stage, "dau", Some(&people[0]), None);
    let receipt = receipt(&stage, "dau");

    // The pages that were forgotten, without a name, as a reply.
    hand_in(&stage, "them", None, Some(&receipt));
    assert_eq!(splits(&stage), 1, "one entry or two is for a person to say");
    // The same without the thread is an essay of its own, although the sender is the same.
    hand_in(&stage, "rieng", None, None);
    assert_eq!(splits(&stage), 1);
    // A mother who uses the same thread for her second child.
    hand_in(&stage, "con", Some(&people[1]), Some(&receipt));
    assert_eq!(splits(&stage), 1);
    // A thread that is none of ours.
    hand_in(&stage, "la", None, Some("khac@nguoidan.example"));
    assert_eq!(splits(&stage), 1);
    let contest = &stage.house.status()["contests"][0];
    let entries: i64 = (contest["entries"].as_object().into_iter().flatten())
        .filter_map(|(_, count)| count.as_i64())
        .sum();
    assert_eq!(entries, 5, "nothing is joined by itself: {contest}");
}

#[test]
fn a_mail_that_was_asked_for_its_essay_gets_its_receipt_when_a_clerk_makes_it_an_entry() {
    let stage = Stage::with(1..=1, &Wishes::default(), &[SENDER]);
    let mailbox = places::hanoi().spots[0].mailbox;
    let mail = Mail {
        from: SENDER.to_owned(),
        to: vec![mailbox.to_owned()],
        subject: "Bài dự thi".to_owned(),
        id: "hoi@nguoidan.example".to_owned(),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Em gửi bài trong file đính kèm.".to_owned()),
        ..Mail::default()
    };
    import(&stage, "hoi", &mail, mailbox);
    let asked = receipt(&stage, "hoi");

    let web = Running(stage.house.start(&["serve", "--only", "web"], "web.log"));
    let unit = places::hanoi().spots[0].unit;
    let mut clerk = Clerk::by_link(&stage.house, "thuky@phach.example", "secretary", unit);
    let list = clerk.get("/viec?loai=chua-ro");
    let matter = between(&list.html, "href=\"/viec/", "\"").expect("a matter");
    let page = clerk.get(&format!("/viec/{matter}"));
    clerk.press(&page, "make_entry");
    drop(web);
    stage.finish(&["--only", "worker"]);

    let about = Some("<hoi@nguoidan.example>".to_owned());
    let mut letters = stage.servers.inbox(SENDER);
    letters.retain(|mail| mail.header("In-Reply-To") == about);
    assert_eq!(letters.len(), 2, "what was asked, and the receipt");
    let code = &stage.house.trace(&["hoi@nguoidan.example"])[0]["entries"][0]["code"];
    let code = code.as_str().expect("an entry");
    let told = letters.iter().filter(|mail| {
        mail.header("Message-ID") != Some(format!("<{asked}>"))
            && String::from_utf8_lossy(&mail.bytes).contains(code)
    });
    assert_eq!(told.count(), 1);
}

fn splits(stage: &Stage) -> i64 {
    figure(&stage.house.status(), "matters", "version")
}

fn two_people() -> [Person; 2] {
    let places = places::hanoi();
    let mut dice = Dice::new(5_322);
    [1, 2].map(|number| {
        Person::new(
            number,
            Sort::Resident,
            &places.spots[0],
            places.year,
            &mut dice,
        )
    })
}

/// Mails an essay of this person, or one that names nobody, and sorts it.
fn hand_in(stage: &Stage, id: &str, person: Option<&Person>, answers: Option<&str>) {
    let mailbox = places::hanoi().spots[0].mailbox;
    let seed = id.bytes().map(u64::from).sum();
    let paper = Paper {
        head: person.map(|person| person.head(0)).unwrap_or_default(),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs: prose::essay(seed, 400),
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let mail = Mail {
        from_name: String::new(),
        from: SENDER.to_owned(),
        to: vec![mailbox.to_owned()],
        subject: "Bài dự thi".to_owned(),
        id: format!("{id}@nguoidan.example"),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new("Bài dự thi.docx", paper.docx())],
        more: answers
            .map(|id| ("In-Reply-To".to_owned(), format!("<{id}>")))
            .into_iter()
            .collect(),
        ..Mail::default()
    };
    import(stage, id, &mail, mailbox);
}

/// Brings a mail as a file and sorts it.
fn import(stage: &Stage, id: &str, mail: &Mail, mailbox: &str) {
    let file = stage.house.folder.join(format!("{id}.eml"));
    std::fs::write(&file, mail.bytes()).expect("a mail");
    let path = file.to_string_lossy();
    stage.house.run(&["import", &path, "--mailbox", mailbox]);
    stage.finish(&["--only", "worker"]);
}

/// The `Message-ID` of the letter that answers a mail.
fn receipt(stage: &Stage, id: &str) -> String {
    let about = format!("<{id}@nguoidan.example>");
    let letters = stage.servers.inbox(SENDER);
    let letter = letters
        .iter()
        .find(|mail| mail.header("In-Reply-To").as_deref() == Some(&about))
        .expect("a receipt");
    let own = letter.header("Message-ID").expect("its name");
    own.trim_matches(['<', '>']).to_owned()
}
