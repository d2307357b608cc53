//! What the module does when servers refuse, lie, hang up or fall silent: every way in which mail readers were
//! seen to lose mail is a test here. The file is long because each is played as the server played it.

mod token;

use std::time::Duration;

use crate::mailbox::Connection;
use crate::mailbox::Credential;
use crate::mailbox::Error;
use crate::mailbox::Listed;
use crate::mailbox::Mode;
use crate::mailbox::Quota;
use crate::mailbox::Secret;
use crate::mailbox::Security;
use crate::mailbox::Selected;
use crate::mailbox::Woken;
use crate::mailbox::scripted::PASSWORD;
use crate::mailbox::scripted::Step;
use crate::mailbox::scripted::Then;
use crate::mailbox::scripted::capability;
use crate::mailbox::scripted::limits;
use crate::mailbox::scripted::play;
use crate::mailbox::scripted::say;
use crate::mailbox::scripted::session;

async fn fetched(steps: Vec<Step>) -> (Result<Vec<u8>, Error>, bool) {
    let (mut connection, _) = session("", steps).await;
    let mut sink = Vec::new();
    let result = connection.fetch(7, 5, &mut sink).await;
    let length = result.as_ref().ok().copied();
    let result = result.map(|_| sink);
    if let (Ok(mail), Some(length)) = (&result, length) {
        assert_eq!(mail.len() as u64, length);
    }
    (result, connection.usable())
}

#[tokio::test]
async fn a_mail_is_fetched_through_the_noise_of_other_mail() {
    let (mail, usable) = fetched(vec![(
        "UID FETCH 7 (UID BODY.PEEK[])",
        say("* 9 EXISTS\r\n* 2 EXPUNGE\r\n* 4 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 FLAGS ())\r\n\
             * 5 FETCH (UID 8 BODY[] {3}\r\nxyz)\r\n* OK still here\r\n\
             * 1 FETCH (UID 7 BODY[] {5}\r\nTAG\r\n FLAGS (\\Seen))\r\n\
             * 1 FETCH (UID 7 BODY[] {2}\r\nno)\r\nTAG OK done\r\n"),
    )])
    .await;
    assert_eq!(mail.unwrap(), b"TAG\r\n");
    assert!(usable);
}

#[tokio::test]
async fn a_refused_command_is_an_error_and_not_an_empty_answer() {
    let (mut connection, served) = session(
        "",
        vec![
            ("UID FETCH", say("TAG NO [SERVERBUG] no\r\n")),
            ("UID FETCH", say("TAG BAD what\r\n")),
            ("UID SEARCH", say("* SEARCH 1 2\r\nTAG NO no\r\n")),
            ("UID STORE", say("TAG NO read-only\r\n")),
            ("UID FETCH", say("TAG NO no\r\n")),
            ("NOOP", say("TAG OK done\r\n")),
        ],
    )
    .await;
    let mut sink = Vec::new();
    let answer = connection.fetch(7, 5, &mut sink).await;
    assert!(
        matches!(&answer, Err(Error::Again(why)) if why.contains("[SERVERBUG]")),
        "{answer:?}"
    );
    let answer = connection.fetch(7, 5, &mut sink).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
    let answer = connection.search_all().await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    let answer = connection.flag(&[7], "\\Seen").await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    let answer = connection.list(&[7]).await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    connection.noop().await.unwrap();
    drop(connection);
    assert_eq!(served.await.unwrap().len(), 9);
}

#[tokio::test]
async fn an_answer_cut_short_leaves_no_half_mail_and_no_usable_session() {
    let half = "* 1 FETCH (UID 7 BODY[] {5}\r\nab";
    let whole = "* 1 FETCH (UID 7 BODY[] {5}\r\nabcde)\r\n";
    let cases = [
        ("closed within the literal", Then::SayAndClose(half.into())),
        ("closed before the end", Then::SayAndClose(whole.into())),
        ("closed at once", Then::SayAndClose(Vec::new())),
        (
            "goodbye",
            Then::Say([whole, "* BYE too busy\r\n"].concat().into()),
        ),
        ("silent within the literal", Then::SayAndHang(half.into())),
        ("silent before the end", Then::SayAndHang(whole.into())),
    ];
    for (name, then) in cases {
        let (mail, usable) = fetched(vec![("UID FETCH", then)]).await;
        assert!(matches!(mail, Err(Error::Again(_))), "{name}: {mail:?}");
        assert!(!usable, "{name}");
    }
}

