//! A relay that plays a script on loopback, and what becomes of a letter when it refuses, hangs up or falls silent.

mod token;

use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::mailbox::Credential;
use crate::mailbox::tls::Secret;
use crate::mailbox::tls::Security;
use crate::outbox;
use crate::outbox::Error;
use crate::outbox::Limits;
use crate::outbox::Login;
use crate::outbox::Outcome;
use crate::outbox::Relay;
use crate::outbox::Session;

const PASSWORD: &str = "mat-khau-rieng";
const LETTER: &[u8] = b"Subject: bien nhan\r\n\r\n.\nDa nhan bai.\n";

/// What the relay waits for, and what it does then.
enum Step {
    /// A command that starts so, answered so.
    Answer(&'static str, &'static str),
    /// A command that starts so, then the connection is closed.
    Close(&'static str),
    /// A command that starts so, then silence.
    Hang(&'static str),
    /// The whole letter, answered so.
    Letter(&'static str),
    /// The whole letter, then the connection is closed.
    LetterClose,
    /// The whole letter, then silence.
    LetterHang,
    /// A little of the letter, then the connection is closed.
    HalfLetterClose,
}

/// Plays the script to one client; the handle gives everything that came, letters as they came.
async fn play(steps: Vec<Step>) -> (Relay, JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 relay.test\r\n").await.unwrap();
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for step in steps {
            let mut came = Vec::new();
            match &step {
                Step::Answer(start, _) | Step::Close(start) | Step::Hang(start) => {
                    stream.read_until(b'\n', &mut came).await.unwrap();
                    let text = String::from_utf8_lossy(&came);
                    assert!(text.starts_with(start), "{text} instead of {start}");
                }
                Step::Letter(_) | Step::LetterClose | Step::LetterHang => {
                    while !came.ends_with(b"\r\n.\r\n") {
                        let read = stream.read_until(b'\n', &mut came).await.unwrap();
                        assert!(read > 0, "the letter has no end");
                    }
                }
                Step::HalfLetterClose => {
                    came = vec![0; 100];
                    stream.read_exact(&mut came).await.unwrap();
                }
            }
            seen.push(came);
            match step {
                Step::Answer(_, words) | Step::Letter(words) => {
                    stream.write_all(words.as_bytes()).await.unwrap();
                }
                Step::Close(_) | Step::LetterClose | Step::HalfLetterClose => return seen,
                Step::Hang(_) | Step::LetterHang => {
                    let mut rest = Vec::new();
                    stream.read_to_end(&mut rest).await.ok();
                    return seen;
                }
            }
        }
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.ok();
        seen.push(rest);
        seen
    });
    let relay = Relay {
        name: "chinh".into(),
        host: "127.0.0.1".into(),
        port,
        security: Security::Plain,
        login: None,
        ca_file: None,
        hello_name: "phach.test".into(),
    };
    (relay, served)
}

fn password() -> Login {
    Login {
        user: "thi".into(),
        credential: Credential::Password(Secret::new(PASSWORD)),
    }
}

fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        reply: Duration::from_millis(300),
        after_dot: Duration::from_millis(300),
        idle: Duration::from_secs(20),
    }
}

const HELLO: Step = Step::Answer("EHLO phach.test", "250-relay.test\r\n250 SIZE 5000000\r\n");
const MAIL: Step = Step::Answer("MAIL FROM:<> SIZE=", "250 ok\r\n");
const RCPT: Step = Step::Answer("RCPT TO:<an@truong.test>\r\n", "250 ok\r\n");
const DATA: Step = Step::Answer("DATA", "354 go on\r\n");

async fn outcome(steps: Vec<Step>) -> Outcome {
    let (relay, _served) = play(steps).await;
    outbox::send(&relay, None, "an@truong.test", LETTER, &limits()).await
}

