//! A disk that is full and a database that somebody else holds while mails come: nothing is lost or doubled, and once
//! there is room again all goes on by itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use phach::db::Db;
use phach::db::contest;
use serde_json::Value;

use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::support::cast::SENDER;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
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
use crate::support::servers::is_root;
use crate::support::wait;

const MAILS: usize = 24;
/// Bytes of the annex of each mail: together more than the disk has.
const ANNEX: usize = 1_000_000;
/// Work goes on so soon after the mend.
const HEALED: Duration = Duration::from_secs(60);

#[test]
fn a_full_disk_loses_nothing() {
    let stage = Stage::with(1..=1, &one_mailbox(), &[SENDER]);
    let disk = Disk::under(&stage.house.folder, "10m");
    let mut serve = Running(stage.house.start(&["serve"], "serve.log"));
    bring(&stage, 0..MAILS);
    wait::until("the disk is full", LIMIT, || {
        (disk.free() < 1_000_000).then_some(())
    });
    // Several looks into the mailbox, and jobs tried again.
    std::thread::sleep(Duration::from_secs(8));
    let ended = serve.0.try_wait().expect("a process");
    assert_eq!(ended, None, "serve gave up");
    let held = figure(&stage.house.status(), "messages", "entry");
    assert!(held < MAILS as i64, "{held} mails found room");
    disk.resize("200m");
    all_are_here(&stage, MAILS);
}

#[test]
fn a_database_that_somebody_holds_loses_nothing() {
    let stage = Stage::with(1..=1, &one_mailbox(), &[SENDER]);
    let mut serve = Running(stage.house.start(&["serve"], "serve.log"));
    bring(&stage, 0..4);
    let rows = stage.house.folder.join("data").join("phach.db");
    assert!(rows.exists(), "{}", rows.display());
    let address = format!("sqlite:{}", rows.display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = Db::open(&address).await.expect("the database");
        let mut tx = db.begin().await.expect("a transaction");
        let (id, _) = contest::all(&db).await.expect("contests")[0].clone();
        contest::lock(&mut tx, id).await.expect("held");
        bring(&stage, 4..12);
        // Longer than anybody waits for it.
        tokio::time::sleep(Duration::from_secs(25)).await;
        drop(tx);
    });
    let ended = serve.0.try_wait().expect("a process");
    assert_eq!(ended, None, "serve gave up");
    all_are_here(&stage, 12);
}

fn one_mailbox() -> Wishes {
    Wishes {
        mailboxes: vec![places::hanoi().spots[0].mailbox.to_owned()],
        ..Wishes::default()
    }
}

/// Every mail is one entry, its bytes are whole, and its receipt is one letter.
fn all_are_here(stage: &Stage, mails: usize) {
    let mails = mails as i64;
    wait::until("all mails are sorted", HEALED, || {
        let status = stage.house.status();
        let sorted = figure(&status, "entries", "queued") >= mails;
        (sorted && Jobs::of(&status).open() == 0).then_some(())
    });
    let status = stage.house.status();
    assert_eq!(figure(&status, "messages", "entry"), mails, "{status}");
    assert_eq!(figure(&status, "entries", "queued"), mails, "{status}");
    let verified: Value =
        serde_json::from_str(&stage.house.run(&["verify", "--json"])).expect("JSON");
    assert_eq!(verified["deliveries"], mails, "{verified}");
    assert_eq!(verified["bad"], Value::Array(Vec::new()), "{verified}");
    let there = stage.servers.wait_for(SENDER, LIMIT, |there| {
        distinct(there, "In-Reply-To") == mails as usize
    });
    // A letter that a server took, and of which the full disk could not be told, goes out once more under its Message-ID:
    // one letter in the recipient's mail program.
    assert_eq!(distinct(&there, "Message-ID"), mails as usize);
}

fn distinct(mails: &[RawMail], header: &str) -> usize {
    let all: BTreeSet<_> = mails.iter().map(|mail| mail.header(header)).collect();
    all.len()
}

fn bring(stage: &Stage, numbers: std::ops::Range<usize>) {
    let places = places::hanoi();
    let spot = &places.spots[0];
    for n in numbers {
        let mut dice = Dice::new(n as u64 + 77);
        let person = Person::new(n + 1, Sort::Resident, spot, places.year, &mut dice);
        let paper = Paper {
            head: person.head(0),
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: prose::essay(n as u64 + 500, 300),
            footer: "Bài dự thi".to_owned(),
            ..Paper::default()
        };
        let annex = (0..ANNEX).map(|_| dice.next().to_le_bytes()[0]).collect();
        let mail = Mail {
            from_name: person.name.clone(),
            from: SENDER.to_owned(),
            to: vec![spot.mailbox.to_owned()],
            subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
            id: format!("{n}.dia@nguoidan.example"),
            date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
            body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
            files: vec![
                File::new("Bài dự thi.docx", paper.docx()),
                File::new("phu-luc.bin", annex),
            ],
            ..Mail::default()
        };
        let mail = Outgoing {
            from: SENDER.to_owned(),
            to: mail.to.clone(),
            bytes: mail.bytes(),
        };
        stage.servers.deliver(&mail).expect("Postfix takes it");
    }
}

/// A small disk of its own for the data of an installation; gone when dropped.
struct Disk(PathBuf);

impl Disk {
    /// Moves what the installation has so far onto a disk of this size.
    fn under(house: &Path, size: &str) -> Disk {
        let place = house.join("disk");
        fs::create_dir(&place).expect("a folder");
        let words = [
            "-t",
            "tmpfs",
            "-o",
            &format!("size={size},mode=0777"),
            "tmpfs",
        ];
        privileged("mount", &words, &place);
        let disk = Disk(place);
        let data = house.join("data");
        let copied = Command::new("cp")
            .arg("-a")
            .arg(data.join("."))
            .arg(&disk.0)
            .status();
        assert!(copied.expect("cp").success());
        fs::remove_dir_all(&data).expect("moved");
        std::os::unix::fs::symlink(&disk.0, &data).expect("a link");
        disk
    }

    fn resize(&self, size: &str) {
        privileged("mount", &["-o", &format!("remount,size={size}")], &self.0);
    }

    /// Bytes.
    fn free(&self) -> u64 {
        fs4::available_space(&self.0).expect("a disk")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file there is about to be killed.
        privileged("umount", &["-l"], &self.0);
    }
}

fn privileged(program: &str, words: &[&str], place: &Path) {
    let mut command = match is_root() {
        true => Command::new(program),
        false => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", program]);
            sudo
        }
    };
    let status = command.args(words).arg(place).status().expect("a program");
    assert!(status.success(), "{program}: {status}");
}