#[tokio::test]
async fn a_server_over_the_limits_is_refused() {
    let endless = [b"* OK ".as_slice(), &vec![b'x'; 60 << 20]].concat();
    let nested = format!("* 1 FETCH (UID 7 BODYSTRUCTURE {}", "(".repeat(200_000));
    let cases = [
        (
            "literal",
            Then::SayAndHang("* 1 FETCH (UID 7 BODY[] {400000000}\r\nabc".into()),
        ),
        ("line", Then::Say(endless)),
        ("nesting", Then::SayAndHang(nested.into())),
    ];
    for (name, then) in cases {
        let (mail, usable) = fetched(vec![("UID FETCH", then)]).await;
        assert!(matches!(mail, Err(Error::Limit(_))), "{name}: {mail:?}");
        assert!(!usable, "{name}");
    }
}

#[tokio::test]
async fn nonsense_is_given_up_without_a_panic() {
    let cases = [
        "* 1 FETCH (UID 7 INTERNALDATE NIL)\r\n",
        "* OK [ALERT]ế\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
        "P999 OK done\r\n",
        "* 1 FETCH (BODY[] {5}\r\nabcde)\r\nTAG OK done\r\n",
        "* 1 FETCH (UID 7 BODY[] NIL)\r\nTAG OK done\r\n",
    ];
    for words in cases {
        let (mail, usable) = fetched(vec![("UID FETCH", say(words))]).await;
        assert!(matches!(mail, Err(Error::GiveUp(_))), "{words}: {mail:?}");
        assert!(!usable, "{words}");
    }
}

#[tokio::test]
async fn a_volunteered_structure_of_a_normal_mail_does_no_harm() {
    let (mail, _) = fetched(vec![(
        "UID FETCH",
        say("* 1 FETCH (UID 7 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 5 1)\
             (\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 5 1) \"ALTERNATIVE\") BODY[] {5}\r\nabcde)\r\nTAG OK done\r\n"),
    )])
    .await;
    assert_eq!(mail.unwrap(), b"abcde");
}

#[tokio::test]
async fn only_a_mail_the_server_no_longer_finds_has_vanished() {
    let search = |words: &str| {
        vec![
            ("UID FETCH", say("TAG OK done\r\n")),
            ("UID SEARCH UID 7", say(words)),
        ]
    };
    let (mail, usable) = fetched(search("* SEARCH\r\nTAG OK done\r\n")).await;
    assert!(matches!(mail, Err(Error::Vanished)), "{mail:?}");
    assert!(usable);
    let (mail, _) = fetched(search("* SEARCH 7\r\nTAG OK done\r\n")).await;
    assert!(matches!(mail, Err(Error::Again(_))), "{mail:?}");
}

#[tokio::test]
async fn a_large_mail_comes_in_pieces_until_the_server_has_no_more() {
    let piece = |offset: usize, bytes: &[u8]| {
        let head = format!("* 1 FETCH (UID 7 BODY[]<{offset}> {{{}}}\r\n", bytes.len());
        Then::Say([head.as_bytes(), bytes, b")\r\nTAG OK done\r\n"].concat())
    };
    let mib = 1 << 20;
    // The listing said 5 MiB, the mail is 1 MiB and a little: listings may be estimates.
    let (mut connection, served) = session(
        "",
        vec![
            ("BODY.PEEK[]<0.1048576>", piece(0, &vec![b'a'; mib])),
            ("BODY.PEEK[]<1048576.1048576>", piece(mib, b"bcd")),
            ("BODY.PEEK[]<1048579.1048576>", piece(mib + 3, b"")),
            ("BODY.PEEK[]<0.1048576>", piece(5, b"wrong place")),
        ],
    )
    .await;
    let mut sink = Vec::new();
    assert_eq!(
        connection.fetch(7, 5 << 20, &mut sink).await.unwrap(),
        1_048_579
    );
    assert_eq!((sink.len(), &sink[mib..]), (mib + 3, &b"bcd"[..]));
    let answer = connection.fetch(7, 2 << 20, &mut sink).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
    drop(connection);
    served.await.unwrap();
}

