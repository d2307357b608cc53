//! Readers of strangers' bytes: whatever a mail makes one do, the daemon gets an answer in time and the next mail is read.
#![cfg(debug_assertions)]

use std::time::Duration;
use std::time::Instant;

use tokio::io::AsyncBufReadExt;

use phach::document::Kind;
use phach::document::ocr;
use phach::document::ocr::Frame;
use phach::worker::Error;
use phach::worker::Pool;
use phach::worker::Settings;
use phach::worker::protocol::Trial;
use phach::worker::tesseract::Layout;
use phach::worker::tesseract::Page;
use phach::worker::tesseract::Tesseract;

use crate::support::papers;
use crate::support::papers::Paper;
use crate::support::prose;

fn settings() -> Settings {
    Settings {
        exe: env!("CARGO_BIN_EXE_phach").into(),
        children: 1,
        text_seconds: 30,
        sort_seconds: 30,
        ..Settings::default()
    }
}

fn impatient() -> Settings {
    Settings {
        text_seconds: 1,
        ..settings()
    }
}

#[tokio::test]
async fn a_reader_answers_again_and_again() {
    let pool = Pool::new(settings());
    for _ in 0..20 {
        pool.ping().await.unwrap();
    }
    let read = pool
        .read(b"xin ch\xc3\xa0o".to_vec(), "bai.txt")
        .await
        .unwrap();
    assert!(read.ms < 30_000);
}

/// Misdeeds that end at once by themselves or by a limit.
#[tokio::test]
async fn a_reader_that_dies_costs_one_mail_and_not_the_next() {
    let pool = Pool::new(settings());
    let check = async |trial: Trial, want: &str| {
        let begun = Instant::now();
        let err = pool.trial(trial).await.unwrap_err();
        println!("{trial:?}: {err} after {:?}", begun.elapsed());
        assert!(matches!(err, Error::Crashed(_)), "{trial:?}: {err}");
        assert!(err.to_string().contains(want), "{trial:?}: {err}");
        pool.ping().await.unwrap();
    };
    check(Trial::Abort, "signal 6").await;
    check(Trial::Panic, "panic at src/worker/child/trial.rs:").await;
    check(Trial::AllocateWithoutEnd, "out of memory").await;
    check(Trial::OverflowTheStack, "stack overflow").await;
    check(Trial::WriteGarbage, "frame of another kind").await;
    check(Trial::AnnounceTooMuch, "frame over the limit").await;
}

#[tokio::test]
async fn a_reader_that_never_ends_is_killed_in_time() {
    let pool = Pool::new(impatient());
    let check = async |trial: Trial| {
        pool.ping().await.unwrap();
        let begun = Instant::now();
        let err = pool.trial(trial).await.unwrap_err();
        assert!(matches!(err, Error::TimedOut), "{trial:?}: {err}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{trial:?}");
        pool.ping().await.unwrap();
    };
    check(Trial::LoopForever).await;
    check(Trial::FloodTheErrors).await;
    check(Trial::StopInMidAnswer).await;
}

#[tokio::test]
async fn a_reader_that_dies_between_two_mails_is_replaced_unseen() {
    let pool = Pool::new(settings());
    for _ in 0..3 {
        pool.trial(Trial::DieAfterAnswer).await.unwrap();
        // The death may be seen before the next request or during it; the request after that always succeeds.
        let _ = pool.ping().await;
        pool.ping().await.unwrap();
    }
}

