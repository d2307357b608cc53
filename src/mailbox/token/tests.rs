//! When tokens are renewed, by whom, and what is on disk before and after.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;
use sha2::Sha256;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;

use super::Brought;
use super::DAY_MS;
use super::Error;
use super::Granted;
use super::Progress;
use super::Waiting;
use super::scripted::REFRESH;
use super::scripted::Scene;
use super::scripted::gives;
use super::scripted::refuses;
use crate::clock;
use crate::mailbox::Secret;

const NO_PAUSE: Duration = Duration::ZERO;

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_the_next_refresh_token_is_kept_first() {
    let scene = Scene::play(NO_PAUSE, vec![gives("a2", "r2"), gives("a3", "r2")]).await;
    scene.keep("a1", 6).await;
    let token = scene.source.access().await.unwrap();
    assert_eq!((token.secret.reveal(), token.new), ("a1", false));
    scene.keep("a1", 4).await;
    let token = scene.source.access().await.unwrap();
    assert_eq!((token.secret.reveal(), token.new), ("a2", true));
    let kept = scene.kept();
    assert_eq!((kept.refresh.reveal(), kept.access.reveal()), ("r2", "a2"));
    assert!(kept.rotated_at > kept.logged_in_at && kept.expires_at > clock::now() + 3_500_000);
    let mode = std::fs::metadata(&scene.source.file)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    // One that the server refuses is renewed although its time is not over; the refresh token stays what it is.
    let token = scene.source.another(&token.secret).await.unwrap();
    assert_eq!(token.secret.reveal(), "a3");
    assert_eq!(scene.kept().rotated_at, kept.rotated_at);
    assert_eq!(scene.seen("refresh_token"), [REFRESH, "r2"]);
    assert_eq!(scene.seen("client_id"), ["client-1", "client-1"]);
}

#[tokio::test]
async fn many_that_need_a_token_at_once_ask_once() {
    let scene = Scene::play(
        Duration::from_millis(200),
        vec![gives("a2", "r2"), gives("a3", "r3")],
    )
    .await;
    scene.keep("a1", 0).await;
    let all = (0..10).map(|_| scene.source.access());
    for token in futures::future::join_all(all).await {
        assert_eq!(token.unwrap().secret.reveal(), "a2");
    }
    // Nor do those who were refused the same one.
    let refused = Secret::new("a2");
    let all = (0..10).map(|_| scene.source.another(&refused));
    for token in futures::future::join_all(all).await {
        assert_eq!(token.unwrap().secret.reveal(), "a3");
    }
    assert_eq!(scene.seen("refresh_token"), [REFRESH, "r2"]);
}

#[tokio::test]
async fn whoever_is_dropped_meanwhile_loses_no_refresh_token() {
    let scene = Scene::play(Duration::from_millis(300), vec![gives("a2", "r2")]).await;
    scene.keep("a1", 0).await;
    let waited = tokio::time::timeout(Duration::from_millis(100), scene.source.access()).await;
    assert!(waited.is_err());
    // The next one waits for the turn and finds it done.
    let token = scene.source.access().await.unwrap();
    assert_eq!(token.secret.reveal(), "a2");
    assert_eq!(scene.kept().refresh.reveal(), "r2");
    assert_eq!(scene.seen("refresh_token"), [REFRESH]);
}

#[tokio::test]
async fn without_room_on_the_disk_the_provider_is_not_asked() {
    let scene = Scene::play(NO_PAUSE, vec![gives("a2", "r2")]).await;
    scene.keep("a1", 0).await;
    let draft = scene.source.file.with_extension("json.new");
    std::fs::create_dir(&draft).unwrap();
    let answer = scene.source.access().await;
    assert!(matches!(answer, Err(Error::Keep(_))), "{answer:?}");
    assert_eq!(scene.seen("refresh_token").len(), 0);
    std::fs::remove_dir(&draft).unwrap();
    assert!(scene.source.access().await.is_ok());
}

