//! When something breaks, a person is told in plain words, nothing else waits for it, and what was broken goes on
//! by itself or at the press of a button.

use std::fs;
use std::io::Read as _;
use std::io::Write as _;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;

use phach::entry::Trouble;
use phach::words;

use crate::desk::Clerk;
use crate::desk::between;
use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
use crate::support::servers::PASSWORD;
use crate::support::servers::free_ports;
use crate::support::wait;

/// The mailbox that dies, the first of the five.
const DEAD: &str = "hoankiem@duthi.hanoi.example";
const DEAD_UNIT: &str = "hoan-kiem";

fn wishes(settings: String) -> Wishes {
    Wishes {
        alarm_seconds: Some(3),
        settings,
        ..Wishes::default()
    }
}

#[test]
fn a_refused_password_is_told_to_the_administrator_and_delays_nobody() {
    let stage = Stage::build(1..=1, &wishes(String::new()));
    let file = stage.house.folder.join("passwords").join(DEAD);
    fs::write(&file, "mat-khau-cu").expect("write a password");
    let mend = || fs::write(&file, PASSWORD).expect("write a password");
    dead_among_five(&stage, Trouble::Auth, mend);
}

#[test]
fn a_server_that_does_not_answer_is_told_to_the_administrator_and_delays_nobody() {
    let port = free_ports(1);
    let stage = Stage::build(1..=1, &wishes(String::new()));
    // The first block that fits an address is the one that counts.
    let file = stage.house.folder.join("phach.toml");
    let settings = fs::read_to_string(&file).expect("the settings");
    let own = format!(
        "[[imap]]\naddresses = [\"{DEAD}\"]\nhost = \"localhost\"\nport = {port}\nsecurity = \"tls\"\n\
         password_file = \"passwords/{{address}}\"\nca_file = \"{}\"\n\n[[imap]]",
        stage.servers.ca_file().display()
    );
    assert!(settings.contains("[[imap]]"));
    fs::write(&file, settings.replacen("[[imap]]", &own, 1)).expect("write the settings");
    let mut bridge = None;
    let to = stage.servers.imaps_port();
    dead_among_five(&stage, Trouble::Unreachable, || {
        bridge = Some(Bridge::open(port, to))
    });
}

/// One mailbox of five does not work while mails come to all; `mend` makes it work again.
fn dead_among_five(stage: &Stage, trouble: Trouble, mend: impl FnOnce()) {
    let receipts: Vec<&Scene> = stage
        .scenes
        .iter()
        .filter(|scene| scene.name.starts_with("docx") && scene.spots.len() == 1)
        .collect();
    let for_dead: Vec<&Scene> = receipts
        .iter()
        .copied()
        .filter(|scene| scene.mail.to == [DEAD])
        .take(2)
        .collect();
    let mut for_others: Vec<&Scene> = Vec::new();
    for mailbox in stage
        .mailboxes()
        .into_iter()
        .filter(|mailbox| *mailbox != DEAD)
    {
        for_others.extend(
            receipts
                .iter()
                .copied()
                .filter(|scene| scene.mail.to == [mailbox])
                .take(2),
        );
    }
    assert_eq!(
        (for_dead.len(), for_others.len()),
        (2, 8),
        "scenes for every mailbox"
    );
    stage.mail(for_dead.iter().chain(&for_others).copied());

    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    // The other four are answered while it fails.
    for scene in &for_others {
        wait::until(&format!("the receipt of {}", scene.name), LIMIT, || {
            (stage.answers(scene).len() == scene.expect.receipts).then_some(())
        });
    }
    let failing = mailbox(stage, DEAD);
    assert_eq!(
        failing["failure"],
        serde_json::to_value(trouble).expect("a word"),
        "{failing}"
    );
    assert_eq!(failing["held"], 0, "{failing}");
    for mailbox in stage
        .mailboxes()
        .into_iter()
        .filter(|mailbox| *mailbox != DEAD)
    {
        let well = self::mailbox(stage, mailbox);
        assert_eq!(
            (&well["held"], &well["failure"]),
            (&2.into(), &serde_json::Value::Null),
            "{well}"
        );
    }

    // The alarm stands in the administrator's other mailbox, in plain words.
    let subject = words::mailbox::alarm_subject(DEAD);
    let alarms = stage
        .servers
        .wait_for(cast::ADMINISTRATOR_ELSEWHERE, LIMIT, |mails| {
            !about(mails, &subject).is_empty()
        });
    let text = text(about(&alarms, &subject)[0]);
    for said in [
        DEAD,
        words::mailbox::trouble(trouble),
        words::mailbox::what_to_do(trouble),
    ] {
        assert!(unwrapped(&text).contains(said), "{said:?} in {text}");
    }
    assert_eq!(figure(&stage.house.status(), "matters", "mailbox"), 1);

    // The desk says it too.
    let mut clerk = Clerk::log_in(stage, &cast::secretary(DEAD_UNIT), "secretary", DEAD_UNIT);
    let home = clerk.get("/");
    assert!(
        home.html.contains(DEAD) && home.html.contains(words::mailbox::trouble(trouble)),
        "{}",
        home.html
    );
    assert!(
        home.html.contains(
            words::mailbox::what_to_do(trouble)
                .split(';')
                .next()
                .unwrap_or_default()
        ),
        "what to do in {}",
        home.html
    );

    // It works again: said once, and its mails are taken in.
    mend();
    for scene in &for_dead {
        wait::until(&format!("the receipt of {}", scene.name), LIMIT, || {
            (stage.answers(scene).len() == scene.expect.receipts).then_some(())
        });
    }
    let well_again = words::mailbox::recovered_subject(DEAD);
    let all = stage
        .servers
        .wait_for(cast::ADMINISTRATOR_ELSEWHERE, LIMIT, |mails| {
            !about(mails, &well_again).is_empty()
        });
    assert_eq!(
        about(&all, &subject).len(),
        1,
        "one alarm, whatever number of looks failed"
    );
    assert_eq!(about(&all, &well_again).len(), 1);
    assert_eq!(all.len(), 2, "nothing else is written to the administrator");
    let well = mailbox(stage, DEAD);
    assert_eq!(
        (&well["held"], &well["failure"]),
        (&2.into(), &serde_json::Value::Null),
        "{well}"
    );
    assert_eq!(figure(&stage.house.status(), "matters", "mailbox"), 0);
    let home = clerk.get("/");
    assert!(
        !home.html.contains(words::mailbox::trouble(trouble)),
        "{}",
        home.html
    );
}

