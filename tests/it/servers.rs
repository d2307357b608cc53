//! The servers of the tests, tested: what the other tests take for granted.

use std::time::Duration;

use crate::support::imap::Session;
use crate::support::mime::Body;
use crate::support::mime::Mail;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::servers::PASSWORD;
use crate::support::servers::Postgres;
use crate::support::servers::Which;

const LIMIT: Duration = Duration::from_secs(30);

fn servers() -> MailServers {
    MailServers::start(&[
        Account::mailbox("hoankiem@duthi.example"),
        Account::mailbox("an@nguoidan.example"),
        Account::mailbox("moinguoi@nguoidan.example"),
        Account::Refused("mat@nguoidan.example".to_owned()),
        Account::Rest {
            domain: "nguoidan.example".to_owned(),
            mailbox: "moinguoi@nguoidan.example".to_owned(),
        },
    ])
}

fn mail(from: &str, to: &str, subject: &str) -> Outgoing {
    let bytes = Mail {
        from: from.to_owned(),
        to: vec![to.to_owned()],
        subject: subject.to_owned(),
        id: format!("{}@nguoidan.example", subject.replace(' ', "-")),
        date: "Mon, 02 Sep 2019 08:00:00 +0700".to_owned(),
        body: Body::Plain("Em gửi bài dự thi ạ.".to_owned()),
        ..Mail::default()
    }
    .bytes();
    Outgoing {
        from: from.to_owned(),
        to: vec![to.to_owned()],
        bytes,
    }
}

#[test]
fn a_mail_from_outside_reaches_its_mailbox_unchanged() {
    let servers = servers();
    let sent = mail(
        "an@nguoidan.example",
        "hoankiem@duthi.example",
        "bai du thi",
    );
    servers.deliver(&sent).expect("Postfix takes it");
    let inbox = servers.wait_for("hoankiem@duthi.example", LIMIT, |mails| mails.len() == 1);
    // Only what every server does: Received lines above, one line end below.
    let arrived = inbox[0].bytes.trim_ascii_end();
    assert!(
        arrived.ends_with(sent.bytes.trim_ascii_end()),
        "{}",
        String::from_utf8_lossy(arrived)
    );
    assert_eq!(inbox[0].header("subject").as_deref(), Some("bai du thi"));
    assert!(
        inbox[0].internal_date.len() >= 25,
        "{}",
        inbox[0].internal_date
    );
    assert!(inbox[0].flags.iter().all(|flag| flag != "\\Seen"));

    // A name of the domain that has no mailbox of its own.
    servers
        .deliver(&mail(
            "hoankiem@duthi.example",
            "ai.do@nguoidan.example",
            "thu khac",
        ))
        .expect("the rest of the domain");
    servers.wait_for("moinguoi@nguoidan.example", LIMIT, |mails| mails.len() == 1);
    assert_eq!(servers.inbox("an@nguoidan.example"), []);

    let stranger = mail(
        "an@nguoidan.example",
        "khong.co@duthi.example",
        "nham dia chi",
    );
    let said = servers
        .deliver(&stranger)
        .expect_err("nobody of that name here");
    assert!(said.contains("550"), "{said}");
}

#[test]
fn whoever_logs_in_may_send_and_gets_a_report_when_nobody_takes_the_letter() {
    let servers = servers();
    let user = "hoankiem@duthi.example";
    servers
        .submit(
            user,
            PASSWORD,
            &mail(user, "an@nguoidan.example", "bien nhan"),
        )
        .expect("submission with login over TLS");
    servers.wait_for("an@nguoidan.example", LIMIT, |mails| mails.len() == 1);

    let wrong = servers.submit(user, "sai", &mail(user, "an@nguoidan.example", "sai"));
    assert!(wrong.is_err_and(|said| said.contains("535")));
    let login = Session::open(servers.imaps_port(), &servers.ca_file(), user, "sai");
    assert!(login.is_err());

    servers
        .submit(user, PASSWORD, &mail(user, "mat@nguoidan.example", "mat"))
        .expect("taken at first");
    let inbox = servers.wait_for(user, LIMIT, |mails| mails.len() == 1);
    let report = String::from_utf8_lossy(&inbox[0].bytes);
    assert!(report.contains("report-type=delivery-status"), "{report}");
    assert!(report.contains("Message-ID: <mat@nguoidan.example>"));
    assert_eq!(inbox[0].header("return-path").as_deref(), Some("<>"));
}

#[test]
fn killed_servers_come_back_with_the_same_mail_on_the_same_ports() {
    let servers = servers();
    let to = "hoankiem@duthi.example";
    servers
        .deliver(&mail("an@nguoidan.example", to, "truoc"))
        .expect("taken");
    let before = servers.wait_for(to, LIMIT, |mails| mails.len() == 1);
    servers.kill(Which::Imap);
    assert!(servers.try_inbox(to).is_err(), "nobody answers");
    servers
        .deliver(&mail("an@nguoidan.example", to, "trong luc hong"))
        .expect("Postfix keeps it");
    servers.kill(Which::Smtp);
    servers.restart();
    let after = servers.wait_for(to, LIMIT, |mails| mails.len() == 2);
    assert_eq!(after[0], before[0]);
    assert_eq!(servers.queued(), 0);
}

#[test]
fn two_worlds_stand_side_by_side_and_a_cluster_answers() {
    let (one, other) = (servers(), servers());
    let database = Postgres::start();
    one.deliver(&mail(
        "an@nguoidan.example",
        "hoankiem@duthi.example",
        "mot",
    ))
    .expect("taken");
    one.wait_for("hoankiem@duthi.example", LIMIT, |mails| mails.len() == 1);
    assert_eq!(other.inbox("hoankiem@duthi.example"), []);

    let folder = one.folder().to_owned();
    drop(one);
    assert!(!folder.exists(), "nothing stays behind");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let answer: i32 = runtime.block_on(async {
        use sqlx::Connection as _;
        let mut connection = sqlx::PgConnection::connect(database.url())
            .await
            .expect("a connection");
        sqlx::query_scalar("SELECT 6 * 7")
            .fetch_one(&mut connection)
            .await
            .expect("an answer")
    });
    assert_eq!(answer, 42);
}