#[tokio::test]
async fn what_a_library_prints_does_not_disturb_the_conversation() {
    let pool = Pool::new(settings());
    pool.trial(Trial::Print).await.unwrap();
    pool.ping().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_request_leaves_no_half_read_answer_behind() {
    let pool = Pool::new(impatient());
    pool.ping().await.unwrap();
    for trial in [Trial::StopInMidAnswer, Trial::LoopForever] {
        let cancelled = tokio::time::timeout(Duration::from_millis(100), pool.trial(trial)).await;
        assert!(cancelled.is_err(), "{trial:?}");
        pool.ping().await.unwrap();
    }
}

#[tokio::test]
async fn two_mails_are_read_side_by_side() {
    let pool = Pool::new(Settings {
        children: 2,
        ..impatient()
    });
    let slow = tokio::spawn({
        let pool = pool.clone();
        async move { pool.trial(Trial::LoopForever).await }
    });
    // The second child answers while the first one loops; with one child this would wait for its end.
    while !slow.is_finished() {
        pool.ping().await.unwrap();
        if pool.trial(Trial::Print).await.is_ok() && !slow.is_finished() {
            slow.abort();
            return;
        }
    }
    panic!("nothing was read beside the looping mail");
}

#[tokio::test]
async fn readers_are_replaced_after_their_number_of_mails() {
    let pool = Pool::new(Settings {
        requests: 2,
        ..settings()
    });
    let pid = async || {
        let report = pool.trial(Trial::ReportWalls).await.unwrap().unwrap();
        report.process
    };
    let (first, second, third) = (pid().await, pid().await, pid().await);
    assert_eq!(first, second);
    assert_ne!(second, third);
}

#[tokio::test]
async fn a_reader_has_no_rights_and_no_secrets() {
    let pool = Pool::new(settings());
    let report = pool.trial(Trial::ReportWalls).await.unwrap().unwrap();
    println!("{report:#?}");
    assert_eq!(report.environment, 0);
    assert_ne!(report.user, 0);
    assert_eq!(report.limits, [512 << 20, 0, 16, 0, 0]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", report.process)).unwrap();
    let uid = line(&status, "Uid:");
    assert!(!uid.split_whitespace().any(|uid| uid == "0"), "{uid}");
    assert_eq!(line(&status, "NoNewPrivs:"), "1");
    assert_eq!(line(&status, "CapEff:"), "0000000000000000");
    // 2: a filter of system calls.
    assert_eq!(line(&status, "Seccomp:"), "2");
}

#[tokio::test]
async fn a_reader_can_open_call_start_and_watch_nothing() {
    let pool = Pool::new(settings());
    let report = pool.trial(Trial::ReportWalls).await.unwrap().unwrap();
    assert!(report.escaped.is_empty(), "{:?}", report.escaped);
    // It is none the worse for trying.
    pool.ping().await.unwrap();
}

#[tokio::test]
async fn readers_end_with_the_pool() {
    let pool = Pool::new(settings());
    let report = pool.trial(Trial::ReportWalls).await.unwrap().unwrap();
    let process = format!("/proc/{}", report.process);
    assert!(std::fs::exists(&process).unwrap());
    drop(pool);
    let gone = async {
        while std::fs::exists(&process).unwrap() {
            // The runtime reaps the killed child when it gets its turn.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .unwrap();
}

#[tokio::test]
async fn readers_die_with_a_daemon_that_is_killed() {
    let mut daemon = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "--exact"])
        .arg("worker::a_daemon_for_the_test_above")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = tokio::io::BufReader::new(daemon.stdout.take().unwrap()).lines();
    let pid = loop {
        let said = lines
            .next_line()
            .await
            .unwrap()
            .expect("the reader's number");
        if let Some((_, pid)) = said.split_once("reader ") {
            break pid.trim().to_owned();
        }
    };
    let process = format!("/proc/{pid}/stat");
    // The reader loops, so it does not see its pipe close: only the death signal can end it.
    daemon.kill().await.unwrap();
    let gone = async {
        // Where nobody reaps orphans it stays as a zombie: as dead, but still listed.
        while std::fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z ")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .unwrap();
}

#[tokio::test]
#[ignore = "started and killed by the test above"]
async fn a_daemon_for_the_test_above() {
    let pool = Pool::new(settings());
    let report = pool.trial(Trial::ReportWalls).await.unwrap().unwrap();
    println!("reader {}", report.process);
    let _ = pool.trial(Trial::LoopForever).await;
}

#[tokio::test]
async fn starting_and_asking_a_reader_is_quick() {
    let pool = Pool::new(settings());
    let begun = Instant::now();
    pool.ping().await.unwrap();
    println!("start and first answer: {:?}", begun.elapsed());
    let raw = vec![b'a'; 300 << 10];
    let rounds = 50;
    let begun = Instant::now();
    for _ in 0..rounds {
        pool.read(raw.clone(), "a.bin").await.unwrap();
    }
    println!(
        "300 kB there and an answer back: {:?}",
        begun.elapsed() / rounds
    );
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// The rest of the first line that begins with `name`.
fn line(text: &str, name: &str) -> String {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .map(|rest| rest.trim().to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_photograph_is_read_with_its_author_and_the_places_of_its_words() {
    let pool = Pool::new(Settings {
        text_seconds: 120,
        ..settings()
    });
    pool.try_page_reader().await.unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents");
    for name in ["photo.jpg", "photo.heic"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let first = pool.read(bytes.clone(), name).await.unwrap();
        assert!(first.document.scan && first.document.text.is_empty());
        let read = pool
            .recognise(&bytes, name, first.document, first.ms)
            .await
            .unwrap();
        let author = read.slip.name.map(|fact| fact.value);
        assert_eq!(author.as_deref(), Some("Phùng Thị Nhẫn"), "{name}");
        let text = &read.document.text;
        assert!(text.contains("Số điện thoại: 0978206415"), "{name}: {text}");
        let ocr = read.document.ocr.unwrap();
        assert!(ocr.confidence > 0.8, "{name}: {}", ocr.confidence);
        let word = ocr.pages[0].words.iter().find(|w| w.text == "0978206415");
        let word = word.expect("the phone's place");
        // Measured on the picture as it came: 263 to 433 of 900 pixels, 355 to 390 of 1240.
        assert!(
            word.left.abs_diff(2_920) < 150 && word.right.abs_diff(4_810) < 150,
            "{name}: {word:?}"
        );
        assert!(
            word.top.abs_diff(2_880) < 150 && word.bottom.abs_diff(3_140) < 150,
            "{name}: {word:?}"
        );
    }
}

#[tokio::test]
async fn a_picture_in_a_typed_essay_is_found_in_every_format_and_its_words_are_no_text_of_the_essay()
 {
    let folder = std::env::temp_dir().join(format!("phach-illustrated-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let photo = std::fs::read(papers::data("documents").join("photo.jpg")).unwrap();
    let paper = Paper {
        head: vec!["Họ và tên: Trần Văn Bình".to_owned()],
        title: "BÀI DỰ THI".to_owned(),
        paragraphs: prose::essay(3, 300),
        picture: Some(photo),
        ..Paper::default()
    };
    let docx = folder.join("bai.docx");
    std::fs::write(&docx, paper.docx()).unwrap();
    let pool = Pool::new(Settings {
        text_seconds: 120,
        ..settings()
    });
    for format in ["docx", "odt", "doc", "rtf", "pdf"] {
        if format != "docx" {
            let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
            let done = std::process::Command::new("soffice")
                .args([&profile, "--headless", "--convert-to", format, "--outdir"])
                .args([&folder, &docx])
                .output()
                .expect("soffice: run 'make packages'");
            assert!(done.status.success(), "{format}");
        }
        let name = format!("bai.{format}");
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let document = pool.read(bytes.clone(), &name).await.unwrap().document;
        assert!(document.pictured && !document.scan, "{name}: {document:?}");
        assert!(!document.text.contains("0978206415"), "{name}");
        let found = pool.illustrations(&bytes, document.kind).await.unwrap();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        let (number, page) = &found[0];
        assert!(
            page.words.iter().any(|word| word.text == "0978206415"),
            "{name}: {page:?}"
        );
        let drawn = pool
            .draw(&bytes, document.kind, *number, page.half_turn, false)
            .await
            .unwrap()
            .expect("drawn");
        assert!(drawn.width >= 900, "{name}: {}", drawn.width);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A photographed page, and one with nothing on it.
fn full_and_empty() -> (Page, Page) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents");
    let bytes = std::fs::read(folder.join("photo.jpg")).unwrap();
    let ready = ocr::ready(Kind::Jpeg, &bytes, 0).unwrap();
    let frame = Frame {
        width: 200,
        height: 300,
        ..Frame::default()
    };
    (
        Page::new(&ready.frame, ready.pixels, false),
        Page::new(&frame, vec![250; 60_000], false),
    )
}

#[tokio::test]
async fn pages_that_wait_are_read_together_and_each_gets_its_own_words() {
    let reader = Tesseract::new(env!("CARGO_BIN_EXE_phach").into(), 1);
    let (full, empty) = full_and_empty();
    let table = |page: &Page| reader.table(page.clone(), Layout::Upright);
    let tables = tokio::join!(table(&empty), table(&full), table(&empty), table(&full));
    let read = |table: Result<String, _>| table.unwrap().contains("0978206415");
    assert_eq!(
        (
            read(tables.0),
            read(tables.1),
            read(tables.2),
            read(tables.3)
        ),
        (false, true, false, true)
    );
}

#[tokio::test]
async fn who_goes_away_while_he_reads_for_others_leaves_them_waiting_and_not_lost() {
    let reader = Tesseract::new(env!("CARGO_BIN_EXE_phach").into(), 1);
    let (full, empty) = full_and_empty();
    let table = |page: &Page| Box::pin(reader.table(page.clone(), Layout::Upright));
    let (mut first, mut second, mut third) = (table(&empty), table(&empty), table(&full));
    // The first has the only reader; the second takes his place, and the third's page with his own.
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    assert!(futures::poll!(&mut third).is_pending());
    first.await.unwrap();
    assert!(futures::poll!(&mut second).is_pending());
    drop(second);
    assert!(third.await.unwrap().contains("0978206415"));
}
