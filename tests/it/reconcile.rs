//! The relay takes a letter and its answer never comes: the letter is found where sent letters are kept, and the
//! participant gets it once.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::stage::letters;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::imap::Session;
use crate::support::servers::PASSWORD;
use crate::support::wait;

/// A way to the relay on which the answers to the first letters get lost. Every letter arrives.
struct Deaf {
    port: u16,
    /// Letters that went by.
    letters: Arc<AtomicUsize>,
}

impl Deaf {
    fn to(port: u16, lost: usize) -> Deaf {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let deaf = Deaf {
            port: listener.local_addr().expect("its number").port(),
            letters: Arc::default(),
        };
        let letters = Arc::clone(&deaf.letters);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", port)).expect("the relay");
                let letters = Arc::clone(&letters);
                std::thread::spawn(move || carry(client, server, &letters, lost));
            }
        });
        deaf
    }

    fn letters(&self) -> usize {
        self.letters.load(Ordering::SeqCst)
    }
}

/// Carries a session; the final dot of a letter that is to be lost still goes, its answer is heard here alone.
fn carry(mut client: TcpStream, mut server: TcpStream, letters: &AtomicUsize, lost: usize) {
    let (mut answers, mut back) = (
        server.try_clone().expect("a line"),
        client.try_clone().expect("a line"),
    );
    let muted = Arc::new(AtomicUsize::new(0));
    let mute = Arc::clone(&muted);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = answers.read(&mut bytes) {
            if mute.load(Ordering::SeqCst) == 1 {
                break;
            }
            if back.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
        let _ = answers.shutdown(Shutdown::Both);
    });
    let mut said: Vec<u8> = Vec::new();
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = client.read(&mut bytes) {
        said.extend(&bytes[..length]);
        if said.ends_with(b"\r\n.\r\n") {
            said.clear();
            if letters.fetch_add(1, Ordering::SeqCst) < lost {
                muted.store(1, Ordering::SeqCst);
            }
        }
        if server.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
}

/// A stage whose relay is reached over such a way, with more settings of the relay and of the mailboxes.
fn stage(lost: usize, relay: &str, imap: &str, look_seconds: u32) -> (Stage, Deaf) {
    let wishes = Wishes {
        outbox: format!("look_seconds = {look_seconds}\n"),
        ..Wishes::default()
    };
    let stage = Stage::build(1..=1, &wishes);
    let deaf = Deaf::to(stage.servers.smtp_port(), lost);
    let file = stage.house.folder.join("phach.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    let (before, _) = text.split_once("[[relay]]").expect("a relay");
    let before = before.replace("[[imap]]\n", &format!("[[imap]]\n{imap}\n"));
    let text = format!(
        "{before}[[relay]]\nname = \"demo\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n{relay}\n",
        deaf.port
    );
    fs::write(&file, text).expect("the settings");
    (stage, deaf)
}

/// A mail to one mailbox that one receipt answers.
fn scene(stage: &Stage) -> &Scene {
    let mut scenes = stage.scenes.iter();
    scenes
        .find(|scene| {
            scene.name.starts_with("docx") && scene.mail.to.len() == 1 && scene.expect.receipts == 1
        })
        .expect("a scene")
}

#[test]
fn a_copy_in_our_own_mailbox_proves_that_a_letter_went() {
    let (stage, deaf) = stage(1, "bcc_self = true", "", 600);
    let scene = scene(&stage);
    stage.mail([scene]);
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let status = wait::until("the letter is known to be sent", LIMIT, || {
        let status = stage.house.status();
        (letters(&status, "sent") == 1).then_some(status)
    });
    assert_eq!(deaf.letters(), 1, "it went once");
    assert_eq!(stage.answers(scene).len(), 1);
    let copies = stage.servers.inbox(&scene.mail.to[0]);
    assert_eq!(copies.len(), 2, "the entry and the copy");
    // The copy is our own letter: no entry, no answer, no matter.
    assert_eq!(figure(&status, "messages", "own"), 1, "{status}");
    assert_eq!(figure(&status, "messages", "entry"), 1, "{status}");
    assert_eq!(figure(&status, "matters", "letter"), 0, "{status}");
    assert_eq!(letters(&status, "queued") + letters(&status, "unknown"), 0);
    wait::until("an end of all work", LIMIT, || {
        (Jobs::of(&stage.house.status()).open() == 0).then_some(())
    });
    assert_eq!(deaf.letters(), 1, "nothing is sent once more");
    assert_eq!(stage.answers(scene).len(), 1);
}

#[test]
fn a_letter_in_the_providers_folder_of_sent_letters_is_not_sent_again() {
    let (stage, deaf) = stage(1, "", "sent_folder = \"Sent\"", 600);
    let scene = scene(&stage);
    stage.mail([scene]);
    let mut mailbox = Session::open(
        stage.servers.imaps_port(),
        &stage.servers.ca_file(),
        &scene.mail.to[0],
        PASSWORD,
    )
    .expect("a login");
    let _ = mailbox.run("CREATE \"Sent\"");
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let receipts = wait::until("the receipt", LIMIT, || {
        let answers = stage.answers(scene);
        (!answers.is_empty()).then_some(answers)
    });
    wait::until("the letter is looked for", LIMIT, || {
        (letters(&stage.house.status(), "unknown") == 1).then_some(())
    });
    // What Gmail does by itself with every letter that it takes.
    let text = String::from_utf8(receipts[0].bytes.clone()).expect("seven bits");
    mailbox
        .run(&format!("APPEND \"Sent\" {{{}+}}\r\n{text}", text.len()))
        .expect("a mail in the folder");
    wait::until("the letter is found", LIMIT, || {
        (letters(&stage.house.status(), "sent") == 1).then_some(())
    });
    assert_eq!(deaf.letters(), 1, "it went once");
    assert_eq!(stage.answers(scene).len(), 1);
}

#[test]
fn a_receipt_without_a_trace_is_sent_again_as_the_same_letter() {
    let (stage, deaf) = stage(1, "", "sent_folder = \"Sent\"", 2);
    let scene = scene(&stage);
    stage.mail([scene]);
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    wait::until("the letter is sent", LIMIT, || {
        (letters(&stage.house.status(), "sent") == 1).then_some(())
    });
    assert_eq!(deaf.letters(), 2);
    let answers = wait::until("both", LIMIT, || {
        let answers = stage.answers(scene);
        (answers.len() == 2).then_some(answers)
    });
    assert_eq!(
        answers[0].header("Message-ID"),
        answers[1].header("Message-ID"),
        "one letter in a mail program"
    );
}