#[tokio::test]
async fn several_small_mails_come_in_one_answer() {
    let (mut connection, served) = session(
        "",
        vec![(
            "UID FETCH 3,7:8 (UID BODY.PEEK[])",
            say("* 1 FETCH (UID 8 BODY[] {2}\r\nhi)\r\n* 9 EXISTS\r\n* 2 FETCH (BODY[] {1}\r\nx UID 3)\r\nTAG OK done\r\n"),
        )],
    )
    .await;
    let mut batch = connection.fetch_many(&[7, 8, 3]);
    let mut got = Vec::new();
    while let Some(mail) = batch.next().await.unwrap() {
        got.push((mail.uid, mail.bytes));
    }
    assert_eq!(got, [(8, b"hi".to_vec()), (3, b"x".to_vec())]);
    assert!(connection.usable());
    drop(connection);
    served.await.unwrap();
}

#[tokio::test]
async fn the_next_set_is_asked_for_before_the_first_is_there_and_a_refused_one_ends_nothing() {
    let mail = |uid: u32| format!("* 1 FETCH (UID {uid} BODY[] {{2}}\r\nhi)\r\n");
    let last = format!("{}TAG OK done\r\n", mail(101));
    let (mut connection, served) = session(
        "",
        vec![
            ("UID FETCH 1:50 ", say("")),
            // The second command is here, though the first has no answer yet.
            (
                "UID FETCH 51:100 ",
                Then::Say(
                    format!(
                        "{}P4 OK done\r\n{}TAG NO [LIMIT] not 52\r\n",
                        mail(1),
                        mail(51)
                    )
                    .into(),
                ),
            ),
            ("UID FETCH 101 ", Then::Say(last.into())),
        ],
    )
    .await;
    let mut batch = connection.fetch_many(&(1..=101).collect::<Vec<u32>>());
    let mut got = Vec::new();
    while let Some(mail) = batch.next().await.unwrap() {
        got.push(mail.uid);
    }
    assert_eq!(got, [1, 51, 101]);
    assert!(connection.usable());
    drop(connection);
    served.await.unwrap();
}

#[tokio::test]
async fn a_batch_left_in_the_middle_is_the_end_of_the_session() {
    let words = "* 1 FETCH (UID 8 BODY[] {2}\r\nhi)\r\n* 2 FETCH (UID 9 BODY[] {1}\r\nx)\r\nTAG OK done\r\n";
    let (mut connection, _) = session("", vec![("UID FETCH", say(words))]).await;
    assert!(
        connection
            .fetch_many(&[8, 9])
            .next()
            .await
            .unwrap()
            .is_some()
    );
    assert!(!connection.usable());
    let answer = connection.search_all().await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
}

#[tokio::test]
async fn the_folder_is_opened_and_listed() {
    let (mut connection, served) = session(
        "QUOTA",
        vec![
            (
                "EXAMINE \"INBOX\"",
                say("* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 42] ok\r\n\
                     * OK [UIDNEXT 10] ok\r\nTAG OK [READ-ONLY] done\r\n"),
            ),
            ("UID SEARCH ALL", say("* SEARCH 9 2\r\n* SEARCH 3\r\nTAG OK done\r\n")),
            (
                // Two lines for one mail, one for a mail nobody asked for, one mail gone, one without a size.
                "UID FETCH 2:3,9 (UID RFC822.SIZE INTERNALDATE)",
                say("* 1 FETCH (UID 2 RFC822.SIZE 77)\r\n* 5 FETCH (UID 5 RFC822.SIZE 1)\r\n\
                     * 1 FETCH (UID 2 INTERNALDATE \"01-Nov-2026 16:59:59 +0700\" FLAGS ())\r\n\
                     * 3 FETCH (UID 9 INTERNALDATE \" 1-Nov-2026 17:00:00 +0700\")\r\nTAG OK done\r\n"),
            ),
            (
                "GETQUOTAROOT",
                say("* QUOTAROOT INBOX \"U\"\r\n* QUOTA \"U\" (MESSAGE 1 9 STORAGE 80 100)\r\nTAG OK done\r\n"),
            ),
            ("SELECT \"Kh&APQ-ng\"", say("TAG NO [NONEXISTENT] no such folder\r\n")),
        ],
    )
    .await;
    assert_eq!(
        connection.select("INBOX", Mode::Examine).await.unwrap(),
        Selected {
            uid_validity: 42,
            exists: 3,
            uid_next: Some(10)
        }
    );
    let uids = connection.search_all().await.unwrap();
    assert_eq!(uids, [2, 3, 9]);
    let listed = |uid, size, internal_at| Listed {
        uid,
        size,
        internal_at,
    };
    assert_eq!(
        connection.list(&uids).await.unwrap(),
        [
            listed(2, 77, 1_793_527_199_000),
            listed(9, 0, 1_793_527_200_000)
        ]
    );
    assert_eq!(
        connection.quota().await.unwrap(),
        Some(Quota {
            used_kib: 80,
            limit_kib: 100
        })
    );
    let answer = connection.select("Không", Mode::Select).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
    drop(connection);
    served.await.unwrap();
}

