//! Logins by token: the way is the server's, a refusal is heard to its end, and a token is renewed once.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::mailbox::Connection;
use crate::mailbox::Credential;
use crate::mailbox::Error;
use crate::mailbox::scripted::Step;
use crate::mailbox::scripted::capability;
use crate::mailbox::scripted::limits;
use crate::mailbox::scripted::play;
use crate::mailbox::scripted::play_each;
use crate::mailbox::scripted::say;
use crate::mailbox::token::scripted::Scene;
use crate::mailbox::token::scripted::gives;
use crate::mailbox::token::scripted::refuses;

/// Logs in with the token `a1` at a server that plays this; gives the commands that came.
async fn log_in(scene: &Scene, steps: Vec<Step>) -> (Result<(), Error>, Vec<String>) {
    let (mut account, served) = play("* OK ready\r\n", steps).await;
    account.credential = Credential::Token(Box::new(scene.source.clone()));
    let answer = Connection::open(&account, &limits()).await.map(drop);
    (answer, served.await.unwrap())
}

async fn scene(answers: Vec<(u16, String)>) -> Scene {
    let scene = Scene::play(Duration::ZERO, answers).await;
    scene.keep("a1", 60).await;
    scene
}

fn plain(line: &str) -> String {
    let word = line.rsplit(' ').next().unwrap();
    String::from_utf8(STANDARD.decode(word).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_goes_with_the_command_or_after_the_prompt() {
    let scene = scene(Vec::new()).await;
    let more = "SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN";
    let steps = vec![
        capability(more),
        ("AUTHENTICATE OAUTHBEARER bixh", say("TAG OK in\r\n")),
        capability(more),
    ];
    let (answer, seen) = log_in(&scene, steps).await;
    answer.unwrap();
    assert!(
        plain(&seen[1]).ends_with("\x01auth=Bearer a1\x01\x01"),
        "{seen:?}"
    );
    let steps = vec![
        capability("AUTH=XOAUTH2"),
        ("AUTHENTICATE XOAUTH2", say("+ \r\n")),
        ("dXNlcj", say("P2 OK in\r\n")),
        capability(""),
    ];
    let (answer, seen) = log_in(&scene, steps).await;
    answer.unwrap();
    assert_eq!(plain(&seen[2]), "user=nhan-bai\x01auth=Bearer a1\x01\x01");
    let (answer, _) = log_in(&scene, vec![capability("AUTH=PLAIN")]).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
}

#[tokio::test]
async fn the_servers_reason_is_answered_so_that_the_refusal_comes() {
    let challenge = STANDARD.encode(r#"{"status":"invalid_token","scope":"mail"}"#);
    for (more, way, after) in [
        (
            "SASL-IR AUTH=OAUTHBEARER",
            "AUTHENTICATE OAUTHBEARER",
            "AQ==",
        ),
        ("SASL-IR AUTH=XOAUTH2", "AUTHENTICATE XOAUTH2", ""),
    ] {
        // The renewal gives nothing new to try with: the login is over.
        let scene = scene(vec![refuses("invalid_grant")]).await;
        let steps = vec![
            capability(more),
            (way, say(&format!("+ {challenge}\r\n"))),
            (after, say("P2 NO [AUTHENTICATIONFAILED] a1 is refused\r\n")),
        ];
        let (answer, seen) = log_in(&scene, steps).await;
        assert_eq!(seen.last().unwrap(), after);
        let Err(Error::Login(why)) = answer else {
            panic!("{answer:?}");
        };
        assert!(why.contains("invalid_grant"), "{why}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_before_its_time_is_renewed_once() {
    let asked = |words: &'static str| {
        vec![
            capability("SASL-IR AUTH=XOAUTH2"),
            ("AUTHENTICATE XOAUTH2", say(words)),
        ]
    };
    let open = async |second: Vec<Step>| {
        let scene = scene(vec![gives("a2-moi", "r2")]).await;
        let first = asked("TAG NO [AUTHENTICATIONFAILED] a1 is over\r\n");
        let (mut account, served) = play_each("* OK ready\r\n", vec![first, second]).await;
        account.credential = Credential::Token(Box::new(scene.source.clone()));
        let answer = Connection::open(&account, &limits()).await.map(drop);
        let seen = served.await.unwrap();
        assert!(plain(&seen[1]).contains("Bearer a1\x01"));
        assert!(plain(&seen[3]).contains("Bearer a2-moi\x01"));
        assert_eq!(scene.kept().refresh.reveal(), "r2");
        answer
    };
    let mut welcome = asked("TAG OK in\r\n");
    welcome.push(capability(""));
    open(welcome).await.unwrap();
    let answer = open(asked("TAG NO [AUTHENTICATIONFAILED] not a2-moi, again\r\n")).await;
    let Err(Error::Login(why)) = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains(", again") && !why.contains("a2-moi"), "{why}");
}

#[tokio::test]
async fn a_token_that_was_had_just_now_and_is_refused_is_a_persons_matter() {
    let scene = scene(vec![gives("a2-moi", "r2")]).await;
    scene.keep("a1", 0).await;
    let steps = vec![
        capability("SASL-IR AUTH=XOAUTH2"),
        (
            "AUTHENTICATE XOAUTH2",
            say("TAG NO [AUTHENTICATIONFAILED] a2-moi? no\r\n"),
        ),
    ];
    let (answer, _) = log_in(&scene, steps).await;
    let Err(Error::Login(why)) = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains("? no") && !why.contains("a2-moi"), "{why}");
    // What passes is not a matter for a person.
    let steps = vec![
        capability("SASL-IR AUTH=XOAUTH2"),
        (
            "AUTHENTICATE XOAUTH2",
            say("TAG NO [UNAVAILABLE] later\r\n"),
        ),
    ];
    let (answer, _) = log_in(&scene, steps).await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
}
