//! Logins by token at a relay.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Step;
use super::limits;
use super::play;
use crate::mailbox::Credential;
use crate::mailbox::token::scripted::Scene;
use crate::mailbox::token::scripted::gives;
use crate::outbox::Error;
use crate::outbox::Login;
use crate::outbox::Session;

const HELLO: Step = Step::Answer(
    "EHLO",
    "250-relay\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER\r\n",
);
const OLD: Step = Step::Answer("EHLO", "250-relay\r\n250 AUTH LOGIN XOAUTH2\r\n");

/// Logs in with a token that is renewed first.
async fn log_in(token: &str, steps: Vec<Step>) -> (Result<bool, Error>, Vec<String>) {
    let scene = Scene::play(Duration::ZERO, vec![gives(token, "r2")]).await;
    scene.keep("a1", 0).await;
    let (mut relay, served) = play(steps).await;
    relay.login = Some(Login {
        user: "thi".into(),
        credential: Credential::Token(Box::new(scene.source.clone())),
    });
    let session = Session::open(&relay, &limits()).await;
    let answer = session.map(|session| session.facts().logged_in);
    let seen = served.await.unwrap();
    let seen = seen
        .iter()
        .map(|line| String::from_utf8_lossy(line).trim_end().to_owned());
    (answer, seen.collect())
}

fn plain(word: &str) -> String {
    String::from_utf8(STANDARD.decode(word).unwrap()).unwrap()
}

#[tokio::test]
async fn a_short_token_goes_with_the_command_and_a_long_one_after_it() {
    let steps = vec![HELLO, Step::Answer("AUTH OAUTHBEARER ", "235 in\r\n")];
    let (answer, seen) = log_in("a2", steps).await;
    assert!(answer.unwrap());
    let said = plain(seen[1].rsplit(' ').next().unwrap());
    assert!(
        said.starts_with("n,a=thi,") && said.ends_with("auth=Bearer a2\x01\x01"),
        "{said}"
    );
    let long = "a".repeat(2_000);
    let steps = vec![
        OLD,
        Step::Answer("AUTH XOAUTH2\r\n", "334 \r\n"),
        Step::Answer("dXNlcj", "235 in\r\n"),
    ];
    let (answer, seen) = log_in(&long, steps).await;
    assert!(answer.unwrap());
    assert_eq!(
        plain(&seen[2]),
        format!("user=thi\x01auth=Bearer {long}\x01\x01")
    );
}

#[tokio::test]
async fn the_relays_reason_is_answered_so_that_the_refusal_comes() {
    // {"status":"401"}
    let reason = "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n";
    let refused = "535 5.7.8 a2-moi is refused\r\n";
    let steps = vec![
        HELLO,
        Step::Answer("AUTH OAUTHBEARER ", reason),
        Step::Answer("AQ==\r\n", refused),
    ];
    let (answer, _) = log_in("a2-moi", steps).await;
    let Err(Error::Login(why)) = answer else {
        panic!("{answer:?}");
    };
    assert!(
        why.contains("is refused") && !why.contains("a2-moi"),
        "{why}"
    );
    let steps = vec![
        OLD,
        Step::Answer("AUTH XOAUTH2 ", reason),
        Step::Answer("\r\n", "454 4.7.0 later\r\n"),
    ];
    let (answer, _) = log_in("a2-moi", steps).await;
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
}

#[tokio::test]
async fn a_relay_that_takes_no_tokens_is_given_up() {
    let only_passwords = Step::Answer("EHLO", "250-relay\r\n250 AUTH PLAIN LOGIN\r\n");
    let (answer, _) = log_in("a2", vec![only_passwords]).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
}