#[tokio::test]
async fn nothing_is_expunged_where_others_mail_would_go_along() {
    let done = "TAG OK done\r\n";
    let cases = [
        ("MOVE UIDPLUS", vec!["UID MOVE 4 \"Xong\""]),
        (
            "UIDPLUS",
            vec![
                "UID COPY 4 \"Xong\"",
                "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
                "UID EXPUNGE 4",
            ],
        ),
        (
            "",
            vec![
                "UID COPY 4 \"Xong\"",
                "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
            ],
        ),
    ];
    for (more, expected) in cases {
        let steps = expected.iter().map(|step| (*step, say(done))).collect();
        let (mut connection, served) = session(more, steps).await;
        connection.move_to(&[4], "Xong").await.unwrap();
        drop(connection);
        assert_eq!(served.await.unwrap()[3..], expected);
    }
}

#[tokio::test]
async fn a_missing_target_folder_is_made() {
    let (mut connection, served) = session(
        "MOVE",
        vec![
            ("UID MOVE", say("TAG NO [TRYCREATE] no folder\r\n")),
            ("CREATE \"Xong\"", say("TAG OK made\r\n")),
            ("UID MOVE", say("TAG OK done\r\n")),
        ],
    )
    .await;
    connection.move_to(&[4], "Xong").await.unwrap();
    drop(connection);
    assert_eq!(served.await.unwrap().len(), 6);
}

#[tokio::test]
async fn a_refused_login_is_told_without_the_password() {
    let open = |more: &'static str, login: &'static str, words: String| async move {
        let steps = vec![capability(more), (login, Then::Say(words.into()))];
        let (account, _) = play("* OK ready\r\n", steps).await;
        Connection::open(&account, &limits()).await.map(|_| ())
    };
    let answer = open(
        "",
        "LOGIN \"nhan-bai\" \"mat-khau-rieng\"",
        format!("TAG NO [AUTHENTICATIONFAILED] {PASSWORD} is wrong\r\n"),
    )
    .await;
    let Err(Error::Auth(why)) = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains("is wrong") && !why.contains(PASSWORD), "{why}");
    let answer = open("", "LOGIN", "TAG NO [UNAVAILABLE] later\r\n".into()).await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    let steps = vec![capability("LOGINDISABLED")];
    let (account, _) = play("* OK ready\r\n", steps).await;
    let answer = Connection::open(&account, &limits()).await.map(|_| ());
    assert!(matches!(answer, Err(Error::Auth(_))), "{answer:?}");
}

