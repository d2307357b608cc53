//! A typed essay with pictures, a PDF, a scan and photographed pages: the secretary covers what names somebody on the
//! pages and pictures and releases them, and a judge reads all four without learning who wrote them.

use std::fs;
use std::path::Path;
use std::process::Command;

use phach::entry::MatterKind;
use serde_json::Value;

use super::hall;
use super::hall::HEAD;
use super::hall::JUDGE;
use super::hall::UNIT;
use super::hall::look;
use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::browser::Browser;
use crate::support::browser::ENTER;
use crate::support::cast;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers;
use crate::support::papers::Paper;
use crate::support::papers::Truth;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;
use crate::support::wait;

#[test]
fn a_judge_reads_pages_that_a_secretary_has_covered() {
    let stage = Stage::build(1..=1, &Wishes::default());
    let secrets = bring(&stage);
    let house = &stage.house;
    let _serve = Running(house.start(&["serve"], "serve.log"));
    settled(&stage);
    for (email, name, role) in [
        (cast::secretary(UNIT).as_str(), "Nguyễn Thư Ký", "secretary"),
        (HEAD, "Trần Trưởng Ban", "head_judge"),
        (JUDGE, "Lê Giám Khảo", "judge"),
    ] {
        let words = ["user", "add", email, "--name", name, "--role", role];
        house.run(&[&words[..], &["--unit", UNIT]].concat());
    }
    let browser = Browser::open(&house.url());
    cover_and_release(&stage, &browser);
    settled(&stage);

    hall::log_in(house, &browser, HEAD);
    browser.goto("/ban-giam-khao");
    browser.wait("document.querySelector('td a')");
    let queue = browser.text("document.querySelector('td a').getAttribute('href')");
    browser.goto(&queue);
    browser.tab_to("button[value=draw]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    hall::log_in(house, &browser, JUDGE);
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#phieu')");
    read_all(&browser, &secrets);
}

/// Every job is done; pages are read and drawn.
fn settled(stage: &Stage) {
    wait::until("no job is open any more", LIMIT * 2, || {
        (Jobs::of(&stage.house.status()).open() == 0).then_some(())
    });
}

/// The secretary goes from the matter to the pages, covers more, and releases one entry after the other; then the pictures
/// of the typed essay.
fn cover_and_release(stage: &Stage, browser: &Browser) {
    hall::log_in(&stage.house, browser, &cast::secretary(UNIT));
    for (kind, screen, entries) in [
        (MatterKind::Unreadable, "pages", 2),
        (MatterKind::Pictures, "pictures", 1),
    ] {
        browser.goto("/viec");
        let name = phach::words::matter::kind(kind);
        let matter = browser.text(&format!(
            "[...document.querySelectorAll('.todo li')].find(li => li.textContent.includes({name:?})).querySelector('a').getAttribute('href')"
        ));
        browser.goto(&matter);
        browser.tab_to("#xem-trang");
        browser.keys(&ENTER.to_string());
        for entry in 0..entries {
            cover(browser, &format!("leaves-{screen}-{entry}"));
        }
    }
}

/// Covers parts of the pages in sight and releases them.
fn cover(browser: &Browser, screen: &str) {
    browser.wait("document.querySelector('#cac-trang') && document.readyState === 'complete'");
    let covers = || {
        let all = browser.look("document.querySelectorAll('.leaf rect').length");
        all.as_u64().expect("a number")
    };
    let proposed = covers();
    assert!(proposed >= 1, "the program covers the names that it read");
    look(browser, screen);
    // A drag covers, a press on a cover takes it away, and a button covers the head of a page without a mouse.
    browser.drag(".leaf svg", (0.30, 0.60), (0.55, 0.70));
    assert_eq!(covers(), proposed + 1);
    browser.drag(".leaf svg", (0.40, 0.65), (0.40, 0.65));
    assert_eq!(covers(), proposed);
    browser.drag(".leaf svg", (0.30, 0.60), (0.55, 0.70));
    browser.run("document.querySelector('[data-band]').click()");
    assert_eq!(covers(), proposed + 2);
    let here = browser.path();
    browser.tab_to("#giao");
    browser.keys(&ENTER.to_string());
    browser.wait(&format!(
        "location.pathname !== {here:?} && document.querySelector('.done')"
    ));
    let said = browser.text("document.querySelector('.done').textContent");
    assert!(said.contains("cho giám khảo"), "{said}");
}

/// Opens each sheet in turn: text or pages are there, no identity is, and what was covered is black.
fn read_all(browser: &Browser, secrets: &[String]) {
    let mut kinds = Vec::new();
    while browser.path() != "/cham" {
        browser.wait("document.querySelector('#phieu') && document.readyState === 'complete'");
        let text = browser.text("document.documentElement.outerHTML");
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "{secret}");
        }
        let pages = browser.look("document.querySelectorAll('.leaf img').length");
        let pages = pages.as_u64().expect("a number");
        let typed = browser.look("document.querySelector('.essay.copy') !== null");
        if typed == Value::Bool(true) {
            let words = browser.text("document.querySelector('.essay.copy').textContent");
            assert!(words.split_whitespace().count() > 200, "{words}");
        }
        if pages > 0 {
            browser.wait(
                "[...document.querySelectorAll('.leaf img')].every(i => { i.loading = 'eager'; return i.complete && i.naturalWidth > 600; })",
            );
            assert_eq!(shade(browser, 0.5, 0.02), 0, "the head of the page");
            assert_eq!(shade(browser, 0.45, 0.65), 0, "what was dragged over");
            let size = "document.querySelector('.leaf img').getBoundingClientRect().width";
            let before = browser.look(size).as_f64().expect("pixels");
            browser.run("document.querySelector('[data-zoom=\"1\"]').click()");
            let after = browser.look(size).as_f64().expect("pixels");
            assert!(after > before * 1.2, "{before} {after}");
            browser.run("document.querySelector('[data-turn]').click()");
            look(browser, "leaves-turned");
            browser.reload();
            browser.wait("document.querySelector('#phieu') && document.readyState === 'complete'");
        }
        look(browser, &format!("leaves-sheet-{pages}-{}", kinds.len()));
        kinds.push(pages);
        let code = super::marking::code(browser);
        browser.run("document.querySelector('input[name=verdict]').click()");
        browser.run("document.querySelector('button[value=give]').click()");
        super::marking::wait_for_next(browser, &code);
    }
    kinds.sort_unstable();
    assert_eq!(kinds, [0, 1, 2, 2]);
}