#[test]
fn a_job_that_fails_for_ever_becomes_a_matter_that_the_desk_can_retry() {
    let stage = Stage::build(1..=1, &Wishes::default());
    let is_docx = |scene: &&Scene| scene.name.starts_with("docx") && scene.mail.to == [DEAD];
    let mails: Vec<&Scene> = stage.scenes.iter().filter(is_docx).take(2).collect();
    assert_eq!(mails.len(), 2);
    let [scene, other] = [mails[0], mails[1]];
    stage.mail([scene]);
    stage.house.run(&["fetch"]);
    let blobs = files_below(stage.house.folder.join("data/blobs"));
    assert_eq!(blobs.len(), 1, "the mail as it came");
    let kept = fs::read(&blobs[0]).expect("the mail's bytes");
    fs::remove_file(&blobs[0]).expect("lose the mail's bytes");
    stage.mail([other]);

    let output = stage.house.output(&["serve", "--until-idle"]);
    assert_eq!(output.status.code(), Some(3), "something needs a person");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let kind = words::command::matter_waits(phach::entry::MatterKind::Job, 1);
    assert!(said.contains(&kind), "{kind:?} in {said}");
    let status = stage.house.status();
    assert_eq!(figure(&status, "matters", "job"), 1);
    assert_eq!(Jobs::of(&status).in_state("failed"), 1);
    // It delayed nobody, and `verify` names it.
    assert_eq!(stage.answers(other).len(), 1);
    assert_eq!(stage.answers(scene).len(), 0);
    assert_eq!(stage.house.output(&["verify"]).status.code(), Some(1));

    fs::write(&blobs[0], kept).expect("put the mail's bytes back");
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let mut clerk = Clerk::log_in(&stage, &cast::secretary(DEAD_UNIT), "secretary", DEAD_UNIT);
    let list = clerk.get("/viec");
    let matter = between(&list.html, "href=\"/viec/", "\"").expect("a matter on the desk");
    let page = clerk.get(&format!("/viec/{matter}"));
    let pressed = clerk.press(&page, "retry");
    assert!(pressed.to.is_some(), "{} {}", pressed.status, pressed.html);
    wait::until("the receipt", LIMIT, || {
        (stage.answers(scene).len() == 1).then_some(())
    });
    let trace = &stage.house.trace(&[&scene.id])[0];
    assert_eq!(
        trace["entries"].as_array().map(Vec::len),
        Some(1),
        "{trace}"
    );
    // The essay is compared when its receipt has long been sent.
    let status = wait::until("an end of all work", LIMIT, || {
        let status = stage.house.status();
        (Jobs::of(&status).open() == 0).then_some(status)
    });
    assert_eq!(figure(&status, "matters", "job"), 0);
    stage.house.run(&["verify"]);
}

fn mailbox(stage: &Stage, address: &str) -> serde_json::Value {
    let status = stage.house.status();
    let rows = status["mailboxes"].as_array().into_iter().flatten();
    let mut rows = rows.filter(|row| row["address"] == address);
    rows.next()
        .unwrap_or_else(|| panic!("{address} in the status"))
        .clone()
}

/// The mails with this subject.
fn about<'a>(mails: &'a [RawMail], subject: &str) -> Vec<&'a RawMail> {
    let parser = mail_parser::MessageParser::default();
    mails
        .iter()
        .filter(|mail| {
            parser
                .parse(&mail.bytes)
                .and_then(|mail| mail.subject().map(str::to_owned))
                .as_deref()
                == Some(subject)
        })
        .collect()
}

fn text(mail: &RawMail) -> String {
    mail_parser::MessageParser::default()
        .parse(&mail.bytes)
        .and_then(|mail| mail.body_text(0).map(|text| text.into_owned()))
        .expect("a letter with text")
}

fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn files_below(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => found.extend(files_below(entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

/// Makes a closed port lead to another one, until dropped.
struct Bridge {
    port: u16,
    closed: Arc<AtomicBool>,
}

impl Bridge {
    fn open(port: u16, to: u16) -> Bridge {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let closed = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&closed);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let far = TcpStream::connect(("127.0.0.1", to)).expect("the server behind");
                let (near_too, far_too) = (
                    near.try_clone().expect("a socket"),
                    far.try_clone().expect("a socket"),
                );
                thread::spawn(move || pump(near, far));
                thread::spawn(move || pump(far_too, near_too));
            }
        });
        Bridge { port, closed }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    let mut some = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut some) {
        if count == 0 || to.write_all(&some[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