#[tokio::test]
async fn where_login_is_disabled_or_too_narrow_the_password_goes_by_authenticate() {
    for (more, password, encoded) in [
        (
            "AUTH=PLAIN LOGINDISABLED",
            PASSWORD,
            "AG5oYW4tYmFpAG1hdC1raGF1LXJpZW5n",
        ),
        ("AUTH=PLAIN", "mậtkhẩu", "AG5oYW4tYmFpAG3huq10a2jhuql1"),
    ] {
        // The answer is a line without a tag: the script sees it as a command of its own.
        let steps = vec![
            capability(more),
            ("AUTHENTICATE PLAIN", say("+ \r\n")),
            (encoded, say("P2 OK welcome\r\n")),
            capability(more),
        ];
        let (mut account, served) = play("* OK ready\r\n", steps).await;
        account.credential = Credential::Password(Secret::new(password));
        let connection = Connection::open(&account, &limits()).await.unwrap();
        drop(connection);
        assert_eq!(served.await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn a_bad_greeting_or_none_is_told() {
    let check = async |greeting: &str| {
        let (account, _) = play(greeting, vec![("", Then::SayAndHang(Vec::new()))]).await;
        Connection::open(&account, &limits()).await.map(|_| ())
    };
    assert!(matches!(check("").await, Err(Error::Again(_))));
    assert!(matches!(
        check("* BYE too many\r\n").await,
        Err(Error::Again(_))
    ));
    assert!(matches!(
        check("220 smtp here\r\n").await,
        Err(Error::GiveUp(_))
    ));
    assert!(matches!(
        check("* PREAUTH hello\r\n").await,
        Err(Error::GiveUp(_))
    ));
}

#[tokio::test]
async fn without_starttls_no_password_is_sent() {
    let check = async |more: &'static str, rest: Vec<Step>| {
        let mut steps = vec![capability(more)];
        steps.extend(rest);
        let (mut account, served) = play("* OK ready\r\n", steps).await;
        account.security = Security::StartTls;
        let answer = Connection::open(&account, &limits()).await.map(|_| ());
        assert!(answer.is_err());
        let seen = served.await.unwrap();
        assert!(seen.iter().all(|line| !line.contains(PASSWORD)), "{seen:?}");
        answer
    };
    let answer = check("", vec![]).await;
    assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
    let refused = vec![("STARTTLS", say("TAG NO not now\r\n"))];
    let answer = check("STARTTLS", refused).await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    let no_tls = vec![("STARTTLS", say("TAG OK go\r\n* OK injected\r\n"))];
    let answer = check("STARTTLS", no_tls).await;
    assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
}

#[tokio::test]
async fn a_folder_open_for_reading_only_is_never_flagged() {
    let opened = |words: &'static str| async move {
        let words = format!("* OK [UIDVALIDITY 4] ok\r\nTAG OK {words}\r\n");
        session("MOVE", vec![("", Then::Say(words.into()))]).await.0
    };
    let mut examined = opened("done").await;
    examined.select("INBOX", Mode::Examine).await.unwrap();
    let mut granted = opened("[READ-ONLY] done").await;
    granted.select("INBOX", Mode::Select).await.unwrap();
    for mut connection in [examined, granted] {
        let answer = connection.flag(&[1], "\\Seen").await;
        assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
        let answer = connection.move_to(&[1], "Xong").await;
        assert!(matches!(answer, Err(Error::GiveUp(_))), "{answer:?}");
        assert!(connection.usable());
    }
}

#[tokio::test]
async fn waiting_ends_by_news_or_by_time_and_never_by_a_lost_server() {
    let short = Duration::from_millis(50);
    let long = Duration::from_secs(30);
    let done = || ("DONE", say("P4 OK done\r\n"));
    let noop = || ("NOOP", say("TAG OK done\r\n"));
    let news = say("+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n");
    let early = say("* 4 EXISTS\r\n+ idling\r\n");
    for (idle, longest, expected) in [
        (news, long, Woken::ByNews),
        (early, long, Woken::ByNews),
        (say("+ idling\r\n"), short, Woken::ByTime),
    ] {
        let (mut connection, served) = session("IDLE", vec![("IDLE", idle), done(), noop()]).await;
        assert_eq!(connection.idle(longest).await.unwrap(), expected);
        connection.noop().await.unwrap();
        drop(connection);
        served.await.unwrap();
    }
    let lost = [
        Then::SayAndClose("+ idling\r\n".into()),
        say("+ idling\r\n* BYE maintenance\r\n"),
        Then::SayAndHang(Vec::new()),
        say("TAG NO not here\r\n"),
    ];
    for then in lost {
        let (mut connection, _) = session("IDLE", vec![("IDLE", then)]).await;
        let answer = connection.idle(long).await;
        assert!(matches!(answer, Err(Error::Again(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_session_may_be_used_from_any_thread() {
    fn movable<T: Send>(future: T) -> T {
        future
    }
    let (mut connection, _) = session("", vec![]).await;
    let mut sink = Vec::new();
    drop(movable(connection.fetch(7, 5, &mut sink)));
    drop(movable(connection.list(&[7])));
    drop(movable(connection.move_to(&[7], "Xong")));
    drop(movable(connection.idle(Duration::ZERO)));
    drop(movable(connection.fetch_many(&[7]).next()));
    movable(connection);
}
