//! Lines that break, halve, crawl or lie dead between the program and a real mailbox: whatever happens, every mail is on
//! disk once when the line is well again, and nobody is bothered about one that came in the end.

use serde_json::Value;

use crate::stage::LIMIT;
use crate::stage::Stage;
use crate::support::house::Wishes;
use crate::support::line::Fault;
use crate::support::line::Line;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::places;
use crate::support::prose::Dice;
use crate::support::servers::Outgoing;

const MAILS: usize = 60;
/// Broken lines before the line is well.
const BREAKS: usize = 24;

/// A mailbox with mails, and the line over which the program reads it.
struct Far {
    stage: Stage,
    line: Line,
    /// Bytes of all mails.
    sum: usize,
}

impl Far {
    fn build(dice: &mut Dice) -> Far {
        let places = places::hanoi();
        let mailbox = places.spots[0].mailbox;
        let wishes = Wishes {
            mailboxes: vec![mailbox.to_owned()],
            ..Wishes::default()
        };
        let stage = Stage::build(1..=1, &wishes);
        let mut sum = 0;
        for n in 0..MAILS {
            let mail = mail(n, mailbox, dice);
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
        Far { stage, line, sum }
    }

    fn fetch(&self) -> Value {
        let said = self.stage.house.run(&["fetch", "--json"]);
        serde_json::from_str(said.trim()).expect("JSON")
    }

    /// Every mail is here once and whole, and nobody is asked anything.
    fn is_whole(&self) {
        let verified: Value =
            serde_json::from_str(&self.stage.house.run(&["verify", "--json"])).expect("JSON");
        assert_eq!(verified["deliveries"], MAILS, "{verified}");
        assert_eq!(verified["bad"], Value::Array(Vec::new()), "{verified}");
        let status = self.stage.house.status();
        let contest = &status["contests"][0];
        assert_eq!(contest["deliveries"]["flagged"], MAILS, "{contest}");
        assert_eq!(contest["messages"]["stored"], MAILS, "{contest}");
        assert_eq!(
            contest["matters"],
            serde_json::json!({}),
            "every mail came in the end"
        );
    }
}

#[test]
fn a_bad_line_to_the_mailbox_loses_and_doubles_nothing() {
    let mut dice = Dice::new(2_511);
    let far = Far::build(&mut dice);
    let Far { stage, line, sum } = &far;
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
    let said = far.fetch();
    assert_eq!(
        (&said["on_server"], &said["fetched"]),
        (&MAILS.into(), &0.into()),
        "{said}"
    );
    far.is_whole();
}

#[test]
fn a_full_mailbox_comes_over_two_lines() {
    let far = Far::build(&mut Dice::new(2_512));
    assert_eq!(far.fetch()["fetched"], MAILS);
    assert_eq!(far.line.opened(), 2);
    far.is_whole();
    assert_eq!(far.fetch()["fetched"], 0);
    assert_eq!(far.line.opened(), 3, "one is enough for nothing");
}

/// Most are small, some are fetched in pieces; together they are worth a second line.
fn mail(n: usize, mailbox: &str, dice: &mut Dice) -> Outgoing {
    let size = if n % 10 == 7 {
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