#[tokio::test]
async fn a_refusal_is_told_apart_from_trouble_and_neither_touches_what_is_kept() {
    let answers = vec![
        (503, "<html>busy".to_owned()),
        refuses("invalid_grant"),
        refuses("invalid_client"),
    ];
    let scene = Scene::play(NO_PAUSE, answers).await;
    let answer = scene.source.access().await;
    assert!(
        matches!(answer, Err(Error::Login(_))),
        "nobody logged in: {answer:?}"
    );
    scene.keep("a1", 0).await;
    let before = scene.kept();
    let answer = scene.source.access().await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    let answer = scene.source.access().await;
    let Err(Error::Login(why)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(why, "invalid_grant");
    let answer = scene.source.access().await;
    assert!(matches!(answer, Err(Error::Client(_))), "{answer:?}");
    assert_eq!(scene.kept(), before);
    for shown in [format!("{before:?}"), format!("{:?}", scene.source)] {
        assert!(!shown.contains(REFRESH), "{shown}");
    }
}

#[tokio::test]
async fn the_end_of_a_login_is_known_beforehand_where_the_provider_tells() {
    let mut scene = Scene::play(NO_PAUSE, Vec::new()).await;
    let now = clock::now();
    assert_eq!(scene.source.standing(now), None);
    scene.keep("a1", 60).await;
    let since = scene.kept().logged_in_at;
    assert_eq!(scene.source.standing(now).unwrap().ends_at, None);
    scene.source.client.provider.unused_days = Some(90);
    scene.source.client.provider.login_days = Some(7);
    let check = |days: i64, soon: bool| {
        let standing = scene.source.standing(since + days * DAY_MS).unwrap();
        assert_eq!(standing.ends_at, Some(since + 7 * DAY_MS));
        assert_eq!(standing.ends_soon, soon, "after {days} days");
    };
    check(4, false);
    check(6, true);
    check(8, true);
}

#[tokio::test]
async fn a_login_is_tried_beside_the_old_one_and_takes_its_place_whole() {
    let scene = Scene::play(NO_PAUSE, vec![gives("b2", "s2")]).await;
    scene.keep("a1", 60).await;
    let trial = scene.source.trial();
    let granted = Granted {
        access: Secret::new("b1"),
        refresh: Some(Secret::new("s1")),
        expires_in: 0,
    };
    trial.keep(granted.clone()).await.unwrap();
    assert_eq!(scene.kept().access.reveal(), "a1");
    // What the try itself renewed is what is kept.
    assert_eq!(trial.access().await.unwrap().secret.reveal(), "b2");
    scene.source.adopt(&trial).await.unwrap();
    assert_eq!(scene.kept().refresh.reveal(), "s2");
    let files = std::fs::read_dir(scene.source.file.parent().unwrap()).unwrap();
    let left = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("trial")
    });
    assert_eq!(left.count(), 0);
    let nothing = Granted {
        refresh: None,
        ..granted
    };
    assert!(matches!(trial.keep(nothing).await, Err(Error::Client(_))));
}

#[tokio::test]
async fn a_code_on_another_device_is_asked_for_until_the_person_agrees() {
    let begun = serde_json::json!({ "device_code": "d1", "user_code": "WDJB-MJHT", "expires_in": 900,
        "verification_uri": "https://id.example/device", "interval": 7 });
    let answers = vec![
        (200, begun.to_string()),
        refuses("authorization_pending"),
        refuses("slow_down"),
        gives("a1", "r1"),
    ];
    let scene = Scene::play(NO_PAUSE, answers).await;
    let client = &scene.source.client;
    let mut device = client.device().await.unwrap();
    assert_eq!(device.user_code, "WDJB-MJHT");
    for seconds in [7, 12] {
        let progress = client.ask(&mut device).await.unwrap();
        let Progress::Wait(pause) = progress else {
            panic!("{progress:?}");
        };
        assert_eq!(pause.as_secs(), seconds);
    }
    let progress = client.ask(&mut device).await.unwrap();
    assert!(matches!(progress, Progress::Granted(_)), "{progress:?}");
    assert_eq!(scene.seen("scope")[0], "mail offline");
    assert_eq!(scene.seen("device_code"), ["", "d1", "d1", "d1"]);
}

#[tokio::test]
async fn the_browser_or_the_person_brings_the_code_and_nobody_else() {
    let scene = Scene::play(NO_PAUSE, vec![gives("a1", "r1")]).await;
    let client = &scene.source.client;
    let waiting = Waiting::begin(client, "an@so.example").await.unwrap();
    let asked: std::collections::HashMap<String, String> =
        waiting.address.query_pairs().into_owned().collect();
    assert_eq!(asked["login_hint"], "an@so.example");
    let state = &asked["state"];
    let redirect = &asked["redirect_uri"];
    let nothing = |text: &str| assert_eq!(waiting.read(text), Brought::Nothing, "{text}");
    nothing("");
    nothing("/?code=c1");
    nothing(&format!("{redirect}?code=c1&state=another"));
    nothing(&format!("{redirect}?state={state}"));
    let refused = waiting.read(&format!("{redirect}?error=access_denied&state={state}"));
    assert_eq!(refused, Brought::Refused("access_denied".into()));
    let pasted = waiting.read(&format!(
        "  {redirect}?code=c%2F1&state={state}&scope=mail#\n"
    ));
    assert_eq!(pasted, Brought::Code(Secret::new("c/1")));

    let port: u16 = redirect
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let browser = async {
        let mut pages = Vec::new();
        for target in [
            "/favicon.ico".to_owned(),
            format!("/?state={state}&code=c2"),
        ] {
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .unwrap();
            let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).await.unwrap();
            pages.push(page);
        }
        pages
    };
    let (brought, pages) = tokio::join!(waiting.browser("xong"), browser);
    let Brought::Code(code) = brought.unwrap() else {
        panic!("no code");
    };
    assert!(
        pages[0].starts_with("HTTP/1.1 404") && pages[1].ends_with("xong"),
        "{pages:?}"
    );
    let granted = waiting.redeem(client, &code).await.unwrap();
    assert_eq!(granted.refresh.unwrap().reveal(), "r1");
    assert_eq!(scene.seen("code"), ["c2"]);
    assert_eq!(&scene.seen("redirect_uri")[0], redirect);
    let verifier = &scene.seen("code_verifier")[0];
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    assert_eq!(
        (&challenge, asked["code_challenge_method"].as_str()),
        (&asked["code_challenge"], "S256")
    );
}
