//! Lines that break, halve, crawl or lie dead between the program and a real mailbox: whatever happens, every mail is on
//! disk once when the line is well again, and nobody is bothered about one that came in the end.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::stage::LIMIT;
use crate::stage::Stage;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::places;
use crate::support::prose::Dice;
use crate::support::servers::Outgoing;

const MAILS: usize = 60;
/// Broken lines before the line is well.
const BREAKS: usize = 24;

/// What the line does with the bytes of the server.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Nothing: it carries them.
    Well,
    /// After so many bytes both ends are cut.
    Cut(usize),
    /// After so many bytes the server's end is closed, the client's stays open.
    Half(usize),
    /// So many bytes at a time, with a rest after each.
    Crawl(usize),
    /// Nobody is there.
    Dead,
}

/// A line to a port of this machine.
struct Line {
    port: u16,
    fault: Arc<Mutex<Fault>>,
}

impl Line {
    fn to(port: u16) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let line = Line {
            port: listener.local_addr().expect("its number").port(),
            fault: Arc::new(Mutex::new(Fault::Well)),
        };
        let fault = Arc::clone(&line.fault);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let fault = *fault.lock().expect("a fault");
                let server = match fault {
                    Fault::Dead => continue,
                    _ => TcpStream::connect(("127.0.0.1", port)).expect("the server"),
                };
                let (from, to) = (
                    client.try_clone().expect("a line"),
                    server.try_clone().expect("a line"),
                );
                std::thread::spawn(move || carry(from, to, Fault::Well));
                std::thread::spawn(move || carry(server, client, fault));
            }
        });
        line
    }

    fn becomes(&self, fault: Fault) {
        *self.fault.lock().expect("a fault") = fault;
    }
}

/// Carries bytes until one side ends, or the fault does it.
fn carry(mut from: TcpStream, mut to: TcpStream, fault: Fault) {
    let mut bytes = [0; 16 << 10];
    let (end, step) = match fault {
        Fault::Cut(end) | Fault::Half(end) => (end, bytes.len()),
        Fault::Crawl(step) => (usize::MAX, step.min(bytes.len())),
        Fault::Well | Fault::Dead => (usize::MAX, bytes.len()),
    };
    let mut carried = 0;
    while carried < end {
        let Ok(length @ 1..) = from.read(&mut bytes[..step]) else {
            break;
        };
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
        carried += length;
        if let Fault::Crawl(_) = fault {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    match fault {
        // The client may go on talking to a server that does not hear.
        Fault::Half(_) => {}
        Fault::Cut(_) => {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        }
        Fault::Well | Fault::Crawl(_) | Fault::Dead => {
            let _ = from.shutdown(Shutdown::Both);
        }
    }
}

#[test]
fn a_bad_line_to_the_mailbox_loses_and_doubles_nothing() {
    let places = places::hanoi();
    let mailbox = places.spots[0].mailbox;
    let wishes = Wishes {
        mailboxes: vec![mailbox.to_owned()],
        ..Wishes::default()
    };
    let stage = Stage::build(1..=1, &wishes);
    let mut dice = Dice::new(2_511);
    let mut sum = 0;
    for n in 0..MAILS {
        let mail = mail(n, mailbox, &mut dice);
        sum += mail.bytes.len();
        stage.servers.deliver(&mail).expect("Postfix takes it");
    }
    stage
        .servers
        .wait_for(mailbox, LIMIT, |mails| mails.len() == MAILS);
    let line = Line::to(stage.servers.imaps_port());
    let settings = stage.house.folder.join("phach.toml");
    let text = std::fs::read_to_string(&settings).expect("the settings");
    let (own, other) = (
        stage.servers.imaps_port().to_string(),
        line.port.to_string(),
    );
    let text = text.replace(&format!("port = {own}\n"), &format!("port = {other}\n"));
    assert!(text.contains(&other));
    std::fs::write(&settings, text).expect("the settings");

    let mut faults = vec![Fault::Dead];
    for n in 0..BREAKS {
        let end = 1_000 + dice.below(sum / 4);
        faults.push(if n % 2 == 0 {
            Fault::Cut(end)
        } else {
            Fault::Half(end)
        });
    }
    for fault in faults {
        line.becomes(fault);
        let output = stage.house.output(&["fetch", "--json"]);
        assert!(
            output.status.code().is_some(),
            "{fault:?}: the program was killed"
        );
    }
    line.becomes(Fault::Crawl(8 << 10));
    let healed = stage.house.output(&["fetch", "--json"]);
    let said = String::from_utf8_lossy(&healed.stdout).into_owned();
    assert!(healed.status.success(), "{said}");
    line.becomes(Fault::Well);
    let said: Value =
        serde_json::from_str(stage.house.run(&["fetch", "--json"]).trim()).expect("JSON");
    assert_eq!(
        (&said["on_server"], &said["fetched"]),
        (&MAILS.into(), &0.into()),
        "{said}"
    );

    let verified: Value =
        serde_json::from_str(&stage.house.run(&["verify", "--json"])).expect("JSON");
    assert_eq!(verified["deliveries"], MAILS, "{verified}");
    assert_eq!(verified["bad"], Value::Array(Vec::new()), "{verified}");
    let status = stage.house.status();
    let contest = &status["contests"][0];
    assert_eq!(contest["deliveries"]["flagged"], MAILS, "{contest}");
    assert_eq!(contest["messages"]["stored"], MAILS, "{contest}");
    assert_eq!(
        contest["matters"],
        serde_json::json!({}),
        "every mail came in the end"
    );
}

/// Most are small, some are fetched in pieces.
fn mail(n: usize, mailbox: &str, dice: &mut Dice) -> Outgoing {
    let size = if n % 20 == 7 {
        2_500_000
    } else {
        2_000 + dice.below(150_000)
    };
    let bytes = (0..size).map(|_| dice.next().to_le_bytes()[0]).collect();
    let from = format!("nguoi.{n}@nguoidan.example");
    let mail = Mail {
        from_name: format!("Nguyễn Văn {n}"),
        from: from.clone(),
        to: vec![mailbox.to_owned()],
        subject: "Bài dự thi".to_owned(),
        id: format!("{n}.duongtruyen@nguoidan.example"),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new("bai.bin", bytes)],
        ..Mail::default()
    };
    Outgoing {
        from,
        to: vec![mailbox.to_owned()],
        bytes: mail.bytes(),
    }
}