#[tokio::test]
async fn a_letter_is_sent_when_the_relay_says_so_after_the_dot() {
    let (relay, served) = play(vec![
        HELLO,
        MAIL,
        RCPT,
        DATA,
        Step::Letter("250 queued as 7F\r\n"),
    ])
    .await;
    let outcome = outbox::send(&relay, None, "an@truong.test", LETTER, &limits()).await;
    let answer = "250 queued as 7F".to_owned();
    assert_eq!(outcome, Outcome::Sent { answer });
    let seen = served.await.unwrap();
    assert_eq!(
        seen[4],
        b"Subject: bien nhan\r\n\r\n..\r\nDa nhan bai.\r\n.\r\n"
    );
}

#[tokio::test]
async fn a_copy_goes_in_the_same_transaction_and_never_holds_a_letter_up() {
    for said in ["250 ok\r\n", "550 no such mailbox\r\n"] {
        let (relay, served) = play(vec![
            HELLO,
            MAIL,
            RCPT,
            Step::Answer("RCPT TO:<hk@thi.test>\r\n", said),
            DATA,
            Step::Letter("250 queued\r\n"),
            MAIL,
            RCPT,
            DATA,
            Step::Letter("250 queued\r\n"),
        ])
        .await;
        let mut session = Session::open(&relay, &limits()).await.unwrap();
        session.copy_to(Some("hk@thi.test"));
        for _ in 0..2 {
            let outcome = session.send(None, "an@truong.test", LETTER).await;
            assert!(
                matches!(outcome, Outcome::Sent { .. }),
                "{said}: {outcome:?}"
            );
        }
        session.quit().await;
        // The next letter has no copy unless it is said again, and no letter names one.
        let seen = served.await.unwrap();
        assert_eq!(seen[5], seen[9]);
        // A line break more would be a command of the address's own.
        let (relay, _served) = play(vec![
            HELLO,
            MAIL,
            RCPT,
            DATA,
            Step::Letter("250 queued\r\n"),
        ])
        .await;
        let mut session = Session::open(&relay, &limits()).await.unwrap();
        session.copy_to(Some("hk@thi.test>\r\nRSET"));
        let outcome = session.send(None, "an@truong.test", LETTER).await;
        assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_tells_whether_to_try_again() {
    let again = |outcome: Outcome, expected: u16| {
        assert!(
            matches!(outcome, Outcome::Again { code: Some(code), .. } if code == expected),
            "{outcome:?}"
        );
    };
    let refused = |outcome: Outcome, expected: u16| {
        assert!(
            matches!(outcome, Outcome::Refused { code, .. } if code == expected),
            "{outcome:?}"
        );
    };
    let rcpt = |words| Step::Answer("RCPT", words);
    let data = |words| Step::Answer("DATA", words);
    again(
        outcome(vec![HELLO, MAIL, rcpt("450 greylisted\r\n")]).await,
        450,
    );
    refused(
        outcome(vec![HELLO, MAIL, rcpt("550 5.1.1 unknown\r\n")]).await,
        550,
    );
    again(
        outcome(vec![HELLO, MAIL, RCPT, data("451 later\r\n")]).await,
        451,
    );
    refused(
        outcome(vec![HELLO, MAIL, RCPT, data("554 no\r\n")]).await,
        554,
    );
    again(
        outcome(vec![HELLO, MAIL, RCPT, DATA, Step::Letter("452 full\r\n")]).await,
        452,
    );
    again(
        outcome(vec![HELLO, MAIL, RCPT, DATA, Step::Letter("421 bye\r\n")]).await,
        421,
    );
    refused(
        outcome(vec![HELLO, MAIL, RCPT, DATA, Step::Letter("552 spam\r\n")]).await,
        552,
    );
    let login_wanted = Step::Answer("MAIL", "530 login first\r\n");
    again(outcome(vec![HELLO, login_wanted]).await, 530);
}

#[tokio::test]
async fn before_the_dot_a_lost_letter_is_tried_again() {
    let cases = [
        vec![Step::Close("EHLO")],
        vec![HELLO, Step::Close("MAIL")],
        vec![HELLO, MAIL, Step::Hang("RCPT")],
        vec![HELLO, MAIL, RCPT, Step::Close("DATA")],
        vec![HELLO, MAIL, RCPT, Step::Hang("DATA")],
        vec![HELLO, MAIL, RCPT, Step::Answer("DATA", "go on then\r\n")],
    ];
    for (index, steps) in cases.into_iter().enumerate() {
        let outcome = outcome(steps).await;
        assert!(
            matches!(outcome, Outcome::Again { code: None, .. }),
            "{index}: {outcome:?}"
        );
    }
    // A long letter of which the relay reads only the beginning.
    let (relay, _served) = play(vec![HELLO, MAIL, RCPT, DATA, Step::HalfLetterClose]).await;
    let long = b"0123456789abcdef\r\n".repeat(250_000);
    let outcome = outbox::send(&relay, None, "an@truong.test", &long, &limits()).await;
    assert!(matches!(outcome, Outcome::Again { .. }), "{outcome:?}");
}

#[tokio::test]
async fn after_the_dot_without_an_answer_nobody_knows() {
    for end in [Step::LetterClose, Step::LetterHang, Step::Letter("hm\r\n")] {
        let outcome = outcome(vec![HELLO, MAIL, RCPT, DATA, end]).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn one_connection_takes_many_letters_and_survives_a_refused_one() {
    let (relay, served) = play(vec![
        HELLO,
        MAIL,
        RCPT,
        DATA,
        Step::Letter("250 one\r\n"),
        MAIL,
        Step::Answer("RCPT", "550 unknown\r\n"),
        Step::Answer("RSET", "250 ok\r\n"),
        MAIL,
        RCPT,
        DATA,
        Step::Letter("250 three\r\n"),
        Step::Answer("NOOP", "250 ok\r\n"),
        MAIL,
        Step::Close("RCPT"),
    ])
    .await;
    let mut session = Session::open(&relay, &limits()).await.unwrap();
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(session.send(None, "an@truong.test", LETTER).await);
    }
    assert!(
        matches!(
            &sent[..],
            [
                Outcome::Sent { .. },
                Outcome::Refused { .. },
                Outcome::Sent { .. }
            ]
        ),
        "{sent:?}"
    );
    session.check().await.unwrap();
    assert!(session.usable());
    let outcome = session.send(None, "an@truong.test", LETTER).await;
    assert!(matches!(outcome, Outcome::Again { .. }), "{outcome:?}");
    assert!(!session.usable());
    let outcome = session.send(None, "an@truong.test", LETTER).await;
    assert!(matches!(outcome, Outcome::Again { .. }), "{outcome:?}");
    assert_eq!(served.await.unwrap().len(), 15);
}

#[tokio::test]
async fn a_rested_session_is_not_used_again() {
    let (relay, _served) = play(vec![HELLO]).await;
    let limits = Limits {
        idle: Duration::ZERO,
        ..limits()
    };
    let mut session = Session::open(&relay, &limits).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(!session.usable());
    let outcome = session.send(None, "an@truong.test", LETTER).await;
    assert!(matches!(outcome, Outcome::Again { .. }), "{outcome:?}");
}

#[tokio::test]
async fn what_the_relay_cannot_take_never_reaches_the_wire() {
    let (relay, served) = play(vec![HELLO, Step::Answer("QUIT", "221 bye\r\n")]).await;
    let mut session = Session::open(&relay, &limits()).await.unwrap();
    let long = vec![b'a'; 6_000_000];
    let cases: [(&str, &[u8], u16); 4] = [
        ("an@truong.test\r\nRCPT TO:<b@c.test", LETTER, 553),
        ("\u{e1}n@truong.test", LETTER, 553),
        ("an@truong.test", &long, 552),
        ("an@truong.test", "Chữ\r\n".as_bytes(), 554),
    ];
    for (recipient, mime, expected) in cases {
        let outcome = session.send(None, recipient, mime).await;
        assert!(
            matches!(outcome, Outcome::Refused { code, .. } if code == expected),
            "{outcome:?}"
        );
    }
    let outcome = session.send(Some("a@b\n"), "an@truong.test", LETTER).await;
    assert!(
        matches!(outcome, Outcome::Refused { code: 553, .. }),
        "{outcome:?}"
    );
    session.quit().await;
    assert_eq!(served.await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_relay_that_offers_more_is_told_what_comes() {
    let (relay, served) = play(vec![
        Step::Answer(
            "EHLO",
            "250-relay\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
        ),
        Step::Answer(
            "MAIL FROM:<thi@so.test> SIZE=6 BODY=8BITMIME SMTPUTF8\r\n",
            "250 ok\r\n",
        ),
        Step::Answer("RCPT TO:<án@truong.test>\r\n", "251 will forward\r\n"),
        DATA,
        Step::Letter("250 ok\r\n"),
        Step::Answer("QUIT", "221 bye\r\n"),
    ])
    .await;
    let from = Some("thi@so.test");
    let outcome = outbox::send(
        &relay,
        from,
        "án@truong.test",
        "ữ\r\n1".as_bytes(),
        &limits(),
    )
    .await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    served.await.unwrap();
}

#[tokio::test]
async fn the_login_is_made_as_the_relay_offers_it_and_never_shown() {
    let login = async |steps: Vec<Step>| {
        let (mut relay, served) = play(steps).await;
        relay.login = Some(password());
        let session = Session::open(&relay, &limits()).await;
        (session.map(|session| session.facts().clone()), served)
    };
    let plain = || Step::Answer("EHLO", "250-relay\r\n250 AUTH LOGIN PLAIN\r\n");
    let (facts, _) = login(vec![
        plain(),
        Step::Answer("AUTH PLAIN AHRoaQBtYXQta2hhdS1yaWVuZw==", "235 ok\r\n"),
    ])
    .await;
    assert!(facts.unwrap().logged_in);
    let (facts, _) = login(vec![
        Step::Answer("EHLO", "250-relay\r\n250 AUTH LOGIN\r\n"),
        Step::Answer("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        Step::Answer("dGhp\r\n", "334 UGFzc3dvcmQ6\r\n"),
        Step::Answer("bWF0LWtoYXUtcmllbmc=\r\n", "235 ok\r\n"),
    ])
    .await;
    assert!(facts.unwrap().logged_in);
    let (facts, _) = login(vec![
        plain(),
        Step::Answer("AUTH", "535 mat-khau-rieng is wrong for thi@so.test\r\n"),
    ])
    .await;
    let Err(Error::Auth(why)) = facts else {
        panic!("{facts:?}");
    };
    assert!(
        why.contains("wrong") && !why.contains(PASSWORD) && !why.contains('@'),
        "{why}"
    );
    let (facts, _) = login(vec![plain(), Step::Answer("AUTH", "454 later\r\n")]).await;
    assert!(
        matches!(
            facts,
            Err(Error::Again {
                code: Some(454),
                ..
            })
        ),
        "{facts:?}"
    );
    let (facts, _) = login(vec![HELLO]).await;
    assert!(matches!(facts, Err(Error::Auth(_))), "{facts:?}");
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let open = async |steps: Vec<Step>| {
        let (mut relay, served) = play(steps).await;
        relay.security = Security::StartTls;
        relay.login = Some(password());
        let answer = Session::open(&relay, &limits()).await.map(|_| ());
        let seen = served.await.unwrap().concat();
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert!(!seen.contains("AUTH") && !seen.contains("MAIL"), "{seen}");
        answer
    };
    let hello = |words| Step::Answer("EHLO", words);
    let with = || hello("250-relay\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n");
    let answer = open(vec![hello("250-relay\r\n250 AUTH PLAIN\r\n")]).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
    let answer = open(vec![with(), Step::Answer("STARTTLS", "454 not now\r\n")]).await;
    assert!(
        matches!(
            answer,
            Err(Error::Again {
                code: Some(454),
                ..
            })
        ),
        "{answer:?}"
    );
    let answer = open(vec![
        with(),
        Step::Answer("STARTTLS", "220 go\r\n250 injected\r\n"),
    ])
    .await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
}

#[tokio::test]
async fn a_session_may_be_used_from_any_thread() {
    fn movable<T: Send>(future: T) -> T {
        future
    }
    let (relay, _served) = play(vec![HELLO]).await;
    let mut session = movable(Session::open(&relay, &limits())).await.unwrap();
    drop(movable(session.send(None, "an@truong.test", LETTER)));
    drop(movable(outbox::send(
        &relay,
        None,
        "an@truong.test",
        LETTER,
        &limits(),
    )));
}
