//! Mails kept in files: taken in like fetched ones, each once however often and in whatever form it is brought, and
//! answered once.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::stage::Stage;
use crate::stage::figure;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::servers::Postgres;

const MAILBOX: &str = "hoankiem@duthi.hanoi.example";

#[test]
fn a_mail_out_of_a_file_is_an_entry_once_on_sqlite() {
    story(&Wishes::default());
}

#[test]
fn a_mail_out_of_a_file_is_an_entry_once_on_postgresql() {
    let cluster = Postgres::start();
    story(&Wishes {
        database: Some(cluster.url().to_owned()),
        ..Wishes::default()
    });
}

fn story(wishes: &Wishes) {
    let stage = Stage::build(1..=1, wishes);
    let docx = |scene: &&Scene| scene.name.starts_with("docx") && scene.mail.to == [MAILBOX];
    let scenes: Vec<&Scene> = stage.scenes.iter().filter(docx).take(2).collect();
    let [fetched, kept] = scenes[..] else {
        panic!("two mails with an essay to {MAILBOX}");
    };
    stage.mail([fetched]);
    stage.house.run(&["fetch"]);
    let on_server = stage.servers.inbox(MAILBOX).remove(0).bytes;

    let files = stage.house.folder.join("luu");
    let maildir = files.join("cu");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(part)).expect("a folder");
    }
    let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).expect("a file");
    // The mail that was fetched, byte for byte; another; and that one once more.
    let mut mbox = Vec::new();
    for bytes in [on_server.as_slice(), &kept.mail.bytes] {
        mbox.extend_from_slice(b"From x@nguoidan.example Mon Sep  2 08:00:00 2019\r\n");
        mbox.extend_from_slice(bytes);
        mbox.extend_from_slice(b"\r\n");
    }
    write(&files.join("hop-thu"), &mbox);
    write(&maildir.join("cur/1.a:2,S"), &kept.mail.bytes);
    write(&maildir.join("tmp/2.a"), b"Subject: half\r\n");
    write(&maildir.join("dovecot-uidlist"), b"3 V1 N2\n");
    write(&files.join("anh.jpg"), b"\xff\xd8\xff\xe0");

    let import = || {
        let path = files.to_string_lossy().into_owned();
        let output = stage
            .house
            .output(&["import", &path, "--mailbox", MAILBOX, "--json"]);
        assert_eq!(output.status.code(), Some(1), "one file is no mail");
        let said = String::from_utf8(output.stdout).expect("text");
        let mut lines: Vec<(String, u64, u64, usize)> = said
            .lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).expect("JSON");
                let name = line["file"].as_str().expect("a name").rsplit('/').next();
                let number = |field: &str| line[field].as_u64().expect("a number");
                let findings = line["findings"].as_array().expect("a list").len();
                let name = name.unwrap_or_default().to_owned();
                (name, number("mails"), number("new"), findings)
            })
            .collect();
        lines.sort();
        lines
    };
    // The folder is read in the order of its names: what is in the mbox was here before.
    let lines = |new: u64| {
        [
            ("1.a:2,S".to_owned(), 1, new, 0),
            ("anh.jpg".to_owned(), 0, 0, 1),
            ("hop-thu".to_owned(), 2, 0, 0),
        ]
    };
    assert_eq!(import(), lines(1));
    assert_eq!(import(), lines(0), "brought twice");

    stage.finish(&[]);
    for scene in [fetched, kept] {
        assert_eq!(stage.answers(scene).len(), 1, "{}", scene.name);
    }
    let status = stage.house.status();
    assert_eq!(figure(&status, "entries", "queued"), 2, "{status}");
    assert_eq!(stage.house.output(&["verify"]).status.code(), Some(0));
}