/// How bright the first page is at a place of it, 0 to 255.
fn shade(browser: &Browser, x: f64, y: f64) -> u64 {
    let script = format!(
        "(() => {{ const i = document.querySelector('.leaf img'), c = document.createElement('canvas'); \
         c.width = i.naturalWidth; c.height = i.naturalHeight; const g = c.getContext('2d'); g.drawImage(i, 0, 0); \
         return g.getImageData(Math.floor(c.width * {x}), Math.floor(c.height * {y}), 1, 1).data[0]; }})()"
    );
    match browser.look(&script) {
        Value::Number(n) => n.as_u64().expect("a shade"),
        other => panic!("{other}"),
    }
}

/// Four essays by mail; returns all that tells who wrote them.
fn bring(stage: &Stage) -> Vec<String> {
    let places = places::hanoi();
    let spot = &places.spots[0];
    let mut dice = Dice::new(1_411);
    let folder = stage.house.folder.join("mails");
    fs::create_dir_all(&folder).expect("a folder");
    let people: Vec<Person> = (1..=4)
        .map(|n| Person::new(n, Sort::Resident, spot, places.year, &mut dice))
        .collect();
    let (typed, first) = papers::pdf(2);
    let (scanned, second) = papers::pdf(4);
    let (taken, third) = papers::pdf(6);
    let scan = drawn(&folder, &scanned, "-tiff", 1);
    let photographs = drawn(&folder, &taken, "-jpeg", 2);
    // Pages with names on them serve as pictures, too.
    let paper = Paper {
        picture: Some(photographs[0].clone()),
        head: people[0].head(0),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs: prose::essay(41, 500),
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let shot = papers::photo(1);
    let files = [
        vec![
            File::new("Bài dự thi.docx", paper.docx()),
            File::new("Hình minh họa.jpg", shot),
        ],
        vec![File::new("Bai du thi.pdf", typed)],
        vec![File::new("scan.tif", scan[0].clone())],
        vec![
            File::new("IMG_0011.jpg", photographs[0].clone()),
            File::new("IMG_0012.jpg", photographs[1].clone()),
        ],
    ];
    let mut secrets = vec![people[0].name.clone(), people[0].phone.clone()];
    let truths = [None, Some(first), Some(second), Some(third)];
    for (n, ((files, person), truth)) in files.into_iter().zip(&people).zip(&truths).enumerate() {
        let name = match truth {
            Some(Truth {
                name: Some(name), ..
            }) => name.clone(),
            Some(_) | None => person.name.clone(),
        };
        let mail = Mail {
            from_name: name.clone(),
            from: person.email.clone(),
            to: vec![spot.mailbox.to_owned()],
            subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
            id: format!("{n}.trang@nguoidan.example"),
            date: format!("Mon, 02 Nov 2026 08:0{n}:00 +0700"),
            body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
            files,
            ..Mail::default()
        };
        fs::write(folder.join(format!("{n}.eml")), mail.bytes()).expect("a mail");
        secrets.push(person.email.clone());
        secrets.push(name);
    }
    let path = folder.to_string_lossy().into_owned();
    let words = ["import", &path, "--mailbox", spot.mailbox];
    stage.house.run(&words);
    secrets
}

/// The first pages of a PDF as pictures, drawn by poppler.
fn drawn(folder: &Path, pdf: &[u8], kind: &str, pages: usize) -> Vec<Vec<u8>> {
    let place = folder.join("drawn");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a folder");
    let file = place.join("essay.pdf");
    fs::write(&file, pdf).expect("a file");
    let status = Command::new("pdftoppm")
        .args([kind, "-r", "150", "-l", &pages.to_string()])
        .arg(&file)
        .arg(place.join("page"))
        .status()
        .expect("pdftoppm: run 'make packages'");
    assert!(status.success());
    fs::remove_file(&file).expect("the PDF is no page");
    let mut drawn: Vec<_> = fs::read_dir(&place)
        .expect("pages")
        .map(|page| page.expect("a page").path())
        .collect();
    drawn.sort();
    let bytes = drawn.iter().map(|page| fs::read(page).expect("a page"));
    let bytes: Vec<Vec<u8>> = bytes.collect();
    let _ = fs::remove_dir_all(&place);
    assert_eq!(bytes.len(), pages, "the essay has so many pages");
    bytes
}
